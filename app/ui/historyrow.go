package ui

import (
	"image/color"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// historyRow is one call of the past: the direction, who and where from, when and how long, and where its log stands.
type historyRow struct {
	widget.BaseWidget
	day  *text // heading above the row, "" for none
	back *box
	way  *glyph
	name *text
	sub  *text
	when *text
	last *text // how long, or how it went
	log  *glyph
	row  app.HistoryRow
	look drawnIn // that the row was drawn in
	menu func(r app.HistoryRow, at fyne.Position)

	at     widget.ListItemID // its line in the list
	tapped func(at widget.ListItemID)
}

func newHistoryRow(menu func(app.HistoryRow, fyne.Position)) *historyRow {
	r := &historyRow{
		day: newText("", caption.strong()), back: newBox(colorNone, 8), way: newGlyph("call_received", colorMuted, 16), menu: menu,
		name: newText("", body.elided()), sub: newText("", caption.elided()),
		when: newText("", caption), last: newText("", caption), log: newGlyph("schedule", colorHeld, 13),
	}
	r.ExtendBaseWidget(r)
	return r
}

func (r *historyRow) set(line listLine, now time.Time, selected, linked, why bool) {
	row := line.HistoryRow
	r.row = row
	r.day.set(line.day)
	way, ink, bold := wayOf(row)
	r.way.set(way, ink)
	nameInk := theme.ColorNameForeground
	if bold {
		nameInk = colorMissed
	}
	r.name.bold = bold
	r.name.paint(nameInk)
	if line.times > 1 {
		r.name.set(phrase("ui.times", "what", rowName(row), "times", line.times))
	} else {
		r.name.set(rowName(row))
	}
	if why {
		r.sub.set(rowWhy(row))
	} else {
		r.sub.set(rowDetail(row, linked))
	}
	r.when.set(phrase("ui.moment-today", "at", row.Started.In(now.Location())))
	r.last.set(rowOutcome(row))
	logIcon, logInk := logMark(row.Log)
	show(r.log, logIcon != "")
	if logIcon != "" {
		r.log.set(logIcon, logInk)
	}
	if selected {
		r.back.paint(theme.ColorNameSelection)
	} else {
		r.back.paint(colorNone)
	}
	if now := currentLook(); r.look != now { // drawn while the window had other colours, and kept since
		r.look = now
		for _, part := range []fyne.CanvasObject{r.day, r.back, r.way, r.name, r.sub, r.when, r.last, r.log} {
			part.Refresh()
		}
	}
	r.Refresh()
}

// drawnIn is what changes with the theme.
type drawnIn struct {
	ink  color.Color
	size float32
}

func currentLook() drawnIn {
	return drawnIn{themeColor(theme.ColorNameForeground), themeSize(theme.SizeNameText)}
}

// wayOf is the arrow of a call, its colour, and whether the agent still has to look at it.
func wayOf(row app.HistoryRow) (iconName string, ink fyne.ThemeColorName, unseen bool) {
	missed := row.Direction == crm.Inbound && row.Outcome == crm.Missed
	switch {
	case missed && !row.Seen:
		return "call_missed", colorMissed, true
	case missed:
		return "call_missed", colorMissed, false
	case row.Direction == crm.Inbound:
		return "call_received", colorMuted, false
	}
	return "call_made", colorMuted, false
}

func rowName(row app.HistoryRow) string {
	switch {
	case row.Name != "":
		return row.Name
	case row.Dial == "" && row.Number == "":
		return phrase("ui.number-withheld")
	}
	return row.Number
}

// rowDetail is the second line: the company, or the number, or that the org knows nobody by it; the account and the
// org where there are several; whether a missed call is settled; why nobody could talk; whom the call was with before, and who transferred it to whom.
func rowDetail(row app.HistoryRow, linked bool) string {
	earlier := ""
	if row.Earlier != "" {
		earlier = phrase("ui.earlier", "parties", row.Earlier)
	}
	settled := ""
	if row.Settled {
		settled = phrase("ui.owed-settled")
	}
	return joined(rowParty(row, linked), settled, row.OnLine, row.OnOrg, strings.TrimSuffix(row.Why, "."), earlier, row.Transfer)
}

func rowParty(row app.HistoryRow, linked bool) string {
	switch {
	case row.Company != "" && row.Company != row.Name:
		return row.Company
	case row.Name != "" && row.Number != row.Name:
		return row.Number
	case row.Unidentified:
		return phrase("ui.not-looked-up")
	case linked && row.Who.IsZero() && (len(row.Plain()) > 6 || strings.Contains(row.Dial, "@")): // nobody has the number, or nobody said which of several it was
		return phrase("ui.no-record")
	}
	if row.Direction == crm.Inbound {
		return phrase("ui.inbound")
	}
	return phrase("ui.outbound")
}

// rowWhy is the second line among the calls not logged: what keeps this one out of the org.
func rowWhy(row app.HistoryRow) string {
	switch {
	case row.Error != "":
		return sentenceCase(strings.TrimSuffix(row.Error, "."))
	case row.Log == app.LogSending:
		return phrase("ui.being-logged")
	}
	return phrase("ui.waiting-for-salesforce")
}

func rowOutcome(row app.HistoryRow) string {
	switch row.Outcome {
	case crm.Answered:
		return span(row.Duration)
	case crm.AnsweredElsewhere:
		return phrase("ui.outcome-elsewhere")
	case crm.Forwarded:
		return phrase("ui.outcome-forwarded")
	case crm.Missed:
		return phrase("ui.outcome-missed")
	case crm.Declined:
		return phrase("ui.outcome-declined")
	case crm.Busy:
		return phrase("ui.outcome-busy")
	case crm.NoAnswer:
		return phrase("ui.outcome-no-answer")
	case crm.Cancelled:
		return phrase("ui.outcome-cancelled")
	case crm.Failed:
		return phrase("ui.outcome-failed")
	}
	return ""
}

func logMark(s app.LogState) (iconName string, ink fyne.ThemeColorName) {
	switch s {
	case app.LogQueued, app.LogSending, app.LogChecking, app.LogElsewhere, app.LogHeld:
		return "schedule", colorHeld
	case app.LogParked:
		return "error_outline", colorMissed
	case app.LogDone:
		return "done", colorMuted
	}
	return "", colorMuted
}

// Tapped implements fyne.Tappable. The driver gives a click to the innermost thing that takes clicks of either button: with a menu of its own, the row
// takes those of the list's line around it.
func (r *historyRow) Tapped(*fyne.PointEvent) {
	if r.tapped != nil {
		r.tapped(r.at)
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (r *historyRow) TappedSecondary(e *fyne.PointEvent) { r.menu(r.row, e.AbsolutePosition) }

func (r *historyRow) CreateRenderer() fyne.WidgetRenderer { return &historyRowRenderer{r} }

type historyRowRenderer struct{ r *historyRow }

const (
	rowTop   = 6
	rowLeft  = 10
	rowInset = 6 // the highlight keeps off the pane's edge
	dayGap   = 3 // below the heading of a day
)

// dayHeight is what the heading of a day takes above a row.
func dayHeight() float32 { return caption.strong().measure("Á").Height + 10 + dayGap }

func (h *historyRowRenderer) MinSize() fyne.Size {
	return fyne.NewSize(200, h.r.name.MinSize().Height+h.r.sub.MinSize().Height+2+2*rowTop)
}

func (h *historyRowRenderer) Layout(size fyne.Size) {
	r := h.r
	start := float32(0)
	if r.day.value != "" {
		start = dayHeight()
		least := r.day.MinSize()
		r.day.Move(fyne.NewPos(rowInset+rowLeft, start-least.Height-dayGap))
		r.day.Resize(least)
	} else {
		r.day.Move(fyne.Position{})
		r.day.Resize(fyne.Size{})
	}
	r.back.Move(fyne.NewPos(rowInset, start))
	r.back.Resize(fyne.NewSize(size.Width-2*rowInset, size.Height-start))
	left, right := float32(rowInset+rowLeft), size.Width-rowInset-rowLeft
	r.way.Move(fyne.NewPos(left, start))
	r.way.Resize(fyne.NewSize(16, size.Height-start))
	x := left + 16 + 10

	top, below := r.name.MinSize().Height, r.sub.MinSize().Height
	when := r.when.MinSize()
	r.when.Move(fyne.NewPos(right-when.Width, start+rowTop+(top-when.Height)/2))
	r.when.Resize(when)
	r.name.Move(fyne.NewPos(x, start+rowTop))
	r.name.Resize(fyne.NewSize(right-when.Width-8-x, top))

	y := start + rowTop + top + 2
	last := r.last.MinSize()
	r.last.Move(fyne.NewPos(right-last.Width, y))
	r.last.Resize(last)
	edge := right - last.Width
	if r.log.Visible() {
		edge -= 13 + 5
		r.log.Move(fyne.NewPos(edge, y))
		r.log.Resize(fyne.NewSize(13, below))
	}
	r.sub.Move(fyne.NewPos(x, y))
	r.sub.Resize(fyne.NewSize(edge-8-x, below))
}

func (h *historyRowRenderer) Refresh() { h.Layout(h.r.Size()) }
func (h *historyRowRenderer) Objects() []fyne.CanvasObject {
	r := h.r
	return []fyne.CanvasObject{r.day, r.back, r.way, r.name, r.sub, r.when, r.last, r.log}
}
func (h *historyRowRenderer) Destroy() {}
