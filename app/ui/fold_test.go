package ui

import (
	"math"
	"testing"
	"time"

	"fyne.io/fyne/v2"
)

// Every state of the window fits a phone of 320 pixels: whatever is seen is inside the window.
func TestEveryStateFitsAPhone(t *testing.T) {
	for _, l := range looks() {
		t.Run(l.name, func(t *testing.T) {
			b := newBench(t, func(c *Config) {
				l.needs(c)
				c.DemoScenes = demoScenes()
			})
			b.resize(leastWidth, leastHeight+100)
			b.draw(l.view())
			if l.act != nil && l.name != "demo-broken" { // it presses a scene of the bar, which has none here
				l.act(b)
				b.settle()
			}
			b.relayout()
			if b.inSettings() {
				return
			}
			if least := b.root.MinSize(); least.Width > leastWidth {
				t.Errorf("the window is %v wide at least", least.Width)
			}
			b.outside(b.root, fyne.NewSize(leastWidth, leastHeight+100))
		})
	}
}

// outside complains of whatever can be seen and is not inside the window.
func (b *bench) outside(o fyne.CanvasObject, size fyne.Size) {
	if !o.Visible() {
		return
	}
	if at := b.absolute(o); at.X < -0.1 || at.X+o.Size().Width > size.Width+0.1 {
		b.t.Errorf("%T at %v, %v wide, is outside", o, at, o.Size().Width)
		return
	}
	for _, part := range parts(o) {
		b.outside(part, size)
	}
}

// phone is a bench as small as a phone, with nothing going on.
func phone(t *testing.T, change func(*Config)) *bench {
	b := newBench(t, change)
	b.resize(phoneSize.Width, phoneSize.Height)
	b.draw(idle())
	return b
}

// In a window that is as small as a phone a call that rings is turned to, and the list of calls is back when it is over.
func TestAPhoneTurnsToTheCall(t *testing.T) {
	b := phone(t, nil)
	b.inPane(paneCalls)
	b.draw(with(idle(), dana()))
	b.inPane(paneCall)
	b.now = b.now.Add(time.Minute)
	b.draw(idle())
	b.inPane(paneCalls)
}

// Who is typing is left alone: the call rings above the list, and can be answered there.
func TestAPhoneLeavesWhoTypes(t *testing.T) {
	b := phone(t, nil)
	b.focusNumber()
	b.left.dial.field.TypedRune('4')
	b.draw(with(idle(), dana()))
	b.inPane(paneCalls)
	if at := b.cfg.Window.Canvas().Focused(); at != fyne.Focusable(b.left.dial.field) {
		t.Errorf("%T has the keyboard", at)
	}
	if len(b.left.chips.chips) != 1 || !b.left.chips.chips[0].take.Visible() {
		t.Error("there is no chip to answer by")
	}
	b.now = b.now.Add(time.Minute)
	b.turnTo(paneCall)
	b.inPane(paneCall)
	if b.cfg.Window.Canvas().Focused() != nil || b.left.dial.field.Text != "4" {
		t.Errorf("what was typed is %q", b.left.dial.field.Text)
	}
}

// A second call that rings is seen whatever pane is, and can be answered there; the first one stays.
func TestAPhoneShowsTheSecondCall(t *testing.T) {
	b := phone(t, nil)
	b.draw(with(idle(), talking()))
	b.draw(with(idle(), talking(), priya()))
	for _, p := range []pane{paneCall, paneRecord} {
		b.turnTo(p)
		b.inPane(p)
		if !b.fold.rings.root.Visible() || b.fold.rings.call.ID != priya().ID {
			t.Errorf("pane %v: the second call is not seen", p)
		}
	}
	b.turnTo(paneCalls)
	if b.fold.rings.root.Visible() || len(b.left.chips.chips) != 2 {
		t.Errorf("above the list there are %d chips", len(b.left.chips.chips))
	}
}

