package sip_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
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
	interop.Proves(t, "S3.1")
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

// Keys that the other side takes in no way are told: by an event for those that were under way, and by an error from then on.
func TestKeysRefused(t *testing.T) {
	for status, again := range map[string]bool{
		"405 Method Not Allowed": true, "415 Unsupported Media Type": true, "501 Not Implemented": true, "503 Service Unavailable": false, "": false,
	} {
		t.Run(status, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c := p.Call("<sip:bob@example.com>")
			c.Send("INVITE", "", "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 0\n")
			c.Learn(p.Await("SIP/2.0 180"))
			id := next[sip.CallIncoming](ph).ID
			ph.must(ph.Answer(id))
			c.Answered()
			ph.must(ph.SendDTMF(id, "12"))
			m := p.Await("INFO")
			if status != "" {
				p.Reply(m, "200 OK", "")
				p.Reply(p.Await("INFO"), status, "")
			}
			e := next[sip.CallKeys](ph)
			if want := map[bool]string{true: "2", false: "12"}[status != ""]; e.ID != id || e.Keys != want || e.Failed.IsZero() {
				t.Errorf("told %+v", e)
			}
			if err := ph.SendDTMF(id, "3"); again != (err != nil) {
				t.Errorf("the next key: %v", err)
			}
			c.Bye()
		})
	}
}

// The number of the keys changes in a re-INVITE: the answer has it, and keys go and come under it.
func TestKeysUnderANewNumber(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	far := listenRTP(t)
	c.Send("INVITE", "", strings.ReplaceAll(siptest.SDP(far.port, "sendrecv"), "101", "96"))
	if m := p.Await("SIP/2.0 200"); !strings.Contains(m.Body(), "a=rtpmap:96 telephone-event/8000") || strings.Contains(m.Body(), ":101 ") {
		t.Errorf("answered\n%s", m.Body())
	}
	c.Send("ACK", "", "")
	ph.must(ph.SendDTMF(id, "7"))
	eventually(t, "the key comes as 96", func() bool {
		buf := make([]byte, 2000)
		n, err := far.read(buf)
		return err == nil && n == 16 && buf[1]&0x7F == 96 && buf[12] == 7
	})
	c.Bye()
}

// Each way of an account for keys: what calls offer, and what goes out.
func TestKeysByTheWayOfTheAccount(t *testing.T) {
	interop.Proves(t, "S3.11")
	for _, c := range []struct {
		way    string
		events bool   // they are in the offer and in the answer
		with   string // what a key comes as, from a caller who takes events
		none   string // from one who takes none; an error's code, or INFO, or audio
	}{
		{sip.KeysAuto, true, "event", "INFO"},
		{sip.KeysRTP, true, "event", "sip.keys-no-events"},
		{sip.KeysInfo, false, "INFO", "INFO"},
		{sip.KeysTone, false, "audio", "audio"},
	} {
		for _, takes := range []bool{true, false} {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(s *setup) { s.Account.DTMF = c.way })
			far := listenRTP(t)
			call := p.Call("<sip:bob@example.com>")
			offer := siptest.SDP(far.port, "sendrecv")
			if !takes {
				offer = fmt.Sprintf("v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio %d RTP/AVP 0\n", far.port)
			}
			call.Send("INVITE", "", offer)
			call.Learn(p.Await("SIP/2.0 180"))
			id := next[sip.CallIncoming](ph).ID
			ph.must(ph.Answer(id))
			answer := p.Await("SIP/2.0 200")
			if got := strings.Contains(answer.Body(), "telephone-event"); got != (takes && c.events) {
				t.Errorf("%s: events in the answer: %v", c.way, got)
			}
			call.Send("ACK", "", "")
			want := c.none
			if takes {
				want = c.with
			}
			err := ph.SendDTMF(id, "5")
			switch want {
			case "INFO":
				ph.must(err)
				if m := p.Await("INFO"); !strings.HasPrefix(m.Body(), "Signal=5") {
					t.Errorf("%s: INFO %q", c.way, m.Body())
				}
			case "event", "audio":
				ph.must(err)
				kind := map[string]byte{"event": 101, "audio": 0}[want]
				eventually(t, c.way+": the key is heard as "+want, func() bool {
					buf := make([]byte, 2000)
					n, err := far.read(buf)
					return err == nil && buf[1]&0x7F == kind && (want == "event" || loud(buf[12:n]))
				})
			default:
				if fault.Of(err).Code != fault.Code(want) {
					t.Errorf("%s: %v", c.way, err)
				}
			}
			call.Bye()
		}
	}
}

// loud reports whether a PCMU payload is not silence.
func loud(payload []byte) bool {
	return slices.ContainsFunc(payload, func(b byte) bool { return b&0x7F < 0x40 })
}
