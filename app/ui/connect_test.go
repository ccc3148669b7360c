package ui

import (
	"testing"

	"linecard/app"
)

// The shortcut and the menu connect two calls, and say so; while the phone system does that already, and with one call alone, they do nothing.
func TestShortcutConnectsTwo(t *testing.T) {
	for _, joining := range []bool{false, true} {
		b := newBench(t, nil)
		both := connectableCalls()
		for i := range both {
			both[i].Connect.Joining = joining
		}
		b.draw(with(idle(), both...))
		b.passes(later)
		b.desk.said()
		words := phrase("ui.connect-two")
		if joining {
			words = phrase("ui.menu-complete")
		}
		if m := b.menu.complete; m.Label != words || m.Disabled != joining {
			t.Errorf("joining %v: the menu has %q, off: %v", joining, m.Label, m.Disabled)
		}
		b.centre.call.toggleTransfer()
		if row := b.centre.call.target.with; row.root.Visible() == joining {
			t.Errorf("joining %v: the button is there: %v", joining, row.root.Visible())
		}
		b.hit(keyComplete)
		if did := b.desk.said(); (len(did) == 0) != joining {
			t.Errorf("joining %v: told the desk %q", joining, did)
		}
	}
}

// Wherever the two stand that can be connected, the row says where the other one does.
func TestConnectRowSaysWhereTheOtherStands(t *testing.T) {
	b := newBench(t, nil)
	says := map[app.Phase]string{
		app.Talking: "You are talking to Priya Raman", app.Held: "Priya Raman is on hold", app.RemHeld: "Priya Raman has put you on hold",
	}
	for _, here := range []app.Phase{app.Talking, app.Held, app.RemHeld} {
		for other, want := range says {
			both := connectableCalls()
			both[1].Phase, both[1].Connect.Phase = here, other
			both[0].Phase, both[0].Connect.Phase = other, here
			b.draw(with(idle(), both...))
			row := newConnectRow(b.Window, func(app.CallView) {})
			row.show(both[1], noon)
			if got := row.state.value; got != want || !row.root.Visible() {
				t.Errorf("%s, the other %s: it says %q, want %q", here, other, got, want)
			}
		}
	}
}

// A click at the moment when the other call has become another one connects nobody: it was meant for the one of before.
func TestConnectWithWhomTheAgentSaw(t *testing.T) {
	b := newBench(t, nil)
	both := connectableCalls()
	b.draw(with(idle(), both...))
	b.passes(later)
	b.centre.call.toggleTransfer()
	b.passes(later)
	b.desk.said()
	both[0].Connect = app.ConsultView{With: "c7", Name: "Tom Reed", Phase: app.Held}
	b.draw(with(idle(), both...))
	b.press("Connect the two")
	if did := b.desk.said(); len(did) > 0 || !b.refusing() {
		t.Errorf("told the desk %q", did)
	}
	b.passes(later)
	b.press("Connect the two")
	if did := b.desk.said(); len(did) != 1 || did[0] != "connect c7 c2" {
		t.Errorf("told the desk %q", did)
	}
}
