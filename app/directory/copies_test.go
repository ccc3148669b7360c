package directory_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/crm"
)

var (
	mine   = directory.Book{Org: acme, User: "005a"}
	theirs = directory.Book{Org: acme, User: "005b"}
)

// part is some people of a copy.
func part(state string, people ...crm.Record) directory.Part {
	return directory.Part{Copied: crm.Copied{Records: people}, Region: "US", State: []byte(state)}
}

func named(id, name, company, phone string) crm.Record {
	r := person(id, name, phone)
	r.Company = company
	return r
}

func namesFound(t *testing.T, d *directory.Directory, text string) (names []string) {
	t.Helper()
	found, err := d.Search(t.Context(), acme, text, 20)
	check(t, err)
	for _, r := range found {
		names = append(names, r.Name)
	}
	return names
}

// A copy is of an org and a user: it is shown to that user and to no other.
func TestACopyIsShownToItsUserOnly(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	check(t, d.PutCopy(t.Context(), mine, part("1", named("003a", "Dana Whitfield", "Acme", "+14155550132"))))
	n := number("+14155550132")
	for _, tt := range []struct {
		readers []directory.Book
		shown   bool
	}{
		{nil, false},
		{[]directory.Book{mine}, true},
		{[]directory.Book{theirs}, false},
		{[]directory.Book{theirs, mine}, false}, // the first is asked
		{[]directory.Book{mine, theirs}, true},
	} {
		d.SetReaders(tt.readers...)
		_, ok := d.Recall(acme, n)
		if found := namesFound(t, d, "dana"); ok != tt.shown || (len(found) == 1) != tt.shown {
			t.Errorf("%v: recalled %v, found %v", tt.readers, ok, found)
		}
	}
	check(t, d.ForgetCopy(t.Context(), mine))
	if _, ok := d.Recall(acme, n); ok || len(namesFound(t, d, "dana")) > 0 {
		t.Error("shown after it was wiped")
	}
	if books, err := d.Books(t.Context()); err != nil || len(books) > 0 {
		t.Errorf("%v, %v", books, err)
	}
}

// While the link of the user whose answers are kept is out of order another user of the org may be asked. What that one is answered is not kept.
func TestAnAnswerToTheOtherUserIsNotKept(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	d.SetReaders(mine, theirs)
	n := number("+14155550132")
	for _, tt := range []struct {
		user string
		kept bool
	}{{theirs.User, false}, {mine.User, true}} {
		check(t, d.RememberAnswer(t.Context(), acme, crm.Result{Number: n, Matches: []crm.Match{match("003a", "Dana Whitfield")}, At: start, User: tt.user}))
		if _, kept := d.Recall(acme, n); kept != tt.kept {
			t.Errorf("the answer to %s is kept: %v", tt.user, kept)
		}
	}
}

// An org that is unlinked takes the copies of all its users with it, and nothing of them stays in the files.
func TestForgettingAnOrgWipesItsCopies(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	d.SetReaders(mine)
	var many []crm.Record
	for i := range 3000 {
		many = append(many, named(fmt.Sprintf("003%06d", i), fmt.Sprintf("Zacharias%06d", i), "Zenithal", phoneOf(i)))
	}
	for some := range slices.Chunk(many, 500) {
		check(t, d.PutCopy(t.Context(), mine, part("x", some...)))
		check(t, d.PutCopy(t.Context(), theirs, part("x", some...)))
	}
	grown := d.Size()
	if _, n, err := d.Copy(t.Context(), mine); err != nil || n != 3000 {
		t.Fatalf("%d records, %v", n, err)
	}
	check(t, d.Forget(t.Context(), acme))
	if books, err := d.Books(t.Context()); err != nil || len(books) > 0 {
		t.Errorf("%v, %v", books, err)
	}
	for _, name := range []string{path, path + "-wal"} {
		b, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		if bytes.Contains(bytes.ToLower(b), []byte("zacharias")) || bytes.Contains(bytes.ToLower(b), []byte("zenithal")) {
			t.Errorf("names are left in %s", filepath.Base(name))
		}
	}
	if now := d.Size(); now > grown/4 {
		t.Errorf("the files take %d of %d bytes", now, grown)
	}
}

