package sip_test

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
	"linecard/test/ports"
)

func trusting(s *setup) { s.Account.AutoAnswer = true }

// Each way in which phone systems ask for an answer; what looks like one rings.
func TestCallsThatAnswerThemselves(t *testing.T) {
	interop.Proves(t, "S3.17")
	for header, asks := range map[string]bool{
		"Alert-Info: <http://pbx.example.com>;info=alert-autoanswer;delay=0": true,
		"Alert-Info: ring-answer":                                               true,
		"Alert-Info: info=Ring Answer":                                          true,
		"Alert-Info: Auto Answer":                                               true,
		"Alert-Info: <Auto Answer>":                                             true,
		"Call-Info: <sip:pbx.example.com>;answer-after=0":                       true,
		"Call-Info: sip:pbx.example.com;answer-after=0":                         true,
		"Call-Info: ;answer-after=0":                                            true,
		"Call-Info: answer-after=0":                                             true,
		"Call-Info: <>;answer-after=0":                                          true,
		`Call-Info: \;answer-after=0`:                                           true,
		"Call-Info: <pbx>; Answer-After = 0":                                    true,
		"Answer-Mode: Auto":                                                     true,
		"Priv-Answer-Mode: auto;require":                                        true,
		"Alert-Info: info=alert-autoanswer; delay = 0":                          true,
		"Alert-Info: <http://pbx.example.com>;info=alert-autoanswer;delay=61":   false,
		"Alert-Info: <http://pbx.example.com>;info=alert-autoanswer;delay=soon": false,
		"Alert-Info: <http://pbx.example.com/ringanswer.wav>":                   false,
		"Alert-Info: <http://pbx.example.com>;info=external":                    false,
		"Call-Info: <sip:pbx.example.com>;answer-after=61":                      false,
		"Call-Info: ;answer-after=":                                             false,
		"Call-Info: ;answer-after=61":                                           false,
		"Call-Info: <sip:pbx.example.com>;answer-after=-1":                      false,
		"Call-Info: <sip:pbx.example.com>;answer-after=soon":                    false,
		"Answer-Mode: Manual":                                                   false,
		"X-Answer: Auto":                                                        false,
	} {
		t.Run(header, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, trusting)
			c := ringWith(p, "<sip:bob@example.com>", header+"\n")
			c.Learn(p.Await("SIP/2.0 180"))
			if !asks {
				if e, ok := within[sip.CallAnswered](ph, 50*time.Millisecond); ok {
					t.Errorf("answered %+v", e)
				}
				return
			}
			c.Answered()
			if e := next[sip.CallAnswered](ph); !e.Itself {
				t.Errorf("told %+v", e)
			}
			c.Bye()
		})
	}
}

const askToAnswer = "Alert-Info: info=alert-autoanswer\n"

// intercom is a call that asks to be answered at once, and rings, at a phone whose microphone hears somebody all the time.
func intercom(t *testing.T, change ...func(*setup)) (*siptest.Peer, *phone, *siptest.Caller, *rtpPeer) {
	t.Helper()
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, append([]func(*setup){trusting}, change...)...)
	ph.audio.mu.Lock()
	ph.audio.voice = 8000
	ph.audio.mu.Unlock()
	c, far := p.Call("<sip:bob@example.com>"), listenRTP(t)
	c.Send("INVITE", askToAnswer, siptest.SDP(far.port, "sendrecv"))
	c.Learn(p.Await("SIP/2.0 180"))
	return p, ph, c, far
}

// Nobody is heard unawares: a tone plays, and only then is the microphone open.
func TestTheMicrophoneOpensAfterTheTone(t *testing.T) {
	interop.Proves(t, "S3.17")
	began := time.Now()
	_, ph, c, far := intercom(t)
	c.Answered()
	next[sip.CallAnswered](ph)
	eventually(t, "the tone plays", func() bool { return slices.Contains(ph.audio.playing(), "answered") })
	buf := make([]byte, 2000)
	eventually(t, "the voice is heard", func() bool {
		n, err := far.read(buf)
		return err == nil && loud(buf[12:n])
	})
	if took := time.Since(began); took < sip.AnswerTone {
		t.Errorf("heard after %v", took)
	}
	eventually(t, "the tone is over", func() bool { return len(ph.audio.playing()) == 0 })
	c.Bye()
}

