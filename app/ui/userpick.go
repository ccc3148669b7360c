package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"linecard/app/catalogue"
	"linecard/crm"
)

// userPick chooses one of many users: a part of a name is typed, and those whom it fits stand below. The arrow keys go through them, Enter takes one,
// and Escape leaves the user who was chosen before.
type userPick struct {
	root    *fyne.Container
	w       *Window
	field   *field
	list    *fyne.Container
	users   []crm.Person // as the org has them
	chosen  crm.Person   // the zero Person is nobody
	found   []crm.Person // those below the field
	more    bool         // further users fit
	marked  int          // of those below; -1 is none, where Enter takes nobody
	pick    func(id string)
	opened  func() // before the list opens
	filling bool
}

// Bounds of the list, and from how many users on it takes the place of a drop-down list.
const (
	usersListed = 20
	usersShown  = 8
)

func newUserPick(w *Window, users []crm.Person, chosen crm.Person, opened func(), pick func(id string)) *userPick {
	p := &userPick{w: w, users: users, chosen: chosen, pick: pick, opened: opened, list: vbox(0), field: newField("")}
	p.field.OnChanged = func(string) {
		if !p.filling {
			p.search()
		}
	}
	p.field.came = func() {
		p.opened()
		if !p.list.Visible() {
			p.say("") // what is typed looks for somebody; who is chosen shows through
		}
	}
	p.field.left = func() {
		if !p.list.Visible() {
			p.say(userWords(p.chosen))
		} // else one of the list may be pressed
	}
	p.field.keyed = p.key
	p.list.Hide()
	p.root = vbox(2, oneLine(p.field), p.list)
	p.field.SetPlaceHolder(userWords(chosen))
	p.say(userWords(chosen))
	return p
}

// userWords are how a user is named among others.
func userWords(u crm.Person) string {
	switch {
	case u.ID == "":
		return phrase("ui.owner-nobody")
	case u.Name == "":
		return u.ID
	}
	return catalogue.Beside(u.Name, u.Username)
}

func (p *userPick) say(words string) {
	p.filling = true
	p.field.SetText(words)
	p.filling = false
}

// search lists those who fit what is typed, and marks the first; before anything is typed, who is chosen. Nobody is the last of them, and is marked only
// where the whole word is typed: an extension loses its user by no part of a name.
func (p *userPick) search() {
	typed := strings.TrimSpace(p.field.Text)
	nobody := userWords(crm.Person{})
	most := usersShown
	last := crm.HasWords(typed, nobody)
	if last {
		most--
	}
	p.found, p.more = nil, false
	if typed == "" && p.chosen.ID != "" {
		p.found = append(p.found, p.chosen)
	}
	var exact, fitting []crm.Person // who is named in full comes before those with a longer name
	for _, u := range p.users {
		switch texts := []string{u.Name, u.Username, u.Email, u.Extension}; {
		case !u.Active || !crm.HasWords(typed, texts...) || typed == "" && u.ID == p.chosen.ID:
		case slices.ContainsFunc(texts, func(text string) bool { return typed != "" && strings.EqualFold(text, typed) }):
			exact = append(exact, u)
		default:
			fitting = append(fitting, u)
		}
	}
	p.found = append(p.found, append(exact, fitting...)...)
	if p.more = len(p.found) > most; p.more {
		p.found = p.found[:most]
	}
	p.marked = min(len(p.found), 1) - 1
	if last {
		p.found = append(p.found, crm.Person{})
		if strings.EqualFold(typed, nobody) || typed == "" && p.chosen.ID == "" {
			p.marked = len(p.found) - 1
		}
	}
	p.draw()
}

// resume goes on with a search that another list of the same users had: what was typed, where the cursor was, and who was marked.
func (p *userPick) resume(was *userPick) {
	p.w.focus(p.field)
	if was.field.Text != "" {
		p.field.SetText(was.field.Text)
		p.field.CursorRow, p.field.CursorColumn = was.field.CursorRow, was.field.CursorColumn
		p.field.Refresh()
	}
	if !was.list.Visible() {
		p.close()
		return
	}
	p.search()
	if was.marked >= 0 && was.marked < len(was.found) {
		if i := slices.IndexFunc(p.found, func(u crm.Person) bool { return u.ID == was.found[was.marked].ID }); i >= 0 {
			p.marked = i
			p.draw()
		}
	}
}

func (p *userPick) draw() {
	if !p.list.Visible() {
		p.opened()
	}
	p.list.RemoveAll()
	for i, u := range p.found {
		back := colorNone
		if i == p.marked {
			back = theme.ColorNameSelection
		}
		row := newClickable(inset(5, 5, 8, 8, newText(userWords(u), body.elided())), 6, func() { p.take(u) }).background(back)
		p.list.Add(p.w.guardLine(row, u.ID)) // another may come to its place while it is pressed
	}
	switch {
	case len(p.found) == 0:
		p.list.Add(newParagraph(phrase("ui.owner-no-user"), caption, 2))
	case p.more:
		p.list.Add(newParagraph(phrase("ui.owner-more-users"), caption, 2))
	}
	show(p.list, true)
	p.list.Refresh()
	p.w.relayout()
}

// key goes through the list, and reports whether the key was for it.
func (p *userPick) key(e *fyne.KeyEvent) bool {
	open := p.list.Visible()
	switch {
	case e.Name == fyne.KeyDown && !open:
		p.search()
	case e.Name == fyne.KeyDown:
		p.marked = min(p.marked+1, len(p.found)-1)
		p.draw()
	case e.Name == fyne.KeyUp && open:
		p.marked = max(p.marked-1, min(p.marked, 0))
		p.draw()
	case (e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter) && open:
		if p.marked >= 0 {
			p.take(p.found[p.marked])
		}
	case e.Name == fyne.KeyEscape && open:
		p.close()
	default:
		return false
	}
	return true
}

// take chooses somebody. Who is chosen already is not chosen again.
func (p *userPick) take(u crm.Person) {
	before := p.chosen
	p.chosen = u
	p.field.SetPlaceHolder(userWords(u))
	p.close()
	if u.ID != before.ID {
		p.pick(u.ID)
	}
}

// close takes the list away, and what was typed with it.
func (p *userPick) close() {
	p.list.Hide()
	if p.focused() {
		p.say("")
	} else {
		p.say(userWords(p.chosen))
	}
	p.w.relayout()
}

func (p *userPick) focused() bool {
	return p.w.cfg.Window.Canvas().Focused() == fyne.Focusable(p.field)
}

// Enable and Disable are for what the administrator fixed.
func (p *userPick) Enable() { p.field.Enable() }

// Disable implements disableable.
func (p *userPick) Disable() { p.field.Disable() }

// userOf is the user with an id; one of whom only the id is known where the list does not have it.
func userOf(users []crm.Person, id string) crm.Person {
	if i := slices.IndexFunc(users, func(u crm.Person) bool { return u.ID == id || crm.SameID(u.ID, id) }); i >= 0 {
		return users[i]
	}
	return crm.Person{ID: id}
}
