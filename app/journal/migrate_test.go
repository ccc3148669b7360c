package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/crmtest"
	"linecard/fault"
)

// The files of testdata/v1 were written by Linecard 0.1 (schema 1): live.db as a crash leaves it, with calls on;
// drafts.db with drafts of ended calls; outbox.db with an entry in every state and what was remembered of callers.

const oldOrg = "00D000000000001AAA"

// oldFile is a copy of one of them.
func oldFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "v1", name))
	must(t, err)
	path := filepath.Join(t.TempDir(), FileName)
	must(t, os.WriteFile(path, b, 0o600))
	return path
}

func openJudged(t *testing.T, path string, r crm.Rules) *Journal {
	t.Helper()
	j, err := Open(path, Options{Judge: r.Judge, Now: func() time.Time { return noon }})
	must(t, err)
	t.Cleanup(func() { _ = j.Close() })
	return j
}

// stateOf is where the entry of a call stands, "" without one.
func stateOf(t *testing.T, j *Journal, id string) State {
	t.Helper()
	row, err := j.Call(ctx, id)
	must(t, err)
	return row.State
}

func TestOldLiveCallsAreClosed(t *testing.T) {
	j := openJudged(t, oldFile(t, "live.db"), crmtest.LogAll())
	for id, want := range map[string]State{"rings": Ready, "talks": Ready, "colleague": "", "out": ""} {
		row, err := j.Call(ctx, id)
		must(t, err)
		if row.State != want || !row.Cut || row.Ended.IsZero() {
			t.Errorf("%s: %+v; want it %q, cut off", id, row, want)
		}
	}
	e := entry(t, j, "talks")
	if e.Activity.Subject != "" {
		t.Errorf("the default subject of an older draft counts as the agent's own: %q", e.Activity.Subject)
	}
	if e.Org != oldOrg || e.Activity.Org != oldOrg || e.Activity.Notes != "wants 40" || e.Activity.Who.ID != dana.ID {
		t.Errorf("the call talked on: %+v", e)
	}
	if row, _ := j.Call(ctx, "talks"); row.Org != oldOrg || row.Object != crm.Contact {
		t.Errorf("the call talked on: %+v", row)
	}
}

func TestOldStuckDraftsAreFreed(t *testing.T) {
	ask, never := crmtest.LogAll(), crmtest.LogAll()
	ask.Ask, never.Never = true, true
	for name, tt := range map[string]struct {
		rules            crm.Rules
		answered, missed State
		freed            int
	}{
		"the agent is asked": {ask, Draft, Draft, 0},
		"never":              {never, Discarded, Discarded, 2},
		"always":             {crmtest.LogAll(), Draft, Draft, 0}, // the agent was asked by an older rule
	} {
		t.Run(name, func(t *testing.T) {
			path := oldFile(t, "drafts.db")
			j := openJudged(t, path, tt.rules)
			if got := j.recovered.Load().Freed; got != tt.freed {
				t.Errorf("%d freed, want %d", got, tt.freed)
			}
			for id, want := range map[string]State{
				"answered elsewhere": Discarded, "failed": Discarded, "answered": tt.answered, "missed": tt.missed,
			} {
				if got := stateOf(t, j, id); got != want {
					t.Errorf("%s: %s, want %s", id, got, want)
				}
			}
			must(t, j.Close())
			// The verdict stands: a rule that is changed later does not take the agent's question away.
			j = openJudged(t, path, never)
			if got := stateOf(t, j, "answered"); got != tt.answered {
				t.Errorf("opened again under other rules: %s, want %s", got, tt.answered)
			}
		})
	}
}

