package sip_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"linecard/sip/internal/siptest"
)

// far is the other side of a call for a property test: a phone that does what RFC 3261 §14, RFC 3264 and RFC 3311 ask of it, at
// whatever moment it likes. It notes what was agreed, and what the phone owes it.
type far struct {
	t      *rapid.T
	p      *siptest.Peer
	ph     *phone
	id     string
	callID string
	from   string // of its requests, with the tag; to likewise
	to     string
	owner  bool // it placed the call

	asked int
	seq   int
	inbox []siptest.Message // came, and not looked at yet
	late  []string          // sent, and still on their way
	calm  bool              // nothing is late any more

	holds bool   // it wants the phone held
	way   string // in which it says so
	mine  *change
	wants bool      // to change the session, once it may
	when  time.Time // not before

	trying *siptest.Message // the phone's INVITE that has a 100 only
	acks   map[string]bool  // CSeq numbers of INVITEs whose ACKs have to come
	agreed map[string]bool  // those that were accepted: no INVITE may go out before the ACK is here

	wish  bool // the agent wants the call held
	fresh bool // what comes from now on was sent after the agent said so

	last    string // CSeq number of the phone's last request
	told491 time.Time
	refused bool // it has refused what the phone offered last

	phoneSays, says flows // of the last offer and answer
}

// change is a re-INVITE or UPDATE of the far side that has no final answer yet.
type change struct {
	method, body, text string
	seq                int
}

// flows is a direction from the side that says it.
type flows struct{ send, recv bool }

// flowsOf reads the direction out of a session description.
func flowsOf(body string) flows {
	f := flows{send: !strings.Contains(body, "a=recvonly") && !strings.Contains(body, "a=inactive"), recv: !strings.Contains(body, "a=sendonly") && !strings.Contains(body, "a=inactive")}
	switch {
	case strings.Contains(body, "m=audio 0 "):
		return flows{}
	case strings.Contains(body, "c=IN IP4 0.0.0.0"):
		f.recv = false
	}
	return f
}

func (f flows) String() string {
	switch f {
	case flows{true, true}:
		return "sendrecv"
	case flows{true, false}:
		return "sendonly"
	case flows{false, true}:
		return "recvonly"
	}
	return "inactive"
}

// describe is its session description, which answers an offer; one of its own answers nothing, and so flows{true, true}.
func (f *far) describe(offer flows) string {
	if !f.holds {
		return siptest.SDP(4000, flows{offer.recv, offer.send}.String())
	}
	switch f.way {
	case "port 0":
		if f.says.recv && !offer.recv { // in this way it would take the phone's hold, and not hold itself
			return siptest.SDP(4000, "inactive")
		}
		return siptest.SDP(0, "sendrecv")
	case "c=0.0.0.0":
		return strings.ReplaceAll(siptest.SDP(4000, flows{offer.recv, offer.send}.String()), "c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0")
	case "inactive":
		return siptest.SDP(4000, "inactive")
	}
	return siptest.SDP(4000, flows{offer.recv, false}.String())
}

// barrier reads until everything that was sent is dealt with: the phone handles messages in order.
func (f *far) barrier() {
	f.asked++
	phone, uri := f.p.Phone()
	id := fmt.Sprintf("ask-%s-%d", f.callID, f.asked)
	f.p.Send(phone, "OPTIONS "+uri+" SIP/2.0\nVia: SIP/2.0/UDP "+f.p.Addr()+";branch=z9hG4bK"+id+";rport\nMax-Forwards: 70\n"+
		"From: <sip:x@y>;tag=1\nTo: <"+uri+">\nCall-ID: "+id+"\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n")
	for {
		m, ok := f.p.Within(patience, "")
		switch {
		case !ok:
			f.t.Fatal("the phone answers nothing any more")
		case m.Header("Call-ID") == id:
			f.fresh = true
			return
		default:
			f.arrives(m)
		}
	}
}

// waits passes the time until the phone sends something, or for as long as d.
func (f *far) waits(d time.Duration) {
	if m, ok := f.p.Within(d, ""); ok {
		f.arrives(m)
	}
}

