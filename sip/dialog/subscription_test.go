package dialog_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// watched is a subscription of the agent and what it was told.
type watched struct {
	*dialog.Subscription
	a    *agent
	told chan told
}

type told struct {
	up      bool
	body    string
	refused int
}

func (a *agent) watch(event, user string) *watched {
	w := &watched{a: a, told: make(chan told, 1000)}
	a.do(func() {
		w.Subscription = a.ua.Subscribe(dialog.Watch{Package: dialog.Package{Event: event, Accept: "text/plain"}, User: user, Notify: func(n dialog.Notification) {
			w.told <- told{n.Up, string(n.Body), n.Refused}
		}})
	})
	return w
}

func (w *watched) hears(want told) {
	w.a.t.Helper()
	select {
	case got := <-w.told:
		if got != want {
			w.a.t.Fatalf("told %+v, want %+v", got, want)
		}
	case <-time.After(patience):
		w.a.t.Fatalf("told nothing, want %+v", want)
	}
}

// notifies counts the notifications of the tests, each of which is a transaction.
var notifies atomic.Int64

// notify sends a notification in the dialog that a SUBSCRIBE asks for. seq is its CSeq number.
func notify(p *siptest.Peer, sub siptest.Message, seq int, tag, state, extra, body string) {
	p.Send(sub.From, notifyText(p, sub, seq, tag, state, extra, body))
}

func notifyText(p *siptest.Peer, sub siptest.Message, seq int, tag, state, extra, body string) string {
	if !strings.Contains(extra, "Event:") {
		extra += "Event: " + sub.Header("Event") + "\n"
	}
	if body != "" && !strings.Contains(extra, "Content-Type") {
		extra += "Content-Type: text/plain\n"
	}
	return fmt.Sprintf("NOTIFY %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKn%d\nMax-Forwards: 70\nFrom: <sip:x@example.com>;tag=%s\nTo: %s\n"+
		"Call-ID: %s\nCSeq: %d NOTIFY\nContact: <sip:x@%s>\nSubscription-State: %s\n%sContent-Length: %d\n\n%s",
		sub.URI("Contact"), p.Addr(), notifies.Add(1), tag, sub.Header("From"), sub.Header("Call-ID"), seq, p.Addr(), state, extra, len(siptest.CRLF(body)), body)
}

// granted answers a SUBSCRIBE and tells the first state.
func granted(p *siptest.Peer, expires int, body string) siptest.Message {
	p.T().Helper()
	sub := p.Recv("SUBSCRIBE")
	p.ReplyTagged(sub, "200 OK", "n", fmt.Sprintf("Expires: %d\nContact: <sip:x@%s>\n", expires, p.Addr()), "")
	notify(p, sub, 1, "n", "active;expires="+fmt.Sprint(expires), "", body)
	p.Recv("SIP/2.0 200")
	return sub
}

// A subscription tells what its notifier says, is refreshed in its dialog, and is ended at the server by Stop.
func TestSubscription(t *testing.T) {
	interop.Proves(t, "S3.14")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watch("dialog", "2042")
	sub := granted(p, 1, "busy")
	if !strings.HasPrefix(sub.Start(), "SUBSCRIBE sip:2042@") || sub.Header("Event") != "dialog" || sub.Header("Accept") != "text/plain" || sub.Header("Expires") != "600" {
		t.Errorf("sent\n%s", sub.Text)
	}
	w.hears(told{true, "busy", 0})
	notify(p, sub, 2, "n", "active", "", "free")
	p.Recv("SIP/2.0 200")
	w.hears(told{true, "free", 0})

	again := p.Recv("SUBSCRIBE")
	if again.Header("Call-ID") != sub.Header("Call-ID") || again.Tag("To") != "n" || again.Header("CSeq") != "2 SUBSCRIBE" || again.Tag("From") != sub.Tag("From") {
		t.Errorf("the refresh is no request of the dialog:\n%s", again.Text)
	}
	p.Reply(again, "200 OK", "Expires: 600\n")
	a.do(w.Stop)
	end := p.Recv("SUBSCRIBE")
	if end.Header("Expires") != "0" || end.Header("CSeq") != "3 SUBSCRIBE" {
		t.Errorf("the last one is\n%s", end.Text)
	}
	notify(p, sub, 3, "n", "terminated;reason=timeout", "", "")
	p.Recv("SIP/2.0 200")
	p.Reply(end, "200 OK", "Expires: 0\n")
	if len(w.told) > 0 {
		t.Errorf("told after Stop: %+v", <-w.told)
	}
}