func TestOldOutboxGoesOn(t *testing.T) {
	j := openJudged(t, oldFile(t, "outbox.db"), crmtest.LogAll())
	for id, want := range map[string]Entry{
		"ready":     {State: Ready, Kind: Create},
		"waits":     {State: Ready, Kind: Create, CheckFirst: true, Reason: because("Salesforce's answer got lost."), Attempts: 1},
		"sending":   {State: Ready, Kind: Create, CheckFirst: true, Begun: noon, Attempts: 1},
		"parked":    {State: Parked, Kind: Create, Reason: because("Salesforce refuses the call: the field Subject is read-only."), Attempts: 1},
		"done":      {State: Done, Kind: Update, Attempts: 1},
		"update":    {State: Ready, Kind: Update, Attempts: 1},
		"discarded": {State: Discarded, Kind: Create},
	} {
		e := entry(t, j, id)
		if e.State != want.State || e.Kind != want.Kind || e.CheckFirst != want.CheckFirst || !e.Begun.Equal(want.Begun) ||
			e.Attempts != want.Attempts || e.Reason.Code != want.Reason.Code || e.Reason.Values["text"] != want.Reason.Values["text"] {
			t.Errorf("%s: %+v\nwant %+v", id, e, want)
		}
		if e.Org != oldOrg || e.Activity.Org != oldOrg {
			t.Errorf("%s: of org %q", id, e.Org)
		}
	}
	for _, id := range []string{"ready", "waits", "sending", "parked", "done", "update", "discarded", "unknown"} {
		if a := entry(t, j, id).Activity; a.Subject != "" || a.SubjectLine() == "" {
			t.Errorf("%s: the default subject of an older file counts as the agent's own: %q", id, a.Subject)
		}
	}
	if row, _ := j.Call(ctx, "unknown"); !row.Unidentified {
		t.Error("nobody was asked who that was, and the history does not say so")
	}
	if _, _, ok, err := j.NextDue(ctx, noon, func(org, user string) bool { return org == oldOrg && user == "" }); !ok || err != nil {
		t.Errorf("an entry without a user goes to any user of its org: %v, %v", ok, err)
	}

	kept := map[string]Known{}
	must(t, j.TakeKnown(ctx, func(number string, k Known) error { kept[number] = k; return nil }))
	if len(kept) != 2 || !kept["+14155550132"].Picked || kept["+14155550132"].Match.ID != dana.ID {
		t.Errorf("remembered %+v", kept)
	}
}

func TestRememberedIsDroppedOnceTaken(t *testing.T) {
	j := openJudged(t, oldFile(t, "outbox.db"), crmtest.LogAll())
	if err := j.TakeKnown(ctx, func(string, Known) error { return os.ErrClosed }); err == nil {
		t.Fatal("a memory that takes nothing was believed")
	}
	n := 0
	count := func(string, Known) error { n++; return nil }
	must(t, j.TakeKnown(ctx, count))
	must(t, j.TakeKnown(ctx, count))
	if n != 2 {
		t.Errorf("%d taken, want 2, once", n)
	}
}

// What an older Linecard put in words is shown in those words.
func TestReasonOfAnOlderFileIsAPlainFault(t *testing.T) {
	if f := decodeReason("No network."); f.Code != fault.Plain || f.Values["text"] != "No network." {
		t.Errorf("%v", f)
	}
	if f := decodeReason(`{"code":"x`); !f.IsZero() {
		t.Errorf("a torn reason: %v", f)
	}
}

// The rows of an old file are read from its leaves too, where the page is damaged that says where its tables are.
func TestAnOldFileIsSalvagedFromItsLeaves(t *testing.T) {
	const name = "outbox.db"
	path := oldFile(t, name)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	must(t, err)
	_, err = f.WriteAt(bytes.Repeat([]byte{0xff}, 3000), 100) // behind the header of the file
	must(t, errors.Join(err, f.Close()))
	saved := openJudged(t, path, crmtest.LogAll())
	if n := saved.NoticeFault(); n.Code != Renewed {
		t.Fatalf("notice %v", n)
	}
	rows, err := openJudged(t, oldFile(t, name), crmtest.LogAll()).History(ctx, Filter{Limit: 100})
	must(t, err)
	if len(rows) == 0 {
		t.Fatal("the file has no calls")
	}
	for _, want := range rows {
		got, err := saved.Call(ctx, want.ID)
		if err != nil {
			t.Errorf("%s is lost: %v", want.ID, err)
			continue
		}
		if got.Started != want.Started || got.AnsweredAt != want.AnsweredAt || got.Ended != want.Ended || got.Outcome != want.Outcome || got.Who != want.Who ||
			got.Number != want.Number || got.Seen != want.Seen {
			t.Errorf("%s is\n%+v, want\n%+v", want.ID, got, want)
		}
	}
}

// What the first schema calls nolog stood where the record stands today.
func TestRowsOfTheFirstSchemaHaveTheirNames(t *testing.T) {
	columns := []string{"id", "direction", "outcome", "name", "company", "number", "dial", "called", "withheld", "extension", "who", "started", "answered"}
	for _, row := range [][]any{
		{"c1", "Inbound", "missed", "", "", "", "", "", int64(0), int64(0), int64(1), "{}", int64(5), int64(6)},
		{"c1", "Inbound", "missed", "", "", "", "", "", int64(0), int64(0), int64(1), "{}", int64(5)}, // cut short
		{"c1", "Inbound", "missed", "", "", "", "", "", int64(0), int64(0), "{}", int64(5), int64(6)},
	} {
		c := named(columns, row)
		_, first := row[10].(int64)
		if c.text("who") != "{}" || c.number("started") != 5 || (c.number("nolog") == 1) != first {
			t.Errorf("%v: %v", row, c)
		}
	}
}
