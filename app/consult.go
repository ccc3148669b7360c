package app

import (
	"cmp"
	"errors"

	"linecard/app/catalogue"
	"linecard/clean"
	"linecard/fault"
	"linecard/sip"
)

// ConsultView is the other one of two calls that an attended transfer is about to join; the zero value where there is none.
type ConsultView struct {
	With    string // its id
	Name    string // whom it is with
	Phase   Phase
	Rings   bool // it is dialed, and rings
	First   bool // this call is the one to be transferred, and the other the consultation about it
	Joining bool // the phone system has been asked to join the two
}

// ReferredView is the wish of the other side to transfer the agent, or to have a call that was dialed go on to another number, while it is not settled; the zero
// value where there is none.
type ReferredView struct {
	Target   string // where to
	By       string // who
	Asks     bool   // the agent says whether: [Desk.Follow], [Desk.Refuse]
	Redirect bool   // the call was dialed, and is sent on before it is answered
}

// referred is a transfer by the other side of a call, or the sending on of one that was dialed, that is not settled.
type referred struct {
	target, by            string
	asks, rings, redirect bool
}

// words are the sentence about it, "" for none.
func (r referred) words() string {
	switch {
	case r.target == "":
		return ""
	case r.redirect:
		return r.redirected()
	case r.asks:
		return catalogue.Text("desk.referred-asks", "by", r.by, "target", r.target)
	case r.rings:
		return catalogue.Text("desk.referred-rings", "by", r.by, "target", r.target)
	}
	return catalogue.Text("desk.referred", "by", r.by, "target", r.target)
}

// redirected are the words where a call that was dialed is sent on.
func (r referred) redirected() string {
	switch {
	case r.asks:
		return catalogue.Text("desk.redirected-asks", "by", r.by, "target", r.target)
	case r.rings:
		return catalogue.Text("desk.redirected-rings", "by", r.by, "target", r.target)
	}
	return catalogue.Text("desk.redirected", "by", r.by, "target", r.target)
}

// Consult dials somebody about a call before it is transferred, and holds the call; with id "" the focused one. It returns the id of the
// consultation. Whoever is marked Do Not Call is not called, and nobody where another call has been taken up meanwhile, as with [Desk.Dial].
func (d *Desk) Consult(id, target string) (consultation string, err error) {
	return d.consult(id, target, func(c CallView, target string) error { return d.mayCall(c.Account, target, c.ID) })
}

// ConsultAnyway is Consult for somebody who is marked Do Not Call, for a reason, as with [Desk.DialAnyway].
func (d *Desk) ConsultAnyway(id, target, reason string) (consultation string, err error) {
	if reason = clean.Short(reason, longestReason); reason == "" {
		return "", ErrNoReason
	}
	return d.consult(id, target, func(c CallView, _ string) error {
		d.reasons.Store(c.ID, reason)
		return nil
	})
}

// consult dials somebody about a call once ready has nothing against it.
func (d *Desk) consult(id, target string, ready func(about CallView, target string) error) (consultation string, err error) {
	err = d.onto(id, target, func(c CallView, target string) error {
		if err := ready(c, target); err != nil {
			return err
		}
		defer d.reasons.Delete(c.ID) // where nothing was dialed
		if consultation, err = d.cfg.Phone.Consult(c.ID, target); err == nil {
			d.awaitArrival(consultation)
		}
		return err
	})
	return consultation, err
}

// Complete joins a call and the consultation about it; with id "" the pair in focus.
func (d *Desk) Complete(id string) error {
	return d.on(id, sip.ErrNoConsult, paired, d.cfg.Phone.Complete)
}

// CancelConsult ends the consultation and goes back to the call; with id "" the pair in focus.
func (d *Desk) CancelConsult(id string) error {
	return d.on(id, sip.ErrNoConsult, paired, func(id string) error {
		d.taken.add("")
		return d.cfg.Phone.CancelConsult(id)
	})
}

// Swap talks on the held one of a call and its consultation. Without one it talks on the call on hold that came first, and holds the
// other.
func (d *Desk) Swap(id string) error {
	err := d.on(id, sip.ErrNoConsult, paired, func(id string) error {
		if c, _ := d.View().call(id); c.Consult.Joining {
			return sip.ErrTransfer
		}
		d.taken.add("")
		return d.cfg.Phone.Swap(id)
	})
	if fault.Of(err).Is(fault.Of(sip.ErrNoConsult).Code) && id == "" || errors.Is(err, ErrNoCall) {
		return d.Resume("")
	}
	return err
}

// Follow has the phone call where the other side wants to transfer the agent, or have a dialed call go on to; with id "" in the call in focus that asks. Whoever is marked
// Do Not Call is not called.
func (d *Desk) Follow(id string) error {
	return d.on(id, sip.ErrNotAsked, asks, func(id string) error {
		c, _ := d.View().call(id)
		if err := d.mayBeCalled(c.Account, c.Referred.Target, false); err != nil {
			return err
		}
		return d.followTo(id, c.Referred.Target)
	})
}