// The state may come before the SUBSCRIBE is answered, and of two notifiers the first is believed.
func TestNotificationBeforeTheAnswer(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watch("dialog", "2042")
	sub := p.Recv("SUBSCRIBE")
	notify(p, sub, 1, "one", "active", "", "busy")
	p.Recv("SIP/2.0 200")
	notify(p, sub, 1, "two", "active", "", "free")
	p.Recv("SIP/2.0 481")
	p.ReplyTagged(sub, "200 OK", "two", "Expires: 600\n", "")
	w.hears(told{true, "busy", 0})
	notify(p, sub, 2, "one", "active", "", "free")
	p.Recv("SIP/2.0 200")
	w.hears(told{true, "free", 0})
	notify(p, sub, 1, "one", "active", "", "busy") // late
	p.Recv("SIP/2.0 200", "SIP/2.0 500")
	if len(w.told) > 0 {
		t.Errorf("told of what is past: %+v", <-w.told)
	}
}

// Who is not the account's server changes nothing, though it knows everything of the dialog. What the server says amiss changes nothing either.
func TestForgedNotifications(t *testing.T) {
	p, stranger := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.9")
	a := newAgent(t, p)
	w := a.watch("dialog", "2042")
	sub := granted(p, 600, "busy")
	w.hears(told{true, "busy", 0})
	stranger.Send(sub.From, notifyText(stranger, sub, 50, "n", "active", "", "free"))
	for _, c := range []struct {
		tag, extra, body, answer string
	}{
		{"n", "Event: presence\n", "x", "489"},
		{"other", "", "x", "481"},
		{"n", "Content-Type: application/xml\n", "x", "415"},
	} {
		notify(p, sub, 2, c.tag, "active", c.extra, c.body)
		p.Recv("SIP/2.0 " + c.answer)
	}
	p.Send(sub.From, strings.Replace(notifyText(p, sub, 9, "n", "active", "", ""), "NOTIFY", "OPTIONS", 2))
	p.Recv("SIP/2.0 405", "SIP/2.0 400")
	notify(p, sub, 3, "n", "active", "", "free")
	p.Recv("SIP/2.0 200")
	w.hears(told{true, "free", 0})
	if m, ok := stranger.Within(50*time.Millisecond, "SIP"); ok {
		t.Errorf("a stranger is answered %q", m.Start())
	}
}

// With direct calls accepted a stranger is heard, but not believed.
func TestAStrangerNotifiesWhereDirectCallsAreTaken(t *testing.T) {
	p, stranger := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.9")
	unasked := make(chan string, 10)
	a := newAgent(t, p, func(c *dialog.Config) {
		c.Account.Trust.Direct = true
		c.Notified = func(event, kind string, body []byte) { unasked <- event + " " + kind + " " + string(body) }
	})
	w := a.watch("dialog", "2042")
	sub := granted(p, 600, "busy")
	w.hears(told{true, "busy", 0})
	stranger.Send(sub.From, notifyText(stranger, sub, 50, "n", "active", "", "free"))
	stranger.Recv("SIP/2.0 403")
	alone := func(p *siptest.Peer, event string) string {
		text := notifyText(p, sub, 60, "n", "active", "Event: "+event+"\n", "waiting")
		return strings.NewReplacer(";tag="+sub.Tag("From"), "", sub.Header("Call-ID"), "other", "branch=", "branch=z9hG4bK"+event).Replace(text)
	}
	stranger.Send(sub.From, alone(stranger, "message-summary"))
	stranger.Recv("SIP/2.0 489")
	p.Send(sub.From, alone(p, "presence"))
	p.Recv("SIP/2.0 489")
	p.Send(sub.From, alone(p, "message-summary"))
	p.Recv("SIP/2.0 200")
	select {
	case got := <-unasked:
		if got != "message-summary text/plain waiting" {
			t.Errorf("told %q", got)
		}
	case <-time.After(patience):
		t.Error("what the server says unasked is not told")
	}
	if len(w.told)+len(unasked) > 0 {
		t.Error("a stranger was believed")
	}
	p.Send(sub.From, alone(p, "check-sync"))
	p.Recv("SIP/2.0 200")
	p.WaitRegister() // the one before
	p.WaitRegister()
}

// What a server refuses: what it has no such events for is not asked again, and what it wants longer is asked for longer.
func TestRefusedSubscriptions(t *testing.T) {
	for _, status := range []string{"489 Bad Event", "403 Forbidden", "404 Not Found", "501 Not Implemented"} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p)
		w := a.watch("dialog", "2042")
		p.Reply(p.Recv("SUBSCRIBE"), status, "")
		var code int
		_, _ = fmt.Sscan(status, &code)
		w.hears(told{refused: code})
	}
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watch("dialog", "2042")
	p.Reply(p.Recv("SUBSCRIBE"), "423 Interval Too Brief", "Min-Expires: 3600\n")
	sub := granted(p, 3600, "busy")
	w.hears(told{true, "busy", 0})
	if sub.Header("Expires") != "3600" || sub.Header("CSeq") != "2 SUBSCRIBE" {
		t.Errorf("asked again\n%s", sub.Text)
	}
}

