package sip

import (
	"net/netip"
	"testing"
	"time"

	"linecard/inorder"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// WaitForDesk sets how long a 180 and an INVITE wait for the desk, so that a test does not depend on a busy machine.
// It must be called while no phone is there, and restore too.
func WaitForDesk(ringing, invite time.Duration) (restore func()) {
	r, i := keptBeforeRinging, keptBeforeInvite
	keptBeforeRinging, keptBeforeInvite = ringing, invite
	return func() { keptBeforeRinging, keptBeforeInvite = r, i }
}

// AnswerTone is how long the tone is that plays before the microphone opens.
const AnswerTone = answerTone

// SetIdentityPause changes for one test how often a new identity is told.
func SetIdentityPause(t testing.TB, d time.Duration) {
	was := identityPause
	identityPause = d
	t.Cleanup(func() { identityPause = was })
}

// Pauses sets how long the pauses between a number and the keys after it are. It must be called while no phone is there,
// and restore too.
func Pauses(comma, wait time.Duration) (restore func()) {
	c, w := commaPause, waitPause
	commaPause, waitPause = comma, wait
	return func() { commaPause, waitPause = c, w }
}

// SetWaitingFor changes for one test how long the agent waits for a resume before that is told.
func SetWaitingFor(t testing.TB, d time.Duration) {
	was := waitingFor
	waitingFor = d
	t.Cleanup(func() { waitingFor = was })
}

// SetTriedAgain changes for one test how long a call refused for its audio waits to be told.
func SetTriedAgain(t testing.TB, d time.Duration) {
	was := triedAgain
	triedAgain = d
	t.Cleanup(func() { triedAgain = was })
}

// SetGlare changes for one test how soon a change of session is tried again that had to wait for another.
func SetGlare(t testing.TB, d time.Duration) {
	was := glare
	glare = d
	t.Cleanup(func() { glare = was })
}

// SetSTUNRetried changes for one test how soon a STUN server is tried again, and the ports to ask about.
func SetSTUNRetried(t testing.TB, d time.Duration) {
	was := stunRetried
	stunRetried = d
	t.Cleanup(func() { stunRetried = was })
}

// SetOfferAgain changes for one test how soon a new address is offered again.
func SetOfferAgain(t testing.TB, d time.Duration) {
	was := offerAgain
	offerAgain = d
	t.Cleanup(func() { offerAgain = was })
}

// SetSeenSoon changes for one test how long a new address waits for what a STUN server says.
func SetSeenSoon(t testing.TB, d time.Duration) {
	was := seenSoon
	seenSoon = d
	t.Cleanup(func() { seenSoon = was })
}

// WayFound tells a call that ICE has found a way, as its media does.
func (p *Phone) WayFound(id string) {
	_ = p.withCall(id, func(c *call) error { c.way = true; return nil })
}

// WayLost tells a call that the other side is not to be reached by the way that was found, as its media does.
func (p *Phone) WayLost(id string) {
	_ = p.withCall(id, func(c *call) error { c.wayFound(c.sdp)(false); return nil })
}

// Move has a call believe that this machine has another address.
func (p *Phone) Move(id string, to netip.Addr) (moved bool, err error) {
	err = p.withCall(id, func(c *call) error { moved = c.Moved(to); return nil })
	return moved, err
}

// Secured tells a call of the end of a handshake, as its media does; false when the call is over.
func (p *Phone) Secured(id string, err error) bool {
	return p.withCall(id, func(c *call) error { c.secured("", err); return nil }) == nil
}

// SetTellUninvited changes for one test the pause between events about who called uninvited.
func SetTellUninvited(t testing.TB, d time.Duration) {
	was := tellUninvited
	tellUninvited = d
	t.Cleanup(func() { tellUninvited = was })
}

// CallState is where the session of a call stands.
type CallState struct {
	Direction sdp.Direction // of the sound
	Held      bool          // on our side
	Refused   bool          // the other side does not agree to the hold
	Settled   bool          // nothing is under way
}

// StateOf is where the session of a call stands; false when the call is over.
func (p *Phone) StateOf(id string) (s CallState, up bool) {
	err := p.withCall(id, func(c *call) error {
		s = CallState{Direction: c.params.Direction, Held: c.held, Refused: c.holdRefused}
		s.Settled = !c.negotiating && c.held == c.hold && (c.hold == c.toldHold || c.hold && c.holdRefused)
		return nil
	})
	return s, err == nil
}

// SetByePatience changes for one test how long whoever has transferred a call gets to hang up.
func SetByePatience(t testing.TB, d time.Duration) {
	was := byePatience
	byePatience = d
	t.Cleanup(func() { byePatience = was })
}

// SetAskPatience changes for one test how long the agent has to say whether a transfer is followed.
func SetAskPatience(t testing.TB, d time.Duration) {
	was := askPatience
	askPatience = d
	t.Cleanup(func() { askPatience = was })
}

// Heard are the calls of the desk, and those of them whose other side hears the agent.
func (p *Phone) Heard() (calls, heard []string) {
	_ = p.do(func() error {
		for _, c := range p.calls {
			if c.aside {
				continue
			}
			calls = append(calls, c.id)
			if c.phase == talking && !c.hold {
				heard = append(heard, c.id)
			}
		}
		return nil
	})
	return calls, heard
}

// EarlyLegs is how many legs that are aside have sound before they are answered.
func (p *Phone) EarlyLegs() (n int) {
	_ = p.do(func() error {
		for _, c := range p.calls {
			if c.aside && c.phase == dialing && c.audio != nil {
				n++
			}
		}
		return nil
	})
	return n
}

// BeginToClose is the moment at which Close has begun, and no user agent knows of it yet.
func (p *Phone) BeginToClose() { inorder.Do(p.queue, func() { p.closed = true }) }

// PatienceWithGuest is how long a far end gets to go to a conference room before the next one is sent.
const PatienceWithGuest = patienceWithGuest

// Reserved is the audio port that the first account has in reserve, and where its STUN server sees it; false before both are known.
func (p *Phone) Reserved() (port, seen netip.AddrPort, known bool) {
	_ = p.do(func() error {
		if r := p.line("").stun.ports; r != nil {
			port, seen, known = r.socket.Addr(), r.seen.RTP, r.seen.RTP.IsValid() && r.seen.RTCP.IsValid()
		}
		return nil
	})
	return port, seen, known
}

// OffersAudioAt is where the next offer of a call has its audio go.
func (p *Phone) OffersAudioAt(id string) (at netip.AddrPort) {
	_ = p.withCall(id, func(c *call) error { at = c.sdp.Addr(); return nil })
	return at
}

// RateQuality rates the sound between two looks.
func RateQuality(before, now media.Stats) (Quality, bool) {
	_, q, known := rate(before, now)
	return q, known
}

// TriesPorts reports whether the first account has found no ports for its reserve, and tries again later.
func (p *Phone) TriesPorts() (later bool) {
	_ = p.do(func() error { later = p.line("").stun.reopens; return nil })
	return later
}

// LookAtQuality is what a call tells of its sound where these were counted, five seconds apart, and what its end says. receives is whether the peer may send.
func LookAtQuality(receives bool, counted ...media.Stats) (told []Quality, whole Quality) {
	w := &qualityWatch{}
	for i := 2; i < len(counted); i++ {
		w.before = [2]media.Stats{counted[i-2], counted[i-1]}
		if q, tell := w.look(counted[i], receives); tell {
			told = append(told, q)
		}
	}
	return told, w.overall(counted[len(counted)-1])
}
