package sip_test

import (
	"regexp"
	"sync"
	"testing"
	"time"

	siplib "github.com/emiago/sipgo/sip"

	"linecard/sip"
	"linecard/test/interop"
	"linecard/test/rig"
)

// trunked is a phone behind a real proxy, by which sipp calls it, and answers as a gateway. What sipp does is in test/rig/sipp: it fails where the phone
// does not do its part.
type trunked struct {
	*phone
	k *rig.Kamailio
}

func atKamailio(t *testing.T, change ...func(*setup)) trunked {
	t.Helper()
	k := rig.StartKamailio(t, map[string]string{"alice": "secret1", "trunk": "secret2"})
	ph := startPhone(t, append([]func(*setup){func(c *setup) {
		c.Account = sip.Account{Server: k.Addr, User: "alice", Password: "secret1", DisplayName: "Alice", Expires: time.Minute, DTMF: sip.KeysInfo}
	}}, change...)...)
	ph.registered()
	return trunked{ph, k}
}

// calls has a customer call who does one thing.
func (a trunked) calls(does string, headers ...string) *rig.Process {
	a.t.Helper()
	return a.k.Call(a.t, rig.Customer{
		From: `"Dana" <sip:+14155550132@test.local>`, To: "alice", User: "trunk", Password: "secret2", Does: does, Headers: headers, End: rig.PhoneHangsUp,
	})
}

// answers takes the call that comes.
func (a trunked) answers() (id string) {
	a.t.Helper()
	id = next[sip.CallIncoming](a.phone).ID
	a.must(a.Answer(id))
	if e := next[sip.CallAnswered](a.phone); e.ID != id {
		a.t.Errorf("answered %+v", e)
	}
	return id
}

// heldThere waits until the other side holds.
func (a trunked) heldThere(id string, here bool) {
	a.t.Helper()
	if h := next[sip.CallHold](a.phone); h.ID != id || h.Local != here || !h.Remote {
		a.t.Errorf("hold %+v, want held there, and here %v", h, here)
	}
}

// hangsUp ends a call, and sipp must have had all that it waited for.
func (a trunked) hangsUp(id string, peer *rig.Process) {
	a.t.Helper()
	a.must(a.Hangup(id))
	if e := next[sip.CallEnded](a.phone); e.ID != id || e.Reason != sip.EndLocal {
		a.t.Errorf("ended %+v", e)
	}
	a.wentWell(peer)
}

func (a trunked) wentWell(peer *rig.Process) {
	a.t.Helper()
	if err := peer.Wait(); err != nil {
		a.t.Errorf("the other side had another call than it should: %v", err)
	}
}

// sipp leaves the offer to the phone, in the INVITE and in a re-INVITE: it is answered in the ACK, and heard and held as any other.
func TestSippOffersLate(t *testing.T) {
	interop.Proves(t, "S2.5", interop.Kamailio, interop.Sipp)
	a := atKamailio(t)
	customer := a.calls(rig.OffersLate)
	id := a.answers()
	a.hearsMore("the customer", id)
	a.must(a.SendDTMF(id, "1"))
	a.heldThere(id, false)
	a.hangsUp(id, customer)
}

// sipp refuses the hold of the phone with 491, since it changes the session itself at that moment, which the phone refuses in the same way: then each has its turn.
func TestSippChangesTheSessionToo(t *testing.T) {
	interop.Proves(t, "S2.6", interop.Kamailio, interop.Sipp)
	a := atKamailio(t)
	customer := a.calls(rig.ChangesToo)
	id := a.answers()
	a.hearsMore("the customer", id)
	a.must(a.Hold(id))
	hold(a.phone, id, true)
	a.heldThere(id, true)
	a.hangsUp(id, customer)
}

// Session timers that are too short for the one who is asked: for the phone that of sipp, and for sipp that of the phone.
func TestSippAndSessionTimers(t *testing.T) {
	interop.Proves(t, "S2.8", interop.Kamailio, interop.Sipp)
	a := atKamailio(t, func(c *setup) { c.Account.SessionTimer = 30 * time.Minute })
	customer := a.calls(rig.RefreshesTooSoon)
	a.hangsUp(a.answers(), customer)

	gateway := a.k.AnswerThat(t, rig.WantsLongSessions)
	id, err := a.Dial("+14155550133")
	a.must(err)
	if e := next[sip.CallAnswered](a.phone); e.ID != id {
		t.Errorf("answered %+v", e)
	}
	a.hangsUp(id, gateway)
}

