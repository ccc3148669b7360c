package dialog_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// talking is an agent with a call that was placed by the first of two servers. way is the header lines of the answer that
// say where the call goes on.
func talking(t *testing.T, way func(first, second *siptest.Peer) string) (l *leg, first, second *siptest.Peer) {
	t.Helper()
	a, first, second := pair(t)
	l = a.dial("100")
	first.ReplyTagged(first.Recv("INVITE"), "200 OK", "far", way(first, second)+"Allow: INVITE, UPDATE, INFO\n", sdp("sendrecv"))
	first.Recv("ACK")
	l.hears("answered")
	return l, first, second
}

// Requests inside a call go to the next address of the server when the one that the call went by is dead: it says nothing, or
// 503. The name of the server may stand in the Contact or in a Route; its address alone may, too.
func TestRequestsInsideACallFailOver(t *testing.T) {
	ways := map[string]func(first, second *siptest.Peer) string{
		"by name": func(_, _ *siptest.Peer) string { return "Contact: <sip:100@pbx.example>\n" },
		"by route": func(_, _ *siptest.Peer) string {
			return "Contact: <sip:100@192.0.2.1>\nRecord-Route: <sip:pbx.example;lr>\n"
		},
		"by address": func(first, _ *siptest.Peer) string { return contact(first, "100") },
	}
	requests := map[string]func(l *leg, done chan<- error){
		"BYE": func(l *leg, done chan<- error) { l.hangup(); done <- nil },
		"INVITE": func(l *leg, done chan<- error) {
			l.a.do(func() { l.Reinvite(hold, func(_ []byte, err error) { done <- err }) })
		},
		"INFO": func(l *leg, done chan<- error) {
			l.a.do(func() { l.Call.Info("application/dtmf", []byte("1"), func(err error) { done <- err }) })
		},
	}
	for name, way := range ways {
		for method, request := range requests {
			for _, silent := range []bool{true, false} {
				t.Run(name+" "+method+map[bool]string{true: " silent", false: " 503"}[silent], func(t *testing.T) {
					t.Parallel()
					l, first, second := talking(t, way)
					done := make(chan error, 1)
					request(l, done)
					one := first.Recv(method)
					if !silent {
						first.Reply(one, "503 Service Unavailable", "")
					}
					if silent && method == "INFO" { // it may have been taken: see TestAKeyIsNotPressedTwice
						arrives(t, done)
						request(l, done)
					}
					two := second.Recv(method)
					if two.Header("Call-ID") != one.Header("Call-ID") || two.Branch() == one.Branch() || two.Header("CSeq") == one.Header("CSeq") {
						t.Errorf("%s\nafter\n%s", two.Text, one.Text)
					}
					body := ""
					if method == "INVITE" {
						body = sdp("recvonly")
					}
					second.ReplyTagged(two, "200 OK", "", "", body)
					if method == "INVITE" {
						second.Recv("ACK") // it goes where the answer came from
					}
					select {
					case err := <-done:
						if err != nil {
							t.Error(err)
						}
					case <-time.After(patience):
						t.Error("no answer")
					}
					if method != "BYE" { // what comes later goes there at once
						l.hangup()
						second.Reply(second.Recv("BYE"), "200 OK", "")
					}
				})
			}
		}
	}
}

// The other server was asked only because the first one said nothing. If it does not know the call, a call whose sound is there
// goes on.
func TestAStrayRefusalEndsNoCall(t *testing.T) {
	l, first, second := talking(t, func(first, _ *siptest.Peer) string { return contact(first, "100") })
	l.alive = true
	done := make(chan error, 1)
	l.a.do(func() { l.Reinvite(hold, func(_ []byte, err error) { done <- err }) })
	one := first.Recv("INVITE")
	second.Reply(second.Recv("INVITE"), "481 Call/Transaction Does Not Exist", "")
	second.Recv("ACK")
	if err := arrives(t, done); err == nil {
		t.Error("taken")
	}
	first.ReplyTagged(one, "200 OK", "", "", sdp("recvonly")) // it was only slow
	first.Await("ACK")
	l.hangup()
	first.Reply(first.Await("BYE"), "200 OK", "")
	l.ends(dialog.HungUpHere)
}

