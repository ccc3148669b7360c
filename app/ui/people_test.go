package ui

import (
	"testing"

	"linecard/crm"
	"linecard/test/wait"
)

// A name that is typed finds people: those on this computer at once, those of the org with one request once the agent has paused.
// A click puts the number into the field.
func TestPeopleAreFoundWhileAnAgentTypes(t *testing.T) {
	b := newBench(t, nil)
	one := func(id, name, phone string) crm.Record {
		return crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: id, Name: name}, Company: "Acme", Phones: []crm.PhoneField{{Field: "Phone", Value: phone}}}
	}
	dana, daniel := one("1", "Dana Whitfield", "(415) 555-0132"), one("2", "Daniel Ek", "08-465 00 43")
	b.desk.nearby = map[string][]crm.Record{"dan": {dana}}
	b.desk.found = map[string][]crm.Record{"dan": {dana, daniel}}
	b.draw(idle())
	field := b.Window.left.dial.field
	field.SetText("d")
	field.SetText("da")
	field.SetText("dan")
	b.settle()
	if !b.shows("Dana Whitfield") || b.shows("Daniel Ek") {
		t.Errorf("at once: %q", words(b.root))
	}
	for !b.shows("Daniel Ek") {
		wait.For(t, b.pump.queue)() // the org's answer comes after a pause in the typing
	}
	b.desk.mu.Lock()
	sought := len(b.desk.sought)
	b.desk.mu.Unlock()
	if !b.shows("Daniel Ek") || sought != 1 {
		t.Errorf("then, with %d requests: %q", sought, words(b.root))
	}
	b.press("Daniel Ek")
	b.settle()
	if field.Text != daniel.Phones[0].Value || b.shows("Dana Whitfield") {
		t.Errorf("the field has %q, the window %q", field.Text, words(b.root))
	}
	b.desk.mu.Lock()
	defer b.desk.mu.Unlock()
	if len(b.desk.sought) != 1 {
		t.Errorf("a number is searched by name: %q", b.desk.sought)
	}
}
