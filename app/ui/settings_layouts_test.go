package ui

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// fakeLayouts keeps layouts as the program does, and renders with what an org told.
type fakeLayouts struct {
	mu     sync.Mutex
	all    layout.List
	object layout.Object
	tried  layout.Tried
	fails  error
	sent   []string // names of layouts that a test log was sent by
	calls  map[string][]crm.Activity
	shown  string // the org and the call that were shown last
}

// caseObject is what the org tells of Case.
func caseObject() layout.Object {
	return layout.Object{Name: crm.Case, Createable: true, RecordTypes: []layout.RecordType{{ID: "012000000000001AAA", Name: "Complaint", APIName: "Complaint", Available: true}}, Fields: []layout.ObjectField{
		{Name: "Subject", Label: "Subject", Type: "string", Length: 255, Createable: true},
		{Name: "Description", Label: "Description", Type: "textarea", Length: 32000, Createable: true},
		{Name: "Origin", Label: "Case Origin", Type: "picklist", Createable: true, Entries: []layout.Entry{{Value: "Phone", Label: "Phone"}, {Value: "Web", Label: "Web"}}},
		{Name: "Severity__c", Label: "Severity", Type: "picklist", Restricted: true, Createable: true, Required: true, Entries: []layout.Entry{{Value: "Low", Label: "Low"}, {Value: "High", Label: "High"}}},
		{Name: "Queue__c", Label: "Queue", Type: "string", Length: 40, Createable: true},
		{Name: "SuppliedName", Label: "Web Name", Type: "string", Length: 80, Createable: true},
	}}
}

func (f *fakeLayouts) All() []layout.Layout {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.all.WithBuiltIn()
}

func (f *fakeLayouts) Save(l, was layout.Layout) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fails == nil {
		f.all = f.all.Replaced(l, was.Org, was.Name)
	}
	return f.fails
}

func (f *fakeLayouts) Remove(org, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all, _ = f.all.Without(org, name)
	return nil
}

func (f *fakeLayouts) Object(_, object string) (*layout.Object, error) {
	o := f.object
	o.Name = object
	return &o, nil
}

func (f *fakeLayouts) Calls(org string) ([]crm.Activity, error) {
	if f.calls != nil {
		return f.calls[org], nil
	}
	long := layout.Example(noon)
	long.CallID, long.PartyName, long.Called = "2", "Priya Raman", strings.Repeat("queue ", 12)
	return []crm.Activity{layout.Example(noon), long}, nil
}

func (f *fakeLayouts) Preview(l layout.Layout, org, call string) (layout.Preview, error) {
	calls, _ := f.Calls(org)
	var a crm.Activity
	if i := slices.IndexFunc(calls, func(a crm.Activity) bool { return a.CallID == call }); i >= 0 {
		a = calls[i]
	}
	f.mu.Lock()
	f.shown = org + " " + call
	f.mu.Unlock()
	o := f.object
	o.Name = l.Object
	r, problems := l.Judge(layout.Target{Object: &o}, layout.Call{Activity: a, Location: time.UTC})
	r.Problems = problems
	sent := map[string]any{"Subject": r.Subject, "Description": r.Description}
	for k, v := range r.Fields {
		sent[k] = v
	}
	return layout.Preview{Rendered: r, Object: l.Object, Sent: sent}, nil
}

func (f *fakeLayouts) Test(l layout.Layout, org, _ string) (layout.Tried, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if org != "" {
		org = " in " + org
	}
	f.sent = append(f.sent, l.Name+org)
	return f.tried, f.fails
}

// needs gives a state the layouts that it shows.
func (l look) needs(c *Config) {
	if strings.HasPrefix(l.name, "settings-layouts") || l.name == "settings-doctor" {
		c.Layouts = &fakeLayouts{all: layout.List{support()}, object: caseObject()}
	}
	if strings.HasPrefix(l.name, "settings-objects") {
		withObjects(c)
	}
}

// support is a layout with something of everything.
func support() layout.Layout {
	l := layout.Case()
	l.Name, l.Default = "Support", true
	l.Subject = []layout.Value{"Support call", "{name}", "{called}"}
	l.Description = []layout.Line{{Value: "{notes}"}, {}, {Key: "Reason", Value: "{Reason}"}, {Key: "Number", Value: "{number}"}}
	l.Fields = []layout.Field{{Field: "Origin", Value: "Phone"}, {Field: "Severity__c", Value: "High"}}
	l.Variables = []layout.Variable{{Name: "Reason", Ask: true, Required: true, Choices: []string{"Order", "Repair"}}}
	return l
}

