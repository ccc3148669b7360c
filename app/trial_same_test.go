package app

import (
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/crm/layout"
)

const (
	riley = "005000000000001AAA"
	sam   = "005000000000002AAA"
)

// A rule that names what happens anyway changes no call: the default layout by its name, the org that the account has, the user who is linked.
func TestARuleThatNamesWhatHappensAnywayChangesNothing(t *testing.T) {
	m := Meaning{
		Layouts: layout.List{{Name: "Support", Object: crm.Case, Org: "B", Default: true}},
		Org:     func(account string) string { return map[string]string{"2041": "A", "2042": "B"}[account] },
		Owner: func(_, _, wish string) string {
			return map[string]string{crm.OwnerExtension: riley, "sam@acme.example": sam, riley: riley, riley[:15]: riley[:15]}[wish]
		},
	}
	row := func(account, org, user string) journal.Row {
		return journal.Row{Call: journal.Call{
			ID: account, Account: account, Org: org, User: user, Direction: crm.Inbound, Outcome: crm.Answered, Number: "+14155550132",
			Started: time.Now(), AnsweredAt: time.Now(), Ended: time.Now(),
		}}
	}
	inA, inB := row("2041", "A", riley), row("2042", "B", riley)
	none := row("2041", "A", "")
	usual := crm.Rule{Layout: "Case", Owner: crm.OwnerExtension}
	for name, tt := range map[string]struct {
		now, then crm.Rule
		row       journal.Row
		changed   int
	}{
		"the default layout":                      {then: crm.Rule{Layout: "Task"}, row: inA},
		"the same in other letters":               {then: crm.Rule{Layout: "TASK"}, row: inA},
		"one that is not there: the default one":  {then: crm.Rule{Layout: "Nobody"}, row: inA},
		"another layout":                          {then: crm.Rule{Layout: "Case"}, row: inA, changed: 1},
		"no default of this org":                  {then: crm.Rule{Layout: "Task"}, row: inB, changed: 1},
		"this org's default":                      {then: crm.Rule{Layout: "support"}, row: inB},
		"the account's org":                       {then: crm.Rule{Org: "A"}, row: inA},
		"another org":                             {then: crm.Rule{Org: "B"}, row: inA, changed: 1},
		"the linked user, by the extension":       {then: crm.Rule{Owner: crm.OwnerExtension}, row: inA},
		"the linked user, by id":                  {then: crm.Rule{Owner: riley[:15]}, row: inA},
		"the linked user, as such":                {then: crm.Rule{Owner: crm.OwnerLinked}, row: inA},
		"another user":                            {then: crm.Rule{Owner: "sam@acme.example"}, row: inA, changed: 1},
		"a user, where it is not known whose":     {then: crm.Rule{Owner: riley}, row: none, changed: 1},
		"the extension's user by id":              {now: usual, then: crm.Rule{Layout: "case", Owner: riley}, row: none},
		"one part is the same, and another isn't": {now: usual, then: crm.Rule{Layout: "case", Owner: "sam@acme.example"}, row: inA, changed: 1},
	} {
		judge := func(r crm.Rule) (crm.Rules, []crm.Rule) {
			r.On, r.Name = true, "a rule"
			table := []crm.Rule{r}
			if r.Layout+r.Org+r.Owner == "" {
				table = nil
			}
			made, wrong := crm.NewTable(table)
			if !wrong.IsZero() {
				t.Fatal(name, wrong)
			}
			return crm.Rules{Inbound: true, Table: made}, table
		}
		now, _ := judge(tt.now)
		then, table := judge(tt.then)
		trial := TryRules(now, then, table, []journal.Row{tt.row}, m)
		if trial.Calls != 1 || trial.Changed != tt.changed {
			t.Errorf("%s: %d of %d calls would change: %+v", name, trial.Changed, trial.Calls, trial.Changes)
		}
		for _, c := range trial.Changes {
			if len(ChangeWords(c)) != 1 {
				t.Errorf("%s: it says %q", name, ChangeWords(c))
			}
		}
	}
}
