package dialog_test

import (
	"errors"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// closedWithin reports whether the phone closes a connection, of which nothing is read.
func (w *wire) closedWithin(d time.Duration) bool {
	_ = w.c.SetReadDeadline(time.Now().Add(d))
	defer func() { _ = w.c.SetReadDeadline(time.Now().Add(patience)) }()
	for {
		if _, err := w.in.ReadByte(); err != nil {
			return !errors.Is(err, os.ErrDeadlineExceeded)
		}
	}
}

// The server's connections are not without number either: the one that has been silent the longest makes room for a new one.
func TestTheServersConnectionsHaveALimit(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	ask := func(w *wire) {
		t.Helper()
		w.send(over(p.Call("<sip:bob@example.com>").Text("OPTIONS", "", ""), "127.0.0.1"))
		w.recv("SIP/2.0 200")
	}
	busy := wireTo(t, "127.0.0.1", a.ua.LocalAddr())
	ask(busy)
	var idle []*wire
	for range 100 {
		w := wireTo(t, "127.0.0.1", a.ua.LocalAddr())
		ask(w)
		ask(busy)
		idle = append(idle, w)
	}
	newest := idle[len(idle)-1]
	ask(newest)
	eventually(t, func() bool { // that one is closed may be seen late
		idle = slices.DeleteFunc(idle, func(w *wire) bool { return w.closedWithin(time.Millisecond) })
		return len(idle) <= 16
	})
	if !slices.Contains(idle, newest) {
		t.Error("the newest is closed")
	}
	ask(busy)
}

// The connection that a call has come by makes room for nobody, however silent the talk is.
func TestANewConnectionTakesNoCallsPlace(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w, c := wireTo(t, "127.0.0.1", a.ua.LocalAddr()), p.Call("<sip:bob@example.com>")
	w.send(over(c.Text("INVITE", "", sdp("sendrecv")), "127.0.0.1"))
	c.Learn(w.recv("SIP/2.0 180"))
	a.rings().accept()
	w.recv("SIP/2.0 200")
	w.send(over(c.Text("ACK", "", ""), "127.0.0.1"))
	for range 40 {
		next := wireTo(t, "127.0.0.1", a.ua.LocalAddr())
		next.send(over(p.Call("<sip:bob@example.com>").Text("OPTIONS", "", ""), "127.0.0.1"))
		next.recv("SIP/2.0 200")
	}
	w.send(over(c.Text("BYE", "", ""), "127.0.0.1"))
	w.recv("SIP/2.0 200")
}

// A connection by which no message comes is closed, the server's too; one by which a message came stays.
func TestAConnectionWithoutAMessageIsClosed(t *testing.T) {
	dialog.UninvitedLife(t, time.Hour)
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	silent, half, used := wireTo(t, "127.0.0.1", a.ua.LocalAddr()), wireTo(t, "127.0.0.1", a.ua.LocalAddr()), wireTo(t, "127.0.0.1", a.ua.LocalAddr())
	half.send("OPTIONS sip:2041@x SIP/2.0\nVia: SIP")
	used.send(over(p.Call("<sip:bob@example.com>").Text("OPTIONS", "", ""), "127.0.0.1"))
	used.recv("SIP/2.0 200")
	a.ua.UninvitedLife(50 * time.Millisecond)
	for name, w := range map[string]*wire{"silent": silent, "half": half} {
		if !w.closedWithin(patience) {
			t.Errorf("the connection that is %s stays", name)
		}
	}
	if used.closedWithin(150 * time.Millisecond) {
		t.Error("the connection that is used is closed")
	}
}

// A direct call holds its connection for as long as it lasts, once it rings. One that is refused holds nothing: whoever calls and is told
// busy must not use up the few connections there are for strangers.
func TestADirectCallHoldsItsConnection(t *testing.T) {
	dialog.UninvitedLife(t, time.Hour)
	p := siptest.NewPeer(t)
	busy := false
	a := newAgent(t, p, func(c *dialog.Config) {
		c.Account.Trust.Direct = true
		incoming := c.Incoming
		c.Incoming = func(call *dialog.Call) {
			if busy {
				call.Handle(&leg{Call: call, heard: make(chan heard, 10)})
				call.Reject(486)
				return
			}
			incoming(call)
		}
	})
	call := func() (*siptest.Caller, *wire) {
		w := wireTo(t, "127.0.0.66", a.ua.LocalAddr())
		c := p.Call("<sip:bob@example.com>")
		w.send(over(c.Text("INVITE", "", sdp("sendrecv")), "127.0.0.66"))
		return c, w
	}
	a.do(func() { busy = true })
	_, refused := call()
	refused.recv("SIP/2.0 486")
	a.do(func() { busy = false })
	c, w := call()
	c.Learn(w.recv("SIP/2.0 180"))
	l := a.rings()
	a.ua.UninvitedLife(50 * time.Millisecond)
	if !refused.closedWithin(patience) {
		t.Error("the connection of a call that was refused stays")
	}
	if w.closedWithin(150 * time.Millisecond) {
		t.Fatal("the connection of a call that rings is closed")
	}
	l.accept()
	w.recv("SIP/2.0 200")
	w.send(over(c.Text("ACK", "", ""), "127.0.0.66"))
	if w.closedWithin(150 * time.Millisecond) {
		t.Fatal("the connection of a call that is up is closed")
	}
	w.send(over(c.Text("BYE", "", ""), "127.0.0.66"))
	w.recv("SIP/2.0 200")
	l.ends(dialog.HungUpThere)
	if !w.closedWithin(patience) {
		t.Error("the connection stays when its call is over")
	}
}

// The connection that a direct caller makes in place of one that was lost is held as that was.
func TestADirectCallHoldsItsNextConnection(t *testing.T) {
	dialog.UninvitedLife(t, time.Hour)
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.Trust.Direct = true })
	was, c := wireTo(t, "127.0.0.66", a.ua.LocalAddr()), p.Call("<sip:bob@example.com>")
	was.send(over(c.Text("INVITE", "", sdp("sendrecv")), "127.0.0.66"))
	c.Learn(was.recv("SIP/2.0 180"))
	l := a.rings()
	was.cut(a)
	w := wireTo(t, "127.0.0.66", a.ua.LocalAddr())
	w.send(over(c.Text("UPDATE", "", ""), "127.0.0.66"))
	w.recv("SIP/2.0 200")
	a.ua.UninvitedLife(50 * time.Millisecond)
	if w.closedWithin(150 * time.Millisecond) {
		t.Fatal("the connection of a call that rings is closed")
	}
	l.accept()
	w.recv("SIP/2.0 200")
	w.send(over(c.Text("ACK", "", ""), "127.0.0.66"))
	w.send(over(c.Text("BYE", "", ""), "127.0.0.66"))
	w.recv("SIP/2.0 200")
	l.ends(dialog.HungUpThere)
	if !w.closedWithin(patience) {
		t.Error("the connection stays when its call is over")
	}
}

