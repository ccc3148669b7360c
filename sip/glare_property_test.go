package sip_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// held is a call, what the agent wants of it and what the agent was told of it.
type held struct {
	*far
	told   sip.CallHold
	failed bool // a resume was refused since the last wish
	ended  bool
}

// changes has both sides change the session of a call as they like. Whatever crosses, is refused, comes twice, late or in another
// order: in the end the agent is told what was agreed, sound flows as it was agreed, what the agent wants is done or was refused in
// words, and the call is still there. The CSeq numbers rise, and who owns the Call-ID waits for its turn.
func changes(t *testing.T, call func(*phone, *siptest.Peer) *far) {
	sip.SetGlare(t, 10*time.Millisecond)
	sip.SetWaitingFor(t, 20*time.Millisecond)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.Lines = 10000 })
	rapid.Check(t, func(t *rapid.T) {
		h := &held{far: call(ph, p)}
		h.t, h.p, h.ph = t, p, ph
		h.acks, h.agreed = map[string]bool{}, map[string]bool{}
		h.phoneSays, h.says = flows{true, true}, flows{true, true}
		h.way = rapid.SampledFrom([]string{"sendonly", "inactive", "port 0", "c=0.0.0.0"}).Draw(t, "the far side holds by")
		for range rapid.IntRange(1, 14).Draw(t, "steps") {
			h.step(rapid.SampledFrom([]string{
				"hold", "resume", "hold", "resume", "far side holds", "far side resumes", "far side updates", "far side asks for an offer", "refresh", "refresh by UPDATE",
				"read", "read", "read", "read", "read the second first", "answer at last", "arrive", "wait",
			}).Draw(t, "step"))
			h.barrier()
		}
		h.settle()
		h.judge()

		h.press(false)
		h.holds = false
		h.wants = true
		h.settle()
		h.judge()
		if !h.phoneSays.recv || !h.phoneSays.send || h.told.Local || h.told.Remote {
			t.Errorf("both sides talk again, and the phone says %v; the agent was told %+v", h.phoneSays, h.told)
		}
		ph.must(ph.Hangup(h.id))
		h.barrier()
		for _, m := range h.inbox {
			if m.Method() == "BYE" {
				p.Reply(m, "200 OK", "")
			}
		}
	})
}

func (h *held) press(hold bool) {
	h.hear()
	h.wish, h.failed, h.fresh = hold, false, false
	if hold {
		h.ph.must(h.ph.Hold(h.id))
	} else {
		h.ph.must(h.ph.Resume(h.id))
	}
}

func (h *held) step(what string) {
	switch what {
	case "hold", "resume":
		h.press(what == "hold")
	case "far side holds", "far side resumes":
		if h.may() {
			h.holds = what == "far side holds"
			h.request("INVITE", h.describe(flows{true, true}))
		}
	case "far side updates":
		if h.may() {
			h.holds = !h.holds
			h.request("UPDATE", h.describe(flows{true, true}))
		}
	case "far side asks for an offer":
		if h.may() {
			h.request("INVITE", "")
		}
	case "refresh":
		if h.may() {
			h.request("INVITE", h.describe(flows{true, true}))
		}
	case "refresh by UPDATE":
		if h.may() {
			h.request("UPDATE", "")
		}
	case "read", "read the second first":
		policy := rapid.SampledFrom([]string{
			"accept", "accept", "accept", "accept", "100", "491 Request Pending", "500 now", "488 Not Acceptable Here", "403 Forbidden",
			"500 Server Internal Error", "503 Service Unavailable",
		}).Draw(h.t, "answer")
		at := 0
		if what != "read" {
			at = 1
		}
		if at < len(h.inbox) {
			h.read(at, policy)
		}
	case "answer at last":
		policy := rapid.SampledFrom([]string{"accept", "488 Not Acceptable Here"}).Draw(h.t, "answer")
		if h.trying != nil {
			h.answer(*h.trying, policy)
		}
	case "arrive":
		h.arrive()
	case "wait":
		h.waits(50 * time.Millisecond)
	}
}

// hear takes note of what the agent was told so far.
func (h *held) hear() {
	for {
		select {
		case e := <-h.ph.events:
			switch e := e.(type) {
			case sip.CallHold:
				if e.ID == h.id {
					h.told = e
					h.failed = h.failed || !e.Failed.IsZero()
				}
			case sip.CallEnded:
				h.ended = h.ended || e.ID == h.id
			}
		default:
			return
		}
	}
}

// judge compares what is, what was agreed, what the agent was told and what the agent wants. Nothing is under way.
func (h *held) judge() {
	state, _ := h.ph.StateOf(h.id)
	if !soon(patience, func() bool {
		h.hear()
		return h.told.Local == state.Held && h.told.Remote == !h.says.recv && !h.told.Resuming
	}) {
		h.t.Errorf("the agent was told %+v; held here %v, held there %v", h.told, state.Held, !h.says.recv)
	}
	if h.ended {
		h.t.Error("the agent was told that the call has ended")
	}
	if sends := h.phoneSays.send && h.says.recv; state.Direction.Sends() != sends {
		h.t.Errorf("the phone sends: %v; agreed %v and %v", state.Direction.Sends(), h.phoneSays, h.says)
	}
	if receives := h.phoneSays.recv && h.says.send; state.Direction.Receives() != receives {
		h.t.Errorf("the phone takes sound: %v; agreed %v and %v", state.Direction.Receives(), h.phoneSays, h.says)
	}
	switch {
	case h.wish && !state.Held:
		h.t.Error("the agent wants the call held, and it is not")
	case !h.wish && state.Held && !h.failed:
		h.t.Error("the agent wants to talk, the call is held, and nothing was said of it")
	}
	switch agreed := h.says.send && !h.phoneSays.recv; { // a side that sends nothing does not hear of a hold
	case agreed && !state.Held:
		h.t.Errorf("the phone says %v to the far side, and the call is not held", h.phoneSays)
	case state.Held && h.phoneSays.recv && h.says.send && !(state.Refused && h.refused):
		h.t.Errorf("the call is held, the far side was told %v and has refused nothing", h.phoneSays)
	}
}

func TestSessionChangedByBothSidesProperty(t *testing.T) {
	interop.Proves(t, "S2.6")
	t.Run("the phone was called", func(t *testing.T) {
		changes(t, func(ph *phone, p *siptest.Peer) *far {
			c, id := talk(ph, p)
			return &far{id: id, callID: c.CallID, owner: true, seq: c.Seq, from: c.Name + ";tag=" + c.FromTag, to: "<" + c.URI + ">;tag=" + c.ToTag}
		})
	})
	t.Run("the phone has called", func(t *testing.T) {
		changes(t, func(ph *phone, p *siptest.Peer) *far {
			invite, id := dial(ph, p, "123")
			return &far{
				id: id, callID: invite.Header("Call-ID"), seq: 100, last: seqOf(invite),
				from: invite.Header("To") + ";tag=peer", to: invite.Header("From"),
			}
		})
	})
}
