package owners

import (
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"linecard/app/settings"
	"linecard/crm"
)

const org = "00D000000000001AAA"

var users = []crm.Person{
	{ID: "005000000000001AAA", Name: "Sam Okoro", Username: "sam@acme.example", Email: "Sam.Okoro@acme.example.invalid", Extension: "1002", Active: true},
	{ID: "005000000000002AAA", Name: "Jo Lind", Username: "jo@acme.example", Email: "night@acme.example", Extension: "1005", Active: true},
	{ID: "005000000000003AAA", Name: "Kim Sato", Username: "kim@acme.example", Email: "night@acme.example", Extension: "1006", Active: true},
	{ID: "005000000000004AAA", Name: "Lou Vance", Username: "lou@acme.example", Email: "lou@acme.example", Extension: "1007"},
	{ID: "005000000000005AAA", Name: "Sam Okoro", Username: "sam2@acme.example", Email: "sam2@acme.example", Active: true},
}

func some(owners ...settings.Owner) *settings.Settings {
	set := settings.Default()
	for _, user := range []string{"1002", "2041", "2042"} {
		a := settings.DefaultAccount()
		a.Server, a.User = "pbx", user
		set.Accounts = append(set.Accounts, a)
	}
	set.Owners = owners
	return &set
}

func of(all []settings.Owner, extension string) string {
	for _, o := range all {
		if o.Extension == extension {
			return o.User
		}
	}
	return ""
}

// An extension that a second active user has in the org is told, whoever it is associated with; one who has left is none.
func TestASecondUserOfAnExtensionIsTold(t *testing.T) {
	all := append([]crm.Person{
		{ID: "005000000000006AAA", Name: "Ada Roe", Username: "ada@acme.example", Extension: "1002", Active: true},
		{ID: "005000000000007AAA", Name: "Bo Roe", Username: "bo@acme.example", Extension: "1002"},
	}, users...)
	set := some(settings.Owner{Extension: "1002", Org: org, User: users[0].ID, Hand: true})
	r := Table(set, org, all)[0]
	if !r.Problem.Is("owners.shared") || len(r.Problem.Values["others"].([]string)) != 1 || r.Name != "Sam Okoro" {
		t.Errorf("%+v", r)
	}
	if r := Table(set, org, users)[0]; !r.Problem.IsZero() {
		t.Errorf("one user alone: %+v", r)
	}
	for words, fits := range map[string]bool{"": true, "okoro": true, "OKO 1002": true, "lind": false} {
		if r.Fits(words, all) != fits {
			t.Errorf("%q fits: %v", words, !fits)
		}
	}
}

func TestUsersAreFound(t *testing.T) {
	set := some(settings.Owner{Extension: "2041", Email: "night@acme.example"}, settings.Owner{Extension: "2042", Email: "SAM.okoro@ACME.example"}, settings.Owner{Extension: "3001", Email: "lou@acme.example"})
	out, found := Associate(set, org, users)
	if found != 2 || of(out, "2042") != users[0].ID || of(out, "1002") != users[0].ID {
		t.Errorf("%d: %+v", found, out)
	}
	if of(out, "2041") != "" || of(out, "3001") != "" {
		t.Errorf("one of several, or somebody who has left, was taken: %+v", out)
	}
	set.Owners = out
	if again, n := Associate(set, org, users); n != 0 || len(again) != len(out) {
		t.Errorf("found again: %d, %+v", n, again)
	}
	rows := Table(set, org, users)
	if len(rows) != 4 || !rows[1].Problem.Is("owners.several") || len(rows[1].Candidate) != 2 || !rows[3].Problem.Is("owners.nobody") || !rows[2].Problem.IsZero() {
		t.Errorf("%+v", rows)
	}
}

// A user who was found is the extension's only as long as the address says so: changed to one that several have, or nobody, it is nobody's at once.
func TestAChangedAddressLeavesNoFormerUser(t *testing.T) {
	const other = "00D000000000002AAA"
	b, err := OpenBook("")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Put(org, List{At: time.Now(), Users: users}); err != nil {
		t.Fatal(err)
	}
	for address, problem := range map[string]string{"night@acme.example": "owners.several", "nobody@acme.example": "owners.nobody", "sam.okoro@ACME.example.invalid": ""} {
		set := some(settings.Owner{Extension: "2041", Email: "sam.okoro@acme.example"}, settings.Owner{Extension: "2042", Email: "sam.okoro@acme.example"})
		set.Owners, _ = Associate(set, org, users)
		set.Owners, _ = Associate(set, other, users)
		set.Owners = Choose(set.Owners, "2042", org, users[1]) // by hand
		set.SetOwnerEmail("2041", address)
		set.SetOwnerEmail("2042", address)
		for range 2 {
			r := Table(set, org, users)[1]
			id, _, _ := b.Owner(set, org, "2041@pbx", crm.OwnerExtension)
			if gone := r.User == "" && id == ""; gone == (problem == "") || string(r.Problem.Code) != problem {
				t.Errorf("%s: %+v, and the owner is %q", address, r, id)
			}
			if o, ok := associated(set, org, "2042"); !ok || !o.Hand || o.User != users[1].ID {
				t.Errorf("%s: chosen by hand: %+v", address, o)
			}
			set.Owners, _ = Associate(set, org, users)
		}
	}
}

