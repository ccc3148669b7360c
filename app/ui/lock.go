package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// lockMark is the lock of an encrypted call. Fyne has no tooltips: under the mouse, or pressed, the lock has the line of the call's status say how
// the call is encrypted. It takes no keyboard.
type lockMark struct {
	widget.BaseWidget
	glyph   *glyph
	pointed bool
	changed func()
}

// lockSize is how large the lock is drawn.
const lockSize = 16

func newLockMark(changed func()) *lockMark {
	l := &lockMark{glyph: newGlyph("lock", colorTalking, lockSize), changed: changed}
	l.ExtendBaseWidget(l)
	l.Hide()
	return l
}

// CreateRenderer implements fyne.Widget.
func (l *lockMark) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(l.glyph) }

func (l *lockMark) point(on bool) {
	l.pointed = on
	l.changed()
}

// Tapped implements fyne.Tappable.
func (l *lockMark) Tapped(*fyne.PointEvent) { l.point(true) }

// MouseIn implements desktop.Hoverable.
func (l *lockMark) MouseIn(*desktop.MouseEvent) { l.point(true) }

// MouseMoved implements desktop.Hoverable.
func (l *lockMark) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (l *lockMark) MouseOut() { l.point(false) }
