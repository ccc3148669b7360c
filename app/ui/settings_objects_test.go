package ui

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"fyne.io/fyne/v2"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// fakeObjects is an org with machines, beside the settings that the page changes.
type fakeObjects struct {
	mu     sync.Mutex
	set    *fakeSettings
	trial  crm.ObjectTrial
	tried  []string
	hidden string // object that the user does not see
	saved  int    // how often the rows were changed
}

func (f *fakeObjects) rows(org string) []crm.Object {
	f.set.changing.Lock()
	defer f.set.changing.Unlock()
	return crm.ObjectsOf(f.set.form.Settings.Objects, org)
}

func (f *fakeObjects) States(org string) []crm.ObjectState {
	f.mu.Lock()
	defer f.mu.Unlock()
	labels := map[string]string{"Machine__c": "Machine", "Locker__c": "Locker"}
	var all []crm.ObjectState
	for _, o := range f.rows(org) {
		s := crm.ObjectState{Object: o, Label: labels[o.Name], Known: true, Activities: true, Found: append([]string{"Phone", "MobilePhone"}, o.Phones...)}
		if o.Name == "Machine__c" {
			s.Found = append([]string{"Panel_Phone__c"}, o.Phones...)
		}
		if o.Name == f.hidden {
			s.Known, s.Found, s.Problems = false, nil, []fault.Fault{fault.New("objects.hidden", "object", o.Name)}
		}
		all = append(all, s)
	}
	return all
}

func (f *fakeObjects) Change(org string, change func([]crm.Object) []crm.Object) error {
	f.set.changing.Lock()
	defer f.set.changing.Unlock()
	f.saved++
	rows := change(crm.ObjectsOf(f.set.form.Settings.Objects, org))
	f.set.form.Settings.Objects = crm.SetObjects(f.set.form.Settings.Objects, org, rows)
	return nil
}

func (f *fakeObjects) Known(string) ([]crm.ObjectInfo, error) {
	return []crm.ObjectInfo{
		{Name: crm.Contact, Label: "Contact"},
		{Name: crm.Account, Label: "Account"},
		{Name: crm.Lead, Label: "Lead"},
		{Name: crm.Case, Label: "Case"},
		{Name: "Locker__c", Label: "Locker", Custom: true},
		{Name: "Machine__c", Label: "Machine", Custom: true},
	}, nil
}

func (f *fakeObjects) Fields(_, object string) ([]layout.ObjectField, error) {
	if object == "Machine__c" {
		return []layout.ObjectField{
			{Name: "Name", Label: "Machine Name", Type: "string", Updateable: true},
			{Name: "Panel_Phone__c", Label: "Panel Phone", Type: "phone", Updateable: true},
			{Name: "Keeper_Number__c", Label: "Keeper's Number", Type: "string", Updateable: true},
			{Name: "Account__c", Label: "Account", Type: "reference", Updateable: true},
			{Name: "Condition__c", Label: "Condition", Type: "picklist", Updateable: true},
			{Name: "Site_Notes__c", Label: "Site Notes", Type: "textarea", Updateable: true},
		}, nil
	}
	return []layout.ObjectField{
		{Name: "Title", Label: "Title", Type: "string", Updateable: true},
		{Name: "Department", Label: "Department", Type: "string", Updateable: true},
		{Name: "CreatedDate", Label: "Created Date", Type: "datetime"},
	}, nil
}

func (f *fakeObjects) Try(_, number string) (crm.ObjectTrial, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.tried = append(f.tried, number)
	return f.trial, nil
}

// machineTable has machines first, with a number in a field of text and a card.
func machineTable() []crm.Object {
	return []crm.Object{
		{
			Name: "Machine__c", Search: true, Phones: []string{"Keeper_Number__c"},
			Fields: []string{"Account__c"}, Editable: []string{"Condition__c"}, Required: []string{"Site_Notes__c"},
		},
		{Name: crm.Contact, Search: true, Fields: []string{"Title"}},
		{Name: crm.Account, Search: true},
		{Name: crm.Lead},
	}
}

