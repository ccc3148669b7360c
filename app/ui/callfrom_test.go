package ui

import (
	"slices"
	"testing"
	"time"

	"linecard/app"
)

const (
	supportAccount = "2041@pbx.example.com"
	salesAccount   = "300@sales.example.com"
)

// atRest is two accounts between calls.
func atRest() app.View {
	v := several(talking())
	v.Calls = nil
	return v
}

// dialed is what the desk was told to dial.
func (b *bench) dialed() (all []string) {
	b.t.Helper()
	b.settle()
	for _, said := range b.desk.said() {
		if len(said) > 5 && said[:5] == "dial " {
			all = append(all, said)
		}
	}
	return all
}

func (b *bench) expectDialed(doing, want string) {
	b.t.Helper()
	if got := b.dialed(); !slices.Equal(got, []string{want}) {
		b.t.Errorf("%s: dialed %q, want %q", doing, got, want)
	}
}

// A call to somebody goes out from the account that the last call with them was on, with its caller id, in its org.
func TestARowIsCalledFromItsAccount(t *testing.T) {
	b := newBench(t, nil)
	b.draw(atRest()) // the second row is of Sales
	b.left.clickedRow(1)
	if got := b.left.dial.from.choice.Selected; got != "Sales" {
		t.Errorf("the number of a row of Sales is shown to be called from %q", got)
	}
	b.left.dial.submit()
	b.expectDialed("Enter on the number of a row", "dial +34910555017 from "+salesAccount)
	b.waits(time.Second) // no double click
	b.left.clickedRow(1)
	b.left.dialSelected()
	b.expectDialed("Enter on a row", "dial +34910555017 from "+salesAccount)
	b.left.clickedRow(0)
	b.left.dialSelected()
	b.expectDialed("Enter on a row of the first account", "dial +14155550132 from "+supportAccount)
	b.waits(time.Second)
	b.left.clickedRow(1)
	b.left.dial.field.SetText("5551234") // what is typed is not the row's number any more
	if got := b.left.dial.from.choice.Selected; got != "Support" {
		t.Errorf("what is typed is shown to be called from %q", got)
	}
	b.left.dial.submit()
	b.expectDialed("a number that was typed", "dial 5551234 from "+supportAccount)
}

// The account of a call of the past may be gone: then it is called from the one that is chosen.
func TestARowOfAnAccountThatIsGone(t *testing.T) {
	b := newBench(t, nil)
	v := atRest()
	v.History[0].Account, v.History[1].Account = "old@pbx", "" // and one from before accounts were kept
	b.draw(v)
	b.left.dial.from.choice.SetSelected("Sales")
	for i, number := range []string{"+14155550132", "+34910555017"} {
		b.left.clickedRow(i)
		b.left.dialSelected()
		b.expectDialed("a row", "dial "+number+" from "+salesAccount)
	}
}

func TestTheAgentChoosesTheAccountToCallFrom(t *testing.T) {
	b := newBench(t, nil)
	b.draw(atRest())
	if !b.left.dial.from.root.Visible() || !slices.Equal(b.left.dial.from.choice.Options, []string{"Support", "Sales"}) {
		t.Fatalf("the choice shows %v, is seen: %v", b.left.dial.from.choice.Options, b.left.dial.from.root.Visible())
	}
	b.left.dial.field.SetText("5551234")
	b.left.dial.submit()
	b.expectDialed("nothing chosen", "dial 5551234 from "+supportAccount)
	b.left.dial.from.choice.SetSelected("Sales")
	for range 2 { // it stays chosen
		b.left.dial.field.SetText("5551234")
		b.left.dial.submit()
		b.expectDialed("Sales chosen", "dial 5551234 from "+salesAccount)
	}
	b.Reword(nil) // a change of language builds the window again
	if got := b.left.dial.from.choice.Selected; got != "Sales" {
		t.Errorf("after a change of language %q is chosen", got)
	}
	b.AskDial("+1 415 555 0132")
	b.settle()
	b.answerLink(true)
	b.expectDialed("a link", "dial +1 415 555 0132 from "+salesAccount)

	v := atRest()
	v.Phones[1].State = app.Unreachable
	b.draw(v)
	if got := b.left.dial.from.choice.Selected; got != "Sales (not registered)" {
		t.Errorf("an account that is not registered is shown as %q", got)
	}
	v = atRest()
	v.Phones = v.Phones[:1] // Sales was removed
	b.draw(v)
	if b.left.dial.from.root.Visible() {
		t.Error("a choice of one account is shown")
	}
	b.left.dial.field.SetText("5551234")
	b.left.dial.submit()
	b.expectDialed("one account", "dial 5551234")
}

// Whoever is marked Do Not Call is called from the account that was meant, once the agent says why.
func TestDoNotCallKeepsTheAccount(t *testing.T) {
	b := newBench(t, nil)
	b.desk.forbids = "Peter Novak"
	b.draw(atRest())
	b.left.clickedRow(1)
	b.left.dialSelected()
	b.settle()
	b.reason.SetText("asked us to")
	b.answerLink(true)
	b.expectDialed("anyway", "dial anyway +34910555017 from "+salesAccount+": asked us to")
}

// The buttons of a call, and the numbers of its record, call from its account.
func TestACallIsMadeAgainFromItsAccount(t *testing.T) {
	for name, c := range map[string]struct {
		call   app.CallView
		button string
		want   string
	}{
		"a failed call":        {failed("busy"), "Call again", "dial +14155550132 from " + salesAccount},
		"a call by TLS":        {again(failed("busy")), "Call again", "dial sips:+14155550132 from " + salesAccount},
		"a call that is over":  {wrapUp(), "", "dial +14155550132 from " + salesAccount},
		"a number of a record": {talking(), "(415) 555-0100", "dial (415) 555-0100 from " + salesAccount},
	} {
		b := newBench(t, nil)
		b.draw(several(c.call))
		b.passes(later)
		b.desk.said()
		if c.button == "" {
			b.centre.call.redial.button.OnTapped()
		} else {
			b.press(c.button)
		}
		b.expectDialed(name, c.want)
	}
}

// again is a call that was dialed by a sips: address.
func again(c app.CallView) app.CallView {
	c.Again = "sips:" + c.E164
	return c
}

// An account without a name goes by its id, and so do two of one name.
func TestAccountsOfOneName(t *testing.T) {
	b := newBench(t, nil)
	v := atRest()
	v.Phones[0].Label, v.Phones[1].Label = "Desk", "Desk"
	b.draw(v)
	if got := b.left.dial.from.choice.Options; !slices.Equal(got, []string{supportAccount, salesAccount}) {
		t.Errorf("the choice shows %q", got)
	}
}
