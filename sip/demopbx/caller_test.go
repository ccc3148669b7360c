package demopbx_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"linecard/sip/demopbx"
)

// called is a Call under way.
type called struct {
	result demopbx.Result
	err    error
}

func call(ctx context.Context, pbx *demopbx.PBX, c demopbx.Caller) <-chan called {
	done := make(chan called, 1)
	go func() {
		r, err := pbx.Call(ctx, c)
		done <- called{r, err}
	}()
	return done
}

// wait returns the call's result, which must come.
func wait(t *testing.T, done <-chan called) demopbx.Result {
	t.Helper()
	select {
	case c := <-done:
		if c.err != nil {
			t.Fatal(c.err)
		}
		return c.result
	case <-time.After(patience):
		t.Fatal("the call is not over")
		panic("unreachable")
	}
}

func TestCallerIdentity(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	for name, c := range map[string]struct {
		caller demopbx.Caller
		want   map[string]string // part of a header; "" for none
	}{
		"named":    {demopbx.Caller{Name: "Dana Whitfield", Number: "+14155550132"}, map[string]string{"From": `"Dana Whitfield" <sip:+14155550132@`, "P-Asserted-Identity": `"Dana Whitfield" <sip:+14155550132@`, "To": "<sip:2041@", "Privacy": ""}},
		"nameless": {demopbx.Caller{Number: "020 7946 0018"}, map[string]string{"P-Asserted-Identity": "<sip:020 7946 0018@"}},
		"hostile":  {demopbx.Caller{Name: `a"b\c`, Number: "1"}, map[string]string{"From": `"a\"b\\c" <sip:1@`}},
		"withheld": {demopbx.Caller{Name: "Dana", Number: "+14155550132", Privacy: true}, map[string]string{"From": "<sip:anonymous@anonymous.invalid>", "P-Asserted-Identity": "", "Privacy": "id"}},
		"diverted": {demopbx.Caller{Number: "1", Diverted: "2000"}, map[string]string{"Diversion": "<sip:2000@"}},
	} {
		t.Run(name, func(t *testing.T) {
			c.caller.To = "2041"
			ctx, cancel := context.WithCancel(t.Context())
			done := call(ctx, pbx, c.caller)
			invite := p.expectRequest("INVITE")
			for header, part := range c.want {
				if got := invite.get(header); part == "" && got != "" || !strings.Contains(got, part) {
					t.Errorf("%s: %q, want %q", header, got, part)
				}
			}
			if c.caller.Privacy && strings.Contains(invite.get("Contact")+invite.get("From"), "4155550132") {
				t.Error("the withheld number shows")
			}
			p.reply(invite, 486, "Busy Here", "x", "")
			if r := wait(t, done); r.Outcome != demopbx.Busy || r.Code != 486 {
				t.Errorf("%+v", r)
			}
			cancel()
		})
	}
}

func TestCallerTalks(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		for _, phoneEnds := range []bool{true, false} {
			t.Run(transport, func(t *testing.T) {
				pbx := start(t)
				p := registered(t, pbx, transport, "2041", "secret")
				rang, answered, keys := make(chan struct{}), make(chan struct{}), make(chan string, 9)
				c := demopbx.Caller{Number: "1", To: "2041", OnKey: func(key string) { keys <- key }, Voice: []byte{1, 2, 3}, OnRing: func() { close(rang) }, OnAnswer: func() { close(answered) }}
				if !phoneEnds {
					c.TalkFor = 300 * time.Millisecond
				}
				done := call(t.Context(), pbx, c)
				invite := p.expectRequest("INVITE")
				l := p.answer(invite)
				for name, event := range map[string]chan struct{}{"OnRing": rang, "OnAnswer": answered} {
					select {
					case <-event:
					case <-time.After(patience):
						t.Fatalf("%s was not called", name)
					}
				}
				heard := p.hears(3, patience)
				if len(heard) != 3 || len(heard[0].Payload) != 160 || heard[0].Payload[0] != 1 || heard[0].Payload[159] != 1 || heard[1].Payload[0] != 2 {
					t.Fatalf("voice not looped: %v", heard)
				}
				if !heard[0].Marker {
					t.Error("no marker on the first packet")
				}
				to := audioPort(invite.body)
				p.talk(to, 0, 1, 160, make([]byte, 160))
				for i := range 3 { // one key, its packet three times
					p.talk(to, 101, uint16(2+i), 320, []byte{5, 0x80, 0, 160})
				}
				p.talk(to, 101, 9, 900, []byte{11, 0, 0, 160})
				for _, want := range []string{"5", "#"} {
					select {
					case key := <-keys:
						if key != want {
							t.Errorf("key %s, want %s", key, want)
						}
					case <-time.After(patience):
						t.Fatalf("key %s was not heard", want)
					}
				}
				if phoneEnds {
					l.send("BYE", "")
					l.expectFinal("BYE")
				} else {
					p.reply(p.expectRequest("BYE"), 200, "OK", "", "")
				}
				r := wait(t, done)
				if r.Outcome != demopbx.Answered || r.PhoneHungUp != phoneEnds || r.Received != 1 || r.Digits != "5#" || r.Sent < 3 {
					t.Errorf("%+v", r)
				}
				if r.Answered.Before(r.Started) || r.Ended.Before(r.Answered) {
					t.Errorf("times out of order: %+v", r)
				}
			})
		}
	}
}

