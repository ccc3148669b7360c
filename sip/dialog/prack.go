package dialog

import (
	"github.com/emiago/sipgo/sip"
)

// The caller's side of RFC 3262. Our INVITEs say that we acknowledge provisional answers. One that asks for it is acknowledged
// by a PRACK of its own in the early dialog, which each fork has; what it says is an answer to our offer that holds, so that the
// other side may change the session by UPDATE before anybody picks up.

// row is how far the reliable provisional answers of one dialog to one INVITE have come.
type row struct {
	invite uint32 // CSeq number of the INVITE
	last   uint32 // RSeq of the answer taken last
}

// mostPRACKs is how many PRACKs of one call may be unanswered, with all its forks. Each of them waits for its own before it goes on (§3);
// one that does not would have us send as many as it likes to wherever its Contact leads.
const mostPRACKs = 16

// numbered is the number of a provisional answer that is to be acknowledged; ok is false for any other.
func numbered(res *sip.Response) (rseq uint32, ok bool) {
	if res.StatusCode <= sip.StatusTrying || res.StatusCode >= 200 || tagOf(res.To().Params) == "" || !lists(res, "100rel", "Require") {
		return 0, false
	}
	return readRSeq(header(res, "RSeq"))
}

// due takes a reliable provisional answer in its turn, acknowledges it, and reports whether it is to be acted on. One that comes again, or
// before one that is missing, is neither acknowledged nor acted on: the other side repeats what it has no PRACK for (§4).
func (d *dialog) due(c *Call, res *sip.Response, rseq uint32) bool {
	seq := res.CSeq()
	switch {
	case c.pracks >= mostPRACKs:
		return false
	case d.row.invite != seq.SeqNo: // the first one may have any number
	case rseq != d.row.last+1:
		return false
	}
	d.row = row{seq.SeqNo, rseq}
	c.pracks++
	which := rack{rseq, seq.SeqNo, string(sip.INVITE)}
	d.exchange(c.ua, sip.PRACK, func(req *sip.Request, _ hop) error {
		req.AppendHeader(sip.NewHeader("RAck", which.String()))
		return nil
	}, func(res *sip.Response, err error) {
		if err != nil || res.StatusCode >= 200 { // what it says tells nothing of the call: the answer to the INVITE does
			c.pracks--
		}
	})
	return true
}
