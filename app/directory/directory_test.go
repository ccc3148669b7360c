package directory_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"linecard/app/directory"
	"linecard/crm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	acme   = "00D000000000001AAA"
	globex = "00D000000000002AAA"
)

var start = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// clock is a time that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func open(t testing.TB, path string, o directory.Options) *directory.Directory {
	t.Helper()
	if o.Now == nil { // answers of the tests do not age with the machine
		o.Now = func() time.Time { return start }
	}
	d, err := directory.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func fresh(t testing.TB, o directory.Options) (*directory.Directory, string) {
	path := filepath.Join(t.TempDir(), directory.FileName)
	return open(t, path, o), path
}

func number(raw string) crm.Number { return crm.ParseNumber(raw, crm.NumberPlan{Region: "US"}) }

func match(id, name string) crm.Match {
	return crm.Match{
		Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: id, Name: name}},
		Why:    crm.Why{PhoneField: crm.PhoneField{Field: "Phone", Value: "+14155550132"}, Closeness: crm.Exact},
	}
}

func answer(n crm.Number, at time.Time, ms ...crm.Match) crm.Result {
	return crm.Result{Number: n, Matches: ms, At: at}
}

func names(k directory.Known) (out []string) {
	for _, m := range k.Result.Matches {
		out = append(out, m.Name)
	}
	return out
}

// failer is what a test, a benchmark and a property have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
}

func check(t failer, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// An answer of the last five minutes need not be asked for again; an older one is still shown.
func TestAnswerIsRemembered(t *testing.T) {
	c := &clock{now: start}
	d, _ := fresh(t, directory.Options{Now: c.Now})
	n := number("+14155550132")
	if _, ok := d.Recall(acme, n); ok {
		t.Fatal("somebody is known before anything was remembered")
	}
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start, match("1", "Dana"), match("2", "Ada"))))
	k, ok := d.Recall(acme, n)
	if !ok || !k.Fresh || !k.Result.Cached || !slices.Equal(names(k), []string{"Dana", "Ada"}) {
		t.Fatalf("recalled %v %+v", ok, k)
	}
	c.pass(directory.FreshFor)
	if k, ok = d.Recall(acme, n); !ok || k.Fresh {
		t.Fatalf("after five minutes: %v, fresh %v", ok, k.Fresh)
	}
}

// "Nobody" is no answer: the record may have been created a moment later.
func TestNobodyIsNeverRemembered(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n := number("+14155550132")
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start)))
	if _, ok := d.Recall(acme, n); ok {
		t.Fatal("nobody was remembered")
	}
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start, match("1", "Dana"))))
	for _, empty := range []crm.Result{answer(n, start), answer(n, start, crm.Match{}), {}} {
		check(t, d.RememberAnswer(t.Context(), acme, empty))
		if k, ok := d.Recall(acme, n); !ok || !slices.Equal(names(k), []string{"Dana"}) {
			t.Fatalf("after an empty answer: %v %v", ok, names(k))
		}
	}
}

// The same number may be two people in two orgs, and an org takes its people along.
func TestOrgsAreApart(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n := number("+14155550132")
	check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), false))
	check(t, d.Remember(t.Context(), globex, n, match("2", "Ada"), true))
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("9", "Max", "415 555 0199")})))
	if k, _ := d.Recall(acme, n); !slices.Equal(names(k), []string{"Dana"}) || k.Choice != "" {
		t.Errorf("acme: %v, choice %q", names(k), k.Choice)
	}
	if k, _ := d.Recall(globex, n); !slices.Equal(names(k), []string{"Ada"}) || k.Choice != "2" {
		t.Errorf("globex: %v, choice %q", names(k), k.Choice)
	}
	if _, ok := d.Recall("", n); ok {
		t.Error("somebody is known in no org")
	}
	check(t, d.Forget(t.Context(), acme))
	if a, r, err := d.Count(t.Context(), acme); a != 0 || r != 0 || err != nil {
		t.Errorf("left of acme: %d answers, %d records, %v", a, r, err)
	}
	if _, ok := d.Recall(globex, n); !ok {
		t.Error("globex was forgotten too")
	}
	check(t, d.Forget(t.Context(), ""))
	if _, ok := d.Recall(globex, n); ok {
		t.Error("globex was not forgotten")
	}
}

