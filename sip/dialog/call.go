package dialog

import (
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// Cause is what ended a call.
type Cause int

// The causes.
const (
	HungUpHere     Cause = iota // Hangup, or Reject
	HungUpThere                 // BYE
	Cancelled                   // the caller gave up
	Elsewhere                   // another phone took it
	Rejected                    // outbound: a final answer that is not 2xx; End.Code tells
	NobodyAnswered              // inbound: it rang for three minutes, or for as long as the caller allowed
	NoResponse                  // the network gave no answer
	Unacknowledged              // our 200, or our reliable 180, was never acknowledged
	Expired                     // the session timer ran out (RFC 4028)
	Moved                       // outbound: our address is another one than the answer to the INVITE goes to
	Gone                        // the other side does not know the call any more (481, 408)
	Unsendable                  // no way to the other side: name not found, connection refused
	Fault                       // a bug here: a step of the call panicked
)

// Challenge is what became of a 401 or 407 that ended a call.
type Challenge int

// What may become of one.
const (
	ChallengeRefused Challenge = iota // it came again after it was answered: the password is wrong
	ChallengeOdd                      // it asks for the password in no way that we know
	ChallengeForeign                  // it was not answered: our server has not made it, or asks for more elsewhere
)

// End is how a call ended.
type End struct {
	Cause     Cause
	Code      int       // SIP status, when one ended it
	Challenge Challenge // of a 401 or 407
	Phrase    string    // its reason phrase
	Reasons   []Reason  // Reason headers of the CANCEL, BYE or final answer
	Options   []string  // of a 420, 421 or 494: the extensions of SIP that the other side does not know, or requires
	Warning   string    // Warning header of the final answer (RFC 3261 §20.43)
	SDP       []byte    // of the final answer: what the other side would have taken
	SentTo    Redirect  // of a 3xx: where the call was sent and did not go; zero where it names nobody
	Rang      bool      // of a final answer: a provisional one above 100 came before it, so that a phone may have rung
	Err       error
}

// Handler hears of one call, on the queue. After Ended it hears nothing more.
type Handler interface {
	// Progress: outbound, a provisional answer other than 100, with its SDP or nil.
	Progress(code int, sdp []byte)
	// Answered: outbound, the 2xx is here and acknowledged; sdp answers our offer, and is nil where no answer came. changed says that whoever
	// answers has changed the session before: what Offer answered last holds, and sdp is nil. Where it is false, what Offer answered was
	// another phone's wish, and our offer holds as it went out.
	Answered(sdp []byte, changed bool)
	// Refused: outbound, our offer is refused with 415, 488 or 606. It reports whether the call is to be placed once more, with another offer.
	Refused(End) (again bool)
	// SentOn: outbound, a 3xx sends the call on to an address at our own server, or at the one that was called, and it is that address's turn.
	SentOn(Redirect) Onward
	// Offer: the other side wants the session changed; nil asks us for an offer. It returns the SDP to answer with, or
	// the status to refuse with: 488, or 491 for now. Outbound, it may come before the call is answered, once Progress has had an answer, and then from one
	// of the phones that ring alone. Inbound, an offer may be asked for while it rings, where the caller has made none.
	Offer(sdp []byte) (answer []byte, code int)
	// Answer: the answer to our offer, which went out in a 200. nil means that none came. One to an offer in a 180 is told by [Call.Accept].
	Answer(sdp []byte)
	// Refreshed: the answer to a session refresh, which offered once more what was agreed last. It may change the other side's half.
	Refreshed(sdp []byte)
	// Identity: who the other side says it is, inside the call. It comes after what its message did otherwise.
	Identity(Identity)
	// Alive reports whether the other side is heard. A change of the session that is not answered ends no call whose sides
	// hear each other.
	Alive() bool
	// Info: a SIP INFO; it reports whether the body was understood.
	Info(contentType string, body []byte) bool
	// Referred: the other side asks us to call somebody in its place. It is accepted with 0, and followed or refused then or later; or refused
	// at once with a status.
	Referred(*Referral) int
	// Moved: the other side has to be told by a re-INVITE where we are reached. local is the address that packets to it leave
	// from; where that is as before, only a NAT has given us another one, which the Contact tells.
	// It is called again, a second later, for as long as it returns false.
	Moved(local netip.Addr) bool
	// Ended: the call is over.
	Ended(End)
}

// Call is an INVITE and what grows out of it: its transactions, early dialogs, forks and, once answered, its dialog.
type Call struct {
	shown    Shown // outbound: what the callee is to see
	ua       *UA
	h        Handler
	inbound  bool
	source   hop   // where the other side's messages came from last
	at       reach // where we are reached, as the other side knows it
	direct   bool  // inbound: from an address that is not the account's
	callID   string
	localTag string
	d        *dialog // inbound: from the start; outbound: once answered
	over     bool    // Ended was called
	answered bool    // a 2xx was sent or received
	aborted  bool    // a step of it panicked
	local    []byte  // our last SDP, for session refreshes
	restate  func() []byte
	changing *reinvite // ours, the last one
	offering bool      // our offer has no answer yet (§14.1, RFC 3311 §5)
	allows   map[string]bool
	pracks   int // how many of our PRACKs wait for an answer

	unsettled bool      // answered, and what is heard is not agreed yet
	keptBack  *Identity // what was said meanwhile of who it is, last

	out outbound
	in  inbound
	twoxx
	timer     sessionTimer
	referring *referral // we asked the other side
	asked     *Referral // it has asked us, last
	replacing *replaces // a call between others that this one is to take the place of
	follows   *Referral // what this call was placed for, of another call
}

// Of reports whether the call is of a user agent.
func (c *Call) Of(ua *UA) bool { return c.ua == ua }

// ID is the Call-ID.
func (c *Call) ID() string { return c.callID }

// Unsettled keeps it back from whoever has asked for this call that it is answered, and from the handler who has answered, until [Call.Settled]: what is
// heard has to be agreed yet.
func (c *Call) Unsettled() { c.unsettled = true }

// Settled tells both.
func (c *Call) Settled() {
	if c.unsettled = false; !c.over {
		c.follows.tell(sip.StatusOK)
	}
	said := c.keptBack
	c.keptBack = nil
	c.identified(said)
}

// PassedOn reports whether a server only passes on what is said in an answered call, as a proxy does; otherwise it is the other side of the call itself.
func (c *Call) PassedOn() bool { return c.d == nil || c.d.passedOn(c.ua) }

// Focus reports whether the other side is a conference, as its latest Contact says.
func (c *Call) Focus() bool { return c.d != nil && c.d.focus }

// Handle sets who hears of a call. It must be called in Config.Incoming of an inbound one.
func (c *Call) Handle(h Handler) { c.h = h }

// ended reports the end once, and drops the handler.
func (c *Call) ended(e End) {
	if c.over {
		return
	}
	c.over = true
	c.stopTimers()
	if c.in.st != nil {
		c.in.st.back.rests()
	}
	// The transactions of the call live on for half a minute; what the call was to others need not live with them.
	h := c.h
	c.h, c.out.offer = noHandler{}, nil
	c.follows.ended(e)
	h.Ended(e)
}

// forget takes the call out of the table: requests for it get 481 from now on.
func (c *Call) forget() {
	c.ended(End{Cause: Gone}) // does nothing when it has ended
	delete(c.ua.calls, dialogKey(c.callID, c.localTag))
	c.ua.checkIdle()
}

func (c *Call) stopTimers() {
	c.in.stopRing()
	c.in.rest()
	if !c.out.gaveUp {
		c.out.stop()
	}
	c.timer.stop()
}

// Hangup ends the call in any state, by CANCEL, 486 or BYE. Ended is called before it returns.
func (c *Call) Hangup() {
	switch {
	case c.over:
	case c.inbound && !c.answered:
		c.Reject(sip.StatusBusyHere)
	case !c.inbound && !c.answered:
		c.giveUp()
		c.ended(End{Cause: HungUpHere})
	default:
		c.endDialog()
		c.ended(End{Cause: HungUpHere})
	}
}

// endDialog sends the BYE, or has it sent when the ACK is here: a callee must not send it earlier (RFC 3261 §15).
func (c *Call) endDialog() {
	if c.waiting() && c.d != nil && c.inbound && !c.acked {
		c.byeOnACK = true
		return
	}
	c.sendBye()
}

func (c *Call) sendBye() {
	c.stop2xx()
	if c.d == nil {
		c.forget()
		return
	}
	c.d.bye(c.ua, func(*sip.Response, error) { c.forget() })
}

// receiveInDialog handles a request with a To tag: it is for the call or the subscription with that tag, or answered 481.
func (ua *UA) receiveInDialog(st *serverTx) {
	req := st.req
	if s := ua.subs.byDialog[dialogKey(req.CallID().Value(), tagOf(req.To().Params))]; s != nil {
		s.receive(st)
		return
	}
	c := ua.calls[dialogKey(req.CallID().Value(), tagOf(req.To().Params))]
	if c == nil {
		st.reply(481)
		return
	}
	d := c.d
	if d == nil {
		d = c.out.forks[tagOf(req.From().Params)]
	}
	if d == nil || d.remoteTag != tagOf(req.From().Params) {
		st.reply(481)
		return
	}
	seq := req.CSeq().SeqNo
	if seq < d.remoteSeq {
		st.reply(500) // out of order (§12.2.2)
		return
	}
	d.remoteSeq = seq
	d.heardFrom(ua, req)
	if c.in.st != nil {
		c.in.st.back.heard(req)
	}
	switch req.Method {
	case sip.BYE:
		c.remoteBye(st)
	case sip.INVITE:
		c.reinvited(st)
	case sip.UPDATE:
		c.updated(st)
	case sip.INFO:
		// Without a body it asks only whether the call is still there (RFC 2976 §2.2).
		if len(req.Body()) > 0 && (c.over || !c.h.Info(mediaType(req), req.Body())) {
			st.reply(415, sip.NewHeader("Accept", "application/dtmf-relay, application/dtmf"))
			return
		}
		st.reply(200)
	case sip.PRACK:
		c.pracked(st)
	case sip.NOTIFY:
		c.notified(st)
	case sip.REFER:
		c.referred(st)
	case sip.OPTIONS:
		ua.answerOptions(st)
	default:
		st.reply(405, sip.NewHeader("Allow", allowed))
	}
}

func (c *Call) remoteBye(st *serverTx) {
	st.reply(200)
	c.stop2xx()
	if c.inbound && !c.answered { // a BYE on an early dialog: the caller gave up in an odd way (§15)
		c.refuse(sip.StatusRequestTerminated)
		c.ended(End{Cause: Cancelled, Reasons: reasons(st.req)})
	}
	c.ended(End{Cause: HungUpThere, Reasons: reasons(st.req)})
	c.forget()
}

// callOf finds the call an INVITE transaction belongs to.
func (ua *UA) callOf(invite *serverTx) *Call {
	for _, c := range ua.calls {
		if c.in.st == invite {
			return c
		}
	}
	return nil
}

// receiveACK is an ACK of a 2xx, which is outside the INVITE's transaction.
func (ua *UA) receiveACK(req *sip.Request) {
	if c := ua.calls[dialogKey(req.CallID().Value(), tagOf(req.To().Params))]; c != nil {
		c.acknowledged(req)
	}
}

// twoxx repeats our 200 until it is acknowledged (RFC 3261 §13.3.1.4): after T1, doubling up to T2, for 64·T1.
// sipgo's own repeats every T2 from the second on, which costs four silent seconds for one lost packet (S4, S5).
type twoxx struct {
	pending  *serverTx
	seq      uint32
	acked    bool
	asks     bool // the 200 carries our offer: the answer to it is in the ACK
	strayed  bool // we are reached in another way since the 200 went out: its ACK may have been lost with the one before
	byeOnACK bool
	proven   bool   // an ACK has come with the tag of our 200
	whenACK  func() // what waits for that
	halt     func()
}

func (c *Call) waiting() bool { return c.pending != nil }

// send2xx sends the 200 and sees to its repetition.
func (c *Call) send2xx(st *serverTx, res *sip.Response) {
	c.stop2xx()
	c.pending, c.seq, c.acked, c.asks, c.strayed = st, st.req.CSeq().SeqNo, false, c.offering, false
	st.onACK = c.acknowledged
	st.respond(res)
	wait, deadline := sip.T1, c.ua.now().Add(64*sip.T1)
	var again func()
	again = func() {
		if !c.ua.now().Before(deadline) {
			c.stop2xx()
			c.ended(End{Cause: Unacknowledged}) // first: where there is no way, the BYE fails at once
			c.sendBye()
			return
		}
		st.respond(res)
		wait = min(2*wait, sip.T2)
		c.halt = c.after(wait, again)
	}
	c.halt = c.after(wait, again)
}

func (c *Call) stop2xx() {
	if c.halt != nil {
		c.halt()
		c.halt = nil
	}
	c.pending = nil
}

func (c *Call) acknowledged(req *sip.Request) {
	if !c.waiting() || req.CSeq().SeqNo != c.seq {
		return
	}
	if c.confirmed() {
		return
	}
	if c.asks && c.offering { // our offer went out in the 200: this is where its answer is
		c.offering = false
		if !c.over {
			c.h.Answer(SDP(req))
		}
	}
	if tagOf(req.To().Params) != c.localTag {
		return
	}
	if c.proven = true; c.whenACK != nil {
		then := c.whenACK
		c.whenACK = nil
		then()
	}
}

// confirmed notes that the other side has our 200, and sends the BYE that has waited for that; bye reports that there was one.
func (c *Call) confirmed() (bye bool) {
	c.acked = true
	c.stop2xx()
	if bye = c.byeOnACK; bye {
		c.byeOnACK = false
		c.sendBye()
	}
	return bye
}

// WhenAcknowledged calls f once the 200 is acknowledged by somebody who has got it, at once where it is: inbound. Anybody can send a datagram
// in another's name, but the tag in the answer is known only to whoever receives what is sent there.
func (c *Call) WhenAcknowledged(f func()) {
	if c.proven {
		f()
		return
	}
	c.whenACK = f
}
