package ui

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecard/app/journal"
	"linecard/app/settings"
	"linecard/crm"
)

// someRules are a table with a row that is off, and one that can decide nothing.
func someRules() []crm.Rule {
	return []crm.Rule{
		{Name: "Support queue", On: true, Direction: "inbound", Called: []string{"support"}, Layout: "Support", Owner: "extension", Pop: "ring", PopIn: "both"},
		{Name: "Nights and weekends", From: "22:00", To: "6:00", Log: "ask"},
		{Name: "Nobody there", On: true, From: "23:00", To: "5:00", Statuses: []string{"missed"}, Log: "no"},
	}
}

// pastCalls are calls in the night and by day.
func pastCalls() []journal.Row {
	call := func(name, number string, hour int, outcome crm.Outcome) journal.Row {
		at := time.Date(2026, 11, 20, hour, 12, 0, 0, time.Local)
		return journal.Row{Call: journal.Call{ID: name, Direction: crm.Inbound, Outcome: outcome, Name: name, Number: number, Dial: number, Started: at, AnsweredAt: at, Ended: at.Add(time.Minute)}}
	}
	return []journal.Row{
		call("Dana Whitfield", "+14155550132", 23, crm.Answered), call("Eleanor Juniper", "+442079460018", 14, crm.Answered), call("", "+12125550147", 2, crm.Missed),
	}
}

func (b *bench) rules() *fakeAdmin {
	a := &fakeAdmin{past: pastCalls()}
	b.Window.cfg.Admin = a
	b.Window.settings = nil
	b.settings.form.Settings.Rules = someRules()
	b.settings.form.Records = settings.Default().Records
	b.openSettings(pageRules)
	b.settle()
	return a
}

func (b *bench) ruleNames() (names []string) {
	for _, r := range b.settings.form.Settings.Rules {
		names = append(names, r.Name)
	}
	return names
}

// The table is ordered and switched; a rule is tried on past calls before it is switched on.
func TestRulesPage(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	a := b.rules()
	b.settle()
	said := strings.Join(words(b.root), "\n")
	for _, part := range []string{
		"1. Support queue", "Inbound, called support", "→ the window comes forward and the record opens in the browser when it rings, layout Support, owner: the user of the extension",
		`"Nobody there" never decides anything: "Nights and weekends" above it takes all of its calls. Move it up, or remove it.`,
	} {
		if !strings.Contains(said, part) {
			t.Errorf("the page does not say %q:\n%s", part, said)
		}
	}
	b.press("Switch on")
	if got := a.said(); !slices.Equal(got, []string{"try 3 rules"}) || b.settings.form.Settings.Rules[1].On {
		t.Fatalf("switched on before it was tried: %q", got)
	}
	for _, part := range []string{"3 past calls tried, 2 treated differently", "Dana Whitfield", "logged → logged if the agent saves it", `Switch "Nights and weekends" on?`} {
		if !b.shows(part) {
			t.Errorf("the trial does not say %q: %q", part, words(b.root))
		}
	}
	sheet := b.Window.settings.sheets[pageRules].(*rulesSheet)
	sheet.ask.answer()
	b.settle()
	if !b.settings.form.Settings.Rules[1].On || b.shows("3 past calls tried, 2 treated differently") {
		t.Error("not switched on")
	}
	a.swapped = -1
	b.press("Down")
	if got := b.ruleNames(); !slices.Equal(got, []string{"Nights and weekends", "Support queue", "Nobody there"}) {
		t.Errorf("the order is %q", got)
	}
	b.press("Switch off")
	if b.settings.form.Settings.Rules[0].On {
		t.Error("not switched off though no call would have gone another way")
	}
}

