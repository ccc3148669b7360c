package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
)

// TestDaysHaveHeadings: each day of the list has a heading, and each call its time, yesterday's too.
func TestDaysHaveHeadings(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	var days []string
	for _, l := range b.left.lines {
		if l.day != "" {
			days = append(days, l.day)
		}
	}
	if want := []string{"Today", "Yesterday", "Wed 18 Nov", "Tue 17 Nov", "12 Nov", "9 Nov"}; !slices.Equal(days, want) {
		t.Errorf("headings %q, want %q", days, want)
	}
	row := newHistoryRow(nil)
	row.set(b.left.lines[5], b.now, false, true, false)
	if row.when.value != "16:40" || row.day.value != "Yesterday" {
		t.Errorf("yesterday's call says %q under %q", row.when.value, row.day.value)
	}
	if row.set(b.left.lines[0], b.now, false, true, false); row.log.name != "done" || !row.log.Visible() {
		t.Error("a call that is logged has no mark")
	}
	if tops := b.left.list.Size(); tops.Height <= 0 {
		t.Error("the list has no room")
	}
}

// TestRepeatedCallsAreOneLine: calls of one number in which nobody talked, one after the other; each of the calls that are not logged
// has a line of its own, for each can be sent.
func TestRepeatedCallsAreOneLine(t *testing.T) {
	missed := func(id string, minute int) app.HistoryRow {
		return app.HistoryRow{ID: id, Direction: crm.Inbound, Outcome: crm.Missed, Number: "+44 20 7946 0958", Dial: "+442079460958", Started: at(10, minute), Seen: true}
	}
	talked := missed("t", 5)
	talked.Outcome, talked.Duration = crm.Answered, time.Minute
	other := missed("o", 3)
	other.Dial = "+442079460959"
	yesterday := missed("y", 1)
	yesterday.Started = yesterday.Started.AddDate(0, 0, -1)
	withheld := []app.HistoryRow{{ID: "w1", Outcome: crm.Missed, Started: at(9, 2)}, {ID: "w2", Outcome: crm.Missed, Started: at(9, 1)}}
	rows := append([]app.HistoryRow{missed("a", 9), missed("b", 8), missed("c", 7), talked, missed("d", 4), other}, withheld...)
	rows = append(rows, yesterday)
	count := func(apart bool) (got []int) {
		for _, l := range linesOf(rows, noon, apart) {
			got = append(got, l.times)
		}
		return got
	}
	if got, want := count(false), []int{3, 1, 1, 1, 1, 1, 1}; !slices.Equal(got, want) {
		t.Errorf("lines of %v calls, want %v", got, want)
	}
	if got := len(count(true)); got != len(rows) {
		t.Errorf("apart, %d lines", got)
	}
	b := newBench(t, nil)
	v := idle()
	v.History = rows
	b.draw(v)
	row := newHistoryRow(nil)
	row.set(b.left.lines[0], b.now, false, true, false)
	if row.name.value != "+44 20 7946 0958 ×3" {
		t.Errorf("the line says %q", row.name.value)
	}
	b.left.clickedRow(1)
	if b.left.selected != "t" {
		t.Errorf("a click on the second line chose %q", b.left.selected)
	}
}

// TestTheWheelMovesSeveralRows: a notch is not half a row.
func TestTheWheelMovesSeveralRows(t *testing.T) {
	b := newBench(t, nil)
	b.resize(threePanes, 560)
	v := idle()
	for range 4 {
		v.History = append(v.History, history()...)
	}
	b.draw(v)
	newWheel(b.left.list).Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -25)})
	if row := newHistoryRow(nil).MinSize().Height; b.left.list.GetScrollOffset() < 2*row {
		t.Errorf("a notch moved %v, a row has %v", b.left.list.GetScrollOffset(), row)
	}
}

// TestNothingFoundSaysWhatEnterDoes: Enter is promised to dial only where it does.
func TestNothingFoundSaysWhatEnterDoes(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	for typed, want := range map[string]string{"qqqq": "No call matches.", "+1 999 555 0100": "No call matches. Press Enter to dial it."} {
		b.left.dial.field.SetText(typed)
		b.settle()
		if !b.shows(want) {
			t.Errorf("%q says %q", typed, words(b.left.root))
		}
	}
}

// TestKeysAfterTheAnswerAreShown: while a number with an extension or pauses is typed.
func TestKeysAfterTheAnswerAreShown(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	for typed, want := range map[string]string{
		"+1 415 555 0132 ext 12": "Then 12, once it is answered",
		"+14155550132,,12#":      "Then 12#, once it is answered",
		"tel:+14155550132;ext=7": "Then 7, once it is answered",
		"+1 415 555 0132":        "",
		"dana":                   "",
		"":                       "",
	} {
		b.left.dial.field.SetText(typed)
		b.settle()
		if got := b.left.dial.then; got.value != want || got.Visible() != (want != "") {
			t.Errorf("%q says %q, shown %v; want %q", typed, got.value, got.Visible(), want)
		}
	}
}

// TestALinkSaysWhoIsCalled: the question has the name that the list has.
func TestALinkSaysWhoIsCalled(t *testing.T) {
	for number, want := range map[string]string{
		"+1 (415) 555-0132": "Call Dana Whitfield, +1 (415) 555-0132?", "+14155550132": "Call Dana Whitfield, +14155550132?",
		"(415) 555-0132": "Call Dana Whitfield, (415) 555-0132?", "+1 999 555 0100": "Call +1 999 555 0100?",
	} {
		b := newBench(t, nil)
		b.draw(idle())
		b.AskDial(number)
		b.settle()
		if got := b.asking.words.value; got != want {
			t.Errorf("for %s it asks %q", number, got)
		}
	}
}

// TestALongPasteHasNoBar: across the text of the number field.
func TestALongPasteHasNoBar(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.left.dial.field.SetText(strings.Repeat("+1 (415) 555-0132 ", 8))
	if b.left.dial.field.Wrapping != fyne.TextWrap(fyne.TextTruncateClip) {
		t.Error("the field scrolls")
	}
}
