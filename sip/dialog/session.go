package dialog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/emiago/sipgo/sip"
)

// RefusedError is a final answer that is not 2xx to a request inside a call.
type RefusedError struct {
	Code   int
	Phrase string
}

func (e *RefusedError) Error() string { return fmt.Sprintf("refused: %d %s", e.Code, e.Phrase) }

// Passing reports whether the same request may be taken a moment later.
func (e *RefusedError) Passing() bool { return e.Code == sip.StatusRequestPending || passing(e.Code) }

// ErrPending says that the session is being changed already, ErrUnneeded that a change was not wanted any more when its turn came.
var (
	ErrPending  = errors.New("a change of the session is under way")
	ErrUnneeded = errors.New("the change of the session is not wanted any more")
)

func causeOf(err error) Cause {
	switch {
	case errors.Is(err, errGivenUp):
		return HungUpHere
	case errors.Is(err, errNoAnswer):
		return NoResponse
	}
	return Unsendable
}

// lost ends the call when an answer inside it says that the other side has forgotten it, or is not there (§12.2.1.2).
func (c *Call) lost(res *sip.Response, err error) {
	switch {
	case c.over:
	case res != nil && (res.StatusCode == 481 || res.StatusCode == 408):
		c.sendBye()
		c.ended(End{Cause: Gone, Code: res.StatusCode, Phrase: res.Reason})
	case res == nil && errors.Is(err, errNoAnswer):
		c.sendBye()
		c.ended(End{Cause: Gone, Err: err})
	}
}

// reinvited is a re-INVITE of the other side: hold, resume, another codec, or only a refresh (§14.2).
func (c *Call) reinvited(st *serverTx) {
	switch {
	case !c.answered:
		st.reply(500, sip.NewHeader("Retry-After", strconv.Itoa(rand.IntN(10)))) // the INVITE before it is not done
		return
	case c.waiting(): // only its ACK is missing: it was overtaken, and is here in a moment
		st.reply(500, sip.NewHeader("Retry-After", "0"))
		return
	case c.offering:
		st.reply(491)
		return
	case c.over:
		st.reply(481)
		return
	}
	offer := SDP(st.req)
	c.comesFrom(sourceOf(st.req))
	answer, code := c.h.Offer(offer)
	if code != 0 {
		st.reply(code)
		return
	}
	c.d.refresh(st.req.Contact())
	c.local = answer
	c.offering = offer == nil
	res := c.response(st, 200)
	c.timer.offered(c, st.req, res)
	res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	res.SetBody(answer)
	c.send2xx(st, res)
	c.identified(c.d.identityOf(c.ua, st.req))
}

// updated is an UPDATE (RFC 3311 §5.2): like a re-INVITE, without the ACK. It is also legal while it rings, with SDP where an answer
// that was acknowledged has settled the session.
func (c *Call) updated(st *serverTx) {
	offer := SDP(st.req)
	res := c.response(st, 200)
	early := c.out.forks[tagOf(st.req.From().Params)]
	settled := c.d == nil && early != nil && early.agreed
	switch {
	case c.over:
		st.reply(481)
		return
	case offer != nil && c.offering && !settled:
		st.reply(491)
		return
	case offer != nil && c.inbound && !c.answered && c.in.answer != nil:
		st.reply(sip.StatusGatewayTimeout) // nobody is there to change anything: this is the status for it
		return
	case offer != nil && !c.answered && (!settled || c.out.changedByOther(early)): // one session is changed at a time, and the first one keeps it
		st.reply(500, sip.NewHeader("Retry-After", strconv.Itoa(rand.IntN(10))))
		return
	case offer != nil:
		c.comesFrom(sourceOf(st.req))
		answer, code := c.h.Offer(offer)
		if code != 0 {
			st.reply(code)
			return
		}
		c.local = answer
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody(answer)
		if settled {
			early.changed = true
		}
	}
	switch d := c.d; {
	case d != nil:
		d.refresh(st.req.Contact())
	case early != nil:
		early.refresh(st.req.Contact())
	}
	if c.answered {
		c.timer.offered(c, st.req, res)
	}
	st.respond(res)
	c.updatedIdentity(st.req)
}

// updatedIdentity takes what an UPDATE says of who the other side is. While a call that we placed rings, several phones may
// speak up; each one's word is kept until it is the one that answers.
func (c *Call) updatedIdentity(req *sip.Request) {
	if c.d != nil {
		c.identified(c.d.identityOf(c.ua, req))
		return
	}
	if early := c.out.forks[tagOf(req.From().Params)]; early != nil {
		if i := early.identityOf(c.ua, req); i != nil && (early.identity == nil || i.says()) {
			early.identity = i
		}
	}
}

// Info sends a SIP INFO, for DTMF where RTP cannot carry it. Where no answer comes, done gets an error, and it is not known
// whether the key was pressed: it is never sent a second time.
func (c *Call) Info(contentType string, body []byte, done func(error)) {
	if c.over || c.d == nil || !c.answered {
		done(&RefusedError{Code: 481, Phrase: phrases[481]})
		return
	}
	c.d.exchange(c.ua, sip.INFO, func(req *sip.Request, _ hop) error {
		req.AppendHeader(sip.NewHeader("Content-Type", contentType))
		req.SetBody(body)
		return nil
	}, func(res *sip.Response, err error) {
		if err == nil && res.StatusCode < 200 {
			return
		}
		if err == nil && res.StatusCode >= 300 {
			err = &RefusedError{res.StatusCode, res.Reason}
		}
		done(err)
		if res != nil { // where nothing came, it may be that INFO is not taken: a call that talks goes on
			c.lost(res, nil)
		}
	})
}