// What the agent picked stays until another is picked, or the org has it no longer.
func TestChoice(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n, ctx := number("+14155550132"), t.Context()
	dana, ada, max := match("1", "Dana"), match("2", "Ada"), match("3", "Max")
	choice := func(want string) {
		t.Helper()
		if k, _ := d.Recall(acme, n); k.Choice != want {
			t.Fatalf("choice %q of %v, want %q", k.Choice, names(k), want)
		}
	}
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, dana, ada)))
	choice("")
	check(t, d.Remember(ctx, acme, n, ada, true))
	choice("2")
	check(t, d.Remember(ctx, acme, n, dana, false)) // only found
	choice("2")
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, dana, ada, max)))
	choice("2")
	check(t, d.Remember(ctx, acme, n, max, true))
	choice("3")
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, dana)))
	choice("")
}

func TestARecordIsDropped(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n, ctx := number("+14155550132"), t.Context()
	check(t, d.RememberAnswer(ctx, acme, answer(n, start, match("1", "Dana"), match("2", "Ada"))))
	check(t, d.Remember(ctx, acme, n, match("2", "Ada"), true))
	check(t, d.Drop(ctx, crm.Ref{ID: "2", Org: acme}))
	if k, _ := d.Recall(acme, n); !slices.Equal(names(k), []string{"Dana"}) || k.Choice != "" {
		t.Errorf("after one was dropped: %v, choice %q", names(k), k.Choice)
	}
	check(t, d.Drop(ctx, crm.Ref{ID: "1", Org: acme}))
	if _, ok := d.Recall(acme, n); ok {
		t.Error("a dropped record is still known")
	}
}

func person(id, name string, phones ...string) crm.Record {
	r := crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: id, Name: name, Org: acme}}
	for _, p := range phones {
		r.Phones = append(r.Phones, crm.PhoneField{Field: "Phone", Label: "Phone", Value: p})
	}
	return r
}

// A synced record is found however its number is spelled, and only if it really is the caller's.
func TestRecordsAreFoundByNumber(t *testing.T) {
	tests := []struct {
		stored, caller, region string
		want                   bool
	}{
		{"+1 (415) 555-0132", "+14155550132", "US", true},
		{"4155550132", "+14155550132", "US", true},
		{"415.555.0132 / 415.555.0133", "+14155550132", "US", true},
		{"425 555 0132", "+14155550132", "US", false}, // another whole number with the same last digits
		{"0221/123456", "+49221123456", "DE", true},
		{"+372 512 3456", "+3725123456", "US", true},
		{"512 3456", "+3725123456", "EE", true}, // a country of short numbers
		{"555 0132", "+14155550132", "US", false},
		{"+46 (0)8 123 45", "+46812345", "SE", true},
		{"1-800-FLOWERS", "+18003569377", "US", true},
		{"４１５５５５０１３２", "+14155550132", "US", true},
		{"(415) 555-0132 #12", "+14155550132", "US", true},
	}
	for _, tt := range tests {
		t.Run(tt.stored+" "+tt.caller, func(t *testing.T) {
			d, _ := fresh(t, directory.Options{})
			check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("1", "Dana", tt.stored)})))
			k, ok := d.Recall(acme, crm.ParseNumber(tt.caller, crm.NumberPlan{Region: tt.region}))
			if ok != tt.want || ok && (k.Fresh || k.Result.Matches[0].Why.Value != tt.stored) {
				t.Errorf("found %v: %+v", ok, k)
			}
		})
	}
}

// A record put again has its new numbers and not its old ones, and is there once.
func TestARecordIsReplaced(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("1", "Dana", "415 555 0132")})))
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("1", "Dana W", "415 555 0177"), {}})))
	if _, ok := d.Recall(acme, number("+14155550132")); ok {
		t.Error("the old number still finds the record")
	}
	if k, ok := d.Recall(acme, number("+14155550177")); !ok || !slices.Equal(names(k), []string{"Dana W"}) {
		t.Errorf("by the new number: %v", names(k))
	}
	if _, r, _ := d.Count(t.Context(), acme); r != 1 {
		t.Errorf("%d records", r)
	}
}