// Whoever asks for an answer in the server's name and does not get it hears nothing, however long the tone is over.
func TestTheMicrophoneOpensAfterTheACK(t *testing.T) {
	p, ph, c, far := intercom(t)
	c.Learn(p.Await("SIP/2.0 200"))
	next[sip.CallAnswered](ph)
	ph.forward(600 * time.Millisecond)
	eventually(t, "the tone is over", func() bool { return len(ph.audio.playing()) == 0 })
	buf := make([]byte, 2000)
	tag := c.ToTag
	for i := range 10 {
		if i == 5 { // an ACK of somebody who has not got the answer
			c.ToTag = ""
			branch := c.Branch
			ack := c.Text("ACK", "", "")
			p.Send(c.To, strings.Replace(ack, c.Branch, branch, 1))
		}
		if n, err := far.read(buf); err != nil || loud(buf[12:n]) {
			t.Fatalf("heard before the ACK, %v", err)
		}
	}
	c.ToTag = tag
	c.Bye()
}

// It rings where the account does not trust its server, beside another call, and for strangers; in do not disturb it is told busy.
func TestCallsThatMustRing(t *testing.T) {
	t.Run("not trusted", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		c := ringWith(p, "<sip:bob@example.com>", askToAnswer)
		c.Learn(p.Await("SIP/2.0 180"))
		rings(t, ph)
	})
	t.Run("beside another call", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, trusting)
		first, _ := talk(ph, p)
		c := ringWith(p, "<sip:bob@example.com>", askToAnswer)
		c.Learn(p.Await("SIP/2.0 180"))
		rings(t, ph)
		first.Bye()
	})
	t.Run("do not disturb", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, trusting)
		ph.must(ph.SetDND(true))
		ringWith(p, "<sip:bob@example.com>", askToAnswer)
		p.Await("SIP/2.0 486")
		rings(t, ph)
	})
	t.Run("a stranger", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, trusting, func(s *setup) { s.Account.Trust.Direct = true })
		eve := from(t, p, "127.0.0.66")
		eve.Send("INVITE", askToAnswer, siptest.SDP(4000, "sendrecv"))
		eve.Ringing()
		rings(t, ph)
	})
	t.Run("do not disturb while it waits", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, trusting)
		c := ringWith(p, "<sip:bob@example.com>", "Call-Info: <sip:pbx.example.com>;answer-after=60\n")
		c.Learn(p.Await("SIP/2.0 180"))
		ph.must(ph.SetDND(true))
		ph.forward(time.Minute)
		if e, ok := within[sip.CallAnswered](ph, 50*time.Millisecond); ok {
			t.Errorf("answered %+v", e)
		}
	})
}

// A call that is to be answered some seconds later rings until then.
func TestACallThatIsAnsweredLaterRingsUntilThen(t *testing.T) {
	for _, header := range []string{"Call-Info: <sip:pbx.example.com>;answer-after=20", "Alert-Info: <http://pbx.example.com>;info=alert-autoanswer;delay=20"} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p, trusting)
		c := ringWith(p, "<sip:bob@example.com>", header+"\n")
		c.Learn(p.Await("SIP/2.0 180"))
		ph.forward(19 * time.Second)
		if e, ok := within[sip.CallAnswered](ph, 50*time.Millisecond); ok {
			t.Fatalf("%s: answered %+v too early", header, e)
		}
		ph.forward(2 * time.Second)
		c.Answered()
		if e := next[sip.CallAnswered](ph); !e.Itself {
			t.Errorf("%s: told %+v", header, e)
		}
		c.Bye()
	}
}

// One that cannot be answered rings on: the agent who answers it then is heard, and has answered it.
func TestAnAnswerByItselfThatFails(t *testing.T) {
	taken, pair := twoPorts(t)
	_, ph, c, far := intercom(t, func(s *setup) { s.RTPPorts = pair })
	id := next[sip.CallIncoming](ph).ID
	ph.forward(time.Second)
	ph.must(ph.SetDND(false)) // runs behind the answer that failed
	for _, conn := range taken {
		conn.Close()
	}
	ph.must(ph.Answer(id))
	c.Answered()
	if e := next[sip.CallAnswered](ph); e.Itself {
		t.Errorf("told %+v", e)
	}
	buf := make([]byte, 2000)
	eventually(t, "the agent is heard", func() bool {
		n, err := far.read(buf)
		return err == nil && loud(buf[12:n])
	})
	c.Bye()
}

// twoPorts are a pair of UDP ports for sound that are taken, and are the test's once they are given back.
func twoPorts(t *testing.T) (taken []net.PacketConn, pair [2]int) {
	t.Helper()
	first := ports.Block(t, 2)
	pair = [2]int{first, first + 1}
	for _, port := range pair {
		conn, err := net.ListenPacket("udp4", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		taken = append(taken, conn)
	}
	return taken, pair
}

// rings fails if a call is answered.
func rings(t *testing.T, ph *phone) {
	t.Helper()
	if e, ok := within[sip.CallAnswered](ph, 50*time.Millisecond); ok {
		t.Errorf("answered %+v", e)
	}
}
