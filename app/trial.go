package app

import (
	"time"

	"linecard/app/journal"
	"linecard/crm"
)

// TrialCalls is how many calls of the past a table of rules is tried on.
const TrialCalls = 500

// Trial is what a table of rules would have done with calls of the past, as the history knows them, beside what the rules in
// force say of them now. What the agent said of a call outweighs both.
type Trial struct {
	Calls     int            `json:"calls"`   // that were judged
	Changed   int            `json:"changed"` // of which something would have been different
	Logged    int            `json:"logged"`  // of which a log would be written
	Asked     int            `json:"asked"`   // of which one would be, if the agent saves it
	Records   int            `json:"records"` // for which a record would have been made; a trial makes none
	Hooks     int            `json:"hooks"`   // times that an address would have been told of a call; a trial tells none
	Rows      []TrialRow     `json:"rows"`
	Changes   []TrialChange  `json:"changes"` // the latest call first
	Conflicts []crm.Conflict `json:"conflicts"`
}

// TrialRow is how often a row of the table would have decided something.
type TrialRow struct {
	Name    string `json:"name"`
	On      bool   `json:"on"`
	Decides int    `json:"decides"`
}

// TrialChange is a call that would have been treated differently.
type TrialChange struct {
	Call      string        `json:"call"`
	Started   time.Time     `json:"started"`
	Direction crm.Direction `json:"direction"`
	Outcome   crm.Outcome   `json:"outcome"`
	Name      string        `json:"name,omitempty"`
	Number    string        `json:"number,omitempty"`
	Before    crm.Verdict   `json:"before"`
	After     crm.Verdict   `json:"after"`
	By        crm.Deciders  `json:"by"` // rows of the tried table
}

// TryRules judges calls of the past by the rules in force and by others, which were made of table.
func TryRules(inForce, tried crm.Rules, table []crm.Rule, rows []journal.Row, m Meaning) Trial {
	t := Trial{Rows: []TrialRow{}, Changes: []TrialChange{}, Conflicts: crm.Conflicts(table)}
	if t.Conflicts == nil {
		t.Conflicts = []crm.Conflict{}
	}
	for _, r := range table {
		t.Rows = append(t.Rows, TrialRow{Name: r.Name, On: r.On})
	}
	for _, row := range rows {
		if row.Ended.IsZero() || t.Calls == TrialCalls {
			continue
		}
		t.Calls++
		f := row.Facts()
		f.Unasked = f.Unasked || row.Unidentified && row.Who.IsZero()
		before, _ := inForce.Explain(f)
		after, by := tried.Explain(f)
		switch after.Log {
		case crm.LogYes:
			t.Logged++
		case crm.LogAsk:
			t.Asked++
		}
		if after.Create != "" && after.Log == crm.LogYes {
			t.Records++
		}
		hooks := wouldTell(row.Call, &after)
		wouldTell(row.Call, &before)
		t.Hooks += hooks
		decided := map[int]bool{
			by.Log: true, by.Pop: true, by.Layout: true, by.Owner: true, by.Org: true, by.Create: true,
			by.Hooks.Ring: after.Hooks.Ring != "", by.Hooks.Answer: after.Hooks.Answer != "", by.Hooks.Hangup: after.Hooks.Hangup != "",
		}
		for n, is := range decided {
			if is && n > 0 && n <= len(t.Rows) {
				t.Rows[n-1].Decides++
			}
		}
		if after = m.alike(before, after, row); before == after {
			continue
		}
		t.Changed++
		t.Changes = append(t.Changes, TrialChange{
			Call: row.ID, Started: row.Started, Direction: row.Direction, Outcome: row.Outcome, Name: row.Name, Number: row.Number,
			Before: before, After: after, By: by,
		})
	}
	return t
}

// wouldTell drops the hooks that would not have been called: one for the answer of a call that nobody answered, and all of a call
// that the agent keeps private. It tells how many are left.
func wouldTell(c journal.Call, v *crm.Verdict) (hooks int) {
	if c.AnsweredAt.IsZero() {
		v.Hooks.Answer = ""
	}
	if c.Story.Refused {
		v.Hooks.Ring = ""
	}
	if c.Word == crm.DontLog {
		v.Hooks = crm.Hooks{}
	}
	for _, url := range []string{v.Hooks.Ring, v.Hooks.Answer, v.Hooks.Hangup} {
		if url != "" {
			hooks++
		}
	}
	return hooks
}
