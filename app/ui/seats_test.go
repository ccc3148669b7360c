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
		b.left.clickedRow(1)
		b.passes(100 * time.Millisecond)
		b.left.clickedRow(1)
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
	b.passes(doubleClick)
	if got := b.pressed("Resume"); !slices.Equal(got, []string{"resume c2"}) {
		t.Errorf("told %q", got)
	}
}

// The other side wants the agent to go elsewhere, and the question comes to where the form was: neither answer is given by a click into it.
func TestAQuestionOfTheOtherSideTakesNoClickIntoTheForm(t *testing.T) {
	for word, does := range map[string]string{"Go there": "follow c1", "Stay on this call": "refuse c1"} {
		b := newBench(t, nil)
		b.draw(with(idle(), talking()))
		b.passes(time.Minute)
		b.draw(with(idle(), sentAway()))
		b.waitsFor(word, find(b.root, word), does)
	}
}

// The other side hangs up, and the button that calls again comes to where the others were.
func TestAnEndedCallIsNotCalledAgainByAClickOnItsButtons(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	b.passes(time.Minute)
	b.draw(with(idle(), wrapUp()))
	b.waitsFor("Call back", b.centre.call.redial.button, "dial +14155550132")
}

// Somebody calls while the agent clicks on a figure of the day.
func TestARingTakesNoClickOnWhatWasThere(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.passes(time.Minute)
	figure := b.absolute(b.centre.idle.missed.button).AddXY(10, 10)
	b.draw(with(idle(), dana()))
	for _, o := range []*button{b.centre.ring.answer, b.centre.ring.decline, b.centre.ring.silence} {
		at := figure.Subtract(b.absolute(o))
		b.desk.said()
		if at.X >= 0 && at.Y >= 0 && at.X < o.Size().Width && at.Y < o.Size().Height {
			test.TapAt(o, at)
			b.settle()
		}
		if got := b.desk.said(); got != nil {
			t.Errorf("told %q", got)
		}
	}
}

// A double click on Remove asks, and does not answer.
func TestADoubleClickAsksOnly(t *testing.T) {
	b := newBench(t, nil)
	b.settings.form.Accounts = append(b.settings.form.Accounts, b.settings.form.Accounts[0])
	b.settings.form.Accounts[1].User = "2042"
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	b.passes(time.Minute)
	remove := find(b.root, "Remove account").(*button)
	at := b.absolute(remove)
	b.clicks(remove)
	q := b.phoneSheet().list.question
	if !q.root.Visible() {
		t.Fatal("nothing is asked")
	}
	spot := at.AddXY(remove.Size().Width/2, remove.Size().Height/2).Subtract(b.absolute(q.yes))
	inside := spot.X >= 0 && spot.Y >= 0 && spot.X < q.yes.Size().Width && spot.Y < q.yes.Size().Height
	if inside {
		test.TapAt(q.yes, spot)
		b.settle()
	}
	if !q.root.Visible() {
		t.Error("the second click has answered")
	}
}
