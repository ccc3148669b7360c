package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// logNote is below the list while a call is chosen whose log is not in the org yet: why, and what can be done.
type logNote struct {
	root  *fyne.Container
	icon  *glyph
	title *text
	why   *paragraph
	retry *button
	row   app.HistoryRow
	came  time.Time // when the call took the place of another here, other than by hand
}

func newLogNote(w *Window) *logNote {
	n := &logNote{
		icon: newGlyph("schedule", colorHeld, 16), title: newText("", body.strong().elided()),
		why: newParagraph("", caption, 4).narrow(sideWidth - 28),
	}
	n.retry = newButton(phrase("ui.log-it-now"), "refresh", widget.MediumImportance, func() {
		switch {
		case w.startled(n.came):
		case n.row.Log == app.LogElsewhere:
			w.logAs(n.row.ID)
		default:
			w.retryLog(n.row.ID)
		}
	})
	discard := newButton(phrase("ui.dont-log"), "", widget.LowImportance, func() {
		if !w.startled(n.came) {
			w.discardLog(n.row.ID)
		}
	})
	n.root = vbox(0, rule(), inset(10, 10, 14, 14, vbox(6,
		container.NewBorder(nil, nil, inset(0, 0, 0, 6, n.icon), nil, n.title), n.why,
		container.NewBorder(nil, nil, nil, hbox(4, discard, n.retry)))))
	w.guard(n.root)
	n.root.Hide()
	return n
}

// set shows a call, or none where ok is false. chosen says whether the agent chose it in the list.
func (n *logNote) set(r app.HistoryRow, ok, chosen bool, v app.View, now time.Time) {
	switch {
	case chosen:
		n.came = time.Time{}
	case n.row.ID != "" && n.row.ID != r.ID:
		n.came = now
	}
	n.row = r
	iconName, ink := logMark(r.Log)
	show(n.root, ok && iconName != "")
	if !n.root.Visible() {
		return
	}
	n.icon.set(iconName, ink)
	n.retry.label(phrase("ui.log-it-now"))
	if r.Log == app.LogElsewhere {
		n.retry.label(logAsWords(v))
	}
	switch r.Log {
	case app.LogParked:
		n.title.set(phrase("ui.note-refused", "name", rowName(r)))
	case app.LogChecking:
		n.title.set(phrase("ui.note-checking", "name", rowName(r)))
	case app.LogSending:
		n.title.set(phrase("ui.note-sending", "name", rowName(r)))
	default:
		n.title.set(phrase("ui.note-waiting", "name", rowName(r)))
	}
	why := sentence(r.Error)
	switch {
	case why != "":
	case linked(v):
		why = phrase("ui.note-until-answers")
	default:
		why = phrase("ui.note-until-linked")
	}
	n.why.say(why)
}
