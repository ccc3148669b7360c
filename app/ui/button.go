package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// button is a widget.Button that Enter presses too; Fyne's own answers to Space only.
type button struct {
	widget.Button
	name  string                                           // of its icon
	meant func(o fyne.CanvasObject, at fyne.Position) bool // see Window.guard; nil for a button that is not guarded
}

func newButton(label, iconName string, importance widget.Importance, pressed func()) *button {
	b := &button{name: iconName}
	b.Text, b.Importance, b.OnTapped = label, importance, pressed
	if iconName != "" {
		b.Icon = icon(iconName)
	}
	b.ExtendBaseWidget(b)
	return b
}

// Tapped implements fyne.Tappable.
func (b *button) Tapped(e *fyne.PointEvent) {
	if b.meant == nil || b.Disabled() || b.meant(b, e.Position) {
		b.Button.Tapped(e)
	}
}

// TypedKey implements fyne.Focusable.
func (b *button) TypedKey(e *fyne.KeyEvent) {
	if passEscape(b, e) {
		return
	}
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		e = &fyne.KeyEvent{Name: fyne.KeySpace}
	}
	b.Button.TypedKey(e)
}

func (b *button) label(s string) {
	if b.Text != s {
		b.SetText(s)
	}
}

// look changes icon and importance together.
func (b *button) look(iconName string, importance widget.Importance) {
	if b.name == iconName && b.Importance == importance {
		return
	}
	b.name, b.Icon, b.Importance = iconName, nil, importance
	if iconName != "" {
		b.Icon = icon(iconName)
	}
	b.Refresh()
}

func (b *button) enable(on bool) {
	switch {
	case on == !b.Disabled():
	case on:
		b.Enable()
	default:
		b.Disable()
	}
}

// pills rounds the buttons in o.
func pills(o fyne.CanvasObject) fyne.CanvasObject { return newDressed(o, pillTheme{}) }

// control is one of the round buttons of a call, with its word below: no icon stands alone.
type control struct {
	root   fyne.CanvasObject
	button *button
	word   *text
}

func newControl(word, iconName string, importance widget.Importance, pressed func()) *control {
	c := &control{button: newButton("", iconName, importance, pressed), word: newText(word, caption.centred())}
	c.root = vbox(5, pills(c.button), c.word)
	return c
}

func (c *control) set(word, iconName string, importance widget.Importance) {
	c.word.set(word)
	c.button.look(iconName, importance)
}
