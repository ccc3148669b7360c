package app

import (
	"testing"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// unheard is a life with rules about records whose org says nothing until the call is over.
func unheard(t *testing.T, matches []crm.Match, change func(*Rules), rows ...crm.Rule) *life {
	t.Helper()
	l := newLife(t, t.TempDir())
	for i := range rows {
		rows[i].Name, rows[i].On = "row", true
	}
	table, wrong := crm.NewTable(rows)
	if !wrong.IsZero() {
		t.Fatal(wrong)
	}
	l.rules.Table, l.objects = table, true
	change(&l.rules)
	l.org.matches, l.org.down = matches, true
	l.begin()
	t.Cleanup(func() { l.close() })
	return l
}

func same(*Rules) {}

func never(r *Rules) { r.Never = true }

// What the rules say of a call does not depend on when the org says who it was, nor on a crash in between. The agent's word
// stays what the agent said.
func TestRulesSayTheSameOfALateName(t *testing.T) {
	strangersNot := crm.Rule{Objects: []string{crm.ObjectNone}, Log: "no"}
	known := crm.Rule{Objects: []string{crm.ObjectAny}, Log: "yes"}
	leadsAsk := crm.Rule{Objects: []string{crm.Lead}, Log: "ask"}
	for name, tt := range map[string]struct {
		matches []crm.Match
		change  func(*Rules)
		rows    []crm.Rule
		want    crm.Log
	}{
		"strangers are not logged, and it is one":        {nil, same, []crm.Rule{strangersNot}, crm.LogNo},
		"strangers are not logged, and it is a contact":  {[]crm.Match{dana}, same, []crm.Rule{strangersNot}, crm.LogYes},
		"strangers are not logged, and it is one of two": {[]crm.Match{dana, danaTwin}, same, []crm.Rule{strangersNot}, crm.LogYes},
		"only people we know, and it is a contact":       {[]crm.Match{dana}, never, []crm.Rule{known}, crm.LogYes},
		"only people we know, and it is a stranger":      {nil, never, []crm.Rule{known}, crm.LogNo},
		"only people we know, and it is one of two":      {[]crm.Match{dana, danaTwin}, never, []crm.Rule{known}, crm.LogYes},
		"the agent is asked about leads, and it is one":  {[]crm.Match{danaLead}, never, []crm.Rule{leadsAsk, known}, crm.LogAsk},
	} {
		for when, tell := range map[string]func(l *life, id string){
			"in time": func(l *life, id string) {
				l.org.is(func() { l.org.down = false })
				l.relink()
				l.await("the org's answer", func() bool {
					l.quiet()
					calls := l.desk.View().Calls
					return len(calls) == 1 && calls[0].Lookup.State != LookupPending && calls[0].Lookup.State != LookupFailed
				})
				l.endCall(id, sip.EndRemote)
			},
			"late":          func(l *life, id string) { l.endCall(id, sip.EndRemote) },
			"after a crash": func(l *life, _ string) { l.kill() },
		} {
			t.Run(name+", "+when, func(t *testing.T) {
				l := unheard(t, tt.matches, tt.change, tt.rows...)
				id := l.ring("work", "+14155550132", true)
				l.answer(id)
				l.quiet()
				tell(l, id)
				l.quiet()
				l.end()
				row, want := l.onDisk(id), map[crm.Log]int{crm.LogYes: 1}[tt.want]
				if row.Verdict != tt.want || row.Word != crm.NoWord || l.org.count(id) != want {
					t.Errorf("the rules say %q, want %q; the agent's word is %q; %d Tasks", row.Verdict, tt.want, row.Word, l.org.count(id))
				}
				if tt.want != crm.LogAsk {
					return
				}
				if row.State != journal.Draft {
					t.Errorf("the agent is to be asked, and the log is %s", row.State)
				}
				l.retryOne(journal.Entry{ID: id, State: journal.Draft})
				l.say(id, crm.LogIt)
				l.end()
				if l.org.count(id) != 1 {
					t.Errorf("%d Tasks once the agent has said so", l.org.count(id))
				}
			})
		}
	}
}

// Rules that are tried on calls of the past see what the rules saw when each ended.
func TestTriedRulesSeeWhatTheRulesSaw(t *testing.T) {
	for name, tt := range map[string]struct {
		matches []crm.Match
		answers bool
		change  func(*Rules)
	}{
		"the org has several":                    {[]crm.Match{dana, danaTwin}, true, same},
		"the org has nobody":                     {nil, true, same},
		"the org has one":                        {[]crm.Match{dana}, true, same},
		"the org was not asked, and no log went": {nil, false, never},
	} {
		t.Run(name, func(t *testing.T) {
			l := unheard(t, tt.matches, tt.change, crm.Rule{Objects: []string{crm.ObjectNone}, Log: "no"})
			l.org.is(func() { l.org.down = !tt.answers })
			id := l.talk()
			l.quiet()
			if tt.answers {
				l.end()
				l.quiet() // what the org has answered is on disk
			}
			row := l.onDisk(id)
			table := []crm.Rule{{Name: "strangers are asked", On: true, Objects: []string{crm.ObjectNone}, Log: "ask"}}
			tried := l.rules.Rules
			tried.Table, _ = crm.NewTable(table)
			trial := TryRules(l.rules.Rules, tried, table, []journal.Row{row}, Meaning{})
			stranger := tt.answers && len(tt.matches) == 0
			if trial.Rows[0].Decides != map[bool]int{true: 1}[stranger] {
				t.Fatalf("the rule decides %d: %+v", trial.Rows[0].Decides, trial.Changes)
			}
			for _, c := range trial.Changes {
				if c.Before.Log != row.Verdict {
					t.Errorf("the rules said %q, and the trial says that they said %q", row.Verdict, c.Before.Log)
				}
			}
		})
	}
}