// Where the org has given the address to somebody else, too, the row says so before the users are found again.
func TestAnAddressThatTheOrgHasMovedIsTold(t *testing.T) {
	set := some(settings.Owner{Extension: "2041", Email: "sam.okoro@acme.example", Org: org, User: users[0].ID})
	if r := Table(set, org, users)[1]; !r.Problem.IsZero() {
		t.Errorf("Sam's: %+v", r)
	}
	twice := append([]crm.Person{{ID: "005000000000006AAA", Name: "Ada Roe", Email: "sam.okoro@acme.example", Active: true}}, users...)
	if r := Table(set, org, twice)[1]; !r.Problem.Is("owners.unsure") || r.User != users[0].ID {
		t.Errorf("of two: %+v", r)
	}
	set.Owners[0].Email = "jo@acme.example" // written into the file
	if r := Table(set, org, users)[1]; !r.Problem.Is("owners.unsure") {
		t.Errorf("nobody's: %+v", r)
	}
	set.Owners[0].Hand = true
	if r := Table(set, org, users)[1]; !r.Problem.IsZero() {
		t.Errorf("by hand: %+v", r)
	}
}

// Finding users again takes away a user who is not the only one who fits any more, as when the address was changed in the file or the extension in the org.
// One who has left stays, since the reason names them.
func TestFindingAgainDropsWhoDoesNotFit(t *testing.T) {
	found := func(email, user string) settings.Owner {
		return settings.Owner{Extension: "2041", Email: email, Org: org, User: user}
	}
	for _, tt := range []struct {
		is   settings.Owner
		user string
	}{
		{found("night@acme.example", users[0].ID), ""},
		{found("nobody@acme.example", users[0].ID), ""},
		{found("", users[0].ID), ""},
		{found("lou@acme.example", users[3].ID), users[3].ID},
		{found("sam2@acme.example", users[0].ID), users[4].ID},
	} {
		set := some(tt.is)
		out, _ := Associate(set, org, users)
		if of(out, "2041") != tt.user {
			t.Errorf("%+v became %+v", tt.is, out)
		}
		for _, o := range out {
			if o.Extension == "2041" && o.Email != tt.is.Email {
				t.Errorf("the address of %+v became %q", tt.is, o.Email)
			}
		}
	}
}

func TestWhatWasChosenByHandStays(t *testing.T) {
	set := some(settings.Owner{Extension: "2042", Email: "sam.okoro@acme.example"})
	set.Owners = Choose(set.Owners, "2042", org, users[1])
	if out, _ := Associate(set, org, users); of(out, "2042") != users[1].ID {
		t.Errorf("%+v", out)
	}
	set.Owners = Choose(set.Owners, "2042", org, crm.Person{})
	if len(set.Owners) != 1 || set.Owners[0].User != "" || set.Owners[0].Email == "" {
		t.Errorf("the address is lost, or the user is not: %+v", set.Owners)
	}
	if out, _ := Associate(set, org, users); of(out, "2042") != users[0].ID {
		t.Errorf("%+v", out)
	}
}

func TestUsersByName(t *testing.T) {
	for name, want := range map[string]string{
		users[3].ID: "Lou Vance", "005000000000004": "Lou Vance", "LOU@acme.example": "Lou Vance", "sam.okoro@acme.example": "Sam Okoro", "jo lind": "Jo Lind",
		"night@acme.example": "owners.several", "Sam Okoro": "owners.several", "Lou Vance": "owners.unknown", "nobody": "owners.unknown",
	} {
		u, why := FindUser(users, name)
		if u.Name != want && string(why.Code) != want {
			t.Errorf("%s: %+v, %v", name, u, why.Code)
		}
	}
}

// An owner who is not there is never somebody else, unless the admin chose that.
func TestOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	b, err := OpenBook(path)
	if err != nil {
		t.Fatal(err)
	}
	set := some(settings.Owner{Extension: "2041", Org: org, User: users[0].ID, Name: "Sam Okoro"}, settings.Owner{Extension: "2042@pbx", Org: org, User: users[3].ID})
	owner := func(account, wish string) string {
		id, why, instead := b.Owner(set, org, account, wish)
		switch {
		case instead:
			return "instead"
		case !why.IsZero():
			return string(why.Code)
		}
		return id
	}
	check := func(account, wish, want string) {
		t.Helper()
		if got := owner(account, wish); got != want {
			t.Errorf("%s on %s: %s, want %s", wish, account, got, want)
		}
	}
	check("2041@pbx", "", "")
	check("2041@pbx", crm.OwnerExtension, users[0].ID) // the org will say what it thinks of the user
	check("2041@pbx", "sam@acme.example", "owners.not-read")
	if err := b.Put(org, List{At: time.Now(), Users: users}); err != nil {
		t.Fatal(err)
	}
	if b, err = OpenBook(path); err != nil || len(b.Get(org).Users) != len(users) {
		t.Fatalf("the book is lost: %v", err)
	}
	check("2041@pbx", crm.OwnerExtension, users[0].ID)
	check("2042@pbx", crm.OwnerExtension, "owners.inactive")
	check("2042@elsewhere", crm.OwnerExtension, "owners.nobody")
	check("2041@pbx", "sam@acme.example", users[0].ID)
	check("2041@pbx", "lou@acme.example", "owners.inactive")
	check("2041@pbx", "night@acme.example", "owners.several")
	check("2041@pbx", "005000000000009AAA", "owners.gone")
	if err := b.Refused(org, users[0].ID); err != nil {
		t.Fatal(err)
	}
	check("2041@pbx", crm.OwnerExtension, "owners.inactive")
	set.Logging.NoOwner = "linked"
	check("2041@pbx", crm.OwnerExtension, "instead")
	if id, _, _ := b.Owner(set, "00D000000000002AAA", "2041@pbx", crm.OwnerExtension); id != "" {
		t.Errorf("a user of another org: %s", id)
	}
}

