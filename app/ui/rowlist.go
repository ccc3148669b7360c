package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// rowList is a list of rows that are added, removed, and put in order by dragging their grips or with the arrow keys on them.
type rowList struct {
	root    *fyne.Container
	rows    []*listRow
	changed func() // after each step of a row, and after each that is removed

	moved   func(data any, by int) // in place of changed, where each change is saved: a row was let go, that many places away
	removed func(data any)
	late    bool // the rows were to be made again while one was dragged
	gripped any  // data of the row whose grip is to have the focus once the rows are made again
}

// listRow is one row; data is what the list's owner reads it by.
type listRow struct {
	list *rowList
	root fyne.CanvasObject
	grip *grip
	gone *button
	data any
	went int // places it went since it was let go last
}

func newRowList(changed func()) *rowList { return &rowList{root: vbox(6), changed: changed} }

// newSavedList is a list whose changes are saved one by one. Each is told by itself, so that two that are saved at the same time are both kept.
func newSavedList(moved func(data any, by int), removed func(data any)) *rowList {
	l := newRowList(nil)
	l.moved, l.removed = moved, removed
	return l
}

// add puts a row at the end.
func (l *rowList) add(content fyne.CanvasObject, data any) *listRow {
	r := &listRow{list: l, data: data}
	r.grip = newGrip(func(by int) bool { return l.move(r, by) }, func() float32 { return r.root.Size().Height + 6 })
	r.grip.end = func() { l.letGo(r) }
	r.gone = newButton("", "close", widget.LowImportance, func() { l.remove(r) })
	r.root = container.NewBorder(nil, nil, inset(0, 0, 0, 6, middle(r.grip)), inset(0, 0, 4, 0, middle(r.gone)), content)
	l.rows = append(l.rows, r)
	l.root.Add(r.root)
	return r
}

func (l *rowList) remove(r *listRow) {
	i := slices.Index(l.rows, r)
	if i < 0 {
		return
	}
	l.rows = slices.Delete(l.rows, i, i+1)
	l.root.Remove(r.root)
	if l.removed != nil {
		l.removed(r.data)
		return
	}
	l.changed()
}

// move takes a row up or down by some places, and reports whether it could go.
func (l *rowList) move(r *listRow, by int) bool {
	i := slices.Index(l.rows, r)
	to := i + by
	if i < 0 || to < 0 || to >= len(l.rows) {
		return false
	}
	l.rows = slices.Insert(slices.Delete(l.rows, i, i+1), to, r)
	objects := make([]fyne.CanvasObject, len(l.rows))
	for n, row := range l.rows {
		objects[n] = row.root
	}
	l.root.Objects = objects
	l.root.Refresh()
	r.went += by
	if l.moved == nil {
		l.changed()
	}
	return true
}

// letGo tells how far a row went.
func (l *rowList) letGo(r *listRow) {
	by := r.went
	r.went = 0
	if l.moved != nil && (by != 0 || l.late) { // once it is saved, the rows are made again
		l.gripped = r.data
		l.moved(r.data, by)
	}
}

// redraw makes the rows again by fill, unless one is being dragged: then that is done once it is let go, and saved. The grip that had the
// focus has it again, and so has that of a row that was let go.
func (l *rowList) redraw(w *Window, fill func()) {
	focused := w.cfg.Window.Canvas().Focused()
	for _, r := range l.rows {
		if l.late = r.went != 0; l.late {
			return
		}
		if focused == fyne.Focusable(r.grip) {
			l.gripped = r.data
		}
	}
	l.clear()
	fill()
	for _, r := range l.rows {
		if r.data == l.gripped {
			w.focus(r.grip)
		}
	}
	l.gripped = nil
}

// displaced is a list with one element some places away, as far as there are places.
func displaced[T any](list []T, is func(T) bool, by int) []T {
	i := slices.IndexFunc(list, is)
	if i < 0 {
		return list
	}
	e := list[i]
	return slices.Insert(slices.Delete(slices.Clone(list), i, i+1), min(max(0, i+by), len(list)-1), e)
}

func (l *rowList) clear() {
	l.rows = nil
	l.root.RemoveAll()
}

// grip is what a row is moved by: with the mouse, or with the arrow keys once it has the focus.
type grip struct {
	widget.BaseWidget
	icon    *glyph
	back    *box
	move    func(by int) bool
	height  func() float32 // of the row
	end     func()         // called when the row is let go; may be nil
	dragged float32
}

func newGrip(move func(by int) bool, height func() float32) *grip {
	g := &grip{icon: newGlyph("drag_handle", colorMuted, 18), back: newBox(colorNone, 4), move: move, height: height}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer implements fyne.Widget.
func (g *grip) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewStack(g.back, inset(4, 4, 3, 3, g.icon)))
}

// Dragged implements fyne.Draggable.
func (g *grip) Dragged(e *fyne.DragEvent) {
	g.dragged += e.Dragged.DY
	for h := max(1, g.height()); g.dragged > h/2 || g.dragged < -h/2; h = max(1, g.height()) {
		by := 1
		if g.dragged < 0 {
			by = -1
		}
		g.dragged -= float32(by) * h
		g.move(by)
	}
}

// DragEnd implements fyne.Draggable.
func (g *grip) DragEnd() {
	g.dragged = 0
	if g.end != nil {
		g.end()
	}
}

// Cursor implements desktop.Cursorable.
func (g *grip) Cursor() desktop.Cursor { return desktop.VResizeCursor }

// FocusGained implements fyne.Focusable.
func (g *grip) FocusGained() { g.back.paint(theme.ColorNameFocus) }

// FocusLost implements fyne.Focusable.
func (g *grip) FocusLost() { g.back.paint(colorNone) }

// TypedRune implements fyne.Focusable.
func (g *grip) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (g *grip) TypedKey(e *fyne.KeyEvent) {
	if passEscape(g, e) {
		return
	}
	by := map[fyne.KeyName]int{fyne.KeyUp: -1, fyne.KeyDown: 1}[e.Name]
	if by != 0 && g.move(by) && g.end != nil {
		g.end()
	}
}
