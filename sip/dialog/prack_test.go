package dialog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// reliable are the headers of a provisional answer that wants a PRACK.
func reliable(p *siptest.Peer, rseq int) string {
	return contact(p, "far") + fmt.Sprintf("Require: 100rel\nRSeq: %d\nAllow: INVITE, UPDATE, PRACK\n", rseq)
}

// acknowledged waits for the PRACK of a provisional answer and answers it.
func acknowledged(t *testing.T, p *siptest.Peer, invite siptest.Message, rseq int) siptest.Message {
	t.Helper()
	m := p.Recv("PRACK")
	if want := fmt.Sprintf("%d %s", rseq, invite.Header("CSeq")); m.Header("RAck") != want {
		t.Errorf("RAck %q, want %q", m.Header("RAck"), want)
	}
	p.Reply(m, "200 OK", "")
	return m
}

// RFC 3262 §4: each reliable provisional answer gets one PRACK, in order, in the early dialog; the call that comes of it counts
// its requests on.
func TestReliableAnswersAreAcknowledged(t *testing.T) {
	interop.Proves(t, "S2.10")
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	if !strings.Contains(invite.Header("Supported"), "100rel") || !strings.Contains(invite.Header("Allow"), "PRACK") {
		t.Errorf("the INVITE does not say that answers are acknowledged:\n%s", invite.Text)
	}
	p.ReplyTagged(invite, "180 Ringing", "far", reliable(p, 7001), "")
	first := acknowledged(t, p, invite, 7001)
	if first.Tag("To") != "far" || !strings.HasPrefix(first.Start(), "PRACK sip:far@"+p.Addr()) {
		t.Errorf("not in the early dialog:\n%s", first.Text)
	}
	l.hears("progress")
	p.ReplyTagged(invite, "180 Ringing", "far", reliable(p, 7001), "")                       // again
	p.ReplyTagged(invite, "183 Session Progress", "far", reliable(p, 7003), sdp("recvonly")) // before 7002
	p.ReplyTagged(invite, "183 Session Progress", "far", reliable(p, 7002), sdp("sendrecv"))
	acknowledged(t, p, invite, 7002)
	if h := l.hears("progress"); h.code != 183 || h.sdp != sdp("sendrecv") {
		t.Errorf("heard %+v", h)
	}
	p.ReplyTagged(invite, "183 Session Progress", "far", reliable(p, 7003), "")
	third := acknowledged(t, p, invite, 7003)
	l.hears("progress")
	p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), "")
	p.Recv("ACK")
	if h := l.hears("answered"); h.sdp != sdp("sendrecv") {
		t.Errorf("answered with %q", h.sdp)
	}
	l.hangup()
	bye := p.Recv("BYE")
	p.Reply(bye, "200 OK", "")
	if !(seq(t, first) < seq(t, third) && seq(t, third) < seq(t, bye)) {
		t.Errorf("CSeq of the PRACKs %q, %q, of the BYE %q", first.Header("CSeq"), third.Header("CSeq"), bye.Header("CSeq"))
	}
	l.ends(dialog.HungUpHere)
}

