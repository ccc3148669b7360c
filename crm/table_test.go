package crm_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/crmtest"
)

// at is a moment in the week of Monday, 23 November 2026.
func at(day, clock string) time.Time {
	t, err := time.ParseInLocation("Mon 2006-01-02 15:04", day+" "+map[string]string{
		"Mon": "2026-11-23", "Tue": "2026-11-24", "Fri": "2026-11-27", "Sat": "2026-11-28", "Sun": "2026-11-29",
	}[day]+" "+clock, time.Local)
	if err != nil {
		panic(err)
	}
	return t
}

func table(t *testing.T, rules ...crm.Rule) crm.Table {
	t.Helper()
	for i := range rules {
		rules[i].Name, rules[i].On = fmt.Sprint("row ", i+1), true
	}
	made, wrong := crm.NewTable(rules)
	if !wrong.IsZero() {
		t.Fatal(wrong)
	}
	return made
}

func TestConditions(t *testing.T) {
	call := crm.Facts{
		Direction: crm.Inbound, Outcome: crm.Answered, Account: "2041@pbx.example.com", Called: "support", Caller: "+442079460018",
		Written: "020 7946 0018", Object: "Contact", Started: at("Tue", "14:30"),
	}
	with := func(f func(*crm.Facts)) crm.Facts {
		c := call
		f(&c)
		return c
	}
	withheld := with(func(f *crm.Facts) { f.Caller, f.Written, f.Object = "", "", "" })
	colleague := with(func(f *crm.Facts) { f.Caller, f.Written, f.Extension, f.Object = "1002", "1002", true, "" })
	stranger := with(func(f *crm.Facts) { f.Object = "" })
	unasked := with(func(f *crm.Facts) { f.Object, f.Unasked = "", true })
	night := with(func(f *crm.Facts) { f.Started = at("Sat", "05:59") })
	tests := []struct {
		name string
		rule crm.Rule
		call crm.Facts
		want bool
	}{
		{"no condition", crm.Rule{}, call, true},
		{"direction", crm.Rule{Direction: "inbound"}, call, true},
		{"other direction", crm.Rule{Direction: "outbound"}, call, false},
		{"account by id", crm.Rule{Accounts: []string{"2041@PBX.example.com"}}, call, true},
		{"account by extension", crm.Rule{Accounts: []string{"2041"}}, call, true},
		{"account by pattern", crm.Rule{Accounts: []string{"*@pbx.example.com"}}, call, true},
		{"other account", crm.Rule{Accounts: []string{"204"}}, call, false},
		{"queue by name", crm.Rule{Called: []string{"Sales", "Support"}}, call, true},
		{"queue by part of its name", crm.Rule{Called: []string{"supp*"}}, call, true},
		{"called number in another spelling", crm.Rule{Called: []string{"+1 (415) 555-0100"}}, with(func(f *crm.Facts) { f.Called = "+14155550100" }), true},
		{"prefix", crm.Rule{Caller: []string{"+44 20*"}}, call, true},
		{"other prefix", crm.Rule{Caller: []string{"+4420 8*"}}, call, false},
		{"wildcards", crm.Rule{Caller: []string{"+44 20 7946 00??"}}, call, true},
		{"too few wildcards", crm.Rule{Caller: []string{"+44 20 7946 0?"}}, call, false},
		{"whole number", crm.Rule{Caller: []string{"+44 20 7946 0018"}}, call, true},
		{"national spelling", crm.Rule{Caller: []string{"(020) 7946*"}}, call, true},
		{"part of a number is not the number", crm.Rule{Caller: []string{"7946"}}, call, false},
		{"expression", crm.Rule{Caller: []string{`/^\+44(20|121)/`}}, call, true},
		{"other expression", crm.Rule{Caller: []string{`/^\+49/`}}, call, false},
		{"withheld", crm.Rule{Caller: []string{"withheld"}}, withheld, true},
		{"withheld is no number", crm.Rule{Caller: []string{"*"}}, withheld, false},
		{"a number is not withheld", crm.Rule{Caller: []string{"withheld"}}, call, false},
		{"a colleague", crm.Rule{Caller: []string{"extension"}}, colleague, true},
		{"a customer is no colleague", crm.Rule{Caller: []string{"extension"}}, call, false},
		{"an extension by pattern", crm.Rule{Caller: []string{"10??"}}, colleague, true},
		{"object", crm.Rule{Objects: []string{"lead", "contact"}}, call, true},
		{"any object", crm.Rule{Objects: []string{"any"}}, call, true},
		{"no object", crm.Rule{Objects: []string{"none"}}, stranger, true},
		{"no object where there is one", crm.Rule{Objects: []string{"none"}}, call, false},
		{"no object is not known before the org has answered", crm.Rule{Objects: []string{"none"}}, unasked, false},
		{"a colleague is nobody that the org could know", crm.Rule{Objects: []string{"none"}}, colleague, false},
		{"status", crm.Rule{Statuses: []string{"missed", "answered"}}, call, true},
		{"other status", crm.Rule{Statuses: []string{"no-answer"}}, call, false},
		{"day", crm.Rule{Days: []string{"Tue"}}, call, true},
		{"other day", crm.Rule{Days: []string{"mon", "wed"}}, call, false},
		{"time", crm.Rule{From: "14:30", To: "15:00"}, call, true},
		{"the end of a time is not in it", crm.Rule{From: "9:00", To: "14:30"}, call, false},
		{"until", crm.Rule{To: "14:31"}, call, true},
		{"over midnight", crm.Rule{From: "22:00", To: "06:00"}, night, true},
		{"the night of Friday", crm.Rule{Days: []string{"fri"}, From: "22:00", To: "06:00"}, night, true},
		{"the night of Saturday is the next one", crm.Rule{Days: []string{"sat"}, From: "22:00", To: "06:00"}, night, false},
		{"the night of Saturday ends on Sunday", crm.Rule{Days: []string{"sat"}, From: "22:00", To: "06:00"}, with(func(f *crm.Facts) { f.Started = at("Sun", "03:00") }), true},
		{"all of them", crm.Rule{Direction: "inbound", Called: []string{"support"}, Objects: []string{"Contact"}, Days: []string{"tue"}}, call, true},
		{"all but one", crm.Rule{Direction: "inbound", Called: []string{"support"}, Objects: []string{"Lead"}, Days: []string{"tue"}}, call, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.rule.Layout = "chosen"
			r := crm.Rules{Table: table(t, tt.rule)}
			if got := r.Judge(tt.call).Layout == "chosen"; got != tt.want {
				t.Errorf("fits %v, want %v", got, tt.want)
			}
		})
	}
}

