package sip_test

import (
	"fmt"
	"math/rand/v2"
	"time"

	"linecard/sip/internal/siptest"
)

// glareUnit is 10 ms of RFC 3261 §14.1, with the timers of the tests.
const glareUnit = time.Millisecond

// answered is the phone's answer to a change of the far side.
func (f *far) answered(m siptest.Message) {
	c := f.mine
	if c == nil || m.Header("CSeq") != fmt.Sprintf("%d %s", c.seq, c.method) {
		f.t.Fatalf("an answer to nothing:\n%s", m.Text)
	}
	if m.Status() < "200" {
		return
	}
	f.mine = nil
	switch m.Status() {
	case "200":
		f.taken(c, m)
		return
	case "491":
		f.when = time.Now().Add(time.Duration(rand.IntN(201)) * glareUnit)
		if f.owner {
			f.when = time.Now().Add(time.Duration(210+rand.IntN(191)) * glareUnit)
		}
	case "500":
		f.when = time.Now()
	default:
		f.t.Errorf("%s of the far side is answered\n%s", c.method, m.Text)
	}
	f.wants = c.method == "INVITE" || c.body != ""
	if c.method == "INVITE" {
		f.send(f.text("ACK", c.seq, m.Branch(), ""))
	}
}

// taken is a change that the phone agrees to.
func (f *far) taken(c *change, m siptest.Message) {
	answer := ""
	switch {
	case c.body != "":
		f.phoneSays, f.says = flowsOf(m.Body()), flowsOf(c.body)
	case c.method == "INVITE": // the phone was asked to offer
		f.phoneSays = flowsOf(m.Body())
		answer = f.describe(f.phoneSays)
		f.says = flowsOf(answer)
	}
	if c.method == "INVITE" {
		f.send(f.text("ACK", c.seq, fmt.Sprintf("z9hG4bKack-%s-%d", f.callID, c.seq), answer))
	}
}

// answer is what the far side says to a re-INVITE of the phone's.
func (f *far) answer(m siptest.Message, policy string) {
	if !f.told491.IsZero() && !f.owner {
		if pause := m.At.Sub(f.told491); pause < 210*glareUnit {
			f.t.Errorf("the owner of the Call-ID tries again after %v", pause)
		}
	}
	f.told491 = time.Time{}
	seq := seqOf(m)
	if f.mine != nil && (f.mine.method == "INVITE" || f.mine.body != "") && f.trying == nil {
		policy = "491 Request Pending"
	} else if len(f.agreed) > 0 {
		policy = "500 now"
	}
	f.trying = nil
	f.acks[seq] = true
	switch policy {
	case "100":
		delete(f.acks, seq)
		f.send(siptest.Response(m, "100 Trying", "", "", ""))
		f.trying = &m
		return
	case "accept":
		offer := flowsOf(m.Body())
		body := f.describe(offer)
		f.phoneSays, f.says, f.refused = offer, flowsOf(body), false
		f.agreed[seq] = true
		f.send(siptest.Response(m, "200 OK", "", "Contact: <sip:b@"+f.p.Addr()+">\n", body))
		return
	case "500 now":
		f.send(siptest.Response(m, "500 Server Internal Error", "", "Retry-After: 0\n", ""))
	case "491 Request Pending":
		f.told491 = time.Now() // before the phone can have it
		fallthrough
	default:
		f.send(siptest.Response(m, policy, "", "", ""))
	}
	f.refused = true
}
