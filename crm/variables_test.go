package crm_test

import (
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/crmtest"
)

// campaign is a call from a queue of the phone system that has ended.
func campaign() crm.Facts {
	started := at("Mon", "10:00")
	return crm.Facts{
		Direction: crm.Inbound, Outcome: crm.Answered, Account: "2041@pbx", Called: "support", Caller: "+442079460018", Started: started,
		Call: &crm.Activity{
			CallID: "c1", Started: started, AnsweredAt: started.Add(12 * time.Second), Ended: started.Add(42 * time.Second), PartyName: "Dana Whitfield", Org: "00DA",
			Story: crm.Story{
				Diverted: "+442079460000", Code: 200, HungUp: crm.ByParty, Held: 5 * time.Second, SIPID: "abc@pbx",
				Headers:    map[string]string{"X-Queue": "Support EMEA", "X-Priority": "3"},
				Signalling: crm.Signalling{UserToUser: "order 4711", CallInfo: "https://crm.example/c/42", Verstat: crm.Verified, DivertedFirst: "2060", DivertedFor: "no-answer"},
			},
		},
	}
}

// Header fields of the phone system and call variables are conditions: each variable that is named must fit, one of several texts.
func TestCallVariables(t *testing.T) {
	for name, tt := range map[string]struct {
		variables []string
		fits      bool
	}{
		"a header":                      {[]string{"X-Queue: support*"}, true},
		"in any case":                   {[]string{"x-queue: SUPPORT emea"}, true},
		"another text":                  {[]string{"X-Queue: sales*"}, false},
		"one of two texts":              {[]string{"X-Queue: sales*", "X-Queue: support*"}, true},
		"a header that is not there":    {[]string{"X-Campaign: *"}, false},
		"any text":                      {[]string{"X-Queue: *"}, true},
		"both variables":                {[]string{"X-Queue: support*", "X-Priority: 3"}, true},
		"one of two variables":          {[]string{"X-Queue: support*", "X-Priority: 4"}, false},
		"a number, as text":             {[]string{"X-Priority: 3?"}, false},
		"a comparison":                  {[]string{"X-Priority: <= 3"}, true},
		"a comparison with text":        {[]string{"X-Queue: > 1"}, false},
		"an expression":                 {[]string{"X-Queue: /emea$/"}, true},
		"who sent it on":                {[]string{"diverted from: +4420*"}, true},
		"who sent it on first":          {[]string{"first diverted from: 2060"}, true},
		"why it was sent on":            {[]string{"diverted because: no-answer"}, true},
		"whether it was verified":       {[]string{"verstat: passed"}, true},
		"that it was not verified":      {[]string{"verstat: failed"}, false},
		"what was handed over":          {[]string{"user to user: order *"}, true},
		"the page about the caller":     {[]string{"call info: https://crm.example/*"}, true},
		"how long was talked":           {[]string{"talk seconds: > 29"}, true},
		"how long was talked, too long": {[]string{"talk seconds: > 30"}, false},
		"how long it rang":              {[]string{"ring seconds: 12"}, true},
		"how long it was on hold":       {[]string{"hold seconds: >= 5"}, true},
		"who ended it":                  {[]string{"hung up by: other party"}, true},
		"the final code":                {[]string{"final code: 200"}, true},
		"the name":                      {[]string{"name: *whitfield"}, true},
		"the org":                       {[]string{"org id: 00da"}, true},
		"a word of other conditions":    {[]string{"name: withheld"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			rules := crmtest.LogAll()
			table, why := crm.NewTable([]crm.Rule{{Name: "r", On: true, Variables: tt.variables, Layout: "L"}})
			if !why.IsZero() {
				t.Fatal(why)
			}
			rules.Table = table
			if got := rules.Judge(campaign()).Layout == "L"; got != tt.fits {
				t.Errorf("fits: %v", got)
			}
		})
	}
}

