package crm_test

import (
	"testing"

	"linecard/crm"
	"linecard/crm/crmtest"
)

// A call of which the org has not said yet who it is is kept where a row about anything that a record tells may have it logged.
func TestACallIsKeptForRowsAboutTheRecord(t *testing.T) {
	known := crm.Rule{Objects: []string{crm.ObjectAny}, Log: "yes"}
	for name, tt := range map[string]struct {
		rows []crm.Rule
		left bool
		want crm.Log
	}{
		"by object":                           {[]crm.Rule{known}, false, crm.LogYes},
		"by object, and nobody will be asked": {[]crm.Rule{known}, true, crm.LogNo},
		"by company":                          {[]crm.Rule{{Variables: []string{"company: Acme*"}, Log: "yes"}}, false, crm.LogYes},
		"by name":                             {[]crm.Rule{{Variables: []string{"name: Dana*"}, Log: "ask"}}, false, crm.LogAsk},
		"by the record's id":                  {[]crm.Rule{{Variables: []string{"record id: 003*"}, Log: "yes"}}, false, crm.LogYes},
		"by the record's object":              {[]crm.Rule{{Variables: []string{"object: Asset*"}, Log: "yes"}}, false, crm.LogYes},
		"by company, and nobody is asked":     {[]crm.Rule{{Variables: []string{"company: Acme*"}, Log: "yes"}}, true, crm.LogNo},
		"by company and another's queue":      {[]crm.Rule{{Variables: []string{"company: Acme*"}, Called: []string{"sales"}, Log: "yes"}}, false, crm.LogNo},
		"a company that may be left out": {
			[]crm.Rule{{Variables: []string{"company: Acme*"}, Log: "no"}, known}, false, crm.LogYes,
		},
		"nobody else's row":    {[]crm.Rule{{Log: "no"}, {Variables: []string{"company: Acme*"}, Log: "yes"}}, false, crm.LogNo},
		"the table ends above": {[]crm.Rule{{Stop: true, Called: []string{"support"}}, known}, false, crm.LogNo},
	} {
		t.Run(name, func(t *testing.T) {
			r := crmtest.LogAll()
			r.Never, r.Table = true, table(t, tt.rows...)
			f := crm.Facts{
				Direction: crm.Inbound, Outcome: crm.Answered, Called: "support", Caller: "+14155550132", Unasked: true, LeftOff: tt.left,
				Started: at("Tue", "14:30"), Call: &crm.Activity{PartyName: "+14155550132"},
			}
			if got := r.Judge(f).Log; got != tt.want {
				t.Errorf("log %q, want %q", got, tt.want)
			}
		})
	}
}

// How a call went is not known while it rings: a row about that ends the table for the log alone.
func TestARowAboutTheEndDoesNotEndTheTableWhileItRings(t *testing.T) {
	r := crmtest.LogAll()
	r.Table = table(t, crm.Rule{Statuses: []string{"missed"}, Log: "no", Stop: true},
		crm.Rule{Log: "ask", Pop: "ring", PopIn: "app", Hook: "https://example.com/hook", HookAt: "ring"})
	f := crm.Facts{Direction: crm.Inbound, Outcome: crm.Missed, Live: true, Caller: "+14155550132", Started: at("Tue", "14:30")}
	if v := r.Judge(f); v.Pop != crm.PopRing || v.Hooks.Ring == "" || v.Log != crm.LogNo {
		t.Errorf("while it rings: %+v", v)
	}
	f.Outcome = crm.Answered
	if v := r.Judge(f); v.Pop != crm.PopRing || v.Log != crm.LogAsk {
		t.Errorf("answered: %+v", v)
	}
	f.Outcome, f.Live = crm.Missed, false
	if v := r.Judge(f); v.Pop != crm.PopNever || v.Hooks.Ring != "" || v.Log != crm.LogNo {
		t.Errorf("missed: %+v", v)
	}
	r.Never, r.Table = true, table(t, crm.Rule{Caller: []string{"+1415*"}, Stop: true}, crm.Rule{Variables: []string{"talk seconds: > 5"}, Log: "yes"})
	f.Outcome, f.Live = crm.Answered, true
	if v := r.Judge(f); v.Log != crm.LogNo {
		t.Errorf("no row below is read, and the call is kept for one: %+v", v)
	}
}

