package journal

import (
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"linecard/crm"
)

// seed puts one call a minute, oldest first, with the given outcomes.
func seed(t testing.TB, j *Journal, outcomes ...crm.Outcome) {
	t.Helper()
	for i, o := range outcomes {
		id := fmt.Sprintf("c%d", i)
		c, a := ended(id)
		c.Started = noon.Add(time.Duration(i) * time.Minute)
		c.Outcome = o
		must(t, j.Hangup(ctx, c, a))
	}
}

func ids(rows []Row) (out []string) {
	for _, r := range rows {
		out = append(out, r.ID)
	}
	return out
}

func TestHistoryPages(t *testing.T) {
	j := openTemp(t)
	seed(t, j, crm.Answered, crm.Missed, crm.Answered, crm.Missed, crm.Answered)
	var all []string
	f := Filter{Limit: 2}
	for {
		rows, err := j.History(ctx, f)
		must(t, err)
		if len(rows) == 0 {
			break
		}
		all = append(all, ids(rows)...)
		f.Before = rows[len(rows)-1].Started
	}
	if want := []string{"c4", "c3", "c2", "c1", "c0"}; !slices.Equal(all, want) {
		t.Errorf("pages gave %v, want %v", all, want)
	}
	missed, err := j.History(ctx, Filter{Missed: true})
	must(t, err)
	if want := []string{"c3", "c1"}; !slices.Equal(ids(missed), want) {
		t.Errorf("missed %v", ids(missed))
	}
	_, err = j.Begin(ctx, "c0", noon)
	must(t, err)
	must(t, j.Done(ctx, "c0", crm.Logged{Ref: task}, time.Time{}))
	must(t, j.Discard(ctx, "c1"))
	_, err = j.Begin(ctx, "c2", noon)
	must(t, err)
	must(t, j.Park(ctx, "c2", because("The org refuses it.")))
	open, err := j.History(ctx, Filter{NotLogged: true})
	must(t, err)
	if want := []string{"c4", "c3", "c2"}; !slices.Equal(ids(open), want) {
		t.Errorf("not logged %v", ids(open))
	}
	if r := open[2]; r.State != Parked || r.Reason.Values["text"] != "The org refuses it." || r.Attempts != 1 {
		t.Errorf("parked row %+v", r)
	}
	if r, err := j.Call(ctx, "c0"); err != nil || r.State != Done || r.Task != task {
		t.Errorf("logged row %+v, %v", r, err)
	}
}

func TestHistoryOfOneAccount(t *testing.T) {
	j := openTemp(t)
	for i, account := range []string{"2041@pbx", "7@other", "2041@pbx"} {
		c := Call{ID: string(rune('a' + i)), Direction: crm.Inbound, Outcome: crm.Missed, Account: account, Started: noon.Add(time.Duration(i) * time.Minute)}
		must(t, j.Ring(ctx, c))
	}
	for account, want := range map[string][]string{"2041@pbx": {"c", "a"}, "7@other": {"b"}, "8@other": nil} {
		rows, err := j.History(ctx, Filter{Account: account})
		must(t, err)
		if !slices.Equal(ids(rows), want) {
			t.Errorf("%s: %v, want %v", account, ids(rows), want)
		}
	}
}

func TestHistorySearch(t *testing.T) {
	t.Run("in the file", func(t *testing.T) { testHistorySearch(t, openTemp(t)) })
	t.Run("in memory", func(t *testing.T) {
		j := openTemp(t)
		inMemory(t, j)
		testHistorySearch(t, j)
	})
}

func testHistorySearch(t *testing.T, j *Journal) {
	for id, c := range map[string]Call{
		"munich": {Name: "Jörg Müller", Company: "Straßenbau GmbH", Number: "089 1234567", Dial: "+49891234567"},
		"london": {Name: "Priya Raman", Company: "O'Neill & Sons", Number: "020 7946 0123", Dial: "+442079460123"},
		"tokyo":  {Name: "田中 太郎", Company: "ＭｉｉＴｅｌ", Number: "03-1234-5678", Dial: "+81312345678"},
		"hidden": {Number: "Number withheld", Withheld: true},
	} {
		c.ID, c.Direction, c.Started = id, crm.Inbound, noon
		must(t, j.Ring(ctx, c))
	}
	for text, want := range map[string]string{
		"muller":            "munich",
		"MÜLLER jörg":       "munich",
		"strassenbau":       "munich",
		"müller raman":      "",
		"o'neill":           "london",
		"020 7946 0123":     "london",
		"+44 20 7946":       "london",
		"02079460123":       "london",
		"(020) 7946.0123":   "london",
		"0044 20 7946 0123": "london",
		"太郎":                "tokyo",
		"miitel":            "tokyo",
		"withheld":          "hidden",
		"%":                 "",
		"'; DROP TABLE":     "",
		"999999":            "",
	} {
		rows, err := j.History(ctx, Filter{Text: text})
		must(t, err)
		got := ids(rows)
		if want == "" && len(got) != 0 || want != "" && !slices.Equal(got, []string{want}) {
			t.Errorf("%q found %v, want %q", text, got, want)
		}
	}
}