// Ten thousand records: each is found by its own number, and nobody else is.
func TestTenThousandRecords(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	check(t, d.Put(t.Context(), acme, people(10_000)))
	check(t, d.Close())
	d = open(t, path, directory.Options{})
	for i := 0; i < 10_000; i += 97 {
		k, ok := d.Recall(acme, number(phoneOf(i)))
		if want := []string{nameOf(i)}; !ok || !slices.Equal(names(k), want) {
			t.Fatalf("%s: %v, want %v", phoneOf(i), names(k), want)
		}
	}
}

// The memory is bounded: what is too old goes, and beyond the bound what was only found goes before what was picked.
func TestEviction(t *testing.T) {
	c := &clock{now: start}
	d, _ := fresh(t, directory.Options{Now: c.Now, Most: 100, Keep: 24 * time.Hour})
	picked := number("+14155550000")
	check(t, d.Remember(t.Context(), acme, picked, match("p", "Picked"), true))
	for i := range 300 {
		c.pass(time.Second)
		check(t, d.Remember(t.Context(), acme, number(phoneOf(i+1)), match("1", "Dana"), false))
	}
	if n, _, _ := d.Count(t.Context(), acme); n > 100+128 {
		t.Errorf("%d answers are remembered", n)
	}
	if _, ok := d.Recall(acme, picked); !ok {
		t.Error("the agent's choice was evicted")
	}
	c.pass(48 * time.Hour)
	if _, ok := d.Recall(acme, number(phoneOf(300))); ok {
		t.Error("an answer of two days ago is recalled")
	}
	for i := range 128 {
		check(t, d.Remember(t.Context(), globex, number(phoneOf(i)), match("1", "Dana"), false))
	}
	if n, _, _ := d.Count(t.Context(), acme); n != 0 {
		t.Errorf("%d answers of two days ago are remembered", n)
	}
}

// Whatever is done to it, the directory knows what a simple table knows.
func TestAgainstATable(t *testing.T) {
	path := filepath.Join(t.TempDir(), directory.FileName)
	d, err := directory.Open(path, directory.Options{Now: func() time.Time { return start }})
	check(t, err)
	defer func() { _ = d.Close() }()
	callers := []crm.Number{number(phoneOf(0)), number(phoneOf(1)), number(phoneOf(2))}
	rapid.Check(t, func(t *rapid.T) {
		check(t, d.Forget(t.Context(), ""))
		type known struct{ ids, choice string }
		table := map[string]known{}
		orgs := rapid.SampledFrom([]string{acme, globex})
		numbers := rapid.IntRange(0, 2)
		ids := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"1", "2", "3"}), func(s string) string { return s })
		t.Repeat(map[string]func(*rapid.T){
			"answer": func(t *rapid.T) {
				org, n, got := orgs.Draw(t, "org"), numbers.Draw(t, "number"), ids.Draw(t, "ids")
				r := crm.Result{Number: callers[n], At: start}
				for _, id := range got {
					r.Matches = append(r.Matches, match(id, id))
				}
				check(t, d.RememberAnswer(t.Context(), org, r))
				if len(got) == 0 {
					return
				}
				k := table[org+phoneOf(n)]
				if !slices.Contains(got, k.choice) {
					k.choice = ""
				}
				table[org+phoneOf(n)] = known{strings.Join(got, ""), k.choice}
			},
			"pick": func(t *rapid.T) {
				org, n := orgs.Draw(t, "org"), numbers.Draw(t, "number")
				id := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "id")
				check(t, d.Remember(t.Context(), org, callers[n], match(id, id), true))
				k := table[org+phoneOf(n)]
				if !strings.Contains(k.ids, id) {
					k.ids = id + k.ids
				}
				table[org+phoneOf(n)] = known{k.ids, id}
			},
			"forget": func(t *rapid.T) {
				org := orgs.Draw(t, "org")
				check(t, d.Forget(t.Context(), org))
				for k := range table {
					if strings.HasPrefix(k, org) {
						delete(table, k)
					}
				}
			},
			"restart": func(t *rapid.T) {
				if !rapid.Bool().Draw(t, "now") {
					return
				}
				check(t, d.Close())
				d, err = directory.Open(path, directory.Options{Now: func() time.Time { return start }})
				check(t, err)
			},
			"": func(t *rapid.T) {
				for _, org := range []string{acme, globex} {
					for n := range 3 {
						k, ok := d.Recall(org, callers[n])
						want, wantOK := table[org+phoneOf(n)]
						if got := (known{strings.Join(names(k), ""), k.Choice}); ok != wantOK || got != want {
							t.Fatalf("%s %d: %v %+v, want %v %+v", org, n, ok, got, wantOK, want)
						}
					}
				}
			},
		})
	})
}

