package sip

import (
	"errors"
	"slices"
	"strings"
	"time"

	"linecard/fault"
	"linecard/sip/dialog"
)

// A conference is in a room of the phone system (RFC 4579 calls it the focus), and the phone mixes nothing. It calls the room, and once that has
// answered asks the far end of each call to go there: a blind transfer to the room, one after the other. A far end that does not go stays, on hold.

var (
	// ErrNoRoom says that the account does not know a conference room.
	ErrNoRoom = fault.Err(nil, "sip.conference.no-room")
	// ErrTooFew says that a conference takes two calls, or one where the agent is in the room already.
	ErrTooFew = fault.Err(nil, "sip.conference.too-few")
	// ErrServers says that the calls are at different phone systems, each with rooms of its own.
	ErrServers = fault.Err(nil, "sip.conference.servers")
	// ErrGathering says that the room is being called already.
	ErrGathering = fault.Err(nil, "sip.conference.under-way")
	// ErrIsRoom says that the call is itself the one to the room.
	ErrIsRoom = fault.Err(nil, "sip.conference.is-room")
)

// userPlace stands in [Account].Conference for the account's own extension, so that two agents do not meet in one room.
const userPlace = "{user}"

// gathering is what a call to a conference room knows of those who are to come.
type gathering struct {
	room    bool
	where   string // number of the room, and what is sent for it: both stay where another phone takes the call over
	address string
	waits   []string // ids of the calls whose far ends are still to be sent there, in order
	sending string   // id of the one that is on its way
	asked   int      // how often somebody was asked to go
	guests  int      // how many have gone there
}

// patienceWithGuest is how long a far end that has agreed to go gets for it before the next one is sent. What becomes of it is still heard.
const patienceWithGuest = 20 * time.Second

// Conference brings the far ends of calls together with the agent in the conference room of their account ([Account].Conference). It dials the
// room as [Phone.Dial] does, though on no line of its own: the room takes the place of the calls. CallDialing has their ids. Where the agent is in the room
// already, the far ends are sent to it at once. It returns the id of the call to the room.
//
// CallTransfer with Room tells for each call how it goes. A call whose far end has gone ends with EndTransferred; another stays, on hold.
// Where nobody goes, the call to the room ends, and the agent talks on with the call that was talked on before. Of a call whose far end was on its way
// when the room ended a failure is told, and what becomes of it after that: without Room where nobody was there to meet.
func (p *Phone) Conference(ids ...string) (room string, err error) {
	there := false
	err = p.do(func() error {
		_, up, err := p.gatherable(ids)
		switch {
		case err != nil:
			return err
		case up == nil:
			return nil
		}
		room, there = up.id, true
		err = ErrFault
		up.d.Guard(func() { err = up.gatherMore(ids) })
		return err
	})
	if err != nil || there {
		return room, err
	}
	return p.dial(wish{gathers: ids})
}

// gatherable is the account whose room calls can be brought together in, and the call to that room, nil where there is none yet.
func (p *Phone) gatherable(ids []string) (account string, up *call, err error) {
	var first *call
	for i, id := range ids {
		c := p.find(id)
		switch {
		case c == nil:
			return "", nil, ErrNoCall
		case slices.Contains(ids[:i], id):
			return "", nil, ErrTooFew
		case c.room:
			return "", nil, ErrIsRoom
		case c.phase != talking:
			return "", nil, ErrNotTalking
		case c.goesElsewhere():
			return "", nil, ErrTransfer
		case c.line.account.Conference == "":
			return "", nil, ErrNoRoom
		case first == nil:
			first = c
		case !c.sameServer(first):
			return "", nil, ErrServers
		}
	}
	if first == nil {
		return "", nil, ErrTooFew
	}
	for _, c := range p.calls {
		if c.room && !c.aside && c.sameServer(first) {
			if c.phase != talking || slices.ContainsFunc(ids, c.gathers) {
				return "", nil, ErrGathering
			}
			return c.account, c, nil
		}
	}
	if len(ids) < 2 {
		return "", nil, ErrTooFew
	}
	return first.account, nil, nil
}