func TestCountsAndSeen(t *testing.T) {
	j := openTemp(t)
	seed(t, j, crm.Answered, crm.Missed, crm.Missed)
	yesterday, a := ended("yesterday")
	yesterday.Started = noon.AddDate(0, 0, -1)
	must(t, j.Hangup(ctx, yesterday, a))
	must(t, j.Ring(ctx, ringing("live")))
	must(t, j.EditActivity(ctx, "live", notes("a draft")))

	n, err := j.Counts(ctx, nil)
	must(t, err)
	if want := (Counts{Missed: 2, NotLogged: 4, Waiting: 4}); !reflect.DeepEqual(n, want) {
		t.Errorf("counts %+v, want %+v", n, want)
	}
	d, err := j.Today(ctx, noon)
	must(t, err)
	if want := (Day{Calls: 4, Missed: 2, NotLogged: 3}); d != want {
		t.Errorf("today %+v, want %+v", d, want)
	}
	must(t, j.MarkSeen(ctx, "c1", "c0"))
	if n, err = j.Counts(ctx, nil); err != nil || n.Missed != 1 {
		t.Errorf("one seen: %+v, %v", n, err)
	}
	must(t, j.MarkSeen(ctx))
	if n, err = j.Counts(ctx, nil); err != nil || n.Missed != 0 {
		t.Errorf("all seen: %+v, %v", n, err)
	}
	if r, err := j.Call(ctx, "c1"); err != nil || !r.Seen {
		t.Errorf("row %+v, %v", r, err)
	}
	// An Update waits to be written but its call is in the org.
	_, err = j.Begin(ctx, "c0", noon)
	must(t, err)
	must(t, j.EditActivity(ctx, "c0", notes("more")))
	must(t, j.Done(ctx, "c0", crm.Logged{Ref: task}, time.Time{}))
	if n, err = j.Counts(ctx, nil); err != nil || n.NotLogged != 3 || n.Waiting != 4 {
		t.Errorf("with an update: %+v, %v", n, err)
	}
}

// BenchmarkHistory is what an agent of some years has: 100,000 calls.
func BenchmarkHistory(b *testing.B) {
	path := filepath.Join(b.TempDir(), FileName)
	j := openAt(b, path)
	tx, err := j.w.Begin()
	must(b, err)
	for i := range 100_000 {
		c, a := ended(fmt.Sprintf("c%06d", i))
		c.Started = noon.Add(-time.Duration(i) * 7 * time.Minute)
		c.Name, c.Number = fmt.Sprintf("Person %d", i), fmt.Sprintf("(415) 555-%05d", i)
		c.Dial = fmt.Sprintf("+1415555%05d", i)
		if i%9 == 0 {
			c.Outcome = crm.Missed
		}
		must(b, upsertCall(ctx, tx, c))
		doc, err := encodeActivity(*a)
		must(b, err)
		state := Done
		if i%1000 == 0 {
			state = Ready
		}
		_, err = tx.Exec("INSERT INTO outbox (call, state, activity, task) VALUES (?, ?, ?, ?)", c.ID, state, doc,
			map[bool]string{true: encodeRef(task)}[state == Done])
		must(b, err)
	}
	must(b, tx.Commit())

	for _, bb := range []struct {
		name string
		f    Filter
	}{
		{"newest", Filter{}},
		{"old page", Filter{Before: noon.Add(-400 * 24 * time.Hour)}},
		{"missed", Filter{Missed: true}},
		{"not logged", Filter{NotLogged: true}},
		{"name", Filter{Text: "person 99998"}},
		{"number", Filter{Text: "415 555 99998"}},
		{"nobody", Filter{Text: "zebra"}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := j.History(ctx, bb.f); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := j.Counts(ctx, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("hangup", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			c, a := ended(fmt.Sprintf("h%d", i))
			must(b, j.Hangup(ctx, c, a))
		}
	})
	must(b, j.Close())
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			j, err := Open(path, Options{})
			must(b, err)
			must(b, j.Close())
		}
	})
}