func TestTheFirstRowThatAnswersDecides(t *testing.T) {
	rules := crmtest.LogAll()
	rules.Table = table(t,
		crm.Rule{Caller: []string{"+4420*"}, Log: "ask", Owner: "sam@acme.example"},
		crm.Rule{Called: []string{"support"}, Log: "no", Layout: "Support", Stop: true},
		crm.Rule{Layout: "Usual", Pop: "answer", Owner: "extension"},
	)
	for name, tt := range map[string]struct {
		call crm.Facts
		want crm.Verdict
		by   crm.Deciders
	}{
		"every row": {
			crm.Facts{Direction: crm.Inbound, Outcome: crm.Answered, Caller: "+442079460018"},
			crm.Verdict{Log: crm.LogAsk, Layout: "Usual", Owner: "sam@acme.example", Pop: crm.PopAnswer, PopIn: crm.InBrowser},
			crm.Deciders{Log: 1, Owner: 1, Layout: 3, Pop: 3},
		},
		"up to the row that stops": {
			crm.Facts{Direction: crm.Inbound, Outcome: crm.Answered, Caller: "+442079460018", Called: "support"},
			crm.Verdict{Log: crm.LogAsk, Layout: "Support", Owner: "sam@acme.example", Pop: crm.PopNever},
			crm.Deciders{Log: 1, Owner: 1, Layout: 2},
		},
		"the switches": {
			crm.Facts{Direction: crm.Outbound, Outcome: crm.Answered, Caller: "+14155550132"},
			crm.Verdict{Log: crm.LogYes, Layout: "Usual", Owner: "extension", Pop: crm.PopAnswer, PopIn: crm.InBrowser},
			crm.Deciders{Owner: 3, Layout: 3, Pop: 3},
		},
		"the agent": {
			crm.Facts{Direction: crm.Inbound, Outcome: crm.Answered, Called: "support", Word: crm.LogIt},
			crm.Verdict{Log: crm.LogYes, Layout: "Support", Pop: crm.PopNever},
			crm.Deciders{Layout: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if v, by := rules.Explain(tt.call); v != tt.want || by != tt.by {
				t.Errorf("%+v by %+v\nwant %+v by %+v", v, by, tt.want, tt.by)
			}
		})
	}
}