// A condition on what nobody knows, or that is written wrong, is refused before it is in force.
func TestVariablesAreChecked(t *testing.T) {
	for text, code := range map[string]string{
		"X-Queue": "rules.variable-form", "X-Queue:": "rules.variable-form", "weather: rain": "rules.no-variable", "notes: *": "rules.no-variable",
		"talk seconds: < soon": "rules.variable-number", "X-Queue: /(/": "rules.bad-expression", "X Queue: a": "rules.no-variable",
	} {
		r := crm.Rule{Name: "r", Variables: []string{text}, Log: "no"}
		if why := r.Tidy(); string(why.Code) != code {
			t.Errorf("%q: %q, want %q", text, why.Code, code)
		}
	}
	r := crm.Rule{Name: "r", Variables: []string{"X-Queue :  Support ", "talk  SECONDS:<10", "x-queue: Support"}, Log: "no"}
	if why := r.Tidy(); !why.IsZero() || len(r.Variables) != 3 || r.Variables[0] != "X-Queue: Support" || r.Variables[1] != "talk seconds: < 10" {
		t.Errorf("%v, %q", why, r.Variables)
	}
}

// What only the end of a call tells decides nothing before it. A call that the end may have logged is not given up before.
func TestVariablesOfTheEnd(t *testing.T) {
	rules := crmtest.LogAll()
	rules.Table, _ = crm.NewTable([]crm.Rule{
		{Name: "talked", On: true, Variables: []string{"talk seconds: >= 20"}, Log: "yes", Pop: "answer", Hook: "https://h.example/x"},
		{Name: "rest", On: true, Log: "no"},
	})
	f := campaign()
	if v := rules.Judge(f); v.Log != crm.LogYes || v.Pop != crm.PopAnswer {
		t.Errorf("at its end: %+v", v)
	}
	f.Live = true
	if v := rules.Judge(f); v.Log != crm.LogYes || v.Pop != crm.PopNever || v.Hooks != (crm.Hooks{}) {
		t.Errorf("while it goes on: %+v", v)
	}
	f.Live, f.Call.Ended = false, f.Call.AnsweredAt.Add(3*time.Second)
	if v := rules.Judge(f); v.Log != crm.LogNo {
		t.Errorf("too short: %+v", v)
	}
	f.Live = true
	rules.Table, _ = crm.NewTable([]crm.Rule{
		{Name: "rest", On: true, Log: "no"}, {Name: "talked", On: true, Variables: []string{"talk seconds: >= 20"}, Log: "yes"},
	})
	if v := rules.Judge(f); v.Log != crm.LogNo {
		t.Errorf("a row below has no say: %+v", v)
	}
}

// Rows about different values of a header are not in conflict, and a row about one value is a special case of one about all.
func TestConflictsOfVariables(t *testing.T) {
	row := func(name, log string, variables ...string) crm.Rule {
		return crm.Rule{Name: name, On: true, Log: log, Variables: variables}
	}
	for name, tt := range map[string]struct {
		rules []crm.Rule
		want  int
		never bool
	}{
		"two queues":                {[]crm.Rule{row("a", "yes", "X-Queue: support"), row("b", "no", "X-Queue: sales")}, 0, false},
		"a special one above":       {[]crm.Rule{row("a", "yes", "X-Queue: support"), row("b", "no", "X-Queue: *")}, 0, false},
		"all above a special one":   {[]crm.Rule{row("a", "yes", "X-Queue: support*"), row("b", "no", "X-Queue: support emea")}, 1, true},
		"the same":                  {[]crm.Rule{row("a", "yes", "X-Queue: support"), row("b", "no", "X-Queue: support")}, 1, true},
		"two headers":               {[]crm.Rule{row("a", "yes", "X-Queue: support"), row("b", "no", "X-Campaign: spring")}, 1, false},
		"more conditions than that": {[]crm.Rule{row("a", "yes", "X-Queue: support", "X-Campaign: spring"), row("b", "no", "X-Queue: support")}, 0, false},
	} {
		got := crm.Conflicts(tt.rules)
		if len(got) != tt.want || len(got) > 0 && got[0].Never != tt.never {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