func (f *far) arrives(m siptest.Message) {
	if m.Header("Call-ID") != f.callID || m.Status() == "100" {
		return
	}
	if m.Method() != "" && m.Method() != "ACK" {
		seq := seqOf(m)
		if len(seq) < len(f.last) || len(seq) == len(f.last) && seq <= f.last {
			f.t.Errorf("CSeq %s after %s:\n%s", seq, f.last, m.Text)
		}
		f.last = seq
	}
	if m.Method() == "INVITE" && f.fresh && flowsOf(m.Body()).recv == f.wish {
		f.t.Errorf("the agent wants it held: %v; the phone offers %v", f.wish, flowsOf(m.Body()))
	}
	f.inbox = append(f.inbox, m)
}

// seqOf is the number in CSeq.
func seqOf(m siptest.Message) string {
	seq, _, _ := strings.Cut(m.Header("CSeq"), " ")
	return seq
}

// send sends a message: now, twice, or later than what is sent after it.
func (f *far) send(text string) {
	phone, _ := f.p.Phone()
	how := "now"
	if !f.calm {
		how = rapid.SampledFrom([]string{"now", "now", "now", "twice", "late"}).Draw(f.t, "on the way")
	}
	switch how {
	case "late":
		f.late = append(f.late, text)
		return
	case "twice":
		f.p.Send(phone, text)
	}
	f.p.Send(phone, text)
}

// arrive has come in what was late.
func (f *far) arrive() {
	phone, _ := f.p.Phone()
	for _, text := range f.late {
		f.p.Send(phone, text)
	}
	f.late = nil
}

// may reports whether it may change the session now (RFC 3261 §14.1, RFC 3311 §5.1).
func (f *far) may() bool {
	return f.mine == nil && f.trying == nil && len(f.agreed) == 0 && len(f.late) == 0
}

// request sends a request inside the call.
func (f *far) request(method, body string) {
	f.seq++
	c := &change{method: method, body: body, seq: f.seq}
	c.text = f.text(method, f.seq, fmt.Sprintf("z9hG4bKfar-%s-%d", f.callID, f.seq), body)
	f.mine, f.wants = c, false
	f.send(c.text)
}

func (f *far) text(method string, seq int, branch, body string) string {
	_, uri := f.p.Phone()
	extra := ""
	if body != "" {
		extra = "Content-Type: application/sdp\n"
	}
	return fmt.Sprintf("%s %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=%s;rport\nMax-Forwards: 70\nFrom: %s\nTo: %s\nCall-ID: %s\nCSeq: %d %s\nContact: <sip:b@%s>\n%sContent-Length: %d\n\n%s",
		method, uri, f.p.Addr(), branch, f.from, f.to, f.callID, seq, method, f.p.Addr(), extra, len(siptest.CRLF(body)), body)
}

// quiet reports whether neither side owes the other anything.
func (f *far) quiet() bool { return f.may() && !f.wants && len(f.acks) == 0 }

// settle has everything come in, and answers as it should, until nothing is under way on either side.
func (f *far) settle() {
	f.calm = true
	deadline := time.Now().Add(patience)
	for {
		f.arrive()
		f.barrier()
		busy := len(f.inbox) > 0
		for len(f.inbox) > 0 {
			f.read(0, "accept")
		}
		if f.trying != nil {
			f.answer(*f.trying, "accept")
		}
		if f.wants && f.may() && time.Now().After(f.when) {
			f.request("INVITE", f.describe(flows{true, true}))
		}
		state, up := f.ph.StateOf(f.id)
		switch {
		case !up:
			f.t.Fatal("the call is lost")
		case !busy && f.quiet() && state.Settled:
			f.calm = false
			return
		case time.Now().After(deadline):
			f.t.Fatalf("it never settles: the phone %+v; the far side %+v, ACKs to come %v, changes again: %v", state, f.mine, f.acks, f.wants)
		}
		f.waits(10 * time.Millisecond)
	}
}

// read looks at the message in the inbox, and does with an INVITE as it is told.
func (f *far) read(at int, policy string) {
	m := f.inbox[at]
	f.inbox = slices.Delete(f.inbox, at, at+1)
	switch m.Method() {
	case "INVITE":
		f.answer(m, policy)
	case "ACK":
		delete(f.acks, seqOf(m))
		delete(f.agreed, seqOf(m))
	case "":
		f.answered(m)
	default:
		f.t.Fatalf("came\n%s", m.Text)
	}
}
