package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// clickable makes what it holds answer to the mouse and the keyboard: it lights up under the pointer, takes the focus with
// Tab, and is pressed by a click, Space or Enter.
type clickable struct {
	widget.BaseWidget
	content   fyne.CanvasObject
	back      *box
	rest      fyne.ThemeColorName // its background when nobody points at it
	pressed   func()
	secondary func(at fyne.Position) // context menu, in canvas coordinates
	hovered   bool
	focused   bool
	means     any                                              // what it does, where it is made again with the page it is on
	meant     func(o fyne.CanvasObject, at fyne.Position) bool // see Window.guard; nil for one that is not guarded
}

func newClickable(content fyne.CanvasObject, radius float32, pressed func()) *clickable {
	c := &clickable{content: content, back: newBox(colorNone, radius), rest: colorNone, pressed: pressed}
	c.ExtendBaseWidget(c)
	return c
}

func (c *clickable) background(rest fyne.ThemeColorName) *clickable {
	if c.rest != rest {
		c.rest = rest
		c.light()
	}
	return c
}

func (c *clickable) light() {
	switch {
	case c.focused:
		c.back.paint(theme.ColorNameFocus)
	case c.hovered && c.rest == colorNone:
		c.back.paint(theme.ColorNameHover)
	case c.hovered:
		c.back.paint(theme.ColorNameSelection)
	default:
		c.back.paint(c.rest)
	}
}

func (c *clickable) CreateRenderer() fyne.WidgetRenderer {
	c.light()
	return widget.NewSimpleRenderer(container.NewStack(c.back, c.content))
}

func (c *clickable) press() {
	if c.pressed != nil {
		c.pressed()
	}
}

// Tapped implements fyne.Tappable.
func (c *clickable) Tapped(e *fyne.PointEvent) {
	if c.meant == nil || c.meant(c, e.Position) {
		c.press()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (c *clickable) TappedSecondary(e *fyne.PointEvent) {
	if c.secondary != nil {
		c.secondary(e.AbsolutePosition)
	}
}

// MouseIn implements desktop.Hoverable.
func (c *clickable) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.light() }

// MouseMoved implements desktop.Hoverable.
func (c *clickable) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *clickable) MouseOut() { c.hovered = false; c.light() }

// Cursor implements desktop.Cursorable.
func (c *clickable) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements fyne.Focusable.
func (c *clickable) FocusGained() { c.focused = true; c.light() }

// FocusLost implements fyne.Focusable.
func (c *clickable) FocusLost() { c.focused = false; c.light() }

// TypedRune implements fyne.Focusable.
func (c *clickable) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (c *clickable) TypedKey(e *fyne.KeyEvent) {
	if passEscape(c, e) {
		return
	}
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.press()
	}
}
