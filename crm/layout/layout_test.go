package layout_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"linecard/crm"
	"linecard/crm/layout"
)

// caseObject has a field of each type.
func caseObject() *layout.Object {
	field := func(name, kind string, change func(*layout.ObjectField)) layout.ObjectField {
		f := layout.ObjectField{Name: name, Label: strings.TrimSuffix(name, "__c"), Type: kind, Createable: true, Updateable: true}
		if change != nil {
			change(&f)
		}
		return f
	}
	return &layout.Object{
		Name: crm.Case, Createable: true,
		RecordTypes: []layout.RecordType{
			{ID: "012000000000001AAA", Name: "Complaint", APIName: "Complaint_Type", Available: true},
			{ID: "012000000000002AAA", Name: "Internal", APIName: "Internal"},
		},
		Fields: []layout.ObjectField{
			field("Subject", "string", func(f *layout.ObjectField) { f.Length = 255 }),
			field("Description", "textarea", func(f *layout.ObjectField) { f.Length = 32000 }),
			field("Text__c", "string", func(f *layout.ObjectField) { f.Length = 20 }),
			field("Long__c", "textarea", func(f *layout.ObjectField) { f.Length = 100 }),
			field("Count__c", "int", func(f *layout.ObjectField) { f.Digits = 4 }),
			field("Share__c", "double", func(f *layout.ObjectField) { f.Digits, f.Scale = 3, 2 }),
			field("Flag__c", "boolean", nil),
			field("Mail__c", "email", func(f *layout.ObjectField) { f.Length = 80 }),
			field("Phone__c", "phone", func(f *layout.ObjectField) { f.Length = 40 }),
			field("Pick__c", "picklist", func(f *layout.ObjectField) {
				f.Restricted, f.Entries = true, []layout.Entry{{Value: "high", Label: "High level"}, {Value: "low", Label: "Low level"}}
			}),
			field("Free__c", "picklist", func(f *layout.ObjectField) { f.Length, f.Entries = 40, []layout.Entry{{Value: "a", Label: "A"}} }),
			field("When__c", "date", nil),
			field("Fixed__c", "string", func(f *layout.ObjectField) { f.Createable, f.Updateable = false, false }),
			field("Once__c", "string", func(f *layout.ObjectField) { f.Updateable = false }),
			field("RecordTypeId", "reference", nil),
		},
	}
}

func call() layout.Call {
	a := layout.Example(time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC))
	a.Headers = map[string]string{"X-Campaign": "Spring"}
	return layout.Call{Activity: a, Location: time.UTC}
}

// Each kind of field takes what it takes, and says what Salesforce would refuse.
func TestFields(t *testing.T) {
	for _, tt := range []struct {
		field string
		value layout.Value
		want  any
		code  string
	}{
		{"Text__c", "from {number}", "from +14155550132", ""},
		{"Text__c", "one\ntwo", "one two", ""},
		{"Text__c", "more than twenty characters", "more than twenty […]", "layout.too-long"},
		{"Long__c", "one\ntwo", "one\ntwo", ""},
		{"Count__c", "{talk seconds}", 150, ""},
		{"Count__c", "12345", nil, "layout.number-too-large"},
		{"Count__c", "12.6", 13, ""},
		{"Count__c", "many", nil, "layout.not-a-number"},
		{"Share__c", "2.5", 2.5, ""},
		{"Share__c", "NaN", nil, "layout.not-a-number"},
		{"Flag__c", "Yes", true, ""},
		{"Flag__c", "", false, ""},
		{"Flag__c", "perhaps", nil, "layout.not-yes-or-no"},
		{"Mail__c", "dana@example.com", "dana@example.com", ""},
		{"Mail__c", "dana@localhost", nil, "layout.not-an-email"},
		{"Mail__c", "Dana <dana@example.com>", nil, "layout.not-an-email"},
		{"Phone__c", "{number}", "+14155550132", ""},
		{"Pick__c", "high", "high", ""},
		{"Pick__c", "Low level", "low", ""},
		{"Pick__c", "nine", nil, "layout.not-an-entry"},
		{"Free__c", "nine", "nine", ""},
		{"When__c", "{date}", nil, "layout.type-not-written"},
		{"Fixed__c", "x", nil, "layout.not-createable"},
		{"Nope__c", "x", nil, "layout.no-such-field"},
		{"Subject", "x", nil, "layout.reserved"},
		{"Text__c", "{x-campaign}", "Spring", ""},
		{"Text__c", "{X-Other}", nil, ""},
		{"Text__c", "a {{brace}", "a {brace}", ""},
		{"Text__c", "{unknown}", "{unknown}", "layout.unknown-variable"},
	} {
		l := layout.Case()
		l.Fields, l.LeadName = []layout.Field{{Field: tt.field, Value: tt.value}}, ""
		r, problems := l.Judge(layout.Target{Object: caseObject()}, call())
		if diff := cmp.Diff(tt.want, r.Fields[tt.field]); diff != "" {
			t.Errorf("%s %q: %s", tt.field, tt.value, diff)
		}
		code := ""
		if len(problems) > 0 {
			code = string(problems[0].Why.Code)
		}
		if code != tt.code || len(problems) > 1 {
			t.Errorf("%s %q: the problems are %v, not %s", tt.field, tt.value, problems, tt.code)
		}
		if tt.want == nil && tt.code != "" && tt.code != "layout.reserved" && !strings.Contains(r.Description, ": ") {
			t.Errorf("%s %q is lost", tt.field, tt.value)
		}
	}
}

