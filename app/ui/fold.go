package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"linecard/app"
)

// The window has three panes: the calls, the one call, and its record. A narrow window has room for two, with the call and the record taking
// turns beside the calls, and the narrowest for one at a time. A bar at the bottom turns to another. A call that comes to the centre is turned to by
// itself, unless the agent is typing: its chip is above the list then.

// pane is one of the three.
type pane int

const (
	paneCalls pane = iota
	paneCall
	paneRecord
)

// Widths and heights of the window, in Fyne's units.
const (
	threePanes  = 960 // and more: all three side by side
	twoPanes    = 640 // and more: the calls and one of the others
	leastWidth  = 320
	leastHeight = 480
)

// fold is which of the panes can be seen.
type fold struct {
	bar   *fyne.Container
	rings *chip // in the bar: a call that rings and would not be seen
	tabs  []*foldTab
	page  pane
	seen  string // call that was in the centre last, "" for none
	set   bool   // there is an account: without one the centre says what to do
	panes int    // side by side
}

type foldTab struct {
	button *clickable
	icon   *glyph
	word   *text
}

func (w *Window) buildFold() {
	f := &w.fold
	f.tabs = nil
	row := container.New(sharing{gap: 2, most: sideWidth})
	for p, name := range []string{"ui.pane-calls", "ui.pane-call", "ui.pane-record"} {
		t := &foldTab{icon: newGlyph([]string{"history", "call", "person"}[p], colorMuted, 18), word: newText(phrase(name), caption)}
		t.button = newClickable(inset(7, 7, 6, 6, middle(hbox(6, middle(t.icon), t.word))), 6, func() { w.turnTo(pane(p)) })
		f.tabs = append(f.tabs, t)
		row.Add(t.button)
	}
	f.rings = newChip(w)
	f.rings.root.Hide()
	docked := container.New(gapAround{top: 6, bottom: 2, side: 8}, f.rings.root)
	f.bar = vbox(0, rule(), container.NewStack(newBox(colorSurface, 0), vbox(0, docked, inset(2, 2, 6, 6, row))))
	w.guard(docked)
	f.panes = 0
}

// panesIn is how many panes a width has room for.
func panesIn(width float32) int {
	switch {
	case width >= threePanes:
		return 3
	case width >= twoPanes:
		return 2
	}
	return 1
}

// at is the pane whose turn it is: beside the calls it is never theirs.
func (f *fold) at() pane {
	if f.panes == 2 && f.page == paneCalls {
		return paneCall
	}
	return f.page
}

// sees says whether a pane can be seen while the settings are closed.
func (f *fold) sees(p pane) bool {
	return f.panes == 0 || f.panes == 3 || p == f.at() || p == paneCalls && f.panes == 2
}

// foldPanes shows the panes that can be seen, and in the bar which it is.
func (w *Window) foldPanes() {
	f := &w.fold
	for p, o := range []fyne.CanvasObject{w.left.root, w.centre.root, w.record.root} {
		show(o, f.sees(pane(p)))
	}
	show(f.bar, f.panes != 3)
	show(f.tabs[paneCalls].button, f.panes == 1)
	for p, t := range f.tabs {
		ink, tint := colorMuted, colorNone
		if pane(p) == f.at() {
			ink, tint = theme.ColorNameForeground, theme.ColorNameSelection
		}
		t.icon.set(t.icon.name, ink)
		t.word.paint(ink)
		t.button.background(tint)
	}
}

// turnTo shows a pane by the agent's hand.
func (w *Window) turnTo(p pane) {
	if w.fold.page == p && !w.inSettings() {
		return
	}
	w.byHand(func() {
		w.closeSettings()
		if !w.fold.sees(p) {
			w.leavePanes()
		}
		w.fold.page = p
		w.apply(w.view)
	})
}

// list lists some of the past calls by the agent's hand, and turns to them.
func (w *Window) list(kind tabKind) {
	w.turnTo(paneCalls)
	w.left.openTab(kind)
}