// roomOf is the number of an account's conference room.
func (a Account) roomOf() string {
	return Dialed{Number: strings.ReplaceAll(a.Conference, userPlace, a.User)}.At(a.Server)
}

// gathers reports whether a call waits to be sent to the room, or is on its way.
func (c *call) gathers(id string) bool { return c.sending == id || slices.Contains(c.waits, id) }

// isGathered reports whether a conference room gathers the call. Until that is settled, the call cannot be transferred otherwise.
func (c *call) isGathered() bool {
	return slices.ContainsFunc(c.p.calls, func(r *call) bool { return r.room && !r.aside && r.gathers(c.id) })
}

// goesElsewhere reports whether the call is being transferred, by us or by its other side, or is the one that another's is being joined with.
func (c *call) goesElsewhere() bool {
	return c.handing || c.referral != nil || c.onward != nil || c.joiner() != nil
}

// mutedNow reports whether the agent, in the call that is talked on, has the microphone off. It stays so in the room.
func (p *Phone) mutedNow() bool {
	return slices.ContainsFunc(p.calls, func(c *call) bool { return c.phase == talking && !c.aside && !c.hold && c.muted })
}

// gatherMore has further far ends come to the room that the agent is in.
func (c *call) gatherMore(ids []string) error {
	if c.p.mutedNow() {
		c.mute(true)
	}
	c.p.holdOthers(c)
	if c.hold {
		c.resume()
	}
	c.waits = append(c.waits, ids...)
	c.gather()
	return nil
}

// gather sends the next far end to the room. It is called when the room has answered, by whichever leg, and whenever it is known what became of the
// one before. Once the phone is being closed nobody is sent: the room is about to be empty.
func (c *call) gather() {
	if c.p.closed {
		return
	}
	for c.room && c.phase == talking && c.sending == "" && len(c.waits) > 0 {
		if c.guests == 0 && c.missesOne() {
			break
		}
		g := c.p.find(c.waits[0])
		c.waits = c.waits[1:]
		switch {
		case g == nil || g.phase != talking: // the far end has hung up
		case g.goesElsewhere():
			g.notGathered(c, 0)
		default:
			c.send(g)
		}
	}
	if c.room && c.phase == talking && c.sending == "" && c.guests == 0 { // the agent is there alone
		c.giveUp()
	}
}

// missesOne reports whether one of two has hung up, or goes elsewhere, before the first was sent: with the other alone there is no conference.
func (c *call) missesOne() bool {
	if c.asked > 0 {
		return false
	}
	left := slices.DeleteFunc(slices.Clone(c.waits), func(id string) bool {
		g := c.p.find(id)
		return g == nil || g.phase != talking || g.goesElsewhere()
	})
	return len(left) < 2
}

// giveUp ends a call to the room to which nobody has come.
func (c *call) giveUp() {
	for _, id := range c.waits {
		switch g := c.p.find(id); {
		case g == nil || g.phase != talking:
		case g.goesElsewhere():
			g.notGathered(c, 0)
		default:
			g.tell(g.transferTold(c, fault.New("sip.conference.other-gone")))
		}
	}
	c.waits = nil
	c.hangupAs(EndLocal, fault.Fault{})
}

// send asks the far end of a call to go to the room.
func (c *call) send(g *call) {
	c.asked++
	c.sending = g.id
	g.handing, g.transferring, g.referred, g.comesBack, g.joins, g.into = true, c.where, false, false, "", c.id
	g.counted, g.lost = false, false
	g.tellTransfer()
	room := c.where
	g.d.Guard(func() { g.d.Refer(c.address, func(code int, err error) { g.transferred(room, code, err) }) })
}

// awaitGuest gives the far end of a call, which has just agreed to go to the room, its time to be there.
func (c *call) awaitGuest() {
	r := c.p.find(c.into)
	if r == nil {
		return
	}
	id, room, asked := c.id, r.id, r.asked
	c.p.after(patienceWithGuest, func() {
		g := c.p.find(id)
		if g == nil || g.into != room || !g.handing || g.lost {
			return
		}
		switch r := c.p.find(room); {
		case r == nil: // the agent has left it
			g.loses("sip.conference.unheard")
		case r.sending == id && r.asked == asked: // nothing is heard of it
			r.sending, g.counted = "", true
			r.guests++ // it may be on its way: nobody is to find the room empty
			r.d.Guard(r.gather)
		}
	})
}