// The parts of a subject stand side by side; the lines of a description below each other. What says nothing is left out.
func TestSubjectAndDescription(t *testing.T) {
	l := layout.Layout{
		Name: "x", Object: crm.Case,
		Subject: []layout.Value{"[Queue]", "{diverted from}", "{company}", " {name} "},
		Description: []layout.Line{
			{},
			{Value: "A call {direction}"},
			{},
			{},
			{Key: "Company", Value: "{company}"},
			{Key: "Queue", Value: "{called} by {company}"},
			{Value: "{company}{earlier}"},
			{},
			{Key: "Product", Value: "{product}"},
			{},
		},
		Variables: []layout.Variable{{Name: "Product", Default: "for {name}", Ask: true}},
	}
	c := call()
	r := l.Render(layout.Target{Object: caseObject()}, c)
	if r.Subject != "[Queue] +14155550101 Dana Whitfield" {
		t.Errorf("the subject is %q", r.Subject)
	}
	if want := "A call Inbound\n\nQueue: +14155550100 by \n\nProduct: for Dana Whitfield"; r.Description != want {
		t.Errorf("the description is %q, not %q", r.Description, want)
	}
	c.Answers = map[string]string{"product": "pump"}
	c.Subject = "As the agent typed"
	r = l.Render(layout.Target{Object: caseObject(), Rest: []string{"Call Id: 1", "Duration: 3s"}, Marker: "Call Id: 1"}, c)
	if r.Subject != "As the agent typed" || !strings.HasSuffix(r.Description, "Product: pump\n\nCall Id: 1") {
		t.Errorf("%q, %q", r.Subject, r.Description)
	}
}

// An update takes back what an answer said before, leaves alone what can be set once only and what does not come from the call, and does not
// repeat it as a line.
func TestUpdates(t *testing.T) {
	l := layout.Case()
	l.Fields = []layout.Field{{"Text__c", "{Reason}"}, {"Flag__c", "{Reason}"}, {"Once__c", "{Reason}"}, {"Phone__c", "fixed"}}
	l.Variables = []layout.Variable{{Name: "Reason", Ask: true}}
	r := l.Render(layout.Target{Object: caseObject(), Update: true}, call())
	if diff := cmp.Diff(map[string]any{"Text__c": nil, "Flag__c": false}, r.Fields); diff != "" {
		t.Error(diff)
	}
	c := call()
	c.Answers = map[string]string{"Reason": "yes"}
	r = l.Render(layout.Target{Object: caseObject(), Update: true}, c)
	if _, sent := r.Fields["Once__c"]; sent || strings.Contains(r.Description, "Once") {
		t.Errorf("%v %q", r.Fields, r.Description)
	}
}

// What a layout itself has wrong is found without a call.
func TestCheck(t *testing.T) {
	l := layout.Layout{
		Subject:     []layout.Value{"{nothing}"},
		Fields:      []layout.Field{{"Text__c", "a"}, {"text__c", "b"}, {"", "c"}, {"Pick__c", "nine"}},
		Variables:   []layout.Variable{{Name: "number"}, {Name: "Own", Default: "{Other}"}, {Name: "own"}, {Name: "a{b"}},
		RecordType:  "Internal",
		Description: []layout.Line{{Value: "{nothing} and {Own}"}},
	}
	var codes []string
	for _, p := range l.Check(caseObject()) {
		codes = append(codes, string(p.Why.Code))
	}
	slices.Sort(codes)
	want := []string{
		"layout.field-not-named", "layout.field-twice", "layout.no-name", "layout.no-object", "layout.not-an-entry", "layout.record-type-closed",
		"layout.unknown-variable", "layout.unknown-variable", "layout.variable-name", "layout.variable-taken", "layout.variable-twice",
	}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Error(diff)
	}
	for _, l := range layout.BuiltIn() {
		if got := l.Check(nil); len(got) != 0 {
			t.Errorf("the layout %s that is built in: %v", l.Name, got)
		}
	}
	o := caseObject()
	o.Fields[2].Required = true
	if _, got := layout.Case().Judge(layout.Target{Object: o}, call()); !slices.ContainsFunc(got, func(p layout.Problem) bool { return p.Why.Code == "layout.required" && p.Field == "Text__c" }) {
		t.Errorf("a required field is not named: %v", got)
	}
}

