package dialog_test

import (
	"fmt"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// watchEither is a subscription to one of two packages. What is told has the package before the body.
func (a *agent) watchEither() *watched {
	w := &watched{a: a, told: make(chan told, 1000)}
	a.do(func() {
		w.Subscription = a.ua.Subscribe(dialog.Watch{
			Package: dialog.Package{Event: "dialog", Accept: "text/csv"}, Second: dialog.Package{Event: "presence", Accept: "text/plain"}, User: "2042",
			Notify: func(n dialog.Notification) { w.told <- told{n.Up, n.Event + " " + string(n.Body), n.Refused} },
		})
	})
	return w
}

// asked is the next SUBSCRIBE, which has to be for one package.
func asked(p *siptest.Peer, event string) siptest.Message {
	p.T().Helper()
	sub := p.Recv("SUBSCRIBE")
	if got := sub.Header("Event"); got != event {
		p.T().Fatalf("asked for %s, want %s:\n%s", got, event, sub.Text)
	}
	return sub
}

// grants answers a SUBSCRIBE and tells the first state.
func grants(p *siptest.Peer, sub siptest.Message, expires int, body string) {
	p.T().Helper()
	p.ReplyTagged(sub, "200 OK", "n", fmt.Sprintf("Expires: %d\n", expires), "")
	notify(p, sub, 1, "n", fmt.Sprintf("active;expires=%d", expires), "", body)
	p.Recv("SIP/2.0 200")
}

// flowLost has the registration lost, and made again.
func (a *agent) flowLost(p *siptest.Peer) {
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "500 Server Internal Error", "")
		return true
	})
	a.do(a.ua.Look)
	a.state(dialog.Unreachable)
	p.Registrar(siptest.Accept)
	a.registered()
}

// A server that has no such events as the first ones is asked for the second ones, which are believed under the same rules.
func TestSecondPackage(t *testing.T) {
	interop.Proves(t, "S3.19")
	for _, status := range []string{"489 Bad Event", "405 Method Not Allowed", "501 Not Implemented"} {
		t.Run(status, func(t *testing.T) {
			p, stranger := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.9")
			a := newAgent(t, p)
			w := a.watchEither()
			first := asked(p, "dialog")
			p.Reply(first, status, "")
			sub := asked(p, "presence")
			if sub.Header("Accept") != "text/plain" || sub.Header("Call-ID") == first.Header("Call-ID") || sub.Tag("To") != "" {
				t.Errorf("not a subscription of its own:\n%s", sub.Text)
			}
			grants(p, sub, 600, "busy")
			w.hears(told{true, "presence busy", 0})
			stranger.Send(sub.From, notifyText(stranger, sub, 50, "n", "active", "", "free"))
			for _, c := range []struct{ extra, answer string }{
				{"Event: dialog\nContent-Type: text/csv\n", "489"},
				{"Content-Type: text/csv\n", "415"},
			} {
				notify(p, sub, 2, "n", "active", c.extra, "x")
				p.Await("SIP/2.0 " + c.answer)
			}
			if len(w.told) > 0 {
				t.Errorf("believed %+v", <-w.told)
			}
		})
	}
}

// The package that was granted is kept by the refreshes, until the server has it no longer. The next flow begins with the first one.
func TestThePackageThatWorksIsKept(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watchEither()
	p.Reply(asked(p, "dialog"), "489 Bad Event", "")
	sub := asked(p, "presence")
	grants(p, sub, 1, "busy")
	w.hears(told{true, "presence busy", 0})
	again := asked(p, "presence")
	if again.Header("Call-ID") != sub.Header("Call-ID") || again.Tag("To") != "n" {
		t.Errorf("the refresh is no request of the dialog:\n%s", again.Text)
	}
	p.Reply(again, "200 OK", "Expires: 600\n")
	a.flowLost(p)
	w.hears(told{false, "presence ", 0})
	p.Reply(asked(p, "dialog"), "489 Bad Event", "")
	sub = asked(p, "presence")
	grants(p, sub, 1, "free")
	w.hears(told{true, "presence free", 0})

	p.Reply(asked(p, "presence"), "489 Bad Event", "") // the server was set up in another way meanwhile
	sub = asked(p, "dialog")
	p.ReplyTagged(sub, "200 OK", "n", "Expires: 600\n", "")
	notify(p, sub, 1, "n", "active;expires=600", "Content-Type: text/csv\n", "busy")
	p.Recv("SIP/2.0 200")
	w.hears(told{true, "dialog busy", 0})
}

// What one address of the server has refused is asked of another one.
func TestThePackagesOfAnotherServer(t *testing.T) {
	a, first, second := pair(t)
	w := a.watchEither()
	first.Reply(asked(first, "dialog"), "489 Bad Event", "")
	grants(first, asked(first, "presence"), 600, "busy")
	w.hears(told{true, "presence busy", 0})
	first.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "500 Server Internal Error", "")
		return true
	})
	a.do(a.ua.Look)
	w.hears(told{false, "presence ", 0})
	sub := asked(second, "dialog")
	second.ReplyTagged(sub, "200 OK", "n", "Expires: 600\n", "")
	notify(second, sub, 1, "n", "active;expires=600", "Content-Type: text/csv\n", "free")
	second.Recv("SIP/2.0 200")
	w.hears(told{true, "dialog free", 0})
}

