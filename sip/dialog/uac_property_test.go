package dialog_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"linecard/sip/internal/siptest"
)

// server plays the far end of calls for a property test: it answers what it must, and counts.
type server struct {
	*siptest.Peer
	a      *agent
	asked  int
	invite siptest.Message
	final  int             // of the INVITE, 0 before
	rang   bool            // a provisional answer was sent
	oks    map[string]int  // 200s sent, by tag
	acks   map[string]int  // ACKs that came for them
	byes   map[string]bool // legs that are over
	cancel int
	late   bool // a CANCEL came before it was allowed, or too late
}

// settle reads until everything that was sent is dealt with: the agent handles messages in order.
func (s *server) settle(t *rapid.T) {
	s.asked++
	phone, uri := s.Phone()
	id := fmt.Sprintf("settle-%d", s.asked)
	s.Send(phone, "OPTIONS "+uri+" SIP/2.0\nVia: SIP/2.0/UDP "+s.Addr()+";branch=z9hG4bK"+id+";rport\nMax-Forwards: 70\n"+
		"From: <sip:x@y>;tag=1\nTo: <"+uri+">\nCall-ID: "+id+"\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n")
	for {
		m := s.Recv()
		switch m.Method() {
		case "":
			if m.Header("Call-ID") == id {
				return
			}
		case "ACK":
			if s.final < 300 {
				s.acks[m.Tag("To")]++
			}
		case "CANCEL":
			s.cancel++
			s.late = s.late || !s.rang
			s.Reply(m, "200 OK", "")
			if s.final == 0 {
				s.final = 487
				s.Reply(s.invite, "487 Request Terminated", "")
			}
		case "BYE":
			s.byes[m.Tag("To")] = true
			s.Reply(m, "200 OK", "")
		default:
			t.Fatalf("came\n%s", m.Text)
		}
	}
}

// from sends a request of a fork inside its dialog.
func (s *server) from(tag, method string, seq int, body string) {
	phone, uri := s.Phone()
	extra := ""
	if body != "" {
		extra = "Content-Type: application/sdp\n"
	}
	s.asked++
	s.Send(phone, fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKfork%d;rport\nMax-Forwards: 70\nFrom: %s;tag=%s\nTo: %s\n"+
		"Call-ID: %s\nCSeq: %d %s\nContact: <sip:%s@%s>\n%sContent-Length: %d\n\n%s", method, uri, s.Addr(), s.asked, s.invite.Header("To"), tag,
		s.invite.Header("From"), s.invite.Header("Call-ID"), seq, method, tag, s.Addr(), extra, len(siptest.CRLF(body)), body))
}

// Whatever a far end of several forks sends, and whenever the agent hangs up: each 200 is acknowledged, each fork that
// answered and is not talked to is hung up, CANCEL goes out once at most and only when it may, the call ends once, and nothing
// is left.
func TestOutboundCallsProperty(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		s := &server{Peer: p, a: a, asked: n * 1000, oks: map[string]int{}, acks: map[string]int{}, byes: map[string]bool{}}
		l := a.dial("100")
		s.invite = p.Recv("INVITE")
		seq, first := 100, ""
		tags := []string{"a", "b", "c"}
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			tag := rapid.SampledFrom(tags).Draw(t, "fork")
			switch rapid.SampledFrom([]string{"180", "183", "100", "200", "200 again", "refuse", "hang up", "BYE", "UPDATE", "INVITE", "INFO", "settle"}).Draw(t, "step") {
			case "100":
				if s.final == 0 {
					p.Reply(s.invite, "100 Trying", "")
					s.rang = true
				}
			case "180":
				p.ReplyTagged(s.invite, "180 Ringing", tag, contact(p, tag), "") // after a final answer it is out of place
				s.rang = true
			case "183":
				p.ReplyTagged(s.invite, "183 Session Progress", tag, contact(p, tag), sdp("sendrecv"))
				s.rang = true
			case "200":
				if s.final < 300 {
					s.final = 200
					if first == "" {
						first = tag
					}
					s.oks[tag]++
					p.ReplyTagged(s.invite, "200 OK", tag, contact(p, tag), sdp("sendrecv"))
				}
			case "200 again":
				if s.oks[first] > 0 {
					s.oks[first]++
					p.ReplyTagged(s.invite, "200 OK", first, contact(p, first), sdp("sendrecv"))
				}
			case "refuse":
				if s.final == 0 {
					s.final = rapid.SampledFrom([]int{404, 486, 500, 603}).Draw(t, "status")
					p.ReplyTagged(s.invite, fmt.Sprintf("%d No", s.final), tag, "", "")
				}
			case "hang up":
				l.hangup()
			case "BYE":
				if s.oks[tag] > 0 {
					seq++
					s.byes[tag] = true
					s.from(tag, "BYE", seq, "")
				}
			case "UPDATE", "INFO":
				seq++
				s.from(tag, rapid.SampledFrom([]string{"UPDATE", "INFO"}).Draw(t, "method"), seq, "")
			case "INVITE":
				if s.oks[tag] > 0 {
					seq++
					s.from(tag, "UPDATE", seq, sdp("sendonly"))
				}
			case "settle":
				s.settle(t)
			}
		}
		s.settle(t)
		l.hangup()
		if s.final == 0 {
			p.Reply(s.invite, "180 Ringing", "")
			s.rang = true
		}
		for range 3 { // the answers to what it had to ask may have more come
			s.settle(t)
		}
		for tag, sent := range s.oks {
			if s.acks[tag] != sent {
				t.Errorf("%d ACKs for %d 200s of %s", s.acks[tag], sent, tag)
			}
			if !s.byes[tag] {
				t.Errorf("%s answered and was not hung up", tag)
			}
		}
		if s.cancel > 1 || s.late {
			t.Errorf("%d CANCELs, too early: %v", s.cancel, s.late)
		}
		left := 0
		a.do(func() { left = a.ua.Left() })
		if left != 0 {
			t.Errorf("%d calls are left", left)
		}
		ends := 0
		for len(l.heard) > 0 {
			if h := <-l.heard; h.what == "ended" {
				ends++
			} else if ends > 0 {
				t.Errorf("heard %+v after the end", h)
			}
		}
		if ends != 1 {
			t.Errorf("ended %d times", ends)
		}
	})
}
