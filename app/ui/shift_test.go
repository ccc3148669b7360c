package ui

import (
	"errors"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/test/wait"
)

func onHold() app.CallView {
	c := priya()
	c.Phase, c.Answered, c.HeldSince = app.Held, noon.Add(-time.Minute), noon
	return c
}

// TestOneKeyOneCall: Ctrl+. twice ends one call. The customer on hold who takes the centre is not hung up on, neither at
// once nor later, until the agent has turned to that call.
func TestOneKeyOneCall(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking(), onHold()))
	b.desk.said()
	b.hit(keyHangup)
	b.draw(with(idle(), onHold()))
	b.now = b.now.Add(150 * time.Millisecond)
	b.hit(keyHangup)
	b.press("Hang up") // the button came to where the other call's was
	b.now = b.now.Add(2 * time.Second)
	b.hit(keyHangup)
	if got := b.desk.said(); !slices.Equal(got, []string{"hangup c1"}) {
		t.Fatalf("told %q", got)
	}
	if !b.shows("Priya Raman is on hold. Resume the call, or press its Hang up.") {
		t.Errorf("nothing says why; the window says %q", words(b.strips))
	}
	b.press("Hang up")
	if got := b.desk.said(); !slices.Equal(got, []string{"hangup c2"}) {
		t.Errorf("the button told %q", got)
	}
}

// TestChosenHeldCallHangsUp: the key works on a call the agent put on hold or has chosen.
func TestChosenHeldCallHangsUp(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	b.press("Hold")
	held := talking()
	held.Phase, held.HeldSince = app.Held, noon
	b.draw(with(idle(), held))
	b.desk.said()
	b.hit(keyHangup)
	if got := b.desk.said(); !slices.Equal(got, []string{"hangup c1"}) {
		t.Errorf("put on hold by the agent: told %q", got)
	}

	b = newBench(t, nil)
	b.draw(with(idle(), talking(), onHold()))
	b.press("Priya Raman")
	b.desk.said()
	b.hit(keyHangup)
	if got := b.desk.said(); !slices.Equal(got, []string{"hangup c2"}) {
		t.Errorf("shown by the agent: told %q", got)
	}
}

// TestLateKeyDeclinesNobody: the call ends by itself just before the key, and somebody else rings.
func TestLateKeyDeclinesNobody(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking(), priya()))
	b.desk.said()
	b.draw(with(idle(), wrapUp(), priya()))
	b.now = b.now.Add(300 * time.Millisecond)
	b.hit(keyHangup)
	if got := b.desk.said(); got != nil {
		t.Errorf("told %q", got)
	}
	b.now = b.now.Add(time.Second)
	b.hit(keyHangup)
	if got := b.desk.said(); !slices.Equal(got, []string{"decline c2"}) {
		t.Errorf("a second later: told %q", got)
	}
}

// TestNothingMovesUnderThePointer: whatever comes up at the top, the buttons of a call stay where they are.
func TestNothingMovesUnderThePointer(t *testing.T) {
	for _, size := range []fyne.Size{fyne.NewSize(1120, 700), fyne.NewSize(threePanes, 560)} {
		b := newBench(t, nil)
		b.resize(size.Width, size.Height)
		place := func(calls ...app.CallView) fyne.Position {
			b.draw(with(idle(), calls...))
			if calls[0].Phase == app.Ringing {
				return b.absolute(b.centre.ring.decline)
			}
			return b.absolute(b.centre.call.controls)
		}
		for name, c := range map[string]app.CallView{"ringing": dana(), "talking": talking()} {
			before := place(c)
			b.complain(aboutCommand, errors.New("the other side doesn't take a hold now"))
			b.settle()
			if got := place(c, priya()); got != before {
				t.Errorf("%v, %s: the buttons went from %v to %v", size, name, before, got)
			}
			if least := b.root.MinSize(); least.Height > 560 {
				t.Errorf("%v, %s: the window grew to %v", size, name, least)
			}
		}
	}
}

// absolute is where in the window something is.
func (b *bench) absolute(o fyne.CanvasObject) fyne.Position {
	b.t.Helper()
	var at fyne.Position
	var look func(fyne.CanvasObject, fyne.Position) bool
	look = func(in fyne.CanvasObject, from fyne.Position) bool {
		from = from.Add(in.Position())
		if in == o {
			at = from
			return true
		}
		for _, child := range parts(in) {
			if look(child, from) {
				return true
			}
		}
		return false
	}
	if !look(b.root, fyne.Position{}) {
		b.t.Fatalf("%T is not in the window", o)
	}
	return at
}

// TestComplaintsPass: what went wrong is gone after a while, with a call, and with a success of the same kind.
func TestComplaintsPass(t *testing.T) {
	trouble := errors.New("the disk is full")
	for name, pass := range map[string]func(*bench){
		"a call arrives":    func(b *bench) { b.draw(with(idle(), dana())) },
		"the same succeeds": func(b *bench) { b.complain(aboutTyping, nil) },
		"another command":   func(b *bench) { b.setDND(true); b.settle() },
		"Escape":            func(b *bench) { b.escapeKey() },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(idle())
			b.complain(aboutTyping, trouble)
			b.complain(aboutList, nil)
			b.draw(idle())
			if !b.shows("The disk is full.") {
				t.Fatal("the complaint is gone too soon")
			}
			pass(b)
			if b.trouble.root.Visible() {
				t.Error("the complaint stays")
			}
		})
	}
	t.Run("time", func(t *testing.T) {
		b := newBench(t, nil)
		b.draw(idle())
		b.cfg.complaintStays = time.Millisecond
		b.complain(aboutCommand, trouble)
		wait.For(t, b.pump.queue)()
		if b.trouble.root.Visible() {
			t.Error("the complaint stays")
		}
	})
}
