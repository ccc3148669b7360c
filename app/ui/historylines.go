package ui

import (
	"runtime"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// listLine is a line of the list of calls: one call, or several in a row that came to the same.
type listLine struct {
	app.HistoryRow        // the newest of them
	times          int    // how many they are
	day            string // heading above the first line of a day, "" above the others
}

// linesOf are the lines of a list of calls, newest first. apart keeps each call in a line of its own.
func linesOf(rows []app.HistoryRow, now time.Time, apart bool) []listLine {
	var lines []listLine
	day := ""
	for _, r := range rows {
		d := dayOf(r.Started, now)
		if n := len(lines); !apart && n > 0 && d == day && foldable(lines[n-1].HistoryRow, r) {
			lines[n-1].times++
			continue
		}
		line := listLine{HistoryRow: r, times: 1}
		if d != day {
			day, line.day = d, d
		}
		lines = append(lines, line)
	}
	return lines
}

// foldable says whether two calls that follow each other are one line: the same number, and nobody talked in either.
func foldable(a, b app.HistoryRow) bool {
	return a.Dial != "" && a.Dial == b.Dial && a.Account == b.Account && a.Direction == b.Direction && a.Outcome == b.Outcome &&
		a.Outcome != crm.Answered && a.Log == b.Log && a.Seen == b.Seen && a.Settled == b.Settled && (a.Who.Is(b.Who) || a.Who.IsZero() && b.Who.IsZero())
}

// wheel takes the wheel above the list, whose own step is less than a row, and passes nothing else on.
type wheel struct {
	widget.BaseWidget
	list *callList
}

// wheelStep is how much farther the wheel moves the list than Fyne says. Except on a Mac, which counts pixels, that is 25 for a
// notch, half a row; other programs move by about 100.
func wheelStep() float32 {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 4
}

func newWheel(l *callList) *wheel {
	w := &wheel{list: l}
	w.ExtendBaseWidget(w)
	return w
}

func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// Scrolled implements fyne.Scrollable.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) {
	w.list.ScrollToOffset(w.list.GetScrollOffset() - e.Scrolled.DY*wheelStep())
}
