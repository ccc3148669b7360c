package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// clicks clicks on the middle of something, and returns what the desk was told.
func (b *bench) clicks(o fyne.Tappable) []string {
	b.t.Helper()
	b.desk.said()
	size := o.(fyne.CanvasObject).Size()
	test.TapAt(o, fyne.NewPos(size.Width/2, size.Height/2))
	b.settle()
	return b.desk.said()
}

// waitsFor clicks on something that has just come to its place, and again a second later.
func (b *bench) waitsFor(what string, o fyne.Tappable, does string) {
	b.t.Helper()
	if got := b.clicks(o); got != nil || !strings.Contains(strings.Join(words(b.strips), " "), phrase("ui.just-came")) {
		b.t.Errorf("%s, at once: told %q, the window says %q", what, got, words(b.strips))
	}
	b.passes(atOnce)
	if got := b.clicks(o); got != nil {
		b.t.Errorf("%s, soon: told %q", what, got)
	}
	b.passes(later)
	if got := b.clicks(o); !slices.Equal(got, []string{does}) {
		b.t.Errorf("%s, a second later: told %q, want %q", what, got, does)
	}
}

// A chip comes to where the tabs and the calls of the past were: a click that was meant for those neither answers nor declines the call.
func TestAChipThatComesTakesNoClick(t *testing.T) {
	for name, before := range map[string]func(b *bench){
		"":              func(*bench) {},
		" after a link": func(b *bench) { b.AskDial("+1 900 555 0166"); b.settle() },
		" after people": func(b *bench) {
			b.left.dial.field.SetText("dan")
			b.settle()
		},
	} {
		for i, does := range []string{"answer c2", "hangup c2"} {
			b := newBench(t, nil)
			b.draw(with(idle(), talking()))
			b.passes(time.Minute)
			b.draw(with(idle(), talking(), priya()))
			before(b)
			c := b.left.chips.chips[0]
			b.waitsFor(does+name, []*button{c.take, c.end}[i], does)
		}
	}
}

// Only what was there is meant: a second chip comes below the first, whose buttons stay where they are.
func TestAChipThatStaysTakesEveryClick(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking(), priya()))
	b.passes(time.Minute)
	second := named(priya(), "c3")
	second.Started = second.Started.Add(time.Second)
	b.draw(with(idle(), talking(), priya(), second))
	if got := b.clicks(b.left.chips.chips[0].end); !slices.Equal(got, []string{"hangup c2"}) {
		t.Errorf("told %q", got)
	}
}

// A chip goes, and what was below it comes to its place: clicks on its buttons dial nobody.
func TestClicksOnAChipThatWentDialNobody(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking(), priya()))
	b.passes(time.Minute)
	b.draw(with(idle(), talking()))
	b.desk.said()
	row := func() {
		b.left.list.OnSelected(1)
		b.passes(100 * time.Millisecond)
		b.left.list.OnSelected(1)
		b.settle()
	}
	row()
	if got := b.desk.said(); slices.ContainsFunc(got, func(s string) bool { return s == "dial "+b.left.lines[1].Dial }) {
		t.Errorf("told %q", got)
	}
	b.passes(later)
	row()
	if got := b.desk.said(); !slices.Contains(got, "dial "+b.left.lines[1].Dial) {
		t.Errorf("a second later: told %q", got)
	}
}

// What the agent does by hand moves no button from under the hand.
func TestWhatIsMovedByHandTakesEveryClick(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking(), onHold()))
	b.passes(time.Minute)
	b.press("Priya Raman")
	if got := b.pressed("Resume"); !slices.Equal(got, []string{"resume c2"}) {
		t.Errorf("told %q", got)
	}
}