// What past calls would have come to without a rule that is on is shown before it is switched off or removed.
func TestARuleIsTriedBeforeItGoes(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	a := b.rules()
	a.swapped = 2
	sheet := b.Window.settings.sheets[pageRules].(*rulesSheet)
	rules := func() []crm.Rule { return b.settings.form.Settings.Rules }
	name := rules()[0].Name
	b.press("Switch off")
	if got := a.said(); !slices.Equal(got, []string{"try 3 rules"}) || !rules()[0].On || !b.shows("3 past calls tried, 2 treated differently") || !b.says("Switch \""+name+"\" off?") {
		t.Fatalf("it was not asked for: %q, on %v", got, rules()[0].On)
	}
	sheet.ask.takeBack()
	b.press("1. " + name)
	b.press("Remove rule")
	if got := a.said(); !slices.Equal(got, []string{"try 2 rules"}) || len(rules()) != 3 || !b.shows("3 past calls tried, 2 treated differently") || !sheet.editor.ask.root.Visible() {
		t.Fatalf("it was not tried without the rule: %q, %d rules", got, len(rules()))
	}
	a.refused = map[string]error{"try": errors.New("the history cannot be read")}
	sheet.close()
	b.press("Switch off")
	if !rules()[0].On || !sheet.ask.root.Visible() {
		t.Fatal("with a history in trouble nobody was asked")
	}
	sheet.ask.answer()
	b.settle()
	if rules()[0].On {
		t.Error("a history in trouble keeps the rule on")
	}
}

// A rule is checked while it is typed, kept when another page is opened, tried, saved and removed.
func TestRuleIsEdited(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	a := b.rules()
	b.settle()
	b.press("New rule")
	sheet := b.Window.settings.sheets[pageRules].(*rulesSheet)
	e := sheet.editor
	if !e.save.Disabled() || e.wrong.Visible() {
		t.Error("an untouched rule is complained about, or can be saved")
	}
	e.name.SetText("Brits")
	e.fields["caller"].SetText("+44 20*, +0")
	e.choices["log"].SetSelected("Not logged")
	if !e.wrong.Visible() || !strings.Contains(e.wrong.value, `"+0" is no number`) || !e.save.Disabled() {
		t.Errorf("said %q", e.wrong.value)
	}
	e.fields["caller"].SetText("+44 20*")
	b.press("Audio")
	b.press("Rules")
	if e.name.Text != "Brits" || e.save.Disabled() {
		t.Fatalf("what was typed is lost: %q", e.name.Text)
	}
	b.press("Try on past calls")
	if got := a.said(); !slices.Equal(got, []string{"try 4 rules"}) || !b.shows("3 past calls tried, 2 treated differently") || !b.shows("Eleanor Juniper") {
		t.Errorf("%q, %q", got, words(b.root))
	}
	b.press("Save")
	if got := b.settings.form.Settings.Rules; len(got) != 4 || got[3].On || got[3].Name != "Brits" || got[3].Log != "no" || !b.shows("4. Brits") {
		t.Fatalf("%+v", got)
	}
	b.press("4. Brits")
	b.press("Remove rule")
	e.ask.answer()
	b.settle()
	if got := b.ruleNames(); len(got) != 3 || !b.shows("New rule") {
		t.Errorf("%q", got)
	}
}

// The layout of a rule is chosen from those there are. One that is not there stays as the rule names it.
func TestTheLayoutOfARuleIsChosen(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.rules()
	b.settle()
	b.press("1. Support queue")
	layout := b.Window.settings.sheets[pageRules].(*rulesSheet).editor.choices["layout"]
	if !slices.Equal(layout.Options, []string{"Says nothing", "Task", "Case", "Support"}) || layout.Selected != "Support" {
		t.Fatalf("the list has %q, chosen is %q", layout.Options, layout.Selected)
	}
	layout.SetSelected("Case")
	b.press("Save")
	if got := b.settings.form.Settings.Rules[0].Layout; got != "Support" || !b.says("so that the change holds from the next call. Save it?") || !b.says("calls") {
		t.Errorf("it is on, and was saved as %q without a question", got)
	}
	layout.SetSelected("Task")
	if b.says("Save it?") {
		t.Error("the question is asked about what is no longer chosen")
	}
	layout.SetSelected("Case")
	b.press("Save")
	b.press("Save")
	if got := b.settings.form.Settings.Rules[0].Layout; got != "Case" {
		t.Errorf("saved %q", got)
	}
}

