package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/crm"
	"linecard/test/wait"
)

// inMemory has the history searched in memory from now on.
func inMemory(t testing.TB, j *Journal) {
	t.Helper()
	j.index.mu.Lock()
	read := j.index.begin(j.reader())
	j.index.mu.Unlock()
	must(t, read())
}

// Whatever has become of calls since the index was read, a search in memory finds what one in the file does.
func TestASearchInMemoryFindsWhatTheFileHas(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		j := openTemp(t)
		defer func() { _ = j.Close() }()
		var all []string
		names := rapid.SampledFrom([]string{"Dana Whitfield", "Jörg Müller", "田中 太郎", "Anna", ""})
		numbers := rapid.SampledFrom([]string{"+14155550132", "+49891234567", "2041", ""})
		ok := func(err error) {
			if err != nil {
				rt.Helper()
				rt.Fatal(err)
			}
		}
		call := func(rt *rapid.T) Call {
			started := noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(rt, "started")) * time.Second) // several at one moment
			number := numbers.Draw(rt, "number")
			return Call{
				ID: fmt.Sprintf("c%d", len(all)), Direction: rapid.SampledFrom([]crm.Direction{crm.Inbound, crm.Outbound}).Draw(rt, "direction"), Name: names.Draw(rt, "name"), Number: number, Dial: number, Started: started,
				Account: rapid.SampledFrom([]string{"2041@pbx", "7@other"}).Draw(rt, "account"),
			}
		}
		pick := func(rt *rapid.T) string {
			if len(all) == 0 {
				rt.Skip("none")
			}
			return rapid.SampledFrom(all).Draw(rt, "call")
		}
		inMemory(t, j)
		rt.Repeat(map[string]func(*rapid.T){
			"ring": func(rt *rapid.T) {
				c := call(rt)
				ok(j.Ring(ctx, c))
				all = append(all, c.ID)
			},
			"hang up": func(rt *rapid.T) {
				c := call(rt)
				c.Ended, c.Outcome = c.Started, rapid.SampledFrom([]crm.Outcome{crm.Missed, crm.Answered}).Draw(rt, "outcome")
				ok(j.Hangup(ctx, c, nil))
				all = append(all, c.ID)
			},
			"import": func(rt *rapid.T) {
				c := call(rt)
				c.Ended = c.Started
				ok(j.Import(ctx, []Past{{Call: c}}))
				all = append(all, c.ID)
			},
			"identify": func(rt *rapid.T) {
				id := pick(rt)
				if _, err := j.Call(ctx, id); err != nil {
					rt.Skip("taken back, or pruned")
				}
				ok(j.Identify(ctx, id, names.Draw(rt, "name"), "Acme", dana, ""))
			},
			"take back": func(rt *rapid.T) { ok(j.TakeBack(ctx, pick(rt))) },
			"prune": func(rt *rapid.T) {
				_, err := j.Prune(ctx, time.Time{}, 5)
				ok(err)
			},
			"read again": func(*rapid.T) { inMemory(t, j) },
			"search": func(rt *rapid.T) {
				f := Filter{
					Text:   rapid.SampledFrom([]string{"dana", "an", "müller", "太", "acme an", "4155550132", "89", "0049", "nobody"}).Draw(rt, "text"),
					Limit:  rapid.IntRange(1, 9).Draw(rt, "limit"),
					Missed: rapid.Bool().Draw(rt, "missed"),
				}
				if rapid.Bool().Draw(rt, "one account") {
					f.Account = "7@other"
				}
				f.Direction = rapid.SampledFrom([]crm.Direction{"", crm.Inbound, crm.Outbound}).Draw(rt, "direction")
				f.Outcome = rapid.SampledFrom([]crm.Outcome{"", "", crm.Answered}).Draw(rt, "went")
				switch rapid.IntRange(0, 3).Draw(rt, "when") {
				case 1:
					f.Before = noon
				case 2:
					f.From = noon
				case 3:
					c, err := j.Call(ctx, pick(rt))
					if err != nil {
						rt.Skip("taken back, or pruned")
					}
					f.Before, f.BeforeID = c.Started, c.ID
				}
				want, err := j.readHistory(ctx, f)
				ok(err)
				got, found, err := j.searchIndex(ctx, f)
				ok(err)
				if !found || !reflect.DeepEqual(ids(got), ids(want)) {
					rt.Fatalf("%+v found %v, %v; the file has %v", f, found, ids(got), ids(want))
				}
				// Page after page, each call once.
				whole := f
				whole.Limit = 1000
				want, err = j.readHistory(ctx, whole)
				ok(err)
				got = nil
				for {
					page, _, err := j.searchIndex(ctx, f)
					ok(err)
					if len(page) == 0 {
						break
					}
					got = append(got, page...)
					f.Before, f.BeforeID = page[len(page)-1].Started, page[len(page)-1].ID
				}
				if !reflect.DeepEqual(ids(got), ids(want)) {
					rt.Fatalf("%+v: in pages %v, in the file %v", whole, ids(got), ids(want))
				}
			},
		})
	})
}