// An extension that two phone systems have is nobody's by itself, also where it was somebody's while there was one.
func TestAnExtensionOfTwoPhoneSystems(t *testing.T) {
	set := some(settings.Owner{Extension: "2041", Org: org, User: users[0].ID, Name: users[0].Name, Hand: true})
	b, err := OpenBook("")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Put(org, List{At: time.Now(), Users: users}); err != nil {
		t.Fatal(err)
	}
	if id, why, _ := b.Owner(set, org, "2041@pbx", crm.OwnerExtension); id != users[0].ID || !why.IsZero() {
		t.Fatalf("alone: %q, %v", id, why)
	}
	second := settings.DefaultAccount()
	second.Server, second.User = "pbx-b", "2041"
	set.Accounts = append(set.Accounts, second)
	for _, account := range []string{"2041@pbx", "2041@pbx-b"} {
		if id, why, _ := b.Owner(set, org, account, crm.OwnerExtension); id != "" || !why.Is("owners.nobody") {
			t.Errorf("%s is %q, %v", account, id, why)
		}
	}
	set.Owners = Choose(set.Owners, "2041@pbx-b", org, users[1])
	if id, _, _ := b.Owner(set, org, "2041@pbx-b", crm.OwnerExtension); id != users[1].ID {
		t.Errorf("chosen for one: %q", id)
	}
}

// What was chosen by hand in an org stays, though another org's choice was cleared and left a row with the e-mail address.
func TestEachOrgHasItsOwnChoice(t *testing.T) {
	const other = "00D000000000002AAA"
	set := some(settings.Owner{Extension: "2041", Email: "sam.okoro@acme.example"})
	set.Owners = Choose(set.Owners, "2041", org, users[0])
	set.Owners = Choose(set.Owners, "2041", other, users[1])
	set.Owners = Choose(set.Owners, "2041", org, crm.Person{}) // leaves the row of the address, which is of no org
	out, _ := Associate(set, other, users)
	set.Owners = out
	if o, ok := associated(set, other, "2041"); !ok || o.User != users[1].ID || !o.Hand {
		t.Errorf("the other org's is %+v", o)
	}
	set.Owners = Choose(set.Owners, "2041", other, users[2])
	if o, _ := associated(set, other, "2041"); o.User != users[2].ID {
		t.Errorf("chosen again: %+v", o)
	}
}

// Where the users are not known, nobody is dropped for having left.
func TestUsersThatAreNotKnownDropNobody(t *testing.T) {
	set := some(settings.Owner{Extension: "1002", Org: org, User: users[0].ID}, settings.Owner{Extension: "2041", Org: org, User: users[1].ID, Hand: true})
	if out, found := Associate(set, org, nil); found != 0 || !reflect.DeepEqual(out, set.Owners) {
		t.Errorf("%d found: %+v", found, out)
	}
}

// The address of an extension stays when the choice whose row has it is taken away.
func TestAnAddressStaysWithoutItsChoice(t *testing.T) {
	const other = "00D000000000002AAA"
	for _, all := range [][]settings.Owner{
		{{Extension: "2041", User: users[1].ID}, {Extension: "2041", Org: org, User: users[0].ID, Email: "sam@acme.example", Hand: true}},
		{{Extension: "2041", Org: other, User: users[1].ID}, {Extension: "2041", Org: org, User: users[0].ID, Email: "sam@acme.example", Hand: true}},
	} {
		out := Choose(all, "2041", org, crm.Person{})
		if r := extensions(some(out...))[1]; r.Extension != "2041" || r.Email != "sam@acme.example" {
			t.Errorf("%+v leaves %+v", all, out)
		}
	}
	all := []settings.Owner{{Extension: "2041", User: users[1].ID, Email: "jo@acme.example"}, {Extension: "2041", Org: org, User: users[0].ID, Email: "sam@acme.example"}}
	if out := Choose(all, "2041", org, crm.Person{}); len(out) != 1 || out[0].Email != "jo@acme.example" {
		t.Errorf("another row has an address, and it leaves %+v", out)
	}
}