// A notifier that ends a subscription for its own reasons is asked again at once; one that does it each time, or for good, is not.
func TestSubscriptionIsEndedByTheNotifier(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watch("dialog", "2042")
	sub := granted(p, 600, "busy")
	w.hears(told{true, "busy", 0})
	for range 2 { // not too soon, and registered all the time
		a.forward(16 * time.Second)
		a.do(a.ua.Look)
		a.registered()
	}
	notify(p, sub, 2, "n", "terminated;reason=deactivated", "", "")
	for { // the answer and the next SUBSCRIBE cross
		m := p.Recv("SIP/2.0 200", "SUBSCRIBE")
		if m.Method() == "" {
			continue
		}
		if m.Header("Call-ID") == sub.Header("Call-ID") {
			t.Errorf("the new subscription is in the old dialog:\n%s", m.Text)
		}
		sub = m
		break
	}
	p.ReplyTagged(sub, "200 OK", "n", "Expires: 600\n", "")
	notify(p, sub, 1, "n", "active", "", "free")
	p.Await("SIP/2.0 200")
	w.hears(told{true, "free", 0})
	notify(p, sub, 2, "n", "terminated;reason=noresource", "", "")
	p.Await("SIP/2.0 200")
	w.hears(told{})
	w.hears(told{refused: 403})
}

// A server that has restarted knows neither the binding nor the subscriptions: each is asked for again.
func TestSubscriptionIsForgottenByTheServer(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watch("dialog", "2042")
	sub := granted(p, 1, "busy")
	w.hears(told{true, "busy", 0})
	p.Reply(p.Recv("SUBSCRIBE"), "481 Subscription does not exist", "")
	if again := granted(p, 600, "free"); again.Header("Call-ID") == sub.Header("Call-ID") {
		t.Error("asked again in the dialog that the server does not know")
	}
	w.hears(told{true, "free", 0})
}

// Nothing is asked before the registration is up; a lost one makes all unknown, and the next asks again.
func TestSubscriptionsGoWithTheRegistration(t *testing.T) {
	p := siptest.NewPeer(t)
	hold := make(chan siptest.Message, 1000)
	p.Registrar(func(_ *siptest.Peer, m siptest.Message) bool { hold <- m; return true })
	a := startAgent(t, p)
	w := a.watch("dialog", "2042")
	first := arrives(t, hold)
	if m, ok := p.Within(50*time.Millisecond, "SUBSCRIBE"); ok {
		t.Fatalf("asked before the registration is up:\n%s", m.Text)
	}
	p.Registrar(siptest.Accept)
	siptest.Accept(p, first)
	sub := granted(p, 600, "busy")
	w.hears(told{true, "busy", 0})

	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "500 Server Internal Error", "")
		return true
	})
	a.do(a.ua.Look)
	w.hears(told{})
	p.Registrar(siptest.Accept)
	again := granted(p, 600, "free")
	w.hears(told{true, "free", 0})
	if again.Header("Call-ID") == sub.Header("Call-ID") {
		t.Error("the subscription of before is gone on with")
	}
}

// A list of colleagues does not flood the server, and leaving ends them all.
func TestSubscriptionsArePaced(t *testing.T) {
	const many, atOnce = 30, 4
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	var all []*watched
	for i := range many {
		all = append(all, a.watch("dialog", fmt.Sprint(3000+i)))
	}
	var waiting, subs []siptest.Message
	for range atOnce {
		waiting = append(waiting, p.Recv("SUBSCRIBE"))
	}
	if m, ok := p.Within(50*time.Millisecond, "SUBSCRIBE"); ok {
		t.Fatalf("one more while %d wait: %s", atOnce, m.Start())
	}
	for len(subs) < many {
		sub := waiting[0]
		waiting, subs = waiting[1:], append(subs, sub)
		p.ReplyTagged(sub, "200 OK", "n", "Expires: 600\n", "")
		notify(p, sub, 1, "n", "active", "", "free")
		if len(waiting)+len(subs) < many {
			waiting = append(waiting, p.Await("SUBSCRIBE"))
		}
	}
	for _, w := range all {
		w.hears(told{true, "free", 0})
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range many {
			p.Reply(p.Await("SUBSCRIBE"), "200 OK", "Expires: 0\n")
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := a.ua.Close(ctx); err != nil {
		t.Error(err)
	}
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("not all were ended")
	}
}
