package sip_test

import (
	"errors"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

func TestKeysByRTPAndByINFO(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 8\n")
	c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	if a := next[sip.CallAnswered](ph); a.Codec != "PCMA" {
		t.Errorf("answered %+v", a)
	}
	c.Answered()
	ph.must(ph.SendDTMF(id, "1#")) // the caller takes no telephone-event
	for _, want := range []string{"Signal=1", "Signal=#"} {
		m := p.Await("INFO")
		if !strings.HasPrefix(m.Body(), want) {
			t.Errorf("INFO %q, want %s", m.Body(), want)
		}
		p.Reply(m, "200 OK", "")
	}
	c.Send("INFO", "Content-Type: application/dtmf-relay\n", "Signal=9\nDuration=160\n")
	if d := next[sip.CallDTMF](ph); d.Digit != "9" {
		t.Errorf("key %+v", d)
	}
	if err := ph.SendDTMF(id, "x"); !errors.Is(err, sip.ErrBadDigits) {
		t.Errorf("error %v", err)
	}
}

func TestMute(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, id := talk(ph, p)
	ph.must(ph.SetMute(id, true))
	if m := next[sip.CallMuted](ph); !m.Muted {
		t.Errorf("muted %+v", m)
	}
	ph.must(ph.SetMute(id, true)) // says nothing twice
	ph.must(ph.SetMute(id, false))
	if m := next[sip.CallMuted](ph); m.Muted {
		t.Errorf("muted %+v", m)
	}
}