// sipp requires reliable answers of the phone, and gives some itself: what it plays before it answers goes on when it changes the session by UPDATE, which it does
// in the call too.
func TestSippWantsReliableAnswers(t *testing.T) {
	interop.Proves(t, "S2.9", interop.Kamailio, interop.Sipp)
	interop.Proves(t, "S2.10", interop.Kamailio, interop.Sipp)
	a := atKamailio(t)
	customer := a.calls(rig.Requires100rel)
	id := a.answers()
	a.hearsMore("the customer", id)
	a.hangsUp(id, customer)

	gateway := a.k.AnswerThat(t, rig.ChangesEarly)
	id, err := a.Dial("+14155550133")
	a.must(err)
	if e := next[sip.CallProgress](a.phone); e.ID != id || !e.EarlyMedia {
		t.Errorf("before the answer: %+v", e)
	}
	next[sip.CallAnswered](a.phone)
	a.hearsMore("the gateway", id)
	a.must(a.SendDTMF(id, "1"))
	a.heldThere(id, false)
	a.hangsUp(id, gateway)
}

// An ACK of sipp's is lost, and the next answer that is repeated has another. Where none ever comes, the phone hangs up.
func TestSippDoesNotAcknowledge(t *testing.T) {
	interop.Proves(t, "S2.12", interop.Kamailio, interop.Sipp)
	a := atKamailio(t)
	customer := a.calls(rig.LosesTheACK)
	id := a.answers()
	a.hearsMore("the customer", id)
	a.hangsUp(id, customer)

	customer = a.calls(rig.NeverAcknowledges)
	id = a.answers()
	a.forward(64 * siplib.T1)
	if e := next[sip.CallEnded](a.phone); e.ID != id || !e.Text.Is("sip.ended.unacknowledged") {
		t.Errorf("ended %+v", e)
	}
	a.wentWell(customer)
}

// rung is the value of a Replaces header for the call that a phone has placed and that rings.
type rung struct {
	mu       sync.Mutex
	replaces string
}

var (
	callIDHeader = regexp.MustCompile(`(?m)^Call-ID: *(\S+)`)
	fromTag      = regexp.MustCompile(`(?m)^From:.*;tag=([^;\s]+)`)
)

func (r *rung) seen(_ string, sent bool, _, _ string, text []byte) {
	callID, from, to := callIDHeader.FindSubmatch(text), fromTag.FindSubmatch(text), toTag.FindSubmatch(text)
	if sent || callID == nil || from == nil || to == nil || string(text[:11]) != "SIP/2.0 180" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.replaces = string(callID[1]) + ";to-tag=" + string(from[1]) + ";from-tag=" + string(to[1])
}

// await waits until it rings at the other end.
func (r *rung) await(t *testing.T) (replaces string) {
	t.Helper()
	eventually(t, "it rings there", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		replaces = r.replaces
		return replaces != ""
	})
	return replaces
}

// sipp takes the place of a gateway that the phone has called, by an INVITE with Replaces: while it rings there, and when it is answered.
func TestSippTakesOver(t *testing.T) {
	interop.Proves(t, "S3.8", interop.Kamailio, interop.Sipp)
	for name, early := range map[string]bool{"early": true, "answered": false} {
		t.Run(name, func(t *testing.T) {
			var there rung
			a := atKamailio(t, func(c *setup) { c.Seen = there.seen })
			var called *rig.Process
			only := ""
			if early {
				called, only = a.k.Ring(t), ";early-only"
			} else {
				called = a.k.Answer(t, 0, 200)
			}
			id, err := a.Dial("+14155550133")
			a.must(err)
			replaces := there.await(t)
			if !early {
				next[sip.CallAnswered](a.phone)
			}
			by := a.calls("", "Require: replaces", "Replaces: "+replaces+only)
			if e := next[sip.CallIdentity](a.phone); e.ID != id || !e.Transferred || e.Party.User != "+14155550132" || e.Party.Name != "Dana" {
				t.Errorf("goes on with %+v", e)
			}
			if early {
				next[sip.CallAnswered](a.phone)
			}
			a.wentWell(called)
			a.hearsMore("who took over", id)
			a.hangsUp(id, by)
		})
	}
}