// The record type is found by its API name, its label or its id.
func TestRecordTypes(t *testing.T) {
	for _, name := range []string{"Complaint_Type", "complaint", "012000000000001AAA"} {
		l := layout.Case()
		l.RecordType = name
		if r := l.Render(layout.Target{Object: caseObject()}, call()); r.RecordType != "012000000000001AAA" {
			t.Errorf("%s: %q", name, r.RecordType)
		}
	}
}

// Layouts are chosen by name, then the org's default, then every org's; what was begun as a Task stays one.
func TestChoose(t *testing.T) {
	named := func(name, org, object string, main bool) layout.Layout {
		return layout.Layout{Name: name, Org: org, Object: object, Default: main}
	}
	all := layout.List{
		named("Sales", "", crm.Task, false), named("Support", "", crm.Case, true), named("Support", "o2", crm.Task, false), named("Own", "o2", crm.Task, true), named("Case", "o3", crm.Task, false),
	}
	for _, tt := range []struct{ org, name, object, want, as string }{
		{"o1", "sales", "", "Sales", crm.Task},
		{"o1", "", "", "Support", crm.Case},
		{"o1", "gone", "", "Support", crm.Case},
		{"o1", "", crm.Task, "Task", crm.Task},
		{"o1", "Support", crm.Task, "Task", crm.Task},
		{"o2", "Support", "", "Support", crm.Task},
		{"o2", "", "", "Own", crm.Task},
		{"o2", "Own", crm.Case, "Case", crm.Case},
		{"o3", "", crm.Task, "Task", crm.Task},
		{"o3", "Case", crm.Case, "Support", crm.Case},
	} {
		if got := all.Choose(tt.org, tt.name, tt.object); got.Name != tt.want || got.Object != tt.as {
			t.Errorf("%+v: %s for %s", tt, got.Name, got.Object)
		}
	}
	if l, ok := (layout.List{}).Find("", ""); !ok || l.Name != crm.Task {
		t.Errorf("without any: %v", l)
	}
}

// A list keeps one default for each org, and a name once.
func TestKept(t *testing.T) {
	all := layout.List{}.Kept(layout.Layout{Name: "A", Default: true}, "").Kept(layout.Layout{Name: "B", Default: true}, "").Kept(layout.Layout{Name: "C", Org: "o", Default: true}, "")
	if all[0].Default || !all[1].Default || !all[2].Default {
		t.Errorf("%+v", all)
	}
	all = all.Kept(layout.Layout{Name: "D"}, "a")
	if len(all) != 3 || all[0].Name != "D" {
		t.Errorf("%+v", all)
	}
	if _, ok := all.Without("", "C"); ok {
		t.Error("another org's layout was removed")
	}
}

// A record that exists keeps what people may have changed in it: what does not come from the call is written once. The line by which a call
// is found again is there whatever a layout calls "rest".
func TestUpdatesLeaveWhatPeopleChange(t *testing.T) {
	l := layout.Case()
	l.Fields = append(l.Fields, layout.Field{Field: "Text__c", Value: "New"})
	l.Variables = []layout.Variable{{Name: "rest", Default: "a word"}}
	c := layout.Call{Activity: crm.Activity{Direction: crm.Inbound, Number: "+14155550132", Notes: "Asked again"}}
	target := layout.Target{Object: caseObject(), Rest: []string{"Call Id: 7"}, Marker: "Call Id: 7"}
	made := l.Render(target, c)
	if made.Fields["Text__c"] != "New" || !strings.Contains(made.Description, "Call Id: 7") {
		t.Errorf("made %+v", made)
	}
	target.Update = true
	changed := l.Render(target, c)
	for _, name := range []string{"Text__c"} {
		if v, sent := changed.Fields[name]; sent {
			t.Errorf("%s is written again as %v", name, v)
		}
	}
	if !strings.Contains(changed.Description, "Asked again") || !strings.Contains(changed.Description, "Call Id: 7") {
		t.Errorf("changed %+v", changed)
	}
}
