package dialog

import (
	"math/rand/v2"
	"strconv"

	"github.com/emiago/sipgo/sip"
)

// reliable is the callee's side of RFC 3262: a 180 that is repeated until its PRACK is here. The caller may require it, and an account
// may want it where the caller can do it. In all other calls the 180 goes out as ever.
//
// A caller who has made no offer gets ours in the first 180, and answers it in the PRACK (§5). The 200 waits for that PRACK, and needs
// no description any more.
type reliable struct {
	rseq    uint32        // of the last 180
	pending *sip.Response // it waits for its PRACK
	offered bool          // our offer was in it
	halt    func()        // of the timer that repeats it
	then    func()        // what the PRACK is waited for with
	answer  []byte        // of the caller, to our offer; nil before it came
}

// reliably reports whether the caller is to acknowledge our provisional answers.
func (c *Call) reliably() bool {
	req := c.in.st.req
	return lists(req, "100rel", "Require") || c.ua.cfg.Account.ReliableRinging && lists(req, "100rel", "Supported", "k")
}

// ringReliably sends a 180 that is repeated until its PRACK is here: after T1, then twice as late each time. It reports false when
// the call could not go on.
func (c *Call) ringReliably() bool {
	r := &c.in.reliable
	if r.pending != nil { // no other one before it is acknowledged (§3)
		return true
	}
	res := c.response(c.in.st, sip.StatusRinging)
	res.AppendHeader(sip.NewHeader("Require", "100rel"))
	if r.rseq == 0 {
		r.rseq = uint32(rand.Int32N(1 << 30))
	}
	r.rseq++
	res.AppendHeader(sip.NewHeader("RSeq", strconv.FormatUint(uint64(r.rseq), 10)))
	if c.RemoteSDP() == nil && c.local == nil {
		offer, code := c.h.Offer(nil)
		if code != 0 {
			c.Reject(code)
			return false
		}
		c.local, c.offering, r.offered = offer, true, true
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
		res.SetBody(offer)
	}
	r.pending = res
	c.in.st.respond(res)
	wait, left := sip.T1, 64*sip.T1
	var again func()
	again = func() {
		if left -= wait; left <= 0 {
			c.refuse(sip.StatusGatewayTimeout)
			c.ended(End{Cause: Unacknowledged, Code: sip.StatusGatewayTimeout})
			c.forget()
			return
		}
		c.in.st.respond(res)
		wait = min(2*wait, left)
		r.halt = c.after(wait, again)
	}
	r.halt = c.after(wait, again)
	return true
}

// rest stops the repetition of a 180. Its PRACK may still come.
func (r *reliable) rest() {
	if r.halt != nil {
		r.halt()
		r.halt = nil
	}
}

// waitsForPRACK has f run once the PRACK of a 180 with our offer is here, and reports whether there is one to wait for.
func (c *Call) waitsForPRACK(f func()) bool {
	r := &c.in.reliable
	if r.pending == nil || !r.offered {
		return false
	}
	r.then = f
	return true
}

// pracked is a PRACK: of the 180 that waits for it, otherwise 481 (§3).
func (c *Call) pracked(st *serverTx) {
	r := &c.in.reliable
	which, ok := readRAck(header(st.req, "RAck"))
	if c.over || !ok || r.pending == nil || which != (rack{r.rseq, c.in.st.req.CSeq().SeqNo, string(sip.INVITE)}) {
		st.reply(481)
		return
	}
	r.rest()
	r.pending = nil
	sdp := SDP(st.req)
	if sdp != nil && !r.offered { // an offer, while the one of the INVITE has no answer, or nobody is there to change anything
		st.reply(488) // the ringing is confirmed all the same: the caller has heard of it, and sends no other PRACK
		return
	}
	if sdp != nil {
		r.answer, c.offering = sdp, false
	}
	r.offered = false
	st.reply(200)
	if then := r.then; then != nil {
		r.then = nil
		then()
	}
}
