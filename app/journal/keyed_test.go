package journal

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"linecard/crm"
)

// What a doubtful attempt was decides whether another may follow at once: only where each that is not settled was an upsert.
func TestKeyedIsTrueOfAllUnsettledAttempts(t *testing.T) {
	const upsert, plain = true, false
	type attempt struct {
		upsert bool
		end    string // lost, refused, crash, absent: settled, and then lost
	}
	for name, tt := range map[string]struct {
		before   []attempt
		now      bool
		doubtful bool
	}{
		"the first":                            {nil, upsert, false},
		"after an upsert that is lost":         {[]attempt{{upsert, "lost"}}, upsert, false},
		"after a crash in an upsert":           {[]attempt{{upsert, "crash"}}, upsert, false},
		"after a create that is lost":          {[]attempt{{plain, "lost"}}, upsert, true},
		"after a crash in a create":            {[]attempt{{plain, "crash"}}, upsert, true},
		"after a create that is refused":       {[]attempt{{plain, "refused"}}, upsert, false},
		"the field is gone":                    {[]attempt{{upsert, "lost"}}, plain, true},
		"the field was gone in between":        {[]attempt{{upsert, "lost"}, {plain, "lost"}}, upsert, true},
		"a create, and then an upsert":         {[]attempt{{plain, "lost"}, {upsert, "lost"}}, upsert, true},
		"a create that is settled, an upsert":  {[]attempt{{plain, "lost"}, {upsert, "absent"}}, upsert, false},
		"an upsert, a create that is refused":  {[]attempt{{upsert, "lost"}, {plain, "refused"}}, upsert, true}, // nothing is lost by asking
		"upserts only, and a crash in between": {[]attempt{{upsert, "lost"}, {upsert, "crash"}}, upsert, false},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), FileName)
			j := openAt(t, path)
			c, a := ended("c1")
			must(t, j.Hangup(ctx, c, a))
			begin := func(upsert bool) Entry {
				do := j.Begin
				if upsert {
					do = j.BeginUpsert
				}
				e, err := do(ctx, "c1", noon)
				must(t, err)
				return e
			}
			for _, b := range tt.before {
				begin(b.upsert)
				switch b.end {
				case "crash":
					must(t, j.Close())
					j = openAt(t, path)
					continue
				case "absent":
					must(t, j.Absent(ctx, "c1", noon, b.upsert))
				}
				must(t, j.Retry(ctx, "c1", noon, because("No answer."), b.end != "refused"))
			}
			if e := begin(tt.now); e.Doubtful() != tt.doubtful {
				t.Errorf("doubtful is %v: check first %v, keyed %v", e.Doubtful(), e.CheckFirst, e.Keyed)
			}
		})
	}
}

// An attempt that was overtaken stays noted with the Task, also while that is brought up to date, until it was looked for.
func TestAnOvertakenAttemptStaysNoted(t *testing.T) {
	j := queued(t)
	for _, ambiguous := range []bool{true, false} {
		e, err := j.BeginUpsert(ctx, "c1", noon)
		must(t, err)
		if ambiguous {
			must(t, j.Retry(ctx, "c1", noon, because("No answer."), true))
		} else if must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, noon.Add(2*time.Minute))); !e.Keyed {
			t.Errorf("%+v", e)
		}
	}
	must(t, j.EditActivity(ctx, "c1", crm.Activity{Notes: "typed"}))
	_, err := j.Begin(ctx, "c1", noon.Add(time.Minute))
	must(t, err)
	must(t, j.Done(ctx, "c1", crm.Logged{Ref: task}, time.Time{}))
	e, _, ok, err := j.NextLook(ctx, noon.Add(2*time.Minute), nil)
	if must(t, err); !ok || !e.Late() || !e.Keyed {
		t.Errorf("a look is due: %v; %+v", ok, e)
	}
	must(t, j.Looked(ctx, "c1"))
	if e := entry(t, j, "c1"); e.Late() {
		t.Errorf("looked for, and still %+v", e)
	}
}

