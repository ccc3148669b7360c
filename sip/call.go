package sip

import (
	"net/netip"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// phase is where a call stands.
type phase int

const (
	ringing phase = iota // inbound, not answered
	dialing              // outbound, not answered
	talking              // answered; perhaps held
	ended
)

// call joins a SIP call, its session description, its media and its sound. Everything in it belongs to Phone.queue.
type call struct {
	p       *Phone
	line    *line
	account string // its id, which stays when the line's account is changed
	id      string
	d       *dialog.Call
	inbound bool
	arrived time.Time // inbound
	phase   phase
	party   Party // who it is with, as told last
	connected
	number  string            // dialed: what Dialable made of it
	sent    string            // dialed: the same as the dial plan has it sent
	shown   dialog.Shown      // dialed: what the callee is to see
	then    string            // dialed: keys and pauses still to come once it is answered
	picks   *pickup           // dialed: what it picks up at a colleague's phone; nil for none
	instead *dialog.Replacing // dialed: a call at a colleague's phone that it takes the place of; nil for none
	over    chan struct{}     // dialed: closed when the call has ended

	sdp    *sdp.Session
	offer  []byte        // of the INVITE, so that each of its attempts has the same; or of our 180 to an INVITE that had none
	socket *media.Socket // until the session owns it
	local  netip.Addr    // the address the sound leaves from
	audio  *media.Session
	device *attachment
	tone   *tone

	params       media.Params // what the media runs with
	named        peerName     // where the peer's audio is, if its description says so by name
	way          bool         // it was found by ICE
	taken        bool         // inbound: the agent has answered it, and the caller perhaps not confirmed yet that it rings
	hold         bool         // it shall be held
	heldFor      string       // id of the call that was dialed or answered and that it is held for; "" when the agent wants it held
	held         bool         // it is, on our side
	holdRefused  bool         // the other side does not agree to the hold
	resumes      int          // counts the commands
	toldHold     bool         // both sides agreed that it is
	offeredHold  bool         // as toldHold, once our offer in a 200 is answered
	remoteHold   bool
	progressed   bool       // the far end rings, as the desk knows
	early        bool       // it plays something, as the desk knows
	agreedEarly  bool       // somebody has answered our offer before the call is answered
	unchanged    *unchanged // the session as it was before the other side changed it, ahead of its answer; nil where it has not
	muted        bool
	itself       bool   // it was answered for the agent
	shut         bool   // and the microphone is not open yet
	encryption   string // as the desk knows it
	quality      qualityWatch
	negotiating  bool
	noKeys       bool          // the other side takes no keys in any way
	keyType      string        // the kind of SIP INFO that has carried a key to it; "" before one has
	pressed      []press       // keys that wait to go as SIP INFO, the first of them on its way
	gone         int           // how many of its keys have gone
	moved        bool          // the other side has to be told of our new address
	offered      int           // how often it has refused that address for now, in a row
	unbound      netip.Addr    // the new address that no socket could be bound to yet
	handing      bool          // a transfer is under way
	transferring string        // its target, as far as it has a name
	referred     bool          // it was accepted
	joins        string        // id of the call, a consultation or not, whose party it is to be joined with
	comesBack    bool          // it is resumed when the transfer fails
	left         bool          // whom it is to be joined with has hung up on us
	joined       *CallTransfer // the call whose party it was to be joined with was hung up, and nobody said that it worked; At is when
	consults     string        // dialed: id of the call that the agent consults somebody about
	into         string        // id of the call to the conference room that its far end is being sent to
	counted      bool          // it is counted as one who is there, though it has not said so
	lost         bool          // the agent has left that room, and was told that nobody knows whether it is there
	focus        bool          // the other side is a conference, as the desk knows
	gathering                  // of a call to a conference room
	legs                       // of a call that the other side transfers
	inside                     // of a call whose sound is offered after the answer
	sentOn       sentOn        // dialed
	verdict      *verdict      // how the end is reported, when the phone knows more than SIP says
}

// untaken reports whether the call rings and the agent has not answered it. Once that is done, the call may ring on for a while until the
// caller has confirmed that it rings, and by then it is nobody else's to take, forward or end.
func (c *call) untaken() bool { return c.phase == ringing && !c.taken }

// step runs f on the queue. If f panics, the call ends: what it left half done is not built upon.
func (c *call) step(f func()) {
	c.p.queue.Put(func() { c.d.Guard(f) })
}

func (p *Phone) find(id string) *call {
	for _, c := range p.calls {
		if c.id == id && !c.aside {
			return c
		}
	}
	return nil
}

func (c *call) quiet() {
	c.p.stopTone(c.tone)
	c.tone = nil
}

func (p *Phone) drop(c *call) {
	for i, o := range p.calls {
		if o == c {
			p.calls = append(p.calls[:i:i], p.calls[i+1:]...)
			return
		}
	}
}

// The methods of dialog.Handler follow.
