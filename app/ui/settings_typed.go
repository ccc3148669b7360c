package ui

import (
	"slices"

	"fyne.io/fyne/v2/widget"
)

// What is typed on a page of the settings stays there until it is saved or discarded, whatever page is opened meanwhile, also when
// the page is about another account or org for a while.

// typedText is what was typed on a page and is not saved yet.
type typedText struct {
	read  func() []string // what is in the fields
	write func([]string)  // puts it back

	about string              // what the page is about: id of an account or org
	saved []string            // what the fields had when they were filled; nil before that
	kept  map[string][]string // by what it was typed about
	over  map[string][]string // what was saved when that was typed, likewise

	loose  bool       // it is tried, and never saved: it stays, and nobody is asked about it
	beside *typedText // another part of the page, which is about something else; nil for none
}

// keep takes note of what is typed now.
func (t *typedText) keep() {
	if t.saved == nil {
		return
	}
	if now := t.read(); slices.Equal(now, t.saved) {
		delete(t.kept, t.about)
	} else {
		if t.kept == nil {
			t.kept = map[string][]string{}
		}
		if t.over == nil {
			t.over = map[string][]string{}
		}
		t.kept[t.about], t.over[t.about] = now, t.saved
	}
}

// fill has the fields filled with what is saved about something, and then with what was typed about it. A field in which nothing was typed has what is
// saved by now, which may be something else than before.
func (t *typedText) fill(about string, fields func()) {
	t.keep()
	t.about = about
	fields()
	t.saved = t.read()
	if typed, ok := t.kept[about]; ok {
		t.write(typedOver(t.saved, t.over[about], typed))
	}
}

// typedOver is what is saved now with what was typed over what was saved before. Where there are more or fewer fields by now, it is what was typed.
func typedOver(now, before, typed []string) []string {
	if len(now) != len(typed) || len(before) != len(typed) {
		return typed
	}
	all := slices.Clone(typed)
	for i := range all {
		if typed[i] == before[i] {
			all[i] = now[i]
		}
	}
	return all
}

// settle takes what was sent about something for saved, and not what is in the fields by now: saving takes a while, and what was typed
// meanwhile, or about something else, is still only typed.
func (t *typedText) settle(about string, sent []string) {
	if about == t.about {
		if t.saved != nil {
			t.saved = sent
		}
		t.keep()
		return
	}
	if typed, ok := t.kept[about]; ok {
		if t.over[about] = sent; slices.Equal(typed, sent) {
			delete(t.kept, about)
		}
	}
}

// becomes has what was typed about something be about it by another name: it was added, or renamed.
func (t *typedText) becomes(about, now string) {
	if about == now {
		return
	}
	t.keep()
	if typed, ok := t.kept[about]; ok {
		t.kept[now] = typed
		if before, ok := t.over[about]; ok {
			t.over[now] = before
		}
		delete(t.kept, about)
	}
	if t.about == about {
		t.about = now
	}
}

// only forgets what was typed about accounts or orgs that are gone.
func (t *typedText) only(here func(about string) bool) {
	t.keep()
	for about := range t.kept {
		if !here(about) {
			delete(t.kept, about)
			if about == t.about {
				t.saved = nil
			}
		}
	}
}

// has says whether anything is typed about something.
func (t *typedText) has(about string) bool {
	t.keep()
	_, typed := t.kept[about]
	return typed
}

// any says whether anything is typed that is not saved.
func (t *typedText) any() bool {
	t.keep()
	beside := t.beside != nil && t.beside.any() // also where something is typed here: it takes note of what is typed there
	return len(t.kept) > 0 && !t.loose || beside
}

// forget puts the fields about one thing back to what is saved about it.
func (t *typedText) forget(about string) {
	delete(t.kept, about)
	if about == t.about && t.saved != nil {
		t.write(t.saved)
	}
}

// discard puts the fields back to what is saved.
func (t *typedText) discard() {
	t.kept = nil
	if t.saved != nil {
		t.write(t.saved)
	}
	if t.beside != nil {
		t.beside.discard()
	}
}

// takeOver has what was typed on the page in another language be typed here, on each part of it.
func (t *typedText) takeOver(old typedText) {
	for to, from := t, &old; to != nil && from != nil; to, from = to.beside, from.beside {
		to.kept, to.over = from.kept, from.over
	}
}

// typist is a page on which text is typed that counts only once it is saved.
type typist interface {
	typed() *typedText
	retype(typedText) // of the page in another language, before this one is filled
}

// typedOn is what was typed on a page; nil on one where a choice counts at once.
func (s *settingsPage) typedOn(kind settingsKind) *typedText {
	if page, ok := s.sheets[kind].(typist); ok {
		return page.typed()
	}
	return nil
}

// unsaved says whether anything typed on any page is not saved.
func (s *settingsPage) unsaved() bool {
	for kind := range s.sheets {
		if t := s.typedOn(settingsKind(kind)); t != nil && t.any() {
			return true
		}
	}
	return false
}

// mark puts a dot at each page of the list with text that is not saved. There are no pages while they are made again in another language.
func (s *settingsPage) mark() {
	if s == nil {
		return
	}
	for kind, i := range s.items {
		t := s.typedOn(settingsKind(kind))
		show(i.dot, t != nil && t.any())
	}
	if s.w.leaving.open && !s.unsaved() {
		s.w.leaving.say("")
		s.w.relayout()
	}
}

func (s *settingsPage) discard() {
	for kind := range s.sheets {
		if t := s.typedOn(settingsKind(kind)); t != nil {
			t.discard()
		}
	}
	s.mark()
}

// newLeaving is the question whether to lose what was typed in the settings.
func newLeaving(w *Window) *strip {
	stay := newButton(phrase("ui.stay"), "", widget.MediumImportance, func() { w.leaving.say(""); w.relayout() })
	discard := newButton(phrase("ui.discard"), "", widget.DangerImportance, func() {
		w.settings.discard()
		w.leaveSettings()
	})
	return newStrip("warning_amber", colorHeld, colorHeldTint, stay, discard)
}

// leaveSettings goes back to the calls, after asking when something that was typed is not saved.
func (w *Window) leaveSettings() {
	if w.settings.unsaved() {
		w.leaving.say(phrase("ui.settings-not-saved"))
		w.relayout()
		return
	}
	w.closeSettings()
	w.turned()
	w.apply(w.view)
}

// settingsUnsaved says whether the settings have text that is not saved.
func (w *Window) settingsUnsaved() bool { return w.settings != nil && w.settings.unsaved() }