// What the rules say of a late name takes the log back, or leaves it to the agent. It is not the agent's word, which outweighs it.
func TestRejudge(t *testing.T) {
	for name, tt := range map[string]struct {
		verdict crm.Log
		word    crm.Word
		lost    bool // an earlier attempt may have arrived
		heeded  bool
		state   State
	}{
		"no":                           {crm.LogNo, "", false, true, Discarded},
		"no, and one may have arrived": {crm.LogNo, "", true, true, Discarded},
		"ask":                          {crm.LogAsk, "", false, true, Draft},
		"the agent wants it logged":    {crm.LogNo, crm.LogIt, false, false, Sending},
	} {
		t.Run(name, func(t *testing.T) {
			j := queued(t)
			if tt.lost {
				begin(t, j)
				must(t, j.Retry(ctx, "c1", noon, because("No answer."), true))
			}
			if tt.word != "" {
				must(t, j.Say(ctx, "c1", tt.word))
			}
			begin(t, j)
			_, err := j.Amend(ctx, "c1", func(a crm.Activity) crm.Activity { a.Unidentified = true; return a })
			must(t, err)
			heeded, err := j.Rejudge(ctx, "c1", tt.verdict, noon)
			must(t, err)
			row, err := j.Call(ctx, "c1")
			must(t, err)
			if heeded != tt.heeded || row.State != tt.state || row.Word != tt.word || heeded && (row.Verdict != tt.verdict || row.Unidentified) {
				t.Errorf("heeded %v: %s, word %q, verdict %q", heeded, row.State, row.Word, row.Verdict)
			}
			if _, _, ok, err := j.NextLook(ctx, noon, nil); ok != tt.lost || err != nil {
				t.Errorf("a look is due: %v, %v", ok, err)
			}
		})
	}
}

// A file of schema 5 goes on: of what it has begun nobody knows how, and who was not asked for is known.
func TestSchema5GoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	db, err := sql.Open("sqlite3", path)
	must(t, err)
	for _, m := range migrations[:5] {
		_, err := db.Exec(m)
		must(t, err)
	}
	_, err = db.Exec(fmt.Sprintf("PRAGMA user_version = 5; PRAGMA application_id = %d", mark(5)))
	must(t, err)
	for _, id := range []string{"lost", "nobody", "written"} {
		_, err := db.Exec("INSERT INTO calls (id, direction, outcome, number, dial, started, answered, ended, alive) VALUES (?, 'Inbound', 'answered', 'x', 'x', 1, 2, 3, 3)", id)
		must(t, err)
	}
	doc := func(id string) string { return fmt.Sprintf(`{"callId":%q,"direction":"Inbound"}`, id) }
	for _, q := range []string{
		"INSERT INTO outbox (call, state, activity, check_first, begun) VALUES ('lost', 'ready', '" + doc("lost") + "', 1, 5)",
		"INSERT INTO outbox (call, state, activity, unidentified) VALUES ('nobody', 'ready', '" + doc("nobody") + "', 1)",
		"INSERT INTO outbox (call, state, activity, task) VALUES ('written', 'done', '" + doc("written") + "', '" + encodeRef(task) + "')",
	} {
		_, err := db.Exec(q)
		must(t, err)
	}
	must(t, db.Close())
	j := openAt(t, path)
	if e := entry(t, j, "lost"); !e.Doubtful() {
		t.Errorf("%+v", e)
	}
	if e := entry(t, j, "written"); e.Late() || e.Kind != Update {
		t.Errorf("%+v", e)
	}
	for id, want := range map[string]bool{"lost": false, "nobody": true, "written": false} {
		if row, err := j.Call(ctx, id); err != nil || row.Unasked != want || row.Facts().Unasked != want {
			t.Errorf("%s: unasked %v, %v", id, row.Unasked, err)
		}
	}
}