func layoutsBench(t *testing.T) (*bench, *fakeLayouts, *layoutsSheet) {
	t.Helper()
	f := &fakeLayouts{all: layout.List{support()}, object: caseObject()}
	b := newBench(t, func(c *Config) { c.Layouts = f })
	b.draw(idle())
	b.openSettings(pageLayouts)
	b.settle()
	return b, f, b.Window.settings.sheets[pageLayouts].(*layoutsSheet)
}

// preview is what the preview says.
func (s *layoutsSheet) previewWords() string { return strings.Join(words(s.preview.shown), "\n") }

// The page shows the default layout as it is saved, and what it makes of the last call; the preview follows each key.
func TestLayoutsPage(t *testing.T) {
	b, f, s := layoutsBench(t)
	if s.name.Text != "Support" || len(s.subject.rows) != 3 || len(s.lines.rows) != 4 || len(s.fields.rows) != 2 || len(s.own.rows) != 1 {
		t.Fatalf("the page shows %q with %d parts, %d lines, %d fields", s.name.Text, len(s.subject.rows), len(s.lines.rows), len(s.fields.rows))
	}
	if got := s.previewWords(); !strings.Contains(got, "Support call Dana Whitfield +14155550100") || strings.Contains(got, "Severity") && strings.Contains(got, "requires") {
		t.Errorf("the preview says %q", got)
	}
	s.subject.rows[0].data.(*partRow).value.SetText("Help for {called}")
	b.settle()
	if got := s.previewWords(); !strings.Contains(got, "Help for +14155550100 Dana Whitfield") {
		t.Errorf("after typing the preview says %q", got)
	}
	if !b.Window.settings.unsaved() || s.save.Disabled() {
		t.Error("what was typed does not count as typed")
	}
	// What the org would refuse is said before anything is saved.
	s.fields.rows[1].data.(*fieldRow).value.SetText("Nine")
	b.settle()
	if got := s.previewWords(); !strings.Contains(got, `"Nine" is no entry of the picklist Severity`) {
		t.Errorf("the preview says %q", got)
	}
	// Another call of the list.
	s.preview.call.SetSelectedIndex(1)
	b.settle()
	if got := s.previewWords(); !strings.Contains(got, "Priya Raman") {
		t.Errorf("with another call the preview says %q", got)
	}
	if f.all[0].Subject[0] != "Support call" {
		t.Error("something was saved by itself")
	}
	s.save.OnTapped()
	b.settle()
	if got := f.all[0]; got.Subject[0] != "Help for {called}" || got.Fields[1].Value != "Nine" || !got.Default {
		t.Errorf("saved is %+v", got)
	}
	if b.Window.settings.unsaved() {
		t.Error("what was saved counts as typed")
	}
}

// Rows are added, removed, and put in order by dragging and by key.
func TestRowsOfALayout(t *testing.T) {
	b, _, s := layoutsBench(t)
	s.subject.rows[2].grip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if got := s.read().Subject; !slices.Equal(got, []layout.Value{"Support call", "{called}", "{name}"}) {
		t.Errorf("after a key: %q", got)
	}
	g := s.subject.rows[0].grip
	h := s.subject.rows[0].root.Size().Height + 6
	for range 4 {
		g.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, h/2)})
	}
	g.DragEnd()
	if got := s.read().Subject; !slices.Equal(got, []layout.Value{"{called}", "{name}", "Support call"}) {
		t.Errorf("after dragging: %q", got)
	}
	s.subject.rows[1].gone.OnTapped()
	s.addPart("{number}")
	s.changed()
	b.settle()
	if got := s.read().Subject; !slices.Equal(got, []layout.Value{"{called}", "Support call", "{number}"}) {
		t.Errorf("after a removal: %q", got)
	}
	if got := s.previewWords(); !strings.Contains(got, "+14155550100 Support call +14155550132") {
		t.Errorf("the preview says %q", got)
	}
	s.discard.OnTapped()
	b.settle()
	if got := s.read(); !slices.Equal(got.Subject, support().Subject) || b.Window.settings.unsaved() {
		t.Errorf("after Discard: %q", got.Subject)
	}
}

// A click on what a call knows inserts its name where the agent was writing.
func TestVariablesAreInserted(t *testing.T) {
	b, _, s := layoutsBench(t)
	v := s.subject.rows[0].data.(*partRow).value
	b.focus(v)
	v.CursorColumn = len("Support")
	s.known.insert("number")
	b.settle()
	if v.Text != "Support{number} call" {
		t.Errorf("the part is %q", v.Text)
	}
	if got := strings.Join(words(s.known.root), "\n"); !strings.Contains(got, "{called}") || !strings.Contains(got, "+14155550100") {
		t.Errorf("the list says %q", got)
	}
	s.last = nil
	s.known.insert("date")
	if got := s.read().Description; got[len(got)-1].Value != "{date}" {
		t.Errorf("the lines are %v", got)
	}
}