// loses tells that it is not known whether the far end of a call is in the room, which is over for the agent. What becomes of it is still heard.
func (c *call) loses(why fault.Code) {
	c.lost = true
	e := c.transferNews()
	e.Failed = fault.New(why, "room", c.transferring)
	c.tell(e)
}

// found notes of a call that was on its way to a room that is over that the agent talks on with it: its far end has not gone.
func (c *call) found() {
	if c.lost || c.handing && c.into != "" && c.p.find(c.into) == nil {
		c.handing, c.transferring, c.referred, c.into, c.lost = false, "", false, "", false
	}
}

// gathered has the room hear what became of a call that was on its way there: gone tells that its far end is there.
func (c *call) gathered(gone bool) {
	r := c.p.find(c.into)
	if c.into = ""; r == nil {
		return
	}
	switch {
	case gone && !c.counted:
		r.guests++
	case !gone && c.counted:
		r.guests--
	}
	if c.counted = false; r.sending == c.id {
		r.sending = ""
	}
	r.d.Guard(r.gather)
}

// transferTold is news of the transfer of a call to a room.
func (c *call) transferTold(room *call, failed fault.Fault) CallTransfer {
	return CallTransfer{ID: c.id, Account: c.account, At: c.p.now(), Target: room.where, Room: room.id, Failed: failed}
}

// notGathered tells that a far end has not come to the room.
func (c *call) notGathered(room *call, code int) {
	c.tell(c.transferTold(room, guestFailure(room.where, code)))
}

// guestFailure is why a far end has not gone to a room.
func guestFailure(room string, code int) fault.Fault {
	switch code {
	case 405, 501, 403:
		return fault.New("sip.conference.not-allowed", "room", room)
	}
	return fault.New("sip.conference.not-gone", "room", room)
}

// roomUnreached tells the calls that were to come to a room that there is none, unless the agent has given it up.
func (c *call) roomUnreached(e dialog.End) {
	switch {
	case !c.room:
		return
	case e.Cause == dialog.HungUpHere && c.verdict == nil:
		c.waits = nil
		return
	}
	why := fault.New("sip.conference.room-failed", "room", c.where)
	switch {
	case errors.Is(e.Err, ErrNoAudio), e.Cause == dialog.NoResponse:
	case e.Code == 486 || e.Code == 600:
		why = fault.New("sip.conference.room-busy", "room", c.where)
	case e.Code == 404 || e.Code == 410 || e.Code == 484 || e.Code == 604:
		why = fault.New("sip.conference.room-not-found", "room", c.where)
	case e.Code == 403 || e.Code == 603:
		why = fault.New("sip.conference.room-refused", "room", c.where)
	}
	c.tellWaits(why)
}

// roomOver tells the calls that were to come to a room that it is over: those that still wait, and those of which it is not known whether they are there.
// One that goes there while nobody else is or will be there has been transferred, and is in no conference.
func (c *call) roomOver() {
	if !c.room || c.p.closed {
		return
	}
	c.tellWaits(fault.New("sip.conference.over"))
	for _, g := range c.p.calls {
		switch {
		case g.aside || g.into != c.id || !g.handing:
		case c.guests == 0:
			g.loses("sip.conference.alone")
			g.into = ""
		case g.counted:
			g.loses("sip.conference.unheard")
		}
	}
}

func (c *call) tellWaits(why fault.Fault) {
	for _, id := range c.waits {
		if g := c.p.find(id); g != nil && g.phase == talking {
			g.tell(g.transferTold(c, why))
		}
	}
	c.waits = nil
}

// tellFocus tells whether the other side says that it is a conference (RFC 4579 §5.1: isfocus), where that is news.
func (c *call) tellFocus() {
	if on := c.d.Focus(); on != c.focus && c.phase == talking {
		c.focus = on
		c.tell(CallFocus{ID: c.id, Account: c.account, At: c.p.now(), On: on})
	}
}
