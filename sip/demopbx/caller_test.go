package demopbx_test

import (
	"context"
	"errors"
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
					c.TalkFor = 3 * time.Second // time enough for the keys, on a busy machine too
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
					l.bye()
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