// turnPane turns to the call that has come to the centre, and back to the calls when there is none any more.
func (w *Window) turnPane(c app.CallView) {
	f := &w.fold
	set := w.view.Phone.Configured || w.cfg.Settings == nil
	came := c.ID != f.seen || set != f.set
	f.seen, f.set = c.ID, set
	if came {
		switch meant := w.middle.chosen == c.ID && !w.middle.late; {
		case !meant && w.typesNow():
		case c.ID == "" && set:
			w.fold.page = paneCalls
		default:
			w.fold.page = paneCall
		}
	}
	w.foldPanes()
	w.dock(c)
	matches := unpicked(c)
	f.tabs[paneRecord].word.set(phrase("ui.pane-record"))
	if matches {
		f.tabs[paneRecord].word.set(phrase("ui.matches", "count", len(c.Lookup.Matches)))
	}
	if matches && f.at() != paneRecord {
		f.tabs[paneRecord].word.paint(colorRinging)
		f.tabs[paneRecord].icon.set("person", colorRinging)
	}
}

// dock has a call that rings in the bar while neither the call nor the list of the others can be seen.
func (w *Window) dock(c app.CallView) {
	f := &w.fold
	i := slices.IndexFunc(w.view.Calls, func(o app.CallView) bool { return o.Phase == app.Ringing && o.ID != w.inSight(c) })
	docked := f.panes == 1 && !f.sees(paneCalls) && i >= 0
	if docked {
		f.rings.show(w.view.Calls[i])
		f.rings.tick(w.cfg.Now())
	}
	show(f.rings.root, docked)
}

// typesNow says whether the agent is typing something: it is in a field, or goes to the keypad, or went nowhere a moment ago. A cursor that
// rests in an empty field is no typing, and leaves that.
func (w *Window) typesNow() bool {
	at := w.textAt()
	if at.text != "" || at.in == nil && takesText(w.cfg.Window.Canvas().Focused()) {
		return true
	}
	if w.torn() || w.keying() || w.cfg.Now().Sub(w.struck) < reactionTime {
		return true
	}
	if at.in != nil && !w.fold.sees(paneCall) {
		w.cfg.Window.Canvas().Unfocus()
	}
	return false
}

// inSight is the id of the call in the centre; "" while that cannot be seen, so that it has a chip like the others.
func (w *Window) inSight(c app.CallView) string {
	if w.fold.sees(paneCall) {
		return c.ID
	}
	return ""
}

// reveal turns to the pane that o is in.
func (w *Window) reveal(o fyne.Focusable) {
	in, ok := o.(fyne.CanvasObject)
	if !ok || w.inSettings() {
		return
	}
	for p, root := range []*fyne.Container{w.left.root, w.centre.root, w.record.root} {
		if w.fold.sees(pane(p)) {
			continue
		}
		for _, part := range root.Objects {
			if holds(part, in) {
				w.turnTo(pane(p))
				return
			}
		}
	}
}

// columns is the panes beside each other, a pixel apart, the outer ones as wide as they are. What lies under them shows as the lines between.
// A split container would do, but its bar is as loud as a button.
//
// The side panes make room for a strip. The call does not: it leaves a band free for it (stripBand), so that nothing that
// comes up moves Answer or Hang up from under the pointer, and covers no name. What is higher than the band moves the call too.
type columns struct{ w *Window }

func (columns) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(leastWidth, 0) }

func (c columns) Layout(o []fyne.CanvasObject, size fyne.Size) {
	c.w.tookSize(c.w.cfg.Window.Canvas().Size())
	if before, now := c.w.fold.panes, panesIn(size.Width); now != before {
		c.w.fold.panes = now
		c.w.foldPanes()
		if before != 0 { // the agent has changed the width: the chips, and who has the keyboard, follow
			c.w.after(0, func() { c.w.apply(c.w.view) })
		}
	}
	bar, x := float32(0), float32(0)
	if c.w.fold.bar.Visible() {
		bar = c.w.fold.bar.MinSize().Height
	}
	strips := c.w.strips.MinSize().Height
	place := func(i int, width, bar float32) {
		y := strips
		if pane(i) == paneCall {
			y = max(0, strips-stripLine())
		}
		o[i].Move(fyne.NewPos(x, y))
		o[i].Resize(fyne.NewSize(width, size.Height-y-bar))
	}
	switch c.w.fold.panes {
	case 3:
		for i, width := range []float32{sideWidth, size.Width - 2*sideWidth - 2, sideWidth} {
			place(i, width, 0)
			x += width + 1
		}
	case 2:
		place(0, sideWidth, 0)
		x = sideWidth + 1
		place(1, size.Width-x, bar)
		place(2, size.Width-x, bar)
	default:
		for i := range 3 {
			place(i, size.Width, bar)
		}
	}
	o[3].Move(fyne.NewPos(x, size.Height-bar))
	o[3].Resize(fyne.NewSize(size.Width-x, bar))
}