// Numbers fit patterns in whichever way the phone system spells them.
func TestCalledNumbersFitInAnySpelling(t *testing.T) {
	gb := crm.NumberPlan{Region: "GB"}
	for _, called := range []string{"02079460123", "+442079460123", "00442079460123"} {
		n := crm.ParseNumber(called, gb)
		f := crm.Facts{
			Direction: crm.Inbound, Outcome: crm.Answered, Called: called, Caller: "+14155550132", Started: at("Tue", "14:30"),
			Call: &crm.Activity{Story: crm.Story{CalledNumber: crm.Spelled(n), Diverted: called, DivertedNumber: crm.Spelled(n)}},
		}
		for _, rule := range []crm.Rule{
			{Called: []string{"+44 20 7946*"}},
			{Called: []string{"(020) 7946*"}},
			{Called: []string{`/^\+4420/`}},
			{Variables: []string{"called: +44 20 7946 0123"}},
			{Variables: []string{"diverted from: 020 7946*"}},
			{Variables: []string{"diverted from: +4420*"}},
		} {
			rule.Log = "no"
			r := crmtest.LogAll()
			r.Table = table(t, rule)
			if got := r.Judge(f).Log; got != crm.LogNo {
				t.Errorf("%s does not fit %v%v", called, rule.Called, rule.Variables)
			}
		}
	}
	r := crmtest.LogAll()
	r.Table = table(t, crm.Rule{Variables: []string{"number: 020 7946*"}, Log: "no"})
	f := crm.Facts{Direction: crm.Inbound, Outcome: crm.Answered, Caller: "+442079460123", Written: "020 7946 0123", Started: at("Tue", "14:30")}
	if r.Judge(f).Log != crm.LogNo {
		t.Error("the caller's number, as it is written in its country, does not fit a condition on it")
	}
}

// A question mark is one character of any alphabet.
func TestAQuestionMarkIsOneCharacter(t *testing.T) {
	for _, tt := range []struct {
		pattern, name string
		want          bool
	}{
		{"M?ller", "Müller", true}, {"M??ller", "Müller", false}, {"田?", "田中", true}, {"田?", "田", false}, {"*?中", "田中", true}, {"*ü?", "Grün", true},
	} {
		r := crmtest.LogAll()
		r.Table = table(t, crm.Rule{Variables: []string{"name: " + tt.pattern}, Log: "no"})
		f := crm.Facts{Direction: crm.Inbound, Outcome: crm.Answered, Started: at("Tue", "14:30"), Call: &crm.Activity{PartyName: tt.name}}
		if got := r.Judge(f).Log == crm.LogNo; got != tt.want {
			t.Errorf("%s fits %s: %v", tt.name, tt.pattern, got)
		}
	}
}

// Two rows about the same calls are told of, also where the later one answers more.
func TestRowsAboutTheSameCallsConflict(t *testing.T) {
	got := crm.Conflicts([]crm.Rule{
		{Name: "a", On: true, Caller: []string{"+44*"}, Log: "ask"},
		{Name: "b", On: true, Caller: []string{"+44*"}, Log: "no", Layout: "Support"},
	})
	if len(got) != 1 || got[0].Row != 2 || got[0].Earlier != 1 || len(got[0].Differ) != 1 || got[0].Differ[0] != "log" {
		t.Errorf("%+v", got)
	}
}

// A call that the org has not been asked about is judged in under 50 µs too.
func BenchmarkJudge200RulesUnasked(b *testing.B) {
	var rows []crm.Rule
	for i := range 200 {
		rows = append(rows, crm.Rule{Name: "row", On: true, Objects: []string{crm.ObjectAny}, Log: "no"})
		if i%2 == 0 {
			rows[i].Objects, rows[i].Variables = []string{crm.ObjectAny, crm.ObjectNone, "Case"}, []string{"X-Queue: other*"}
		}
	}
	rules := crmtest.LogAll()
	rules.Never = true
	rules.Table, _ = crm.NewTable(rows)
	f := benchCall
	f.Object, f.Unasked = "", true
	for b.Loop() {
		rules.Judge(f)
	}
}
