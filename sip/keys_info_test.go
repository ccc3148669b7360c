package sip_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// keyless is a call with a caller that takes no keys by RTP.
func keyless(t *testing.T) (ph *phone, p *siptest.Peer, id string) {
	t.Helper()
	p = siptest.NewPeer(t)
	ph = newPhone(t, p)
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 0\n")
	c.Learn(p.Await("SIP/2.0 180"))
	id = next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	c.Answered()
	return ph, p, id
}

// key waits for a SIP INFO, fails unless it carries a key in a body of a kind, and answers it.
func key(p *siptest.Peer, kind, want, status string) {
	p.T().Helper()
	m := p.Recv("INFO")
	got := strings.TrimPrefix(strings.TrimSpace(strings.Split(m.Body(), "\r\n")[0]), "Signal=")
	if m.Header("Content-Type") != kind || got != want {
		p.T().Fatalf("INFO %s %q, want %s with %s", m.Header("Content-Type"), m.Body(), kind, want)
	}
	p.Reply(m, status, "")
}

const (
	relay = "application/dtmf-relay"
	plain = "application/dtmf"
	taken = "200 OK"
	wrong = "415 Unsupported Media Type"
)

// A side that does not take one kind of body gets the other, and from then on at once.
func TestKeysInTheOtherBody(t *testing.T) {
	ph, p, id := keyless(t)
	ph.must(ph.SendDTMF(id, "1*"))
	key(p, relay, "1", wrong)
	key(p, plain, "1", taken)
	key(p, plain, "*", taken)
	ph.must(ph.SendDTMF(id, "2"))
	key(p, plain, "2", taken)
	ph.must(ph.SendDTMF(id, "3"))
	key(p, plain, "3", wrong) // it took this kind before: the other one is not tried
	if e := next[sip.CallKeys](ph); e.Keys != "3" || e.Failed.Code != "sip.keys-refused" {
		t.Errorf("told %+v", e)
	}
}

// A side that takes neither kind is not asked a third time, and what waited behind is told too.
func TestKeysInNoBody(t *testing.T) {
	ph, p, id := keyless(t)
	ph.must(ph.SendDTMF(id, "12"))
	ph.must(ph.SendDTMF(id, "34"))
	key(p, relay, "1", wrong)
	key(p, plain, "1", wrong)
	for _, want := range []string{"12", "34"} {
		if e := next[sip.CallKeys](ph); e.Keys != want || e.Failed.Code != "sip.keys-refused" {
			t.Errorf("told %+v, want %s", e, want)
		}
	}
	if err := ph.SendDTMF(id, "5"); err == nil {
		t.Error("taken")
	}
	if m, ok := p.Within(50*time.Millisecond, "INFO"); ok {
		t.Errorf("asked again:\n%s", m.Text)
	}
}

// Keys of several commands arrive in the order of the commands, although each waits for an answer.
func TestKeysOfSeveralCommandsInOrder(t *testing.T) {
	ph, p, id := keyless(t)
	for _, digits := range []string{"12", "3", "45"} {
		ph.must(ph.SendDTMF(id, digits))
	}
	for _, want := range []string{"1", "2", "3", "4", "5"} {
		key(p, relay, want, taken)
	}
}

// Keys that were dialed are told as sent once the other side has confirmed them, and as one event when it refuses them.
func TestDialedKeysByINFO(t *testing.T) {
	for status, failed := range map[string]bool{taken: false, "405 Method Not Allowed": true} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		_, err := ph.Dial("+1 415 555 0132 ext 12")
		ph.must(err)
		p.ReplyTagged(p.Await("INVITE"), "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n",
			"v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 0\n")
		p.Await("ACK")
		next[sip.CallAnswered](ph)
		ph.forward(2 * time.Second) // the pause before them
		first := p.Recv("INFO")
		if e, ok := within[sip.CallKeys](ph, 20*time.Millisecond); ok {
			t.Errorf("told before an answer: %+v", e)
		}
		p.Reply(first, status, "")
		if !failed {
			key(p, relay, "2", taken)
		}
		if e := next[sip.CallKeys](ph); e.Keys != "12" || e.Failed.IsZero() == failed {
			t.Errorf("%s: told %+v", status, e)
		}
		if e, ok := within[sip.CallKeys](ph, 20*time.Millisecond); ok {
			t.Errorf("told twice: %+v", e)
		}
	}
}

// What is dialed behind keys that were not confirmed is not pressed: it is for a menu that has not been reached. The agent is told of all of
// it, once.
func TestDialedKeysBehindThoseThatFailed(t *testing.T) {
	const broken = "500 Server Internal Error"
	for name, tt := range map[string]struct {
		byHand string      // pressed by the agent before the first group
		happen [][2]string // a key and its answer, "" for none; "told" and what is told, with the code of what failed; "after" a pause
	}{
		"refused":               {"", [][2]string{{"1", broken}, {"told", "12,34;5 sip.keys-refused"}}},
		"nothing said":          {"", [][2]string{{"1", ""}, {"told", "12,34;5 sip.keys-unanswered"}}},
		"no key is taken":       {"", [][2]string{{"1", "501 Not Implemented"}, {"told", "12,34;5 sip.keys-refused"}}},
		"the second is refused": {"", [][2]string{{"1", taken}, {"2", "603 Decline"}, {"told", "1"}, {"told", "2,34;5 sip.keys-refused"}}},
		"the second group": {"", [][2]string{
			{"1", taken}, {"2", taken}, {"told", "12"}, {"after", "2s"}, {"3", broken}, {"told", "34;5 sip.keys-refused"},
		}},
		"behind the agent's own": {"9", [][2]string{{"9", "405 Method Not Allowed"}, {"told", "9 sip.keys-refused"}, {"told", "12,34;5 sip.keys-refused"}}},
		"the agent's own alone": {"9", [][2]string{
			{"9", broken}, {"told", "9 sip.keys-refused"}, {"1", taken}, {"2", taken}, {"told", "12"}, {"after", "2s"}, {"3", taken}, {"4", taken}, {"told", "34"}, {"after", "4s"}, {"5", taken}, {"told", "5"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			id, err := ph.Dial("+1 415 555 0132,12,34;5")
			ph.must(err)
			p.ReplyTagged(p.Await("INVITE"), "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n",
				"v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 4000 RTP/AVP 0\n")
			p.Await("ACK")
			next[sip.CallAnswered](ph)
			if tt.byHand != "" {
				ph.must(ph.SendDTMF(id, tt.byHand))
			}
			ph.forward(2 * time.Second) // the pause before the first group
			for _, what := range tt.happen {
				switch {
				case what[0] == "told":
					e := next[sip.CallKeys](ph)
					if got := strings.TrimSpace(e.Keys + " " + string(e.Failed.Code)); got != what[1] {
						t.Fatalf("told %s, want %s", got, what[1])
					}
				case what[0] == "after":
					pause, _ := time.ParseDuration(what[1])
					ph.forward(pause)
				case what[1] == "":
					p.Await("INFO")
				default:
					key(p, relay, what[0], what[1])
				}
			}
			ph.forward(time.Minute)
			if m, ok := p.Within(50*time.Millisecond, "INFO"); ok {
				t.Errorf("pressed all the same:\n%s", m.Text)
			}
			if e, ok := within[sip.CallKeys](ph, 20*time.Millisecond); ok {
				t.Errorf("told twice: %+v", e)
			}
		})
	}
}