// followTo is the phone's Follow, as long as the other side has named nobody else in the meantime.
func (d *Desk) followTo(id, target string) error {
	if c, ok := d.View().call(id); !ok || c.Referred.Target != target {
		return sip.ErrNotAsked
	}
	return d.cfg.Phone.Follow(id)
}

// FollowAnyway is Follow to somebody who is marked Do Not Call, for a reason, as with [Desk.TransferAnyway]. target is whom the agent was
// asked about, "" for whom the other side names now.
func (d *Desk) FollowAnyway(id, target, reason string) error {
	if reason = clean.Short(reason, longestReason); reason == "" {
		return ErrNoReason
	}
	return d.on(id, sip.ErrNotAsked, asks, func(id string) error {
		c, _ := d.View().call(id)
		err := d.followTo(id, cmp.Or(target, c.Referred.Target))
		if err == nil {
			d.post(transferMeant{d.stamp(), id, reason})
		}
		return err
	})
}

// Refuse tells the other side that the agent stays. A dialed call that is sent on is over with that.
func (d *Desk) Refuse(id string) error { return d.on(id, sip.ErrNotAsked, sentOn, d.cfg.Phone.Refuse) }

func paired(c CallView) bool { return c.Consult.With != "" }
func asks(c CallView) bool   { return c.Referred.Asks }
func sentOn(c CallView) bool { return c.Referred.Target != "" }

// pair is the other one of a call and the consultation about it, nil where there are not both.
func (s *state) pair(c *call) *call {
	for i := range s.calls {
		if o := &s.calls[i]; o != c && o.live() && c.live() && !o.in && !c.in && (c.consults == o.id || o.consults == c.id) {
			return o
		}
	}
	return nil
}

// consult draws what a consultation adds to a call.
func (s *state) consult(c *call, v *CallView) {
	v.Referred = ReferredView{c.referred.target, c.referred.by, c.referred.asks, c.referred.redirect}
	o := s.pair(c)
	if o == nil {
		v.Transfer = cmp.Or(c.transfer.words(), s.joinWords(c), c.referred.words())
		s.connect(c, v)
		return
	}
	first := c
	if c.consults == o.id {
		first = o
	}
	v.Consult = s.other(o)
	v.Consult.First, v.Consult.Joining = first == c, first.handing || s.joiner(c) != nil || s.joiner(o) != nil
	v.Transfer = cmp.Or(c.transfer.words(), s.joinWords(c), first.transfer.words(), c.referred.words())
}

// other is where the other one of two calls stands.
func (s *state) other(o *call) ConsultView {
	return ConsultView{With: o.id, Name: cmp.Or(o.name(), o.shownNumber()), Phase: o.phase, Rings: o.farRings}
}

// sentOnTo takes the wish of the other side to transfer the agent, and what becomes of it.
func sentOnTo(s state, i int, e sip.CallReferred) (state, []effect) {
	c := s.calls[i]
	if !c.live() {
		return s, nil
	}
	state := "following"
	c.referred = referred{target: e.Target, by: cmp.Or(c.name(), c.shownNumber()), asks: e.Asks, rings: e.Ringing, redirect: e.Redirect}
	c.sentOn = c.sentOn || e.Redirect && !e.Asks
	if e.Redirect && !e.Ringing && !e.Done && e.Failed.IsZero() { // whatever rang or played does not any more
		c.farRings, c.earlyMedia = false, false
	}
	switch {
	case !e.Failed.IsZero():
		c.transfer, c.referred, state = transfer{target: e.Target, failed: e.Failed}, referred{}, "failed"
	case e.Done:
		c.referred, state = referred{}, "done"
	case e.Asks:
		c.transfer, state = transfer{}, "asked"
	case e.Ringing:
		state = "ringing"
	default:
		c.transfer = transfer{}
	}
	name := "referred"
	if e.Redirect {
		name = "redirected"
	}
	line := c.says(name, e.At).with(state)
	line.Why, line.Target = e.Failed, e.Target
	out := []effect{say{line}}
	if e.Asks {
		out = append(out, raiseWindow{})
	}
	return s.with(i, c), out
}

// handedHere notes that the party of the call has transferred it to another.
func (c call) handedHere(by string) call {
	c.told.handedBy, c.transfer = by, transfer{stage: transferredHere, target: by}
	return c
}

// nameAndNumber is whom the call is with, as the log names those of before.
func (c *call) nameAndNumber() string {
	if c.number.Withheld {
		return c.party.Name
	}
	if n := c.name(); n != "" {
		return catalogue.Beside(n, c.writtenNumber())
	}
	return c.writtenNumber()
}
