package app

import (
	"cmp"
	"slices"

	"linecard/fault"
	"linecard/sip"
)

// Two calls that are up can be connected with each other, without the agent, as package sip has it ([sip.Phone.Connect]): also where none of them is a
// consultation about the other. Each of the two is a call of its own, with its card and its Task, and each Task says whom the party went to. A
// consultation is a step of the other call's transfer: only the Task of that one tells of it.

// Connect connects the parties of two calls that are up: that of the call is sent to the one of other. With id "" it is the only call that is up beside the
// other.
func (d *Desk) Connect(id, other string) error {
	v := d.View()
	if id == "" {
		var err error
		if id, err = v.beside(other); err != nil {
			return err
		}
	}
	for _, id := range []string{id, other} {
		switch c, ok := v.call(id); {
		case !ok:
			return ErrNoSuchCall
		case c.inRoom():
			return ErrInConference
		case !up(c) && c.Consult.With == "": // a consultation may ring
			return ErrNotUp
		}
	}
	return d.cfg.Phone.Connect(id, other)
}

// beside is the only call that is up beside one.
func (v View) beside(one string) (id string, err error) {
	for _, c := range v.Calls {
		switch {
		case c.ID == one || !up(c):
		case id != "":
			return "", fault.Err(nil, "desk.connect-which")
		default:
			id = c.ID
		}
	}
	if id == "" {
		return "", fault.Err(nil, "desk.connect-alone")
	}
	return id, nil
}

// inRoom reports whether the call is in a conference room, or is the call to one.
func (c CallView) inRoom() bool { return c.Conference.In || c.Conference.Room == c.ID }

// joiner is the call whose party is about to be joined with that of a call; nil for none.
func (s *state) joiner(c *call) *call {
	for i := range s.calls {
		if o := &s.calls[i]; o.handing && o.joins == c.id && o.live() {
			return o
		}
	}
	return nil
}

// joinWords are what the other one of two calls that are joined, or were to be, says of it; "" for nothing.
func (s *state) joinWords(c *call) string {
	if first := s.joiner(c); first != nil {
		return first.transfer.words()
	}
	for i := range s.calls {
		if o := &s.calls[i]; o.joins == c.id && o.transfer.both && o.live() {
			return o.transfer.words()
		}
	}
	return ""
}

// connect draws the call that this one can be connected with, or is being connected with.
func (s *state) connect(c *call, v *CallView) {
	if !c.live() {
		return
	}
	o, first := s.joiner(c), false
	if i := s.find(c.joins); o == nil && c.handing && i >= 0 && s.calls[i].live() {
		o, first = &s.calls[i], true
	}
	joining := o != nil
	if !joining {
		if o = s.connectable(c); o == nil {
			return
		}
		if first = c.localHold; c.localHold == o.localHold {
			first = s.find(c.id) < s.find(o.id)
		}
	}
	v.Connect = s.other(o)
	v.Connect.First, v.Connect.Joining = first, joining
}

// connectable is the one call that this one can be connected with; nil where there is none, or where the agent has to say which. Of several it is the one
// that is talked on.
func (s *state) connectable(c *call) *call {
	if !s.canConnect(c) {
		return nil
	}
	var others []*call
	for i := range s.calls {
		if o := &s.calls[i]; o.id != c.id && s.canConnect(o) && sameServer(o.account, c.account) {
			others = append(others, o)
		}
	}
	if c.localHold && len(others) > 1 {
		others = slices.DeleteFunc(others, func(o *call) bool { return o.localHold })
	}
	if len(others) != 1 {
		return nil
	}
	return others[0]
}

// canConnect reports whether the party of a call can be connected with another. A consultation and what it is about have each other.
func (s *state) canConnect(c *call) bool { return s.free(c) && !c.echo && s.pair(c) == nil }

// toldGone takes what is told of a call that has left the desk: that its party is joined with that of another.
func (s state) toldGone(e sip.CallTransfer) (state, []effect) {
	if e.With == "" {
		return s, nil
	}
	s, out := s.toldSecond(e)
	if !e.Done {
		return s, out
	}
	late := writeLate{id: e.ID, party: e.Target, other: e.With}
	if i := s.find(e.With); late.party == "" && i >= 0 {
		late.party = s.calls[i].handedAs()
	}
	return s, append(out, late, readHistory{})
}

// toldSecond has the second of two calls know how it goes that the first's party is joined with its own. The first may have left the desk by then.
func (s state) toldSecond(e sip.CallTransfer) (state, []effect) {
	i := s.find(e.With)
	switch {
	case i < 0 && e.With != "" && !e.Failed.IsZero():
		return s, []effect{writeLate{id: e.With, takesBack: true}, readHistory{}}
	case i < 0:
		return s, nil
	}
	c := s.calls[i]
	if j := s.find(e.ID); j >= 0 {
		c.told.joinsWith = s.calls[j].handedAs()
	}
	if e.Failed.IsZero() && !c.transfer.failed.IsZero() { // what has failed before is of no matter any more
		c.transfer = transfer{}
	}
	s = s.with(i, c)
	switch {
	case !e.Failed.IsZero() && c.end.Reason == sip.EndTransferred: // its party has hung up, and was with nobody else
		c.told.handedTo, c.end.Reason = "", sip.EndRemote
	case c.consults == e.ID:
		return s, nil
	case e.Done && c.told.handedTo == "":
		c.told.handedTo = c.told.joinsWith
	default:
		return s, nil
	}
	return s.with(i, c), c.keepsStory()
}

// endsJoined is a call whose party has gone over to that of another, which is still to be told.
func (s *state) endsJoined(c call) call {
	if first := s.joiner(&c); first != nil && c.consults != first.id {
		c.told.handedTo = first.handedAs()
	}
	return c
}

// handedAs is how a log names the party of a call that another's went to.
func (c *call) handedAs() string { return cmp.Or(c.dial(), c.name(), withheld()) }