// A layout is added, copied, and removed after a question.
func TestLayoutsAreAddedAndRemoved(t *testing.T) {
	b, f, s := layoutsBench(t)
	s.begin(s.read())
	b.settle()
	if s.name.Text != "" || !s.save.Disabled() || len(s.subject.rows) != 3 {
		t.Fatalf("the copy is %q with %d parts", s.name.Text, len(s.subject.rows))
	}
	test.Type(s.name, "Orders")
	b.settle()
	s.save.OnTapped()
	b.settle()
	if len(f.all) != 2 || f.all[1].Name != "Orders" || f.all[1].Default || s.name.Text != "Orders" {
		t.Fatalf("there are %v", f.all)
	}
	s.ask()
	if got := strings.Join(words(s.question.root), "\n"); !strings.Contains(got, "Remove the layout Orders?") {
		t.Fatalf("it asks %q", got)
	}
	s.question.answer()
	b.settle()
	if len(f.all) != 1 || s.name.Text != "Support" {
		t.Errorf("there are %v, and the page shows %q", f.all, s.name.Text)
	}
	// What is refused stays typed.
	f.fails = fault.Err(errors.New("disk"), "settings.not-saved", "folder", "x")
	s.name.SetText("Help")
	s.save.OnTapped()
	b.settle()
	if s.name.Text != "Help" || !b.Window.settings.unsaved() {
		t.Error("what was refused is gone")
	}
}

// A layout of an org that is listed no longer keeps its org when something else of it is changed.
func TestALayoutKeepsTheOrgThatIsGone(t *testing.T) {
	own := support()
	own.Org = "00D000000000009AAA"
	f := &fakeLayouts{all: layout.List{own}, object: caseObject()}
	b := newBench(t, func(c *Config) { c.Layouts = f })
	b.draw(idle())
	b.openSettings(pageLayouts)
	b.settle()
	s := b.Window.settings.sheets[pageLayouts].(*layoutsSheet)
	s.choose(keyOfLayout(own))
	b.settle()
	if !s.whose.Visible() || s.org.Selected != "00D000000000009AAA, not in the settings" || s.text.any() {
		t.Fatalf("it is shown as of %q, %v", s.org.Selected, s.text.any())
	}
	s.addPart("x")
	s.changed()
	s.save.OnTapped()
	b.settle()
	if got := f.all[slices.IndexFunc(f.all, func(l layout.Layout) bool { return l.Name == own.Name })]; got.Org != own.Org || len(got.Subject) != len(own.Subject)+1 {
		t.Errorf("saved %+v", got)
	}
}

// A test log is sent, and the page says what became of it.
func TestTestLogOfALayout(t *testing.T) {
	b, f, s := layoutsBench(t)
	for _, tt := range []struct {
		tried layout.Tried
		err   error
		says  string
	}{
		{layout.Tried{Record: crm.Ref{Object: crm.Case, ID: "500000000000001AAA"}, Deleted: true}, nil, "Salesforce took the test log (Case 500000000000001AAA), and it is deleted again."},
		{layout.Tried{Refused: fault.New("salesforce.validation-rule", "message", "No tests.")}, nil, "nothing was written. A validation rule of the org refused the log: No tests."},
		{layout.Tried{Record: crm.Ref{Object: crm.Case, ID: "500000000000001AAA", Name: "T"}, Kept: fault.New("salesforce.no-access")}, nil, "could not be deleted"},
		{layout.Tried{}, fault.Err(nil, "layout.not-linked"), "not linked"},
	} {
		f.tried, f.fails = tt.tried, tt.err
		s.preview.try.OnTapped()
		b.settle()
		if got := strings.Join(words(s.preview.root), "\n"); !strings.Contains(got, tt.says) {
			t.Errorf("it says %q, not %q", got, tt.says)
		}
	}
	if len(f.sent) != 4 {
		t.Errorf("sent %d", len(f.sent))
	}
	s.changed() // nothing is another
	if !s.preview.result.Visible() {
		t.Error("what became of the test log is gone")
	}
	s.addPart("x")
	s.changed()
	if s.preview.result.Visible() {
		t.Errorf("of another layout it still says %q", s.preview.result.value)
	}
}