// Look-ups go on while the directory is written.
func TestReadersDoNotWait(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	n := number("+14155550132")
	check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(stop)
		if err := d.Put(t.Context(), globex, people(2000)); err != nil {
			t.Error(err)
		}
	})
	for range 4 {
		wg.Go(func() {
			for {
				if k, ok := d.Recall(acme, n); !ok || k.Choice != "1" {
					t.Errorf("while it is written: %v %+v", ok, k)
					return
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	wg.Wait()
}

// A file that is no directory is moved aside, the notice says so, and the new one works.
func TestDamagedFileIsMovedAside(t *testing.T) {
	for name, torn := range map[string]string{"text": strings.Repeat("no database at all\n", 100), "newer": ""} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), directory.FileName)
			check(t, os.WriteFile(path, []byte(torn), 0o600))
			if torn == "" {
				exec(t, path, "PRAGMA user_version = -5")
			}
			d := open(t, path, directory.Options{})
			if !d.Notice().Is(directory.Renewed) {
				t.Errorf("notice %v", d.Notice())
			}
			check(t, d.Remember(t.Context(), acme, number("+14155550132"), match("1", "Dana"), false))
			if left, _ := filepath.Glob(path + ".broken-*"); len(left) == 0 {
				t.Error("the damaged file is gone")
			}
		})
	}
}

// exec changes a directory's file behind its back.
func exec(t *testing.T, path, query string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	check(t, err)
	defer func() { check(t, db.Close()) }()
	_, err = db.ExecContext(t.Context(), query)
	check(t, err)
}

// One damaged row hides nothing but itself, and is mended by the next answer.
func TestOneDamagedRow(t *testing.T) {
	d, path := fresh(t, directory.Options{})
	a, b, c := number("+14155550132"), number("+14155550133"), number("+14155550134")
	for _, n := range []crm.Number{a, b} {
		check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
	}
	check(t, d.Put(t.Context(), acme, slices.Values([]crm.Record{person("7", "Max", c.E164), person("8", "Eve", c.E164)})))
	exec(t, path, "UPDATE answers SET matches = '{no', picked = 5, at = 'never' WHERE number = '"+a.E164+"'")
	exec(t, path, "UPDATE records SET doc = x'00ff' WHERE id = '7'")
	if _, ok := d.Recall(acme, a); ok {
		t.Error("the damaged row is known")
	}
	if k, ok := d.Recall(acme, b); !ok || k.Choice != "1" {
		t.Error("the row beside it is hidden")
	}
	if k, _ := d.Recall(acme, c); !slices.Equal(names(k), []string{"Eve"}) {
		t.Errorf("beside a damaged record: %v", names(k))
	}
	exec(t, path, "UPDATE answers SET at = 1 WHERE number = '"+a.E164+"'")
	check(t, d.RememberAnswer(t.Context(), acme, answer(a, start, match("2", "Ada"))))
	if k, _ := d.Recall(acme, a); !slices.Equal(names(k), []string{"Ada"}) {
		t.Errorf("after the next answer: %v", names(k))
	}
}

// Where no file can be written the directory lives in memory, and says so.
func TestWithoutAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "no-such-folder", directory.FileName)
	d, other := open(t, path, directory.Options{}), open(t, path, directory.Options{})
	if !d.Notice().Is(directory.MemoryOnly) {
		t.Errorf("notice %v", d.Notice())
	}
	n := number("+14155550132")
	check(t, d.Remember(t.Context(), acme, n, match("1", "Dana"), true))
	if k, ok := d.Recall(acme, n); !ok || k.Choice != "1" {
		t.Error("nothing is remembered in memory")
	}
	if _, ok := other.Recall(acme, n); ok {
		t.Error("two directories share one memory")
	}
}

func TestClosed(t *testing.T) {
	d, _ := fresh(t, directory.Options{})
	check(t, d.Close())
	check(t, d.Close())
	n := number("+14155550132")
	if err := d.Remember(t.Context(), acme, n, match("1", "Dana"), true); err == nil {
		t.Error("a closed directory remembers")
	}
	if _, ok := d.Recall(acme, n); ok {
		t.Error("a closed directory knows somebody")
	}
}
