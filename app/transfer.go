package app

import (
	"strings"

	"linecard/app/catalogue"
	"linecard/clean"
	"linecard/crm"
	"linecard/fault"
)

// transferStage is how far a transfer got.
type transferStage int

// The stages. One that failed has its fault.
const (
	notTransferred transferStage = iota
	transferAsked
	transferRings
	transferDone
	transferredHere // by the other side: target is who did it
)

// transfer is what there is to say of the transfer of a call, of a hold that was refused, or of keys that did not go.
type transfer struct {
	target string
	stage  transferStage
	failed fault.Fault
	room   bool // it is to the conference room
	both   bool // it joins the call with another, which says the same
}

// saysHeld reports whether it says why a call is not in the conference room but on hold here.
func (t *transfer) saysHeld() bool {
	switch t.failed.Code {
	case "sip.conference.not-gone", "sip.conference.not-allowed", "sip.conference.over", "sip.conference.alone", "sip.conference.unheard":
		return true
	}
	return false
}

// words are the sentence about it, "" for none.
func (t *transfer) words() string {
	switch {
	case !t.failed.IsZero():
		return catalogue.Say(t.failed)
	case t.room && t.stage != notTransferred:
		return catalogue.Text("desk.conference-goes")
	case t.both && t.target == "" && t.stage == transferDone:
		return catalogue.Text("desk.connected")
	case t.both && t.target == "" && t.stage != notTransferred:
		return catalogue.Text("desk.connecting")
	case t.stage == transferAsked:
		return catalogue.Text("desk.transferring", "target", t.target)
	case t.stage == transferRings:
		return catalogue.Text("desk.transfer-rings", "target", t.target)
	case t.stage == transferredHere:
		return catalogue.Text("desk.transferred-here", "by", t.target)
	case t.stage == transferDone:
		return catalogue.Text("desk.transferred", "target", t.target)
	}
	return ""
}

// Transfer hands the call to another number at once (blind); with id "" the focused one. To whoever is marked Do Not Call it is not
// transferred: the phone system would call them.
func (d *Desk) Transfer(id, target string) error {
	return d.onto(id, target, func(c CallView, target string) error {
		if err := d.mayBeCalled(c.Account, target, false); err != nil {
			return err
		}
		return d.cfg.Phone.Transfer(c.ID, target)
	})
}

// TransferAnyway is Transfer to somebody who is marked Do Not Call. The reason goes into the Task of the call. Without one the error is
// [ErrNoReason].
func (d *Desk) TransferAnyway(id, target, reason string) error {
	if reason = clean.Short(reason, longestReason); reason == "" {
		return ErrNoReason
	}
	return d.onto(id, target, func(c CallView, target string) error {
		err := d.cfg.Phone.Transfer(c.ID, target)
		if err == nil {
			d.post(transferMeant{d.stamp(), c.ID, reason})
		}
		return err
	})
}

// onto does something to a call and a number that it may go to; with id "" to the focused one.
func (d *Desk) onto(id, target string, do func(c CallView, target string) error) error {
	target = strings.TrimSpace(target)
	if target == "" {
		return fault.Err(nil, "desk.no-target")
	}
	return d.on(id, ErrNotUp, up, func(id string) error {
		c, ok := d.View().call(id)
		switch {
		case !ok:
			return ErrNoSuchCall
		case c.Conference.In:
			return ErrInConference
		}
		return do(c, target)
	})
}

// transferMeant is why a call is transferred to somebody marked Do Not Call.
type transferMeant struct {
	stamp
	id, reason string
}

func (e transferMeant) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	c.override = e.reason
	s = s.with(i, c)
	if c.word == crm.DontLog || !c.live() {
		return s, nil
	}
	return s, []effect{writeDraft{c.id, c.activity(), c.form.until}}
}
