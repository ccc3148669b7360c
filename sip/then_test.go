package sip_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// An extension is no part of the number that is called: its keys go out once somebody has answered, group by group, after
// their pauses, and nobody hears them while the call is on hold.
func TestKeysDialedWithTheNumber(t *testing.T) {
	const comma, wait = 30 * time.Millisecond, 60 * time.Millisecond
	t.Cleanup(sip.Pauses(comma, wait)) // runs after the phone is closed
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	id, err := ph.Dial("+1 415 555 0132,12;3#")
	ph.must(err)
	if e := next[sip.CallDialing](ph); e.Party.User != "+14155550132" || e.Then != ",12;3#" {
		t.Errorf("dialing %+v", e)
	}
	invite := p.Await("INVITE sip:+14155550132@")
	p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", strings.ReplaceAll(siptest.SDP(4000, "sendrecv"), "a=rtpmap:101 telephone-event/8000\n", ""))
	p.Await("ACK")
	answered := next[sip.CallAnswered](ph)
	for _, want := range []struct {
		keys  string
		after time.Duration
	}{{"12", comma}, {"3#", comma + wait}} {
		for range want.keys {
			p.Reply(p.Await("INFO"), "200 OK", "")
		}
		e := next[sip.CallKeys](ph)
		if e.ID != id || e.Keys != want.keys || !e.Failed.IsZero() {
			t.Fatalf("pressed %+v, want %s", e, want.keys)
		}
		if took := e.At.Sub(answered.At); took < want.after {
			t.Errorf("%s pressed after %s, want %s at least", want.keys, took, want.after)
		}
	}
}

func TestKeysWaitForTheEndOfHold(t *testing.T) {
	t.Cleanup(sip.Pauses(time.Minute, 0))
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := dial(ph, p, "4155550132 ext 12")
	ph.must(ph.Hold(id))
	session(t, p, "sendonly", "recvonly")
	hold(ph, id, true)
	ph.forward(90 * time.Second) // the pause is over, and another one begins
	if e, told := within[sip.CallKeys](ph, 20*time.Millisecond); told {
		t.Errorf("pressed on hold: %+v", e)
	}
	ph.must(ph.Resume(id))
	session(t, p, "sendrecv", "sendrecv")
	h := next[sip.CallHold](ph)
	for h.Resuming { // this machine answers late
		h = next[sip.CallHold](ph)
	}
	if h.Local {
		t.Errorf("%+v, with keys pressed on hold before it?", h)
	}
	ph.forward(time.Minute)
	if e := next[sip.CallKeys](ph); e.Keys != "12" {
		t.Errorf("pressed %+v", e)
	}
}

// The other side holds before the keys go: it would not hear them, and the call does not send.
func TestKeysWaitForTheEndOfTheOtherSidesHold(t *testing.T) {
	t.Cleanup(sip.Pauses(20*time.Millisecond, 0))
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	far := listenRTP(t)
	_, err := ph.Dial("4155550132,12")
	ph.must(err)
	answer := func(invite siptest.Message, direction string) {
		p.ReplyTagged(invite, "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\nSession-Expires: 1;refresher=uac\n", siptest.SDP(far.port, direction))
		p.Await("ACK")
	}
	answer(p.Await("INVITE"), "sendonly")
	next[sip.CallAnswered](ph)
	if h := next[sip.CallHold](ph); !h.Remote {
		t.Errorf("held %+v", h)
	}
	if e, told := within[sip.CallKeys](ph, 100*time.Millisecond); told {
		t.Fatalf("told on hold: %+v", e)
	}
	answer(p.Await("INVITE sip:b@"), "sendrecv")
	if e := next[sip.CallKeys](ph); e.Keys != "12" || !e.Failed.IsZero() {
		t.Errorf("pressed %+v", e)
	}
}