// The org of a rule is chosen from those there are, by its id. What the rule names otherwise stays as it is, and one that is not here is
// told below the table.
func TestTheOrgOfARuleIsChosen(t *testing.T) {
	b := newBench(t, nil)
	v := severalAtRest()
	b.draw(v)
	b.rules()
	first, second := v.Orgs[0], v.Orgs[1]
	b.settings.form.Orgs = []settings.Org{{OrgID: first.OrgID}, {OrgID: second.OrgID}}
	b.settings.form.Settings.Rules[0].Org = strings.ToLower(second.OrgName)
	b.settings.form.Settings.Rules[1].Org = "Globex Live"
	b.Window.settings.refill()
	b.settle()
	if !b.says("names the org Globex Live, which is not set up here") || b.says("names the org "+strings.ToLower(second.OrgName)) {
		t.Errorf("the page says %q", words(b.root))
	}
	b.press("1. Support queue")
	e := b.Window.settings.sheets[pageRules].(*rulesSheet).editor
	org := e.choices["org"]
	if want := []string{"The account's", orgTitle(first), orgTitle(second)}; !slices.Equal(org.Options, want) || org.Selected != orgTitle(second) || e.text.has(e.text.about) {
		t.Fatalf("the list has %q, chosen is %q", org.Options, org.Selected)
	}
	org.SetSelected(orgTitle(first))
	b.press("Save")
	b.press("Save")
	if got := b.settings.form.Settings.Rules[0].Org; got != first.OrgID {
		t.Errorf("saved %q", got)
	}
}

// What the administrator fixed can be read, and tried, but not changed.
func TestLockedRules(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.settings.form.Locked = func(key string) bool { return key == "rules" }
	b.rules()
	b.settle()
	sheet := b.Window.settings.sheets[pageRules].(*rulesSheet)
	if !sheet.add.Disabled() {
		t.Error("a rule can be added")
	}
	b.press("1. Support queue")
	sheet.editor.name.SetText("Mine")
	if !sheet.editor.save.Disabled() || sheet.editor.try.Disabled() {
		t.Error("a locked rule can be saved, or not tried")
	}
}

// A rule is dragged by its grip, and moved with the arrow keys on it. The table changes once the row is let go.
func TestRulesAreDragged(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.rules().swapped = -1
	sheet := b.Window.settings.sheets[pageRules].(*rulesSheet)
	row := sheet.order[0]
	half := (row.root.Size().Height + 21) / 2
	test.Drag(b.Window.cfg.Window.Canvas(), centerOf(row.grip), 0, half+1)
	b.settle()
	if got := b.ruleNames(); !slices.Equal(got, []string{"Nights and weekends", "Support queue", "Nobody there"}) {
		t.Fatalf("dragged down by one: %q", got)
	}
	row = sheet.order[2]
	for range 4 {
		row.grip.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, -(row.root.Size().Height+21)/2)})
	}
	if got := b.ruleNames(); got[2] != "Nobody there" || sheet.order[0] != row {
		t.Errorf("while it is dragged the table is %q, the first row %q", got, sheet.order[0].name)
	}
	row.grip.DragEnd()
	b.settle()
	if got := b.ruleNames(); !slices.Equal(got, []string{"Nobody there", "Nights and weekends", "Support queue"}) {
		t.Fatalf("dragged to the top: %q", got)
	}
	if !b.shows("1. Nobody there") {
		t.Errorf("not numbered again: %q", words(b.root))
	}
	b.Window.focus(sheet.order[0].grip)
	sheet.order[0].grip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	b.settle()
	if got := b.ruleNames(); !slices.Equal(got, []string{"Nights and weekends", "Nobody there", "Support queue"}) {
		t.Errorf("by key: %q", got)
	}
	if b.Window.cfg.Window.Canvas().Focused() != fyne.Focusable(sheet.order[1].grip) {
		t.Error("the keyboard does not follow the row")
	}
	sheet.order[0].grip.TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	b.settle()
	if got := b.ruleNames(); got[0] != "Nights and weekends" {
		t.Errorf("beyond the top: %q", got)
	}
}

