package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// colleagueList is the tab of the colleagues: who they are, and what their phones do, in a sign and in words. A click calls, and a button picks up
// what rings.
type colleagueList struct {
	root  *fyne.Container
	w     *Window
	list  *widget.List
	empty *paragraph
	all   []app.ColleagueView
	shown []app.ColleagueView // those that fit what is searched for
}

func newColleagueList(w *Window) *colleagueList {
	l := &colleagueList{w: w, empty: newParagraph("", caption.centred(), 3)}
	l.list = widget.NewList(func() int { return len(l.shown) }, func() fyne.CanvasObject { return newColleagueRow(w) },
		func(i widget.ListItemID, o fyne.CanvasObject) {
			if i < len(l.shown) {
				o.(*colleagueRow).set(l.shown[i])
			}
		})
	l.list.HideSeparators = true
	l.list.OnSelected = func(i widget.ListItemID) {
		l.list.UnselectAll()
		if i < len(l.shown) {
			w.dial(l.shown[i].Account, l.shown[i].Extension)
		}
	}
	l.root = container.NewStack(inset(2, 0, 0, 0, l.list), inset(40, 0, 24, 24, l.empty))
	l.root.Hide()
	return l
}

// show lists the colleagues that fit a text.
func (l *colleagueList) show(all []app.ColleagueView, text string) {
	l.all = all
	shown := slices.DeleteFunc(slices.Clone(all), func(c app.ColleagueView) bool { return !colleagueFits(c, text) })
	if slices.Equal(shown, l.shown) && len(shown) > 0 {
		return
	}
	l.shown = shown
	words := ""
	if len(shown) == 0 {
		words = phrase("ui.colleagues-none-fit")
	}
	l.empty.say(words)
	l.list.Refresh()
}

func colleagueFits(c app.ColleagueView, text string) bool {
	return mentions(app.HistoryRow{Name: c.Name, Dial: c.Extension}, text)
}

// activityLook is the sign of an activity, its colour, and the word beside it: no two have the same sign.
func activityLook(a app.Activity) (iconName string, ink fyne.ThemeColorName, word string) {
	switch a {
	case app.ActivityFree:
		return "check_circle", colorTalking, phrase("ui.colleague-free")
	case app.ActivityRinging:
		return "call_received", colorHeld, phrase("ui.colleague-ringing")
	case app.ActivityBusy:
		return "do_not_disturb_on", colorMissed, phrase("ui.colleague-busy")
	case app.ActivityBusyRinging:
		return "call_missed", colorMissed, phrase("ui.colleague-busy-ringing")
	}
	return "person", colorMuted, phrase("ui.colleague-unknown")
}

// colleagueRow is one of them.
type colleagueRow struct {
	widget.BaseWidget
	sign *glyph
	name *text
	sub  *text
	pick *button
	face fyne.CanvasObject
	of   app.ColleagueView
}

func newColleagueRow(w *Window) *colleagueRow {
	r := &colleagueRow{sign: newGlyph("person", colorMuted, 16), name: newText("", body.elided()), sub: newText("", caption.elided())}
	r.pick = newButton(phrase("ui.pick-up"), "call", widget.HighImportance, func() { w.pickUp(r.of) })
	r.face = inset(5, 5, 14, 10, container.NewBorder(nil, nil, inset(0, 0, 0, 10, middle(r.sign)), middle(r.pick), vbox(1, r.name, r.sub)))
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer implements fyne.Widget.
func (r *colleagueRow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.face) }

func (r *colleagueRow) set(c app.ColleagueView) {
	r.of = c
	iconName, ink, word := activityLook(c.State)
	r.sign.set(iconName, ink)
	r.name.paint(theme.ColorNameForeground)
	r.name.set(colleagueName(c))
	r.sub.set(joined(word, colleagueNumber(c), c.OnLine, c.OnOrg))
	show(r.pick, c.MayRing())
	r.Refresh()
}

func colleagueName(c app.ColleagueView) string {
	if c.Name == "" {
		return c.Extension
	}
	return c.Name
}

// colleagueNumber is what stands beside the name: the extension, unless that stands in its place.
func colleagueNumber(c app.ColleagueView) string {
	if c.Name == "" {
		return ""
	}
	return c.Extension
}

// pickUp takes the call that rings at a colleague's phone.
func (w *Window) pickUp(c app.ColleagueView) {
	w.leaveField()
	w.do(func() error { _, err := w.cfg.Desk.Pickup(c.Account, c.Extension); return err })
}