func machineTrial() crm.ObjectTrial {
	press := crm.Match{
		Record: crm.Record{Ref: ref("Machine__c", "a00000000000001AAA", "Press 4"), Company: "Acme Corp"},
		Why:    crm.Why{PhoneField: crm.PhoneField{Field: "Keeper_Number__c", Label: "Keeper's Number", Value: "+1 (415) 555-0152"}, Closeness: crm.Exact},
	}
	return crm.ObjectTrial{Taken: &press, Result: crm.Result{Matches: []crm.Match{press}}, Rows: []crm.TrialRow{
		{Object: "Machine__c", Hits: 1, Searched: true, Matches: []crm.Match{press}}, {Object: crm.Contact, Hits: 2, Searched: true}, {Object: crm.Account, Searched: true},
	}}
}

// withObjects gives a window an org with machines.
func withObjects(c *Config) *fakeObjects {
	f := &fakeObjects{set: c.Settings.(*fakeSettings), trial: machineTrial()}
	c.Objects = f
	return f
}

func objectsBench(t *testing.T, rows ...crm.Object) (*bench, *fakeObjects, *objectsSheet) {
	t.Helper()
	var f *fakeObjects
	b := newBench(t, func(c *Config) { f = withObjects(c) })
	b.settings.form.Settings.Objects = rows
	b.draw(idle())
	b.openSettings(pageObjects)
	b.settle()
	return b, f, b.Window.settings.sheets[pageObjects].(*objectsSheet)
}

func (f *fakeObjects) names() (names []string) {
	for _, o := range f.rows("") {
		names = append(names, o.Name)
	}
	return names
}

// Nobody chose anything: the page has the usual objects; one is added, moved to the top, and removed, each applied at once.
func TestObjectsAreAddedMovedAndRemoved(t *testing.T) {
	b, f, s := objectsBench(t)
	if !b.shows("Where callers are found") || len(s.list.rows) != 3 || !b.shows("By Phone, MobilePhone") {
		t.Fatalf("%d rows", len(s.list.rows))
	}
	if want := []string{"Case", "Locker (Locker__c)", "Machine (Machine__c)"}; !slices.Equal(s.add.Options, want) {
		t.Errorf("offered: %q", s.add.Options)
	}
	s.add.SetSelected("Machine (Machine__c)")
	b.settle()
	if got := f.names(); !slices.Equal(got, []string{"Contact", "Account", "Lead", "Machine__c"}) || s.about != "Machine__c" {
		t.Fatalf("%v, about %s", got, s.about)
	}
	up := s.list.rows[3].grip
	step := s.list.rows[3].root.Size().Height + 6
	up.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, -2*step)})
	s.draw() // the org's answer comes while the row is dragged
	up.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, -step)})
	saved := f.saved
	up.DragEnd()
	b.settle()
	if f.saved != saved+1 || b.Window.cfg.Window.Canvas().Focused() != fyne.Focusable(s.list.rows[0].grip) {
		t.Errorf("one row that was dragged was saved %d times, or its grip has no focus", f.saved-saved)
	}
	if got := f.names(); !slices.Equal(got, []string{"Machine__c", "Contact", "Account", "Lead"}) {
		t.Fatalf("%v", got)
	}
	s.list.rows[2].gone.OnTapped()
	b.settle()
	if got := f.names(); !slices.Equal(got, []string{"Machine__c", "Contact", "Lead"}) {
		t.Fatalf("%v", got)
	}
	b.press("Back to the usual ones")
	b.settle()
	if got := f.names(); !slices.Equal(got, crm.DefaultOrder) {
		t.Errorf("%v", got)
	}
}