// What is turned to by a key is shown: the notes, the number field, the list that the status bar counts.
func TestAKeyTurnsAPhone(t *testing.T) {
	b := phone(t, nil)
	b.draw(with(idle(), talking()))
	b.focusNumber()
	b.inPane(paneCalls)
	b.writeNotes()
	b.inPane(paneCall)
	if at := b.cfg.Window.Canvas().Focused(); at != fyne.Focusable(b.centre.call.form.notes) {
		t.Errorf("%T has the keyboard", at)
	}
	b.turnTo(paneRecord)
	b.status.outbox.button.Tapped(nil)
	b.inPane(paneCalls)
	b.draw(idle())
	b.turnTo(paneCall)
	b.centre.idle.missed.button.Tapped(nil)
	b.inPane(paneCalls)
}

// Another language leaves the pane that is turned to.
func TestAPhoneStaysWhereItIsInAnotherLanguage(t *testing.T) {
	b := phone(t, nil)
	b.Reword(nil)
	b.settle()
	b.inPane(paneCalls)
}

// Whoever makes the window narrower sees at once what the other panes said: the call that is not seen has a chip, and nothing out of sight has
// the keyboard.
func TestAWindowThatIsMadeNarrow(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	b.turnTo(paneRecord)
	b.cfg.Window.Canvas().Focus(b.left.dial.field)
	b.cfg.Window.Resize(phoneSize)
	f := <-b.pump.queue
	f()
	b.settle()
	b.inPane(paneRecord)
	if at := b.cfg.Window.Canvas().Focused(); at != nil {
		t.Errorf("%T has the keyboard", at)
	}
}

// inPane complains unless the pane, and it alone, is seen.
func (b *bench) inPane(p pane) {
	b.t.Helper()
	for i, o := range []fyne.CanvasObject{b.left.root, b.centre.root, b.record.root} {
		if o.Visible() != (pane(i) == p) {
			b.t.Errorf("pane %v is seen: %v; it should be pane %v alone", i, o.Visible(), p)
		}
	}
}

// Beside the calls there is the call or its record; with room for three all are there, and no bar.
func TestPanesByWidth(t *testing.T) {
	b := newBench(t, nil)
	for _, c := range []struct {
		width float32
		sees  [3]bool
	}{
		{threePanes, [3]bool{true, true, true}},
		{threePanes - 1, [3]bool{true, true, false}},
		{twoPanes, [3]bool{true, true, false}},
		{twoPanes - 1, [3]bool{false, true, false}},
		{leastWidth, [3]bool{false, true, false}},
	} {
		b.resize(c.width, 600)
		b.draw(with(idle(), talking()))
		if sees := [3]bool{b.left.root.Visible(), b.centre.root.Visible(), b.record.root.Visible()}; sees != c.sees {
			t.Errorf("%v wide: %v are seen", c.width, sees)
		}
		if b.fold.bar.Visible() != (c.width < threePanes) {
			t.Errorf("%v wide: the bar is seen: %v", c.width, b.fold.bar.Visible())
		}
	}
}

// The window tells how large it is, is so again at the next start, and changes between both sizes at a key. What the settings need is given back.
func TestTheSizeIsKept(t *testing.T) {
	var kept Sizes
	b := newBench(t, func(c *Config) { c.Resized = func(s Sizes) { kept = s } })
	b.resize(1000, 640)
	b.togglePhone()
	b.resize(330, 590)
	if want := (Sizes{fyne.NewSize(1000, 640), fyne.NewSize(330, 590), true}); kept != want {
		t.Fatalf("kept %v", kept)
	}
	b.openSettings(pagePhone)
	if size := b.cfg.Window.Canvas().Size(); size.Width < settingsWide {
		t.Errorf("the settings have %v", size)
	}
	b.closeSettings()
	if size := b.cfg.Window.Canvas().Size(); size != kept.Phone {
		t.Errorf("after the settings the window has %v", size)
	}
	b.togglePhone()
	if size := b.cfg.Window.Canvas().Size(); size != kept.Wide || kept.IsPhone {
		t.Errorf("as large as it was, the window has %v", size)
	}
	for _, torn := range []Sizes{{}, {Wide: fyne.NewSize(-1, 1e9), Phone: fyne.NewSize(5000, 0), IsPhone: true}, {Wide: fyne.NewSize(float32(math.NaN()), 600)}} {
		if s := torn.sane(); s.Wide != wideSize || s.Phone != phoneSize {
			t.Errorf("%v became %v", torn, s)
		}
	}
}