// Keys that a hold has stopped are not told as sent: those that had not begun wait for its end, the rest of a PIN is told as not sent.
func TestKeysThatAHoldHasStopped(t *testing.T) {
	t.Cleanup(sip.Pauses(10*time.Millisecond, 0))
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	far := listenRTP(t)
	id, err := ph.Dial("4155550132,12345678901234567890123,9")
	ph.must(err)
	p.ReplyTagged(p.Await("INVITE"), "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(far.port, "sendrecv"))
	p.Await("ACK")
	buf := make([]byte, 2000)
	eventually(t, "the second key is down", func() bool {
		n, err := far.read(buf)
		return err == nil && n == 16 && buf[12] == 2
	})
	ph.must(ph.Hold(id))
	session(t, p, "sendonly", "recvonly")
	gone := next[sip.CallKeys](ph)
	left := next[sip.CallKeys](ph)
	if gone.Keys == "" || !gone.Failed.IsZero() || left.Failed.Code != "sip.keys-not-sent" || gone.Keys+left.Keys != "12345678901234567890123,9" {
		t.Errorf("told %+v, then %+v", gone, left)
	}
	if err := ph.SendDTMF(id, "5"); !errors.Is(err, fault.Err(nil, "sip.keys-on-hold")) {
		t.Errorf("a key on hold: %v", err)
	}
	ph.must(ph.Resume(id))
	session(t, p, "sendrecv", "sendrecv")
	if e, more := within[sip.CallKeys](ph, 100*time.Millisecond); more {
		t.Errorf("pressed after the hold: %+v", e)
	}
	eventually(t, "too many keys are refused", func() bool {
		return errors.Is(ph.SendDTMF(id, strings.Repeat("1", 60)), fault.Err(nil, "sip.keys-too-many"))
	})
}

// Where keys cannot go in this call, the agent reads why, since the keypad could not send them either.
func TestKeysThatTheOtherSideDoesNotTake(t *testing.T) {
	for way, want := range map[string]fault.Code{sip.KeysRTP: "sip.keys-no-events", sip.KeysInfo: "sip.keys-refused"} {
		t.Cleanup(sip.Pauses(time.Millisecond, 0))
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, func(s *setup) { s.Account.DTMF = way })
		_, err := ph.Dial("4155550132,12;3")
		ph.must(err)
		p.ReplyTagged(p.Await("INVITE"), "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", strings.ReplaceAll(siptest.SDP(4000, "sendrecv"), "a=rtpmap:101 telephone-event/8000\n", ""))
		p.Await("ACK")
		if way == sip.KeysInfo {
			p.Reply(p.Await("INFO"), "405 Method Not Allowed", "")
		}
		if e := next[sip.CallKeys](ph); e.Keys != "12;3" || e.Failed.Code != want || e.Failed.Values["keys"] != "12;3" {
			t.Errorf("by %s: told %+v", way, e)
		}
	}
}

// What the dial plan adds is sent and nothing more: the agent, the caller's card and the sentences know the number itself.
func TestTheDialPlanIsSentOnly(t *testing.T) {
	interop.Proves(t, "S7.4")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) {
		c.DialPlan = func(account, number string) string {
			if account != c.Account.ID() {
				t.Errorf("plan of %q", account)
			}
			return "9" + number
		}
	})
	id, err := ph.Dial("4155550132")
	ph.must(err)
	if e := next[sip.CallDialing](ph); e.Party.User != "4155550132" {
		t.Errorf("dialing %+v", e)
	}
	invite := p.Await("INVITE sip:94155550132@")
	p.Reply(invite, "404 Not Found", "")
	p.Await("ACK")
	if e := next[sip.CallEnded](ph); e.ID != id || e.Text.Values["number"] != "4155550132" {
		t.Errorf("ended %+v", e)
	}
	_, id = talk(ph, p)
	ph.must(ph.Transfer(id, "4155550132"))
	if refer := p.Await("REFER"); !strings.Contains(refer.Header("Refer-To"), "94155550132@") {
		t.Errorf("transferred to %s", refer.Header("Refer-To"))
	}
	if err := ph.Transfer(id, "4155550132 ext 12"); !errors.Is(err, fault.Err(nil, "sip.transfer-with-keys")) {
		t.Errorf("transferred to an extension: %v", err)
	}
}
