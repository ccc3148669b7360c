package siptest

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
)

var serial atomic.Int64

// Caller is one call a peer places to a phone, by hand.
type Caller struct {
	Peer    *Peer
	To      netip.AddrPort // where the phone listens
	URI     string         // the phone's Contact
	Name    string         // From, less the tag: `"Ada" <sip:ada@example.com>`
	CallID  string
	FromTag string
	ToTag   string // the phone's; "" before it answered
	Branch  string // of the last request
	Seq     int
}

// Call makes a caller to the phone that registered with the peer.
func (p *Peer) Call(from string) *Caller {
	p.t.Helper()
	to, uri := p.Phone()
	if !to.IsValid() {
		p.t.Fatal("siptest: no phone has registered")
	}
	n := serial.Add(1)
	return &Caller{
		Peer: p, To: to, URI: uri, Name: from, CallID: fmt.Sprintf("call-%d-%d", n, p.conn.LocalAddr().(interface{ AddrPort() netip.AddrPort }).AddrPort().Port()),
		FromTag: fmt.Sprintf("from%d", n),
	}
}

// Text builds a request of the call. ACK and CANCEL keep the CSeq number of the last INVITE, CANCEL its branch too;
// other methods count it up.
func (c *Caller) Text(method, extra, body string) string {
	switch method {
	case "ACK":
		c.newBranch()
	case "CANCEL":
	default:
		c.Seq++
		c.newBranch()
	}
	to := "<" + c.URI + ">"
	if c.ToTag != "" && method != "CANCEL" {
		to += ";tag=" + c.ToTag
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=%s;rport\nMax-Forwards: 70\nFrom: %s;tag=%s\nTo: %s\nCall-ID: %s\nCSeq: %d %s\n",
		method, c.URI, c.Peer.Addr(), c.Branch, c.Name, c.FromTag, to, c.CallID, c.Seq, method)
	if method == "INVITE" || method == "UPDATE" {
		fmt.Fprintf(&b, "Contact: <sip:caller@%s>\n", cmp.Or(c.Peer.front, c.Peer.Addr()))
	}
	b.WriteString(extra)
	if body != "" && !strings.Contains(extra, "Content-Type") {
		b.WriteString("Content-Type: application/sdp\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\n\n%s", len(CRLF(body)), body)
	return b.String()
}

func (c *Caller) newBranch() { c.Branch = fmt.Sprintf("z9hG4bK-%d", serial.Add(1)) }

// Send sends a request of the call.
func (c *Caller) Send(method, extra, body string) { c.Peer.Send(c.To, c.Text(method, extra, body)) }

// Invite sends the INVITE with an offer of PCMU.
func (c *Caller) Invite() { c.Send("INVITE", "", SDP(4000, "sendrecv")) }

// Learn takes the phone's tag from an answer of its.
func (c *Caller) Learn(m Message) Message {
	if tag := m.Tag("To"); tag != "" {
		c.ToTag = tag
	}
	return m
}

// Ringing sends the INVITE and waits for the 180.
func (c *Caller) Ringing() Message {
	c.Peer.t.Helper()
	c.Invite()
	return c.Learn(c.Peer.Await("SIP/2.0 180"))
}

// Answered waits for the 200 to the INVITE and acknowledges it.
func (c *Caller) Answered() Message {
	c.Peer.t.Helper()
	m := c.Learn(c.Peer.Await("SIP/2.0 200"))
	c.Send("ACK", "", "")
	return m
}

// There returns when the phone has what was sent to it before, in a call that goes on: it answers what comes after that.
func (c *Caller) There() {
	c.Peer.t.Helper()
	c.Send("INFO", "", "")
	c.Peer.Await("SIP/2.0 200")
}

// Bye hangs up and waits for the answer.
func (c *Caller) Bye() Message {
	c.Peer.t.Helper()
	c.Send("BYE", "", "")
	return c.Peer.Await("SIP/2.0 200")
}
