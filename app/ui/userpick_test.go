package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecard/crm"
)

// looking is the page of owners of an org with thousands of users, and the search for the user of an extension.
func looking(t *testing.T, extension string) (*bench, *fakeAdmin, *userPick) {
	t.Helper()
	b, a := adminBench(t)
	a.owners = manyOwners()
	b.openSettings(pageOwners)
	b.settle()
	p := b.Window.settings.sheets[pageOwners].(*ownersSheet).picks[extension]
	b.Window.focus(p.field)
	a.said()
	return b, a, p
}

func (p *userPick) keys(names ...fyne.KeyName) {
	for _, n := range names {
		p.field.TypedKey(&fyne.KeyEvent{Name: n})
	}
}

// No part of a name takes an extension's user away.
func TestAPartOfAWordIsNotNobody(t *testing.T) {
	for _, part := range []string{"bo", "no", "body"} {
		b, a, p := looking(t, "2042")
		p.users = []crm.Person{{ID: "005N", Name: "Noor Body", Username: "bo@acme.example", Active: true}}
		p.field.SetText(part)
		if len(p.found) != 2 || p.found[0].ID != "005N" || p.found[1].ID != "" || p.marked != 0 {
			t.Errorf("%q: %+v, marked %d", part, p.found, p.marked)
		}
		p.users = nil
		p.field.SetText("")
		p.field.SetText(part)
		p.keys(fyne.KeyReturn)
		b.settle()
		if got := a.said(); len(got) > 0 || !p.list.Visible() {
			t.Errorf("%q: told %q", part, got)
		}
	}
}

// Down and Enter, with nothing typed, leave who is chosen.
func TestDownAndEnterLeaveTheChosenUser(t *testing.T) {
	for _, extension := range []string{"2042", "2043"} { // one has a user, the other has none
		b, a, p := looking(t, extension)
		chosen := p.chosen
		p.keys(fyne.KeyDown)
		if len(p.found) != usersShown || p.found[p.marked].ID != chosen.ID || p.found[usersShown-1].ID != "" {
			t.Errorf("%s: %+v, marked %d", extension, p.found, p.marked)
		}
		p.keys(fyne.KeyReturn)
		b.settle()
		if got := a.said(); len(got) > 0 {
			t.Errorf("%s: told %q", extension, got)
		}
	}
}

// Whoever searches goes on where they were when the users have been read again: with the cursor and the marked user, who may stand elsewhere by now.
func TestASearchGoesOnWhenTheUsersAreRead(t *testing.T) {
	b, a, p := looking(t, "2042")
	test.Type(p.field, "agent 29")
	p.keys(fyne.KeyLeft, fyne.KeyLeft, fyne.KeyDown, fyne.KeyDown)
	marked, cursor := p.found[p.marked], p.field.CursorColumn
	a.mu.Lock()
	a.owners.At = noon
	a.owners.Users = append([]crm.Person{{ID: "005Y", Name: "Agent 29 the First", Username: "first@acme.example", Active: true}}, a.owners.Users...)
	a.mu.Unlock()
	s := b.Window.settings.sheets[pageOwners].(*ownersSheet)
	s.reload()
	b.settle()
	again := s.picks["2042"]
	if again == p || !again.focused() || again.field.Text != "agent 29" || again.field.CursorColumn != cursor || again.found[again.marked].ID != marked.ID || again.found[1].ID != "005Y" {
		t.Errorf("%q with the cursor at %d, marked %d of %+v", again.field.Text, again.field.CursorColumn, again.marked, again.found)
	}
	for _, o := range again.list.Objects[:usersShown] {
		if row, ok := o.(*clickable); !ok || row.meant == nil || row.means == nil {
			t.Errorf("a click on %q is not asked whom it was meant for", words(o))
		}
	}
}

// Who is named in full is there, and first, however many fit before.
func TestTheUserNamedInFullIsFirst(t *testing.T) {
	_, _, p := looking(t, "2042")
	p.users = nil
	for range 3 * usersShown {
		p.users = append(p.users, crm.Person{ID: "005L", Name: "Joann Leeman", Extension: "20411", Active: true})
	}
	p.users = append(p.users, crm.Person{ID: "005A", Name: "Ann Lee", Extension: "2041", Active: true})
	for _, typed := range []string{"ann lee", "2041"} {
		p.field.SetText("")
		p.field.SetText(typed)
		if len(p.found) != usersShown || p.found[0].ID != "005A" || !p.more {
			t.Errorf("%q: %+v", typed, p.found)
		}
	}
}
