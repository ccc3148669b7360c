package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/crm"
)

// A strip comes down and moves the records at the side: the click goes to nobody.
func TestAStripPutsNoOtherRecordUnderThePointer(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), unknown(app.LookupMany)))
	b.passes(time.Minute)
	b.complain(aboutTyping, errors.New("the disk is full"))
	b.settle()
	lines := guarded(b.record.root)
	if len(lines) != 3 {
		t.Fatalf("%d records", len(lines))
	}
	b.desk.said()
	test.TapAt(lines[1], fyne.NewPos(20, lines[1].Size().Height-4)) // where the one below it was
	b.settle()
	if got := b.desk.said(); got != nil || !strings.Contains(strings.Join(words(b.strips), " "), phrase("ui.just-came")) {
		t.Errorf("told %q, the window says %q", got, words(b.strips))
	}
}

// The numbers of a record move with it: nobody else's is dialed.
func TestAStripPutsNoOtherNumberUnderThePointer(t *testing.T) {
	b := newBench(t, nil)
	c := talking()
	r := *c.Lookup.Record
	r.Phones = []crm.PhoneField{{Label: "Phone", Value: "+14155550132"}, {Label: "Mobile", Value: "+14155550199"}, {Label: "Home", Value: "+14155550188"}}
	c.Lookup.Record = &r
	b.draw(with(idle(), c))
	b.passes(time.Minute)
	before := b.absolute(guarded(b.record.root)[1])
	b.complain(aboutTyping, errors.New("the disk is full"))
	b.settle()
	for _, l := range guarded(b.record.root) {
		at := before.Subtract(b.absolute(l)).AddXY(20, 4)
		if at.Y < 0 || at.Y > l.Size().Height {
			continue
		}
		b.desk.said()
		test.TapAt(l, at)
		b.settle()
		if got := b.desk.said(); l.means != "+14155550199" && got != nil {
			t.Errorf("%v: told %q", l.means, got)
		}
	}
	b.passes(later)
	if got := b.clicks(guarded(b.record.root)[1]); !slices.Equal(got, []string{"dial +14155550199"}) {
		t.Errorf("a second later: told %q", got)
	}
}

// guarded are the lines in o that ask whether a click was meant for them.
func guarded(o fyne.CanvasObject) (lines []*clickable) {
	if c, ok := o.(*clickable); ok && c.meant != nil {
		lines = append(lines, c)
	}
	for _, part := range parts(o) {
		lines = append(lines, guarded(part)...)
	}
	return lines
}
