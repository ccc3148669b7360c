package dialog_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// customer plays the calling end of one call for a property test: it does what the RFC lets it, in any order, and counts.
type customer struct {
	*siptest.Caller
	t      *rapid.T
	a      *agent
	l      *leg
	asked  int
	offers bool // the INVITE had an offer

	last     string         // the INVITE as it was sent, to be sent again
	finals   map[string]int // answers to the INVITE above 199, by status
	answers  map[string]int // final answers to other requests, by CSeq
	sent     map[string]bool
	over     bool // a BYE was sent or received
	theirBye bool
	acked    int
	changed  int // CSeq number of the last re-INVITE that was taken
}

// settle reads until everything that was sent is dealt with: the agent handles messages in order.
func (c *customer) settle() {
	c.asked++
	id := fmt.Sprintf("customer-%s-%d", c.CallID, c.asked)
	c.Peer.Send(c.To, "OPTIONS "+c.URI+" SIP/2.0\nVia: SIP/2.0/UDP "+c.Peer.Addr()+";branch=z9hG4bK"+id+";rport\nMax-Forwards: 70\n"+
		"From: <sip:x@y>;tag=1\nTo: <"+c.URI+">\nCall-ID: "+id+"\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n")
	for {
		m, ok := c.Peer.Within(siptest.Patience, "")
		switch {
		case !ok:
			c.t.Fatal("the agent answers nothing any more")
		case m.Status() == "100": // a busy machine
		case m.Header("Call-ID") == id:
			return
		case m.Header("Call-ID") != c.CallID:
			c.t.Fatalf("of another call came\n%s", m.Text)
		case m.Method() == "BYE":
			c.over, c.theirBye = true, true
			c.Peer.Reply(m, "200 OK", "")
		case m.Method() != "":
			c.t.Fatalf("came\n%s", m.Text)
		case m.Header("CSeq") == "1 INVITE":
			c.Learn(m)
			if m.Status() >= "200" {
				c.finals[m.Status()]++
			}
			c.refused(1, m)
		case m.Status() >= "200":
			seq, method := 0, ""
			_, _ = fmt.Sscan(m.Header("CSeq"), &seq, &method)
			c.answers[m.Header("CSeq")]++
			if method == "INVITE" && m.Status() < "300" {
				c.changed = seq
			} else if method == "INVITE" {
				c.refused(seq, m)
			}
		}
	}
}

// ack acknowledges an INVITE.
func (c *customer) ack(invite int, body string) {
	seq := c.Seq
	c.Seq = invite
	c.Send("ACK", "", body)
	c.Seq = seq
}

// refused acknowledges a refusal, which is part of the INVITE's transaction (RFC 3261 §17.1.1.3).
func (c *customer) refused(invite int, m siptest.Message) {
	if m.Status() < "300" {
		return
	}
	seq := c.Seq
	c.Seq = invite
	text := c.Text("ACK", "", "")
	c.Peer.Send(c.To, strings.Replace(text, c.Branch, m.Branch(), 1))
	c.Seq = seq
}

// acks acknowledges the INVITE, with an answer where the offer was theirs, and the last one that changed the session.
func (c *customer) acks() {
	if c.finals["200"] > 0 {
		c.acked++
		c.ack(1, map[bool]string{true: "", false: sdp("sendrecv")}[c.offers])
	}
	if c.changed > 0 {
		c.ack(c.changed, "")
	}
}

// request sends a request inside the call.
func (c *customer) request(method, extra, body string) {
	c.Send(method, extra, body)
	c.sent[fmt.Sprintf("%d %s", c.Seq, method)] = true
}

// Whatever a caller sends, and whenever the agent answers or hangs up: the INVITE has one final answer, every other request has
// one too, a CANCEL that crosses the 200 ends nothing, the call ends once and is hung up by one side, and nothing is left.
func TestInboundCallsProperty(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	rapid.Check(t, func(t *rapid.T) {
		c := &customer{
			Caller: p.Call("<sip:bob@example.com>"), t: t, a: a, offers: rapid.Bool().Draw(t, "the INVITE has an offer"),
			finals: map[string]int{}, answers: map[string]int{}, sent: map[string]bool{},
		}
		offer := ""
		if c.offers {
			offer = sdp("sendrecv")
		}
		c.last = c.Text("INVITE", "", offer)
		invite := c.Branch
		p.Send(c.To, c.last)
		c.l = a.rings()
		c.settle()
		cancelled := false
		for range rapid.IntRange(0, 12).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"INVITE again", "CANCEL", "ACK", "BYE", "UPDATE", "INFO", "re-INVITE", "answer", "refuse", "hang up", "settle"}).Draw(t, "step") {
			case "INVITE again":
				p.Send(c.To, c.last)
			case "CANCEL":
				if !cancelled && c.acked == 0 {
					cancelled = true
					seq := c.Seq
					c.Seq, c.Branch = 1, invite
					c.Send("CANCEL", "", "")
					c.sent["1 CANCEL"] = true
					c.Seq = seq
				}
			case "ACK":
				c.acks()
			case "BYE":
				if c.finals["200"] > 0 && !c.over {
					c.over = true
					c.request("BYE", "", "")
				}
			case "UPDATE":
				c.request("UPDATE", "", rapid.SampledFrom([]string{"", sdp("sendonly")}).Draw(t, "body"))
			case "INFO":
				c.request("INFO", "Content-Type: application/dtmf-relay\n", "Signal=1\nDuration=160\n")
			case "re-INVITE":
				c.request("INVITE", "", sdp("sendonly"))
			case "answer":
				c.l.accept()
			case "refuse":
				c.l.reject(486)
			case "hang up":
				c.l.hangup()
			case "settle":
				c.settle()
			}
		}
		c.settle()
		c.l.hangup()
		c.settle()
		c.acks() // a BYE of the agent waits for it
		for range 3 {
			c.settle()
		}
		c.judge(cancelled)
	})
}

func (c *customer) judge(cancelled bool) {
	if len(c.finals) != 1 {
		c.t.Errorf("the INVITE was answered %v", c.finals)
	}
	for request := range c.sent {
		if c.answers[request] != 1 {
			c.t.Errorf("%s has %d answers", request, c.answers[request])
		}
	}
	if c.finals["487"] > 0 && !cancelled {
		c.t.Error("a call that nobody cancelled was")
	}
	if c.finals["200"] > 0 && !c.over {
		c.t.Error("the call never ends")
	}
	if c.finals["200"] == 0 && c.theirBye {
		c.t.Error("a call that was not answered was hung up with BYE")
	}
	left := 0
	c.a.do(func() { left = c.a.ua.Left() })
	if left != 0 {
		c.t.Errorf("%d calls are left", left)
	}
	ends := 0
	for len(c.l.heard) > 0 {
		switch h := <-c.l.heard; {
		case h.what == "ended":
			ends++
			if cancelled && h.end.Cause == dialog.Cancelled && c.finals["200"] > 0 {
				c.t.Error("a call that was answered counts as cancelled")
			}
		case ends > 0:
			c.t.Errorf("heard %+v after the end", h)
		}
	}
	if ends != 1 {
		c.t.Errorf("ended %d times", ends)
	}
}