func TestCallerRefused(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	for code, want := range map[int]demopbx.Outcome{486: demopbx.Busy, 603: demopbx.Declined, 480: demopbx.NoAnswer, 488: demopbx.Failed} {
		done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
		p.reply(p.expectRequest("INVITE"), code, "No", "x", "")
		p.expectRequest("ACK")
		if r := wait(t, done); r.Outcome != want || r.Code != code || !r.Answered.IsZero() {
			t.Errorf("%d: %+v, want %s", code, r, want)
		}
	}
	if _, err := pbx.Call(t.Context(), demopbx.Caller{To: "2042"}); !errors.Is(err, demopbx.ErrNotRegistered) {
		t.Errorf("nobody there: %v", err)
	}
}

func TestCallerGivesUp(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	for name, elsewhere := range map[string]bool{"missed": false, "answered elsewhere": true} {
		t.Run(name, func(t *testing.T) {
			done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041", GiveUpAfter: 100 * time.Millisecond, AnsweredElsewhere: elsewhere})
			invite := p.expectRequest("INVITE")
			p.reply(invite, 180, "Ringing", "x", "")
			cancel := p.expectRequest("CANCEL")
			if got := strings.Contains(cancel.get("Reason"), "SIP;cause=200"); got != elsewhere {
				t.Errorf("Reason %q", cancel.get("Reason"))
			}
			via := cancel.get("Via")
			if via != invite.get("Via") || len(cancel.headers["via"]) != 1 {
				t.Errorf("Via of CANCEL %q, of INVITE %q", via, invite.get("Via"))
			}
			p.reply(cancel, 200, "OK", "x", "")
			p.reply(invite, 487, "Request Terminated", "x", "")
			if r := wait(t, done); r.Outcome != demopbx.Cancelled {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestCancelCrosses200: a phone that answers as the caller gives up is acknowledged and hung up, not left in a ghost call.
func TestCancelCrosses200(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041", GiveUpAfter: 100 * time.Millisecond})
	invite := p.expectRequest("INVITE")
	p.reply(invite, 180, "Ringing", "x", "")
	cancel := p.expectRequest("CANCEL")
	p.reply(invite, 200, "OK", "x", p.sdp("sendrecv"))
	p.reply(cancel, 200, "OK", "x", "")
	p.expectRequest("ACK")
	bye := p.expectRequest("BYE")
	if bye.tag("To") != "x" {
		t.Errorf("BYE to %q", bye.get("To"))
	}
	p.reply(bye, 200, "OK", "", "")
	if r := wait(t, done); r.Outcome != demopbx.Cancelled {
		t.Errorf("%+v", r)
	}
}

// TestOKAgain: a repeated 200 is acknowledged again.
func TestOKAgain(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan struct{})
	done := call(ctx, pbx, demopbx.Caller{Number: "1", To: "2041", OnAnswer: func() { close(answered) }})
	invite := p.expectRequest("INVITE")
	for range 3 {
		p.reply(invite, 200, "OK", "x", p.sdp("sendrecv"))
		p.expectRequest("ACK")
	}
	<-answered
	cancel()
	p.reply(p.expectRequest("BYE"), 200, "OK", "", "")
	if r := wait(t, done); r.Outcome != demopbx.Answered || r.PhoneHungUp {
		t.Errorf("%+v", r)
	}
}

// TestHoldByPhone: the caller falls silent while the phone holds and speaks again afterwards.
func TestHoldByPhone(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
	l := p.answer(p.expectRequest("INVITE"))
	p.hears(2, patience)

	for _, step := range []struct {
		say, hear string
		audible   bool
	}{{"sendonly", "recvonly", false}, {"inactive", "inactive", false}, {"sendrecv", "sendrecv", true}} {
		l.send("INVITE", p.sdp(step.say))
		ok := l.expectFinal("INVITE")
		l.send("ACK", "")
		if !strings.Contains(ok.body, "a="+step.hear+"\r\n") {
			t.Errorf("%s was answered %q", step.say, ok.body)
		}
		p.hears(100, 50*time.Millisecond) // what was on its way
		if heard := len(p.hears(5, 200*time.Millisecond)); step.audible != (heard > 0) {
			t.Errorf("%s: %d packets", step.say, heard)
		}
	}
	l.send("BYE", "")
	l.expectFinal("BYE")
	if r := wait(t, done); r.Holds != 1 {
		t.Errorf("held %d times, want 1", r.Holds)
	}
}

// TestHoldByPBX is 605: held for a step, then resumed.
func TestHoldByPBX(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	l := p.invite("605")
	l.established(l.expectFinal("INVITE"))
	for _, want := range []string{"sendonly", "sendrecv"} {
		again := p.expectRequest("INVITE")
		if !strings.Contains(again.body, "a="+want+"\r\n") {
			t.Errorf("offer %q, want %s", again.body, want)
		}
		p.reply(again, 200, "OK", "", p.sdp(map[string]string{"sendonly": "recvonly", "sendrecv": "sendrecv"}[want]))
		p.expectRequest("ACK")
	}
	l.send("BYE", "")
	l.expectFinal("BYE")
}

// TestTransferByPBX is 604: it asks the phone to call 600 and hangs up once the phone says it has.
func TestTransferByPBX(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	l := p.invite("604")
	l.established(l.expectFinal("INVITE"))
	refer := p.expectRequest("REFER")
	if !strings.Contains(refer.get("Refer-To"), "<sip:600@"+pbx.Addr()+">") {
		t.Errorf("Refer-To %q", refer.get("Refer-To"))
	}
	p.reply(refer, 202, "Accepted", "", "")
	l.send("NOTIFY", "SIP/2.0 200 OK\r\n", "Event: refer", "Subscription-State: terminated;reason=noresource", "Content-Type: message/sipfrag;version=2.0")
	l.expectFinal("NOTIFY")
	p.expectRequest("BYE")
}

func TestBlindTransfer(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	for target, want := range map[string]string{"600": "200", "4155550132": "200", "601": "486", "603": "603", "777": "404"} {
		t.Run(target, func(t *testing.T) {
			done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
			l := p.answer(p.expectRequest("INVITE"))
			l.send("REFER", "", "Refer-To: <sip:"+target+"@"+pbx.Addr()+">")
			if res := l.expectFinal("REFER"); res.code() != 202 {
				t.Fatalf("REFER: %s", res.start)
			}
			for _, part := range []string{"SIP/2.0 100", "SIP/2.0 " + want} {
				notify := p.expectRequest("NOTIFY")
				p.reply(notify, 200, "OK", "", "")
				if !strings.HasPrefix(notify.body, part) || !strings.HasPrefix(notify.get("Event"), "refer") {
					t.Errorf("NOTIFY %q, want %q", notify.body, part)
				}
			}
			if want == "200" {
				p.reply(p.expectRequest("BYE"), 200, "OK", "", "")
			} else { // the call goes on
				l.send("BYE", "")
				l.expectFinal("BYE")
			}
			r := wait(t, done)
			if moved := r.Transferred == target; moved != (want == "200") {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestTransferToPhone: the caller rings the target's phone with its own number and goes on talking there, also when the
// transferring phone hangs up at once.
func TestTransferToPhone(t *testing.T) {
	pbx := start(t)
	a := registered(t, pbx, "udp", "2041", "secret")
	b := registered(t, pbx, "udp", "2042", "other")
	done := call(t.Context(), pbx, demopbx.Caller{Name: "Dana", Number: "+14155550132", To: "2041"})
	l := a.answer(a.expectRequest("INVITE"))
	l.send("REFER", "", "Refer-To: <sip:2042@"+pbx.Addr()+">")
	l.expectFinal("REFER")
	l.send("BYE", "")
	l.expectFinal("BYE")
	invite := b.expectRequest("INVITE")
	if !strings.Contains(invite.get("From"), "+14155550132") {
		t.Errorf("From %q", invite.get("From"))
	}
	lb := b.answer(invite)
	if heard := b.hears(3, patience); len(heard) != 3 {
		t.Error("the caller is not heard at the target")
	}
	lb.send("BYE", "")
	lb.expectFinal("BYE")
	if r := wait(t, done); r.Transferred != "2042" || !r.PhoneHungUp {
		t.Errorf("%+v", r)
	}
}

// TestAttendedTransfer: the phone joins two parties it talks to; both its legs end.
func TestAttendedTransfer(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
	first := p.answer(p.expectRequest("INVITE"))
	second := p.invite("4155550132")
	second.established(second.expectFinal("INVITE"))
	_, theirs, _ := strings.Cut(second.remote, ";tag=")
	_, ours, _ := strings.Cut(second.local, ";tag=")
	first.send("REFER", "", "Refer-To: <sip:4155550132@"+pbx.Addr()+"?Replaces="+second.callID+"%3Bto-tag%3D"+theirs+"%3Bfrom-tag%3D"+ours+">")
	if res := first.expectFinal("REFER"); res.code() != 202 {
		t.Fatal(res.start)
	}
	ended := map[string]bool{}
	for len(ended) < 2 {
		m := p.expect("NOTIFY or BYE", func(m message) bool { return m.method() == "NOTIFY" || m.method() == "BYE" })
		p.reply(m, 200, "OK", "", "")
		if m.method() == "BYE" {
			ended[m.get("Call-ID")] = true
		}
	}
	if !ended[first.callID] || !ended[second.callID] {
		t.Errorf("ended: %v", ended)
	}
	if r := wait(t, done); r.Transferred != "4155550132" {
		t.Errorf("%+v", r)
	}
}

// TestQueue: all phones ring, the first to answer wins, the others learn that it was answered elsewhere.
func TestQueue(t *testing.T) {
	pbx := start(t)
	a := registered(t, pbx, "udp", "2041", "secret")
	b := registered(t, pbx, "tcp", "2042", "other")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2001"})
	ia, ib := a.expectRequest("INVITE"), b.expectRequest("INVITE")
	if !strings.Contains(ia.get("To"), "<sip:2001@") {
		t.Errorf("To %q, want the queue", ia.get("To"))
	}
	a.reply(ia, 180, "Ringing", "x", "")
	l := b.answer(ib)
	cancel := a.expectRequest("CANCEL")
	if !strings.Contains(cancel.get("Reason"), "cause=200") {
		t.Errorf("Reason %q", cancel.get("Reason"))
	}
	a.reply(cancel, 200, "OK", "x", "")
	a.reply(ia, 487, "Request Terminated", "x", "")
	l.send("BYE", "")
	l.expectFinal("BYE")
	if r := wait(t, done); r.Outcome != demopbx.Answered {
		t.Errorf("%+v", r)
	}
}

// TestCloseHangsUp: closing says goodbye to a call and lets Call return.
func TestCloseHangsUp(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
	p.answer(p.expectRequest("INVITE"))
	p.hears(1, patience)
	if err := pbx.Close(); err != nil {
		t.Error(err)
	}
	p.expectRequest("BYE")
	if r := wait(t, done); r.Outcome != demopbx.Answered || r.PhoneHungUp {
		t.Errorf("%+v", r)
	}
	if _, err := pbx.Call(t.Context(), demopbx.Caller{To: "2041"}); !errors.Is(err, demopbx.ErrClosed) {
		t.Errorf("a call after Close: %v", err)
	}
}

// TestStrangeOffers: an offer without PCMU is told 488; further streams are refused by port 0, not left unanswered.
func TestStrangeOffers(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
	l := p.answer(p.expectRequest("INVITE"))
	for _, c := range []struct {
		change func(string) string
		code   int
		part   string
	}{
		{func(s string) string { return strings.ReplaceAll(s, "RTP/AVP 0 101", "RTP/AVP 18 101") }, 488, ""},
		{func(s string) string { return "nonsense" }, 400, ""},
		{func(s string) string { return s + "m=video 5000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n" }, 200, "m=video 0 RTP/AVP 0\r\n"},
	} {
		l.send("INVITE", c.change(p.sdp("sendrecv")))
		res := l.expectFinal("INVITE")
		if res.code() != c.code || !strings.Contains(res.body, c.part) {
			t.Errorf("%s %q, want %d %q", res.start, res.body, c.code, c.part)
		}
		if c.code == 200 {
			l.send("ACK", "")
		} else {
			l.ackFailure(res)
		}
	}
	l.send("BYE", "")
	l.expectFinal("BYE")
	wait(t, done)
}

// TestAudioPorts: audio takes an even port, the next belongs to RTCP and is open (RFC 3550 §11).
func TestAudioPorts(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	l := p.invite("600")
	ok := l.expectFinal("INVITE")
	l.established(ok)
	port := audioPort(ok.body).Port
	if port%2 != 0 {
		t.Errorf("RTP port %d is odd", port)
	}
	if c, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port + 1}); err == nil {
		c.Close()
		t.Errorf("RTCP port %d is free for anybody", port+1)
	}
	l.send("BYE", "")
	l.expectFinal("BYE")
}