// "Have inbound calls logged" means neither those that a colleague took nor those with colleagues, unless the row says so.
func TestWhatNobodyMeans(t *testing.T) {
	rules := crmtest.LogAll()
	rules.Table = table(t, crm.Rule{Direction: "inbound", Log: "yes"})
	elsewhere := crm.Facts{Direction: crm.Inbound, Outcome: crm.AnsweredElsewhere, Caller: "+14155550132"}
	colleague := crm.Facts{Direction: crm.Inbound, Outcome: crm.Answered, Caller: "1002", Extension: true}
	for _, f := range []crm.Facts{elsewhere, colleague} {
		if got := rules.Judge(f).Log; got != crm.LogNo {
			t.Errorf("%+v: %s", f, got)
		}
	}
	rules.Table = table(t, crm.Rule{Statuses: []string{"answered elsewhere"}, Log: "yes"}, crm.Rule{Caller: []string{"extension"}, Log: "ask"})
	if a, b := rules.Judge(elsewhere).Log, rules.Judge(colleague).Log; a != crm.LogYes || b != crm.LogAsk {
		t.Errorf("named: %s, %s", a, b)
	}
}

// While a call rings nobody knows how it goes: a row about missed calls opens nothing then.
func TestAStatusIsNotKnownWhileItRings(t *testing.T) {
	rules := crm.Rules{Table: table(t, crm.Rule{Statuses: []string{"missed"}, Pop: "hangup", Log: "ask"})}
	ringing := crm.Facts{Direction: crm.Inbound, Outcome: crm.Missed, Live: true}
	if v := rules.Judge(ringing); v.Pop != crm.PopNever || v.Log != crm.LogAsk {
		t.Errorf("%+v", v) // the log is what it would be if the program died now
	}
	ringing.Live = false
	if v := rules.Judge(ringing); v.Pop != crm.PopHangup {
		t.Errorf("%+v", v)
	}
}

func TestPopsByDirection(t *testing.T) {
	rules := crm.Rules{Pop: crm.PopRing, PopIn: crm.InApp, PopOutbound: crm.PopHangup, PopOutboundIn: crm.InBoth}
	in, out := rules.Judge(crm.Facts{Direction: crm.Inbound}), rules.Judge(crm.Facts{Direction: crm.Outbound})
	if in.Pop != crm.PopRing || in.PopIn != crm.InApp || out.Pop != crm.PopHangup || out.PopIn != crm.InBoth {
		t.Errorf("%+v, %+v", in, out)
	}
}

func TestWhatARowMayNotSay(t *testing.T) {
	for want, r := range map[string]crm.Rule{
		"rules.no-name":        {Log: "no"},
		"rules.does-nothing":   {Name: "x", Direction: "inbound"},
		"rules.pop-when":       {Name: "x", PopIn: "app"},
		"rules.not-one-of":     {Name: "x", Log: "sometimes"},
		"rules.bad-number":     {Name: "x", Log: "no", Caller: []string{"+0*"}},
		"rules.bad-expression": {Name: "x", Log: "no", Called: []string{"/(/"}},
		"rules.bad-time":       {Name: "x", Log: "no", From: "7pm"},
		"rules.no-time":        {Name: "x", Log: "no", From: "7:00", To: "07:00"},
		"rules.no-object":      {Name: "x", Log: "no", Objects: []string{"My Object"}},
		"rules.no-owner":       {Name: "x", Owner: "Sam"},
		"rules.too-many":       {Name: "x", Log: "no", Caller: slices.Repeat([]string{"+1"}, 201)},
		"rules.text-strange":   {Name: strings.Repeat("x", 201), Log: "no"},
	} {
		if got := r.Tidy(); string(got.Code) != want {
			t.Errorf("%+v: %s, want %s", r, got.Code, want)
		}
	}
}

// What is only blanks and brackets, as while a number is typed, is no pattern.
func TestPatternsThatSayNothing(t *testing.T) {
	for _, text := range []string{"(", "-", "()", " . ", "\u2013", "/[", "+", "+0", " "} {
		for _, r := range []crm.Rule{{Name: "x", Log: "no", Caller: []string{text}}, {Name: "x", Log: "no", Called: []string{text}}, {Name: "x", Log: "no", Accounts: []string{text}}} {
			if got := r.Tidy(); got.IsZero() && len(r.Caller)+len(r.Called)+len(r.Accounts) > 0 {
				t.Errorf("%q is taken: %+v", text, r)
			}
		}
	}
}

