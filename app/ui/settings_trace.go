package ui

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Traced is what was said by SIP under one Call-ID: a call, or the registrations of an account.
type Traced struct {
	ID, Method, To string
	Began          time.Time
	Status         int // of the last final response, 0 for none
	Lines          []TracedLine
}

// TracedLine is one message: when it came or went, and its request line or status line.
type TracedLine struct {
	At    time.Time
	Sent  bool
	First string
	Text  string // the whole message
}

// How many of the last dialogs are listed; the verb trace has all. After a lost connection there are subscriptions by the hundred.
const (
	mostTraced = 15 // calls
	mostOthers = 5  // registrations, subscriptions and the like
)

// traceGroup shows what was said by SIP: a line for each call and registration, and below the one that is chosen its messages.
type traceGroup struct {
	w       *Window
	root    fyne.CanvasObject
	look    *button
	keep    *button // saves it for support
	list    *fyne.Container
	written *paragraph
	all     []Traced
	chosen  string // Call-ID
	line    int    // of the chosen one, whose message is shown whole; -1 for none
}

func newTraceGroup(w *Window) *traceGroup {
	g := &traceGroup{w: w, line: -1, list: vbox(4), written: newParagraph("", caption, 4)}
	g.look = newButton(phrase("ui.sip-log-show"), "", widget.MediumImportance, g.load)
	g.keep = newButton(phrase("ui.sip-log-save"), "", widget.MediumImportance, func() { w.cfg.ChooseFolder(phrase("ui.sip-log-where"), g.save) })
	g.written.Hide()
	g.root = group(phrase("ui.sip-log"), newParagraph(phrase("ui.sip-log-detail"), caption, 4), hbox(8, g.look, g.keep), g.written, g.list)
	return g
}

// load reads the log again; the newest comes first.
func (g *traceGroup) load() {
	g.w.ask(func() func() {
		all := g.w.cfg.Admin.Trace()
		return func() {
			g.all = lastTraced(all)
			g.look.label(phrase("ui.sip-log-refresh"))
			g.draw()
		}
	})
}

func (g *traceGroup) draw() {
	g.list.RemoveAll()
	if len(g.all) == 0 {
		g.list.Add(newText(phrase("ui.sip-log-empty"), caption))
	}
	for _, d := range g.all {
		status := ""
		if d.Status != 0 {
			status = fmt.Sprint(d.Status)
		}
		line := newText(joined(d.Began.Local().Format("15:04:05"), d.Method, d.To, status), body.elided())
		g.list.Add(newClickable(inset(6, 6, 8, 8, line), 6, func() { g.choose(d.ID) }))
		if d.ID != g.chosen {
			continue
		}
		for i, l := range d.Lines {
			arrow := "←"
			if l.Sent {
				arrow = "→"
			}
			first := newText(l.At.Local().Format("15:04:05.000")+"  "+arrow+"  "+l.First, caption.elided())
			g.list.Add(newClickable(inset(0, 2, 20, 8, first), 4, func() { g.chooseLine(i) }))
			if i != g.line {
				continue
			}
			for line := range strings.Lines(strings.TrimSpace(l.Text)) {
				g.list.Add(inset(0, 0, 40, 8, newText(strings.TrimRight(line, "\r\n"), caption.elided())))
			}
		}
	}
	g.list.Refresh()
	g.w.relayout()
}

// choose shows the messages of a dialog, and hides those that were shown.
func (g *traceGroup) choose(id string) {
	if g.chosen == id {
		id = ""
	}
	g.chosen, g.line = id, -1
	g.draw()
}

// chooseLine shows a message of the chosen dialog whole, and hides the one that was shown.
func (g *traceGroup) chooseLine(i int) {
	if g.line == i {
		i = -1
	}
	g.line = i
	g.draw()
}

// lastTraced are the last calls, and a few of what else was said, the newest first.
func lastTraced(all []Traced) []Traced {
	var last []Traced
	calls, others := 0, 0
	for _, d := range slices.Backward(all) {
		of, most := &others, mostOthers
		if d.Method == "INVITE" {
			of, most = &calls, mostTraced
		}
		if *of < most {
			*of++
			last = append(last, d)
		}
	}
	return last
}

// save writes the log for support below the folder that was chosen.
func (g *traceGroup) save(dir string) {
	g.w.saveForSupport(g.keep, g.written, func() (string, error) { return g.w.cfg.Admin.SaveTrace(dir) })
}