// Where the order of rules that are on changes what past calls came to, a move is tried and asked for; one of a rule that is off is not.
func TestAMovedRuleIsTriedFirst(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	a := b.rules()
	for i := range b.settings.form.Settings.Rules {
		b.settings.form.Settings.Rules[i].On = true
	}
	a.swapped = 1
	b.openSettings(pageRules)
	b.settle()
	sheet := b.Window.settings.sheets[pageRules].(*rulesSheet)
	before := b.ruleNames()
	sheet.shift(sheet.order[0], 1)
	sheet.order[1].grip.DragEnd()
	b.settle()
	if got := b.ruleNames(); !slices.Equal(got, before) || sheet.order[0].name != before[0] || !b.says("past calls would have gone another way") {
		t.Fatalf("nobody was asked, the table is %q", got)
	}
	b.press("Move")
	b.settle()
	if got := b.ruleNames(); got[0] != before[1] || got[1] != before[0] {
		t.Errorf("moved: %q", got)
	}
	b.settings.form.Settings.Rules[2].On = false
	b.openSettings(pageRules)
	b.settle()
	a.said()
	sheet.move(2, 0)
	b.settle()
	if got, tried := b.ruleNames(), a.said(); got[0] != before[2] || len(tried) > 0 {
		t.Errorf("a rule that is off: %q, tried %q", got, tried)
	}
}

func centerOf(o fyne.CanvasObject) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	return at.AddXY(o.Size().Width/2, o.Size().Height/2)
}

// A row that is dragged in a table that cannot be changed goes back.
func TestDraggedRowGoesBack(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.rules()
	sheet := b.Window.settings.sheets[pageRules].(*rulesSheet)
	b.settings.fails = errors.New("the disk is full")
	sheet.shift(sheet.order[0], 1)
	sheet.order[1].grip.DragEnd()
	b.settle()
	if got := sheet.order[0].name; got != "Support queue" {
		t.Errorf("%q stands first", got)
	}
}

// Records, addresses and call variables are edited as all else is; the address is tried before it is saved.
func TestActionsOfARule(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	a := b.rules()
	b.press("New rule")
	e := b.Window.settings.sheets[pageRules].(*rulesSheet).editor
	e.name.SetText("Leads")
	e.fields["variables"].SetText("X-Queue: sales*, X-Ticket: /^[0-9]{2,4}$/, talk seconds: > 20")
	e.choices["create"].SetSelected("Make a lead")
	e.choices["create_at"].SetSelected("When it is answered")
	e.fields["hook"].SetText("http://hooks.example.com/calls")
	if !e.wrong.Visible() || !strings.Contains(e.wrong.value, "must begin with https://") || !e.tell.Disabled() {
		t.Errorf("said %q", e.wrong.value)
	}
	e.fields["hook"].SetText("https://hooks.example.com/calls?token=s3cret")
	b.press("Send a test")
	if got := a.said(); !slices.Equal(got, []string{"hook https://hooks.example.com/calls?token=s3cret of Leads"}) || !b.shows("The test was sent.") && !e.told.Visible() {
		t.Errorf("%q, %q", got, e.told.value)
	}
	b.press("Save")
	got := b.settings.form.Settings.Rules[3]
	want := crm.Rule{
		Name: "Leads", Variables: []string{"X-Queue: sales*", "X-Ticket: /^[0-9]{2,4}$/", "talk seconds: > 20"}, Create: "Lead", CreateAt: "answer",
		Hook: "https://hooks.example.com/calls?token=s3cret",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("saved %+v", got)
	}
	said := strings.Join(words(b.root), "\n")
	if !strings.Contains(said, "a lead is made for an unknown caller when it is answered, hooks.example.com is told when it ends") || strings.Contains(said, "s3cret") {
		t.Errorf("the table says %s", said)
	}
	b.press("4. Leads")
	if e.fields["variables"].Text != "X-Queue: sales*, X-Ticket: /^[0-9]{2,4}$/, talk seconds: > 20" || e.choices["create"].value() != "Lead" {
		t.Errorf("opened again: %q", e.texts())
	}
}
