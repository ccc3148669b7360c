package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/clean"
)

// field is an entry of one line and the text in it that the desk knows.
type field struct {
	widget.Entry
	echo
	left func() // called when the keyboard goes elsewhere; may be nil
	came func() // called when the keyboard comes here; may be nil

	keyed func(*fyne.KeyEvent) bool // takes a key for something else than the text; may be nil
}

// FocusGained implements fyne.Focusable.
func (f *field) FocusGained() {
	f.Entry.FocusGained()
	if f.came != nil {
		f.came()
	}
}

// FocusLost implements fyne.Focusable.
func (f *field) FocusLost() {
	f.Entry.FocusLost()
	if f.left != nil {
		f.left()
	}
}

// TypedKey implements fyne.Focusable.
func (f *field) TypedKey(e *fyne.KeyEvent) {
	if f.keyed != nil && f.keyed(e) {
		return
	}
	if !passEscape(f, e) {
		f.Entry.TypedKey(e)
	}
}

// TypedRune implements fyne.Focusable. A character that shows nothing is none.
func (f *field) TypedRune(r rune) {
	for _, r := range f.fit(string(r)) {
		f.Entry.TypedRune(r)
	}
}

// TypedShortcut implements fyne.Shortcutable: what is pasted fits the field.
func (f *field) TypedShortcut(s fyne.Shortcut) {
	if p, ok := s.(*fyne.ShortcutPaste); ok {
		s = &fyne.ShortcutPaste{Clipboard: fitting{p.Clipboard, f}}
	}
	f.Entry.TypedShortcut(s)
}

// fit is text without what the Task would leave out. A password is as it was chosen.
func (f *field) fit(s string) string {
	if f.Password {
		return s
	}
	return clean.Typed(s, f.MultiLine)
}

// fitting is a clipboard whose text fits a field.
type fitting struct {
	fyne.Clipboard
	f *field
}

func (c fitting) Content() string { return c.f.fit(c.Clipboard.Content()) }

func newField(hint string) *field {
	f := &field{}
	f.ExtendBaseWidget(f)
	f.SetPlaceHolder(hint)
	return f
}