// One refusal may have been a passing one: while the second package is in use, the first one is asked for again once an hour. Whatever is wrong with
// it, the second one is asked for at once, and nothing is told of that. Once the first one is granted it stays.
func TestTheFirstPackageIsAskedForAgain(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watchEither()
	refusals := []string{"489 Bad Event", "489 Bad Event", "404 Not Found", "500 Server Internal Error"}
	var at []time.Time // when the first one was asked for
	firstOnes, failed := 0, ""
	answer := func(m siptest.Message) {
		switch event := m.Header("Event"); {
		case event == "presence" && failed == "" && m.Tag("To") == "":
			failed = "the second package is asked for before the first one"
		case event == "presence":
			p.ReplyTagged(m, "200 OK", "n", "Expires: 600\n", "")
			if m.Tag("To") == "" {
				notify(p, m, 1, "n", "active;expires=600", "", "busy")
			}
		case firstOnes < len(refusals):
			at = append(at, a.clock.Now())
			p.Reply(m, refusals[firstOnes], "")
			firstOnes++
			failed = refusals[firstOnes-1]
		default:
			at = append(at, a.clock.Now())
			p.ReplyTagged(m, "200 OK", "n", "Expires: 600\n", "")
			if m.Tag("To") == "" {
				notify(p, m, 1, "n", "active;expires=600", "Content-Type: text/csv\n", "free")
			}
		}
	}
	a.refusing(p, 4*3600+3000, answer)
	for range len(refusals) {
		w.hears(told{true, "presence busy", 0})
	}
	w.hears(told{true, "dialog free", 0})
	if len(w.told) > 0 {
		t.Errorf("and then told %+v", <-w.told)
	}
	for i := 1; i <= len(refusals); i++ {
		if pause := at[i].Sub(at[i-1]); pause < time.Hour || pause > 70*time.Minute {
			t.Errorf("asked again after %v", pause)
		}
	}
}

// 406 and 415 speak of the body of a request, and nothing of the events that a server has.
func TestARefusalThatIsNotOfThePackage(t *testing.T) {
	for _, status := range []string{"406 Not Acceptable", "415 Unsupported Media Type"} {
		t.Run(status, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			w := a.watchEither()
			p.Reply(asked(p, "dialog"), status, "")
			code := 0
			_, _ = fmt.Sscan(status, &code)
			w.hears(told{false, "dialog ", code})
			a.refusing(p, 10, func(m siptest.Message) {
				if m.Header("Event") != "dialog" {
					t.Errorf("asked then for\n%s", m.Text)
				}
				p.ReplyTagged(m, "200 OK", "n", "Expires: 600\n", "")
				notify(p, m, 1, "n", "active;expires=600", "Content-Type: text/csv\n", "free")
			})
			w.hears(told{true, "dialog free", 0})
		})
	}
}

// What a subscription has told is not believed longer than it would have lived, though the one in its place waits for a server that is overloaded:
// neither where it is to be of the other package, nor where the server has forgotten it.
func TestWhatWasToldEndsWhileTheServerIsOverloaded(t *testing.T) {
	for _, status := range []string{"489 Bad Event", "481 Subscription does not exist"} {
		t.Run(status, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			w := a.watchEither()
			const life = 10 // so short that both are refreshed at once
			sub := asked(p, "dialog")
			p.ReplyTagged(sub, "200 OK", "n", fmt.Sprintf("Expires: %d\n", life), "")
			notify(p, sub, 1, "n", fmt.Sprintf("active;expires=%d", life), "Content-Type: text/csv\n", "busy")
			p.Recv("SIP/2.0 200")
			w.hears(told{true, "dialog busy", 0})
			other := a.watch("dialog", "2043")
			overloaded := granted(p, life, "busy")
			other.hears(told{true, "busy", 0})
			waiting := map[string]siptest.Message{}
			a.refusing(p, 4*life, func(m siptest.Message) {
				if len(waiting) == 2 {
					t.Errorf("asked while the server wants nothing:\n%s", m.Text)
				}
				if waiting[m.Header("Call-ID")] = m; len(waiting) == 2 {
					p.Reply(waiting[overloaded.Header("Call-ID")], "503 Service Unavailable", "Retry-After: 300\n")
					p.Reply(waiting[sub.Header("Call-ID")], status, "")
				}
			})
			other.hears(told{})
			if got := arrives(t, w.told); got.up {
				t.Errorf("told %+v", got)
			}
		})
	}
}

// A server that has neither is asked for each of them once in each flow, the first one first, and the refusal is told.
func TestNeitherPackage(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watchEither()
	for range 2 {
		p.Reply(asked(p, "dialog"), "489 Bad Event", "")
		p.Reply(asked(p, "presence"), "489 Bad Event", "")
		w.hears(told{false, "presence ", 489})
		a.flowLost(p)
	}
	p.Reply(asked(p, "dialog"), "404 Not Found", "") // it knows the events, and not the user
	w.hears(told{false, "dialog ", 404})
}