// "Only people whom we know" keeps a call that is over before the org has said who it was: it is judged again then.
func TestACallIsKeptUntilTheOrgSaysWhoItWas(t *testing.T) {
	rules := crmtest.LogAll()
	rules.Table = table(t, crm.Rule{Objects: []string{"any"}, Log: "yes"}, crm.Rule{Log: "no"})
	f := crm.Facts{Direction: crm.Inbound, Outcome: crm.Missed, Caller: "+442079460018", Unasked: true, Started: at("Tue", "14:30")}
	for _, tt := range []struct {
		name   string
		change func(*crm.Facts)
		want   crm.Log
	}{
		{"over, and nobody has said", func(*crm.Facts) {}, crm.LogYes},
		{"it rings: a crash may end it before the org says", func(f *crm.Facts) { f.Live = true }, crm.LogYes},
		{"the agent forbids it", func(f *crm.Facts) { f.Word = crm.DontLog }, crm.LogNo},
		{"somebody we know", func(f *crm.Facts) { f.Unasked, f.Object = false, "Contact" }, crm.LogYes},
		{"nobody we know", func(f *crm.Facts) { f.Unasked = false }, crm.LogNo},
	} {
		g := f
		tt.change(&g)
		if got := rules.Judge(g).Log; got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	rules.Table = table(t, crm.Rule{Called: []string{"support"}, Log: "no"}, crm.Rule{Log: "no"})
	if got := rules.Judge(f).Log; got != crm.LogNo {
		t.Errorf("no row is about records: %s", got)
	}
}

func TestConflicts(t *testing.T) {
	uk, london, support := []string{"+44*"}, []string{"+4420*"}, []string{"support"}
	for name, tt := range map[string]struct {
		rules []crm.Rule
		want  []crm.Conflict
	}{
		"a special row above a general one":    {[]crm.Rule{{Caller: london, Log: "no"}, {Caller: uk, Log: "ask"}}, nil},
		"a general row above a special one":    {[]crm.Rule{{Caller: uk, Log: "ask"}, {Caller: london, Log: "no"}}, []crm.Conflict{{Row: 2, Earlier: 1, Never: true}}},
		"the special one answers more":         {[]crm.Rule{{Caller: uk, Log: "ask"}, {Caller: london, Log: "no", Layout: "L"}}, []crm.Conflict{{Row: 2, Earlier: 1, Differ: []string{"log"}}}},
		"two rows together take all":           {[]crm.Rule{{Caller: uk, Log: "ask"}, {Layout: "M"}, {Caller: london, Log: "no", Layout: "L"}}, []crm.Conflict{{Row: 3, Earlier: 2, Never: true}}},
		"a row that stops":                     {[]crm.Rule{{Direction: "inbound", Stop: true}, {Direction: "inbound", Called: support, Owner: "extension"}}, []crm.Conflict{{Row: 2, Earlier: 1, Never: true}}},
		"two rows that overlap":                {[]crm.Rule{{Caller: uk, Log: "no"}, {Called: support, Log: "yes"}}, []crm.Conflict{{Row: 2, Earlier: 1, Differ: []string{"log"}}}},
		"a layout in other letters":            {[]crm.Rule{{Caller: uk, Layout: "Sales"}, {Called: support, Layout: "sales"}}, nil},
		"two rows that overlap and agree":      {[]crm.Rule{{Caller: uk, Log: "no"}, {Called: support, Log: "no"}}, nil},
		"two rows that cannot meet":            {[]crm.Rule{{Caller: uk, Called: []string{"sales"}, Log: "no"}, {Called: support, Log: "yes"}}, nil},
		"nights and days":                      {[]crm.Rule{{From: "22:00", To: "6:00", Log: "no"}, {From: "6:00", To: "22:00", Log: "yes"}}, nil},
		"nights and weekends":                  {[]crm.Rule{{From: "22:00", To: "6:00", Log: "no"}, {Days: []string{"sat"}, Log: "yes"}}, []crm.Conflict{{Row: 2, Earlier: 1, Differ: []string{"log"}}}},
		"the same row twice":                   {[]crm.Rule{{Objects: []string{"any"}, Log: "no"}, {Objects: []string{"Contact"}, Log: "no"}}, []crm.Conflict{{Row: 2, Earlier: 1, Never: true}}},
		"logging all is not logging elsewhere": {[]crm.Rule{{Log: "yes"}, {Statuses: []string{"answered elsewhere"}, Log: "yes"}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			for i := range tt.rules {
				tt.rules[i].Name = fmt.Sprint("row ", i+1)
			}
			if got := crm.Conflicts(tt.rules); fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("%+v, want %+v", got, tt.want)
			}
		})
	}
}