// The form under a call has the questions of its layout; what must be answered is named before Save.
func TestQuestionsOfALayoutInTheForm(t *testing.T) {
	b := newBench(t, nil)
	c := wrapUp()
	c.Wrap.Asked = []app.AskedView{{Name: "Reason", Required: true, Choices: []string{"Order", "Repair"}}, {Name: "Order number"}}
	b.draw(with(idle(), c))
	f := b.centre.call.form
	if got := strings.Join(words(f.root), "\n"); !strings.Contains(got, "Reason *") || !strings.Contains(got, "Order number") || !strings.Contains(got, "To be answered before it is saved: Reason") {
		t.Fatalf("the form says %q", got)
	}
	f.asked.rows[0].choice.SetSelected("Repair")
	test.Type(f.asked.rows[1].text, "77")
	b.settle()
	told := b.desk.said()
	for _, want := range []string{"answers " + c.ID + " map[Reason:Repair]", "answers " + c.ID + " map[Order number:77]"} {
		if !slices.Contains(told, want) {
			t.Errorf("the desk was told %q, not %q", told, want)
		}
	}
	// A View that is behind takes nothing away; one that has the answers asks for nothing more.
	b.draw(with(idle(), c))
	if f.asked.rows[1].text.Text != "77" {
		t.Error("an older View took the answer away")
	}
	c.Wrap.Asked = []app.AskedView{{Name: "Reason", Answer: "Repair", Required: true, Choices: []string{"Order", "Repair"}}, {Name: "Order number", Answer: "77"}}
	b.draw(with(idle(), c))
	if got := strings.Join(words(f.root), "\n"); strings.Contains(got, "To be answered") {
		t.Errorf("the form still says %q", got)
	}
}

// TestLayoutsOfTwoOrgs: a general layout that an org overrides is in the list too, and a built-in one is made one org's own.
func TestLayoutsOfTwoOrgs(t *testing.T) {
	fake := &fakeLayouts{object: caseObject(), all: layout.List{{Name: "Call", Object: crm.Task}, {Name: "Call", Object: crm.Case, Org: "00DB"}}}
	b := newBench(t, func(c *Config) { c.Layouts = fake })
	b.settings.form.Orgs = []settings.Org{{OrgID: "00DA", Label: "North"}, {OrgID: "00DB", Label: "South"}}
	b.draw(idle())
	b.openSettings(pageLayouts)
	b.settle()
	s := b.Window.settings.sheets[pageLayouts].(*layoutsSheet)
	var keys []string
	for _, l := range s.all {
		keys = append(keys, keyOfLayout(l))
	}
	if want := []string{"/call", "00DB/call", "/task", "/case"}; !slices.Equal(keys, want) {
		t.Fatalf("the list has %q", keys)
	}
	s.choose("/task")
	s.org.SetSelectedIndex(2)
	b.settle()
	s.keep()
	b.settle()
	if b.trouble.open {
		t.Errorf("it says %q", b.trouble.words.value)
	}
	if _, ok := fake.all.Find("00DB", "Task"); len(fake.all) != 3 || !ok || s.about != "00DB/task" || s.text.any() {
		t.Errorf("kept %+v, the page is about %q, typed %v", fake.all, s.about, s.text.any())
	}
}

// The calls that a layout is shown with are those of its org, also while another org is chosen on the page.
func TestALayoutIsShownWithCallsOfItsOrg(t *testing.T) {
	call := func(id string) crm.Activity {
		a := layout.Example(noon)
		a.CallID, a.PartyName = id, "Party "+id
		return a
	}
	fake := &fakeLayouts{
		object: caseObject(), all: layout.List{{Name: "Call", Object: crm.Task, Org: "00DB"}},
		calls: map[string][]crm.Activity{"": {call("a1"), call("a2")}, "00DA": {call("a1"), call("a2")}, "00DB": {call("b1")}},
	}
	b := newBench(t, func(c *Config) { c.Layouts = fake })
	b.settings.form.Orgs = []settings.Org{{OrgID: "00DA", Label: "North"}, {OrgID: "00DB", Label: "South"}}
	b.draw(idle())
	b.openSettings(pageLayouts)
	b.settle()
	s := b.Window.settings.sheets[pageLayouts].(*layoutsSheet)
	see := func(when, shown string, calls int) {
		t.Helper()
		b.settle()
		if fake.shown != shown || len(s.preview.call.Options) != calls {
			t.Errorf("%s: %q is shown, of %d calls", when, fake.shown, len(s.preview.call.Options))
		}
	}
	see("one for every org", " a1", 2)
	s.preview.call.SetSelectedIndex(1)
	see("another call", " a2", 2)
	s.choose("00DB/call")
	see("one of the second org", "00DB b1", 1)
	s.org.SetSelectedIndex(1)
	see("moved to the first org", "00DA a1", 2)
}