// Whose connection it is may be known only after it was made, as when the name of the server is looked up late or an address is added, and
// it stays from the next message on. One whose address is taken from the list is a stranger's from then on, but for a call that is up.
func TestAConnectionIsWhoseItIsNow(t *testing.T) {
	dialog.UninvitedLife(t, time.Hour)
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	trust := func(from ...netip.Prefix) { a.do(func() { a.ua.SetTrust(dialog.Trust{From: from}) }) }
	listed := netip.MustParsePrefix("127.0.0.66/32")
	ask := func(w *wire) {
		w.send(over(p.Call("<sip:bob@example.com>").Text("OPTIONS", "", ""), "127.0.0.66"))
	}
	early := wireTo(t, "127.0.0.66", a.ua.LocalAddr())
	trust(listed)
	ask(early)
	early.recv("SIP/2.0 200")
	talks := wireTo(t, "127.0.0.66", a.ua.LocalAddr())
	c := p.Call("<sip:bob@example.com>")
	talks.send(over(c.Text("INVITE", "", sdp("sendrecv")), "127.0.0.66"))
	c.Learn(talks.recv("SIP/2.0 180"))
	l := a.rings()
	l.accept()
	talks.recv("SIP/2.0 200")
	talks.send(over(c.Text("ACK", "", ""), "127.0.0.66"))
	a.ua.UninvitedLife(50 * time.Millisecond)
	if early.closedWithin(150 * time.Millisecond) {
		t.Fatal("the connection from an address that was added is closed")
	}
	trust()
	ask(early)
	talks.send(over(c.Text("INFO", "", ""), "127.0.0.66"))
	talks.recv("SIP/2.0 200")
	if !early.closedWithin(patience) {
		t.Error("the connection from an address that was taken away stays")
	}
	if talks.closedWithin(200 * time.Millisecond) {
		t.Fatal("the connection of a call that is up is closed")
	}
	talks.send(over(c.Text("BYE", "", ""), "127.0.0.66"))
	talks.recv("SIP/2.0 200")
	l.ends(dialog.HungUpThere)
	if !talks.closedWithin(patience) {
		t.Error("the connection stays when its call is over")
	}
}
