package app

import (
	"cmp"
	"slices"
	"strings"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// Calls that meet in a conference room of the phone system, as package sip has it. To the phone such a call is over once its far end has gone to the
// room, where the agent is by a call of its own. To the agent it goes on: its card and form stay, its buttons act on the call to the room, and it
// ends when the agent leaves. So its Task has the time that the agent talked, from the answer to that moment; when somebody else leaves the room
// nobody tells. The call to the room is nobody's: nothing is looked up or logged for it.

// ErrInConference says that a command is about one call of a conference where it would be for all of them.
var ErrInConference = fault.Err(nil, "desk.in-a-conference")

// ConferenceView is what a call has to do with a conference; the zero value is nothing.
type ConferenceView struct {
	Offer []string // ids of the calls that can meet in a room, this one among them; nil where none can
	Room  string   // id of the call to the room: this call itself, the one its far end is in, or the one that it waits for
	In    bool     // its far end is in the room
	Waits bool     // it is to go there
	Focus bool     // the other side says that it is a conference itself (RFC 4579)
}

// meets is what a call has to do with a conference room.
type meets struct {
	gathers []string      // of the call to a room: the calls that are to come; not nil
	waits   string        // id of the call to the room that this one is to go to
	into    string        // id of the call to the room that its far end has gone to
	in      bool          // the agent is there too, and the call goes on
	left    sip.CallEnded // the end of its own leg then
	roomEnd sip.EndReason // why the call to the room has ended, which was the end of this one
	focus   bool
}

// room reports whether the call is the one to a room.
func (m meets) room() bool { return m.gathers != nil }

// roomNumber is the number of a room: nobody is looked up by it.
func roomNumber(p sip.Party) crm.Number { return crm.Number{Raw: p.User, Extension: true} }

// Conference brings calls together in the conference room of their account: those with the ids; with one, the call and the other that is up; with none, the
// two that are up. Where the agent is in the room already, they are sent there. It returns the id of the call to the room.
func (d *Desk) Conference(ids ...string) (room string, err error) {
	v := d.View()
	which := false // of those that are up is meant
	if len(ids) < 2 {
		i := slices.IndexFunc(v.Calls, func(c CallView) bool {
			return len(c.Conference.Offer) > 0 && (len(ids) == 0 || c.ID == ids[0])
		})
		if which = i < 0; !which {
			ids = v.Calls[i].Conference.Offer
		}
	}
	if len(ids) == 0 {
		return "", d.noneToJoin(v)
	}
	for _, id := range ids {
		switch c, ok := v.call(id); {
		case !ok:
			return "", ErrNoSuchCall
		case c.Conference.In:
			return "", ErrInConference
		case !live(c):
			return "", ErrNotUp
		}
	}
	if which {
		if err := d.noneToJoin(v); fault.Of(err).Is(manyUp) { // there is no telling with which other
			return "", err
		}
	}
	d.taken.add("")
	if room, err = d.cfg.Phone.Conference(ids...); err == nil {
		d.awaitArrival(room)
	}
	return room, err
}

// manyUp says that of more than two calls the agent has to say which are meant.
const manyUp = "desk.conference-which"

// noneToJoin is why no calls can be joined where none are named, or one.
func (d *Desk) noneToJoin(v View) error {
	s, roomless := d.now.Load(), false
	var connected []string // their accounts
	for _, c := range v.Calls {
		switch {
		case !up(c) || c.Conference.In || c.Conference.Room != "":
		case s.account(c.Account).Conference == "":
			roomless = true
		default:
			connected = append(connected, c.Account)
		}
	}
	switch n := len(connected); {
	case n > 2:
		return fault.Err(nil, manyUp)
	case roomless:
		return sip.ErrNoRoom
	case n == 2 && !sameServer(connected[0], connected[1]):
		return sip.ErrServers
	}
	return sip.ErrTooFew
}

// sameServer reports whether two accounts are at one phone server, whose rooms both can use.
func sameServer(a, b string) bool {
	i, j := strings.LastIndexByte(a, '@'), strings.LastIndexByte(b, '@')
	return a == b || i >= 0 && j >= 0 && strings.EqualFold(a[i:], b[j:])
}

// leg is the call of the phone that a command about a call is for.
func (v View) leg(id string) string {
	if c, ok := v.call(id); ok && c.Conference.In {
		return c.Conference.Room
	}
	return id
}

// onLeg is on for what the phone does to a call: in a conference that is the call to the room.
func (d *Desk) onLeg(id string, misfit error, fits func(CallView) bool, do func(id string) error) error {
	return d.on(id, misfit, fits, func(id string) error { return do(d.View().leg(id)) })
}

// conference draws what a call has to do with a conference.
func (s *state) conference(c *call, v *CallView) {
	m := &v.Conference
	m.Focus, m.In, m.Waits = c.focus && !c.room(), c.in, c.waits != ""
	switch {
	case c.room():
		m.Room, v.Name = c.id, catalogue.Text("desk.conference")
	case c.in:
		m.Room = c.into
	default:
		m.Room = c.waits
	}
	m.Offer = s.offer(c)
	v.Transfer = cmp.Or(v.Transfer, s.conferenceWords(c))
}

// conferenceWords are the sentence about it, "" for none.
func (s *state) conferenceWords(c *call) string {
	switch {
	case c.in, c.room() && c.live() && !c.answered.IsZero():
		room := c.id
		if c.in {
			room = c.into
		}
		if s.oneThere(room) {
			return catalogue.Text("desk.in-conference-alone")
		}
		return catalogue.Text("desk.in-conference")
	case c.room() && c.live():
		return catalogue.Text("desk.conference-dials")
	case c.waits != "":
		return catalogue.Text("desk.conference-waits")
	case c.focus && c.live():
		return catalogue.Text("desk.focus")
	}
	return ""
}

// oneThere reports whether a room has one far end only, and none is on its way.
func (s *state) oneThere(room string) bool {
	there := 0
	for i := range s.calls {
		switch c := &s.calls[i]; {
		case c.in && c.into == room:
			there++
		case c.waits == room, c.handing && c.transfer.room:
			return false
		}
	}
	return there == 1
}

// offer are the ids of the calls that the agent can bring together with this one.
func (s *state) offer(c *call) []string {
	if !s.canMeet(c) {
		return nil
	}
	var others []string
	for i := range s.calls {
		o := &s.calls[i]
		switch {
		case !sameServer(o.account, c.account) || o.id == c.id:
		case o.room() && o.live() && o.answered.IsZero(): // it is called
			return nil
		case o.room() && o.live():
			return []string{c.id}
		case s.canMeet(o):
			others = append(others, o.id)
		}
	}
	if o := s.pair(c); o != nil && slices.Contains(others, o.id) {
		others = []string{o.id}
	}
	if len(others) != 1 { // of three the agent says which
		return nil
	}
	both := []string{c.id, others[0]}
	slices.SortFunc(both, func(a, b string) int { return cmp.Compare(s.find(a), s.find(b)) })
	return both
}

// canMeet reports whether the far end of a call can be sent to a room.
func (s *state) canMeet(c *call) bool {
	return s.free(c) && s.account(c.account).Conference != ""
}

// free reports whether a call is up, and neither it nor another is about to be handed on to or from it.
func (s *state) free(c *call) bool {
	up := c.phase == Talking || c.phase == Held || c.phase == RemHeld
	return up && !c.room() && c.into == "" && c.waits == "" && !c.handing && c.referred.target == "" && s.joiner(c) == nil
}

// gathering notes of the calls that are to come to a room that they wait for it.
func (s state) gathering(room string, ids []string) state {
	for _, id := range ids {
		if i := s.find(id); i >= 0 && s.calls[i].live() {
			c := s.calls[i]
			c.waits, c.transfer = room, transfer{}
			s = s.with(i, c)
		}
	}
	return s
}

// sentToRoom notes of a call how it goes that its far end is sent to a room.
func (c call) sentToRoom(e sip.CallTransfer) call {
	c.waits = ""
	if c.transfer.room = true; e.Done {
		c.into, c.told.conference = e.Room, e.Target
	}
	return c
}

// goesOn reports whether a call that has ended for the phone is one whose far end is in the room with the agent.
func (s *state) goesOn(c *call, e sip.CallEnded) bool {
	i := s.find(c.into)
	return c.into != "" && !c.in && !c.room() && e.Reason == sip.EndTransferred && i >= 0 && s.calls[i].room() && s.calls[i].live()
}

// meet has a call go on in the room.
func meet(s state, i int, e sip.CallEnded) (state, []effect) {
	c := s.calls[i]
	room := &s.calls[s.find(c.into)]
	if !c.heldSince.IsZero() {
		c.told.held += max(0, e.At.Sub(c.heldSince))
	}
	c.in, c.left, c.transfer = true, e, transfer{}
	c.phase, c.localHold, c.remoteHold, c.muted = room.phase, room.localHold, room.remoteHold, room.muted
	c.codec, c.encryption = room.codec, room.encryption // that is the sound by now

	if c.phase == Dialing { // it is answered, or nobody would be there
		c.phase = Talking
	}
	if c.heldSince = room.heldSince; !c.heldSince.IsZero() {
		c.heldSince = e.At
	}
	line := c.says("conference", e.At).with("in")
	line.With = c.into
	return s.with(i, c), []effect{say{line}}
}

// guests has those who are in a room hear what the phone tells of the call to it.
func (s state) guests(room string, e sip.Event, out []effect) (state, []effect) {
	for i := 0; i < len(s.calls); i++ {
		c := s.calls[i]
		switch {
		case c.waits == room && isEnd(e):
			c.waits = ""
			s = s.with(i, c)
		case c.into != room || !c.in:
		default:
			own := c.inRoom(e)
			if own == nil {
				continue
			}
			if isEnd(e) {
				c.in, c.roomEnd = false, e.(sip.CallEnded).Reason
				s = s.with(i, c)
			}
			var more []effect
			s, more = ofCall(s, i, own)
			out = append(out, more...)
			if i < len(s.calls) && s.calls[i].id != c.id { // it has left the desk
				i--
			}
		}
	}
	return s, out
}

func isEnd(e sip.Event) bool { _, end := e.(sip.CallEnded); return end }

// inRoom is what an event of the call to the room is for a call whose far end is there; nil for nothing.
func (c *call) inRoom(e sip.Event) sip.Event {
	switch e := e.(type) {
	case sip.CallHold:
		e.ID = c.id
		return e
	case sip.CallMuted:
		e.ID = c.id
		return e
	case sip.CallEncryption:
		e.ID = c.id
		return e
	case sip.CallEnded:
		own := c.left
		own.At = e.At
		return own
	}
	return nil
}