// Names are found by the beginnings of words, whatever their marks, as they are typed.
func TestNamesAreFoundAsTheyAreTyped(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	d.SetReaders(mine)
	company := named("001a", "Müller & Söhne GmbH", "", "+493023125117")
	company.Object = crm.Account
	check(t, d.PutCopy(t.Context(), mine, part("x",
		named("003a", "Jürgen Weiß", "Nordwind Logistik GmbH", "+493023125118"),
		named("003b", "Sofía Muñoz", "Acme", "+14155550132"),
		named("003c", "Siobhán O'Brien", "Jürgen & Co", "+14155550133"),
		named("003d", "Łukasz Żak", "Bluefin", "+14155550134"),
		named("003e", "田中 太郎", "東京電力", "+81312345678"),
		named("003f", "Anna-Lena Smith-Jones", "Harbor Analytics", "+14155550135"),
		company)))
	for typed, want := range map[string]string{
		"jur":                 "Jürgen Weiß, Siobhán O'Brien", // the name before the company
		"Jürgen":              "Jürgen Weiß, Siobhán O'Brien",
		"weiss":               "Jürgen Weiß",
		"weiß jürg":           "Jürgen Weiß",
		"MUNOZ":               "Sofía Muñoz",
		"muñ":                 "Sofía Muñoz",
		"obrien":              "Siobhán O'Brien",
		"o'bri":               "Siobhán O'Brien",
		"o’brien":             "Siobhán O'Brien",
		"lukasz zak":          "Łukasz Żak",
		"田中":                  "田中 太郎",
		"太":                   "田中 太郎",
		"jones anna":          "Anna-Lena Smith-Jones",
		"mull soh":            "Müller & Söhne GmbH",
		"nordwind log":        "Jürgen Weiß",
		"dana":                "",
		"wind":                "",
		"j":                   "",
		`"; DROP* OR (NEAR/2`: "",
		"":                    "",
	} {
		if got := strings.Join(namesFound(t, d, typed), ", "); got != want {
			t.Errorf("%q finds %q, not %q", typed, got, want)
		}
	}
}

// A record that changes is found by its new name and number and not by its old ones; one that is gone by none.
func TestACopyFollowsItsRecords(t *testing.T) {
	now := start
	d, path := fresh(t, directory.Options{Now: func() time.Time { return now }})
	d.SetReaders(mine)
	check(t, d.PutCopy(t.Context(), mine, part("1", named("003a", "Dana Whitfield", "Acme", "+14155550132"), named("003b", "Luis Ferreira", "Acme", "+14155550188"))))
	check(t, d.RememberAnswer(t.Context(), acme, crm.Result{Number: number("+14155550188"), Matches: []crm.Match{match("003b", "Luis Ferreira")}, At: now}))
	now = now.Add(time.Hour)
	check(t, d.PutCopy(t.Context(), mine, directory.Part{Copied: crm.Copied{Records: []crm.Record{named("003a", "Dana Ferris", "Acme", "+14155550199")}, Gone: []string{"003b", "003z"}}, Region: "US"}))
	if got := namesFound(t, d, "whitfield"); len(got) > 0 {
		t.Errorf("found by the old name: %v", got)
	}
	if got := namesFound(t, d, "ferris"); len(got) != 1 {
		t.Errorf("not found by the new name: %v", got)
	}
	for phone, want := range map[string]bool{"+14155550132": false, "+14155550199": true, "+14155550188": false} {
		if _, ok := d.Recall(acme, number(phone)); ok != want {
			t.Errorf("%s is known: %v", phone, ok)
		}
	}
	if state, n, err := d.Copy(t.Context(), mine); string(state) != "1" || n != 1 || err != nil {
		t.Errorf("%s, %d records, %v", state, n, err)
	}
	// A copy of all was stored: what it did not have is dropped.
	now = now.Add(time.Hour)
	check(t, d.PutCopy(t.Context(), mine, part("2", named("003c", "Priya Raman", "Harbor", "+12125550147"))))
	for more := true; more; {
		var err error
		more, err = d.DropOlder(t.Context(), mine, "003", false, now)
		check(t, err)
	}
	check(t, d.Close())
	again, err := directory.Open(path, directory.Options{})
	check(t, err)
	defer again.Close()
	again.SetReaders(mine)
	if state, n, err := again.Copy(t.Context(), mine); string(state) != "2" || n != 1 || err != nil {
		t.Errorf("%s, %d records, %v", state, n, err)
	}
	if got := namesFound(t, again, "priya"); len(got) != 1 {
		t.Errorf("%v", got)
	}
	if got := namesFound(t, again, "dana"); len(got) > 0 {
		t.Errorf("%v", got)
	}
}