func seq(t *testing.T, m siptest.Message) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(m.Header("CSeq"), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A 180 without Require: 100rel, or with a number that is none, is an answer as ever.
func TestOtherAnswersGetNoPRACK(t *testing.T) {
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	for _, extra := range []string{"RSeq: 1\n", "Require: 100rel\n", "Require: 100rel\nRSeq: 0\n", "Require: 100rel\nRSeq: 4294967296\n", "Require: 100rel\nRSeq: -1\n"} {
		p.ReplyTagged(invite, "180 Ringing", "far", contact(p, "far")+extra, "")
		l.hears("progress")
	}
	l.hangup()
	p.Reply(p.Recv("CANCEL"), "200 OK", "")
	p.Reply(invite, "487 Request Terminated", "")
	p.Recv("ACK")
}

// Forks count their answers each for itself, and a PRACK that is lost is sent again.
func TestForksAreAcknowledgedEach(t *testing.T) {
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	p.ReplyTagged(invite, "180 Ringing", "a", reliable(p, 50), "")
	lost := p.Recv("PRACK")
	p.ReplyTagged(invite, "180 Ringing", "b", reliable(p, 9), "")
	if m := acknowledged(t, p, invite, 9); m.Tag("To") != "b" {
		t.Errorf("acknowledged in the dialog of %q", m.Tag("To"))
	}
	p.Reply(p.Repeat("PRACK"), "200 OK", "")
	p.ReplyTagged(invite, "200 OK", "b", contact(p, "far"), sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("progress")
	l.hears("progress")
	l.hears("answered")
	if lost.Tag("To") != "a" {
		t.Errorf("the first PRACK is for %q", lost.Tag("To"))
	}
	l.hangup()
	p.Reply(p.Recv("BYE"), "200 OK", "")
}

// A proxy that wants the password for a PRACK gets it.
func TestAPRACKIsChallenged(t *testing.T) {
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	p.ReplyTagged(invite, "180 Ringing", "far", "Contact: <sip:far@"+p.Addr()+">\nRequire: 100rel\nRSeq: 3\n", "")
	first := p.Recv("PRACK")
	p.Reply(first, "407 Proxy Authentication Required", "Proxy-Authenticate: Digest realm=\"pbx\", nonce=\"n\"\n")
	second := acknowledged(t, p, invite, 3)
	if second.Header("Proxy-Authorization") == "" || seq(t, second) != seq(t, first)+1 {
		t.Errorf("the second PRACK:\n%s", second.Text)
	}
	p.Reply(invite, "486 Busy Here", "")
	p.Recv("ACK")
	l.ends(dialog.Rejected)
}

// Once a reliable answer has settled the session, the other side may change it by UPDATE while it rings, and what is agreed then holds
// after the 200 too, whatever that repeats (RFC 3311 §5.2). Before, it may not.
func TestTheSessionIsChangedBeforeTheAnswer(t *testing.T) {
	interop.Proves(t, "S2.9")
	for settled, status := range map[bool]string{true: "SIP/2.0 200", false: "SIP/2.0 491"} {
		p := siptest.NewPeer(t)
		l := newAgent(t, p).dial("100")
		invite := p.Recv("INVITE")
		body := ""
		if settled {
			body = sdp("sendrecv")
		}
		p.ReplyTagged(invite, "183 Session Progress", "far", reliable(p, 1), body)
		acknowledged(t, p, invite, 1)
		l.hears("progress")
		p.Send(invite.From, within(p, invite, "UPDATE", 1, sdp("sendonly")))
		if m := p.Recv("SIP/2.0"); !strings.HasPrefix(m.Start(), status) {
			t.Errorf("settled %v: %s", settled, m.Start())
		}
		if settled {
			l.hears("offer")
		}
		p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
		p.Recv("ACK")
		if h := l.hears("answered"); (h.sdp == "") != settled || h.changed != settled {
			t.Errorf("settled %v: answered %+v", settled, h)
		}
		l.hangup()
		p.Reply(p.Recv("BYE"), "200 OK", "")
	}
}

// Two phones ring, and one changes the session; the other may not change it too. It answers our offer as it went out, and that is what a
// refresh says again.
func TestOneOfTwoPhonesChangesTheSession(t *testing.T) {
	interop.Proves(t, "S2.9")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	l := a.dial("100")
	invite := p.Recv("INVITE")
	for _, tag := range []string{"far", "other"} {
		p.ReplyTagged(invite, "183 Session Progress", tag, reliable(p, 1), sdp("sendrecv"))
		acknowledged(t, p, invite, 1)
		l.hears("progress")
	}
	p.Send(invite.From, within(p, invite, "UPDATE", 1, sdp("sendonly")))
	p.Recv("SIP/2.0 200")
	l.hears("offer")
	p.Send(invite.From, strings.NewReplacer(";tag=far", ";tag=other", "branch=", "branch=z9hG4bKother").Replace(within(p, invite, "UPDATE", 2, sdp("sendonly"))))
	if m := p.Recv("SIP/2.0 500"); m.Header("Retry-After") == "" {
		t.Errorf("the other one is told\n%s", m.Text)
	}
	p.ReplyTagged(invite, "200 OK", "other", contact(p, "other")+"Session-Expires: 3;refresher=uac\n", "")
	p.Recv("ACK")
	if h := l.hears("answered"); h.changed || h.sdp != sdp("sendrecv") {
		t.Errorf("answered %+v", h)
	}
	a.forward(2 * time.Second)
	again := p.Recv("INVITE")
	if again.Body() != sdp("sendrecv") {
		t.Errorf("refreshed with\n%s", again.Body())
	}
	p.ReplyTagged(again, "200 OK", "", "", sdp("sendrecv"))
	p.Recv("ACK")
	l.hangup()
	p.Reply(p.Recv("BYE"), "200 OK", "")
}

// within is a request of the far end, tagged far, in the dialog of our INVITE.
func within(p *siptest.Peer, invite siptest.Message, method string, seq int, body string) string {
	return fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-%s%d;rport\nMax-Forwards: 70\nFrom: %s;tag=far\nTo: %s\nCall-ID: %s\nCSeq: %d %s\n"+
		"Contact: <sip:far@%s>\nContent-Type: application/sdp\nContent-Length: %d\n\n%s",
		method, invite.URI("Contact"), p.Addr(), method, seq, invite.Header("To"), invite.Header("From"), invite.Header("Call-ID"), seq, method,
		p.Addr(), len(siptest.CRLF(body)), body)
}

// A reliable 183 to a re-INVITE is acknowledged too, and may bring the answer in the place of the 200.
func TestAReinviteIsAnsweredReliably(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	l := a.dial("100")
	p.ReplyTagged(p.Recv("INVITE"), "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
	p.Recv("ACK")
	l.hears("answered")
	answers := make(chan string, 1)
	a.do(func() {
		l.Reinvite(hold, func(answer []byte, err error) { answers <- fmt.Sprint(string(answer), err) })
	})
	again := p.Recv("INVITE")
	p.ReplyTagged(again, "183 Session Progress", "", reliable(p, 88), sdp("recvonly"))
	acknowledged(t, p, again, 88)
	p.ReplyTagged(again, "200 OK", "", contact(p, "far"), "")
	p.Recv("ACK")
	select {
	case got := <-answers:
		if got != sdp("recvonly")+"<nil>" {
			t.Errorf("answer %q", got)
		}
	case <-time.After(patience):
		t.Fatal("no answer")
	}
	l.hangup()
	p.Reply(p.Recv("BYE"), "200 OK", "")
}

// Whoever sends ever more reliable answers and never answers a PRACK has us send a few, not as many.
func TestPRACKsAreBounded(t *testing.T) {
	p := siptest.NewPeer(t)
	l := newAgent(t, p).dial("100")
	invite := p.Recv("INVITE")
	for i := range 50 {
		p.ReplyTagged(invite, "180 Ringing", "far", reliable(p, i+1), "")
	}
	for range 16 {
		p.Recv("PRACK")
	}
	for i := range 20 { // other forks make it no more
		p.ReplyTagged(invite, "180 Ringing", fmt.Sprint("fork", i), reliable(p, 1), "")
	}
	p.Reply(invite, "486 Busy Here", "")
	p.Recv("ACK")
	l.ends(dialog.Rejected)
}

// Two calls out and two in at the same time, each with its own reliable answers, know theirs.
func TestReliableAnswersOfSeveralCalls(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	one, two := a.dial("100"), a.dial("200")
	invites := map[string]siptest.Message{}
	for range 2 {
		m := p.Recv("INVITE")
		invites[strings.Split(m.URI("To"), "@")[0]] = m
	}
	first, second := invites["sip:100"], invites["sip:200"]
	in := []*siptest.Caller{p.Call("<sip:bob@example.com>"), p.Call("<sip:ada@example.com>")}
	var racks []string
	for _, c := range in {
		_, rack := ringsReliably(t, p, c, requires, sdp("sendrecv"))
		racks = append(racks, rack)
	}
	p.ReplyTagged(second, "180 Ringing", "far", reliable(p, 5), "")
	acknowledged(t, p, second, 5)
	p.ReplyTagged(first, "183 Session Progress", "far", reliable(p, 5), sdp("sendrecv"))
	acknowledged(t, p, first, 5)
	if racks[0] != racks[1] {
		in[0].Send("PRACK", racks[1], "")
		p.Recv("SIP/2.0 481")
	}
	for i := range in {
		in[i].Send("PRACK", racks[i], "")
		p.Recv("SIP/2.0 200")
	}
	a.rings().reject(486)
	p.Await("SIP/2.0 486")
	a.rings().reject(486)
	p.Await("SIP/2.0 486")
	for l, invite := range map[*leg]siptest.Message{one: first, two: second} {
		p.ReplyTagged(invite, "200 OK", "far", contact(p, "far"), sdp("sendrecv"))
		p.Recv("ACK")
		l.hears("progress")
		l.hears("answered")
		l.hangup()
		p.Reply(p.Recv("BYE"), "200 OK", "")
	}
}