// The other server has taken the call over and says so by a request of its own: what we send goes there.
func TestTheOtherServerTakesTheCallOver(t *testing.T) {
	interop.Proves(t, "S1.7")
	l, first, second := talking(t, func(first, _ *siptest.Peer) string { return contact(first, "100") })
	phone, _ := first.Phone()
	ids := func() string {
		var text string
		l.a.do(func() { text = l.ID() })
		return text
	}
	var invite siptest.Message
	done := make(chan error, 1)
	l.a.do(func() { l.Call.Info("application/dtmf", []byte("1"), func(err error) { done <- err }) })
	invite = first.Recv("INFO")
	first.Reply(invite, "200 OK", "")
	if err := arrives(t, done); err != nil {
		t.Fatal(err)
	}
	second.Send(phone, "OPTIONS sip:2041@"+phone.String()+" SIP/2.0\nVia: SIP/2.0/UDP "+second.Addr()+";branch=z9hG4bKover;rport\nMax-Forwards: 70\n"+
		"From: "+invite.Header("To")+"\nTo: "+invite.Header("From")+"\nCall-ID: "+ids()+"\nCSeq: 7 OPTIONS\nContent-Length: 0\n\n")
	second.Recv("SIP/2.0 200")
	l.hangup()
	second.Reply(second.Recv("BYE"), "200 OK", "")
	if m, ok := first.Within(50*time.Millisecond, "BYE"); ok {
		t.Errorf("the dead server was asked:\n%s", m.Text)
	}
}

// A router gives the phone another port while a call is up: the other side is told by a re-INVITE whose Contact has it, with
// the session as it is.
func TestCallsFollowTheNAT(t *testing.T) {
	interop.Proves(t, "S1.11")
	p := siptest.NewPeer(t)
	ports := make(chan string, 10)
	port := "40000"
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		select {
		case port = <-ports:
		default:
		}
		list := m.Headers("Contact")
		text := siptest.Response(m, "200 OK", "r", "Contact: "+list[len(list)-1]+"\n", "")
		p.Send(m.From, strings.Replace(text, ";rport", ";received=203.0.113.5;rport="+port, 1))
		return true
	})
	a := newAgent(t, p)
	l := a.dial("100")
	invite := p.Recv("INVITE")
	if invite.URI("Contact") != "sip:2041@203.0.113.5:40000" {
		t.Fatalf("Contact %s", invite.URI("Contact"))
	}
	p.ReplyTagged(invite, "200 OK", "far", contact(p, "b"), sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	a.do(func() { l.stays = 1 })
	ports <- "40001"
	a.forward(11 * time.Second) // another port is believed no sooner
	a.do(func() { a.ua.Look() })
	l.hears("moved")
	l.hears("moved") // it could not yet
	a.do(func() { l.Reinvite(hold, func([]byte, error) {}) })
	if again := p.Recv("INVITE"); again.URI("Contact") != "sip:2041@203.0.113.5:40001" {
		t.Errorf("Contact %s", again.URI("Contact"))
	}
}

// A key whose answer does not come may have been pressed: it goes to no other server. The agent is told, and the next key goes
// to the one that answers.
func TestAKeyIsNotPressedTwice(t *testing.T) {
	l, first, second := talking(t, func(first, _ *siptest.Peer) string { return contact(first, "100") })
	press := func(key string) chan error {
		done := make(chan error, 1)
		l.a.do(func() { l.Call.Info("application/dtmf", []byte(key), func(err error) { done <- err }) })
		return done
	}
	pressed := press("1")
	one := first.Recv("INFO")
	if err := arrives(t, pressed); err == nil {
		t.Fatal("a key that nobody answered counts as pressed")
	}
	first.Reply(one, "200 OK", "") // it was, and the answer was only late
	pressed = press("2")
	two := second.Recv("INFO") // the first one that it gets
	if two.Body() != "2" {
		t.Errorf("the other server got the key %q", two.Body())
	}
	second.Reply(two, "481 Call/Transaction Does Not Exist", "") // it does not stand in
	if err := arrives(t, pressed); err == nil {
		t.Error("a key that was refused counts as pressed")
	}
	pressed = press("3")
	three := first.Await("INFO")
	first.Reply(three, "200 OK", "")
	if err := arrives(t, pressed); err != nil || three.Body() != "3" {
		t.Errorf("key %q: %v", three.Body(), err)
	}
	l.hangup()
	first.Reply(first.Await("BYE"), "200 OK", "")
	l.ends(dialog.HungUpHere)
}