// The first search goes to the file and has the index read; when nobody searches any more it is dropped.
func TestTheIndexComesAndGoes(t *testing.T) {
	j := openTemp(t)
	old(t, j, 300)
	f := Filter{Text: "dana", Limit: 5}
	first, err := j.History(ctx, f)
	must(t, err)
	j.index.mu.Lock()
	reading := j.index.reading
	j.index.mu.Unlock()
	if reading != nil { // not yet
		wait.For(t, reading)
	}
	second, found, err := j.searchIndex(ctx, f)
	must(t, err)
	if !found || len(first) != 5 || !reflect.DeepEqual(first, second) {
		t.Errorf("in the file %v, in memory %v", ids(first), ids(second))
	}
	if j.index.drop == nil {
		t.Error("nothing drops it once nobody searches any more")
	}
	j.index.forget()
	if j.index.calls != nil || j.index.text != nil {
		t.Error("it is still in memory")
	}
	if third, err := j.History(ctx, f); err != nil || !reflect.DeepEqual(first, third) {
		t.Errorf("afterwards: %v, %v", ids(third), err)
	}
}

// A journal that began in memory, on a full disk, is searched in the file once it has moved there: that has the calls of before, too.
func TestTheIndexFollowsTheJournalToTheDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	before := openAt(t, path)
	old(t, before, 3)
	must(t, before.Close())
	j, err := openInMemory(path, Options{}.complete(), &Error{Kind: ErrFull, Err: errors.New("full")})
	must(t, err)
	defer func() { must(t, j.Close()) }()
	j.everyTry = time.Hour
	c := ringing("new")
	c.Name = "Dana in memory"
	if err := j.Ring(ctx, c); !errors.Is(err, ErrFull) {
		t.Fatal(err)
	}
	inMemory(t, j)
	search := func(want ...string) {
		t.Helper()
		for range 2 { // the first one may find that the index is of the other file
			rows, err := j.History(ctx, Filter{Text: "dana"})
			must(t, err)
			if !slices.Equal(ids(rows), want) {
				t.Errorf("found %v, want %v", ids(rows), want)
			}
		}
	}
	search("new")
	j.turn <- struct{}{}
	j.everyTry = 0
	<-j.turn
	must(t, j.Answered(ctx, "new", noon, ""))
	search("new", "old00002", "old00001", "old00000")
}

// Who writes a call waits for nobody who searches.
func TestARingWaitsForNoSearch(t *testing.T) {
	j := openTemp(t)
	inMemory(t, j)
	j.index.mu.Lock() // as while the disk does not answer a search
	defer j.index.mu.Unlock()
	must(t, j.Ring(ctx, ringing("c1")))
}

// BenchmarkSearch is one key in the search field, with 100,000 calls: a part of many names, of one number, and of none.
func BenchmarkSearch(b *testing.B) {
	j := openTemp(b)
	old(b, j, 100_000)
	for _, where := range []string{"file", "memory"} {
		for name, text := range map[string]string{"many": "an", "one": "old", "none": "nobody at all", "number": "5550132"} {
			b.Run(name+", "+where, func(b *testing.B) {
				if where == "memory" {
					inMemory(b, j)
				} else {
					j.index.forget()
				}
				for b.Loop() {
					var err error
					if where == "file" {
						_, err = j.readHistory(ctx, Filter{Text: text, Limit: 200})
					} else {
						_, err = j.History(ctx, Filter{Text: text, Limit: 200})
					}
					must(b, err)
				}
			})
		}
	}
}