// The fields of the object that is chosen: numbers in fields of text, the card, what may be changed and what is required.
func TestFieldsOfAnObject(t *testing.T) {
	b, f, s := objectsBench(t, machineTable()[0], machineTable()[1])
	if want := []string{"Machine Name (Name)"}; !slices.Equal(s.fields.addPhone.Options, want) {
		t.Errorf("for numbers: %q", s.fields.addPhone.Options)
	}
	s.fields.addCard.SetSelected("Machine Name (Name)")
	b.settle()
	row := f.rows("")[0]
	if !slices.Equal(row.Card(), []string{"Account__c", "Name", "Condition__c", "Site_Notes__c"}) {
		t.Fatalf("%v", row.Card())
	}
	s.change("Machine__c", func(o *crm.Object) { mark(&o.Required, "Condition__c", true) })
	b.settle()
	s.fields.card.rows[0].gone.OnTapped()
	b.settle()
	s.fields.phones.rows[0].gone.OnTapped()
	b.settle()
	row = f.rows("")[0]
	if len(row.Phones) != 0 || !slices.Equal(row.Required, []string{"Site_Notes__c", "Condition__c"}) || slices.Contains(row.Card(), "Account__c") {
		t.Errorf("%+v", row)
	}
	s.fields.addPhone.SetSelected("Keeper's Number (Keeper_Number__c)")
	b.settle()
	if got := f.rows("")[0].Phones; !slices.Equal(got, []string{"Keeper_Number__c"}) {
		t.Errorf("%v", got)
	}
	b.press("Contact")
	b.settle()
	if s.about != crm.Contact || !slices.Contains(s.fields.addCard.Options, "Department") {
		t.Errorf("about %s: %q", s.about, s.fields.addCard.Options)
	}
}

func TestANumberIsTriedOnThePage(t *testing.T) {
	b, f, s := objectsBench(t, machineTable()...)
	s.trial.number.SetText("415 555 0152")
	if b.Window.settings.unsaved() {
		t.Error("a number to try counts as settings that are not saved")
	}
	b.press("Try")
	b.settle()
	if !slices.Equal(f.tried, []string{"415 555 0152"}) || !b.shows("Press 4 (Machine__c) would be shown at once.") || !b.shows("Nobody; 2 records have similar digits") {
		t.Errorf("tried %q, the page says %s", f.tried, strings.Join(words(s.trial.root), "\n"))
	}
	// What is typed stays while another page is open.
	b.openSettings(pagePhone)
	b.settle()
	b.openSettings(pageObjects)
	b.settle()
	if s.trial.number.Text != "415 555 0152" {
		t.Errorf("the number is %q", s.trial.number.Text)
	}
}

func TestALockedTableCannotBeChanged(t *testing.T) {
	b, f, s := objectsBench(t, machineTable()...)
	b.settings.form.Locked = func(key string) bool { return key == "objects" }
	b.openSettings(pageObjects)
	b.settle()
	if !s.add.Disabled() || !s.list.rows[0].gone.Disabled() || !s.fields.addCard.Disabled() {
		t.Error("a locked table can be changed")
	}
	s.list.rows[1].grip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	b.settle()
	if got := f.names(); got[0] != "Machine__c" || s.list.rows[0].data != "Machine__c" {
		t.Errorf("%v", got)
	}
}

// Two changes that come before the page is drawn again are both kept, whichever is saved first.
func TestChangesOfObjectsDoNotUndoEachOther(t *testing.T) {
	b, f, s := objectsBench(t, machineTable()...)
	down := s.list.rows[0].grip
	b.Window.focus(down)
	down.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	down.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	s.change(crm.Lead, func(o *crm.Object) { o.Search = true })
	s.change(crm.Account, func(o *crm.Object) { o.Search = false })
	b.settle()
	rows := f.rows("")
	if got := f.names(); !slices.Equal(got, []string{crm.Contact, crm.Account, "Machine__c", crm.Lead}) || rows[1].Search || !rows[3].Search {
		t.Errorf("%+v", rows)
	}
	if b.Window.cfg.Window.Canvas().Focused() != fyne.Focusable(s.list.rows[2].grip) {
		t.Error("the grip of the row that was moved has lost the keyboard")
	}
	s.fields.card.rows[2].grip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	b.settle()
	card := f.rows("")[2].Card()
	if want := []string{"Account__c", "Site_Notes__c", "Condition__c"}; !slices.Equal(card, want) {
		t.Errorf("the card has %q", card)
	}
}

func TestAHiddenObjectIsTold(t *testing.T) {
	b, f, s := objectsBench(t, machineTable()...)
	f.mu.Lock()
	f.hidden = "Machine__c"
	f.mu.Unlock()
	b.openSettings(pagePhone)
	b.openSettings(pageObjects)
	b.settle()
	if said := strings.Join(words(s.list.root), " "); !strings.Contains(said, "no object Machine__c") {
		t.Errorf("the page says %s", said)
	}
}
