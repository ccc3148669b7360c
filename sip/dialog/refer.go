package dialog

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// referral is a REFER that we sent and the subscription it makes (RFC 3515).
type referral struct {
	on       func(code int, err error)
	id       uint32   // its CSeq number, by which a NOTIFY may name it (RFC 3515 §2.4.6)
	former   []uint32 // of the referrals before it
	notified bool     // a NOTIFY has come
	joins    bool     // it is of an attended transfer: whoever is to be called has answered already
	finished bool
	stopWait func() // nil where nothing is waited for
}

// errNoNotify says that nothing was heard of what became of a REFER.
var errNoNotify = errors.New("no NOTIFY came")

func (r *referral) finish(code int, err error) {
	if !r.finished {
		r.finished = true
		r.stop()
		r.on(code, err)
	}
}

// wait gives the referral up when nothing is heard of it for as long as Timer N is (RFC 6665 §4.1.2.4).
func (r *referral) wait(c *Call) {
	r.stop()
	r.stopWait = c.after(64*sip.T1, func() { r.finish(0, errNoNotify) })
}

func (r *referral) stop() {
	if r.stopWait != nil {
		r.stopWait()
	}
	r.stopWait = nil
}

// Refer asks the other side to call another party: a blind transfer. on is called for each stage, 100 and 180 for instance,
// and last of a final status or an error. The call itself is left as it is.
func (c *Call) Refer(number string, on func(code int, err error)) {
	uri := c.ua.Target(number)
	c.refer("<"+uri.String()+">", &referral{on: on})
}

// ReferAsCalled is Refer to the address that another call has called last: where it was sent on to, and not what it was placed to.
func (c *Call) ReferAsCalled(other *Call, on func(code int, err error)) {
	uri := other.out.uri
	uri.Headers = nil
	c.refer("<"+uri.String()+">", &referral{on: on})
}

// ReferTo asks the other side to take our place in another call that is answered: an attended transfer (RFC 5589 §7). on is as of
// Refer. Both calls are left as they are; whoever we have in the other one ends it. Nobody has to answer any more, so that on
// is called with an error, too, when nothing more is heard for 64*T1, 32 s, after a stage.
func (c *Call) ReferTo(other *Call, on func(code int, err error)) {
	if other.over || other.d == nil || !other.answered {
		on(0, &RefusedError{Code: 481, Phrase: phrases[481]})
		return
	}
	c.refer(referToCall(other), &referral{on: on, joins: true})
}

func (c *Call) refer(to string, r *referral) {
	on := r.on
	if c.over || c.d == nil || !c.answered {
		on(0, &RefusedError{Code: 481, Phrase: phrases[481]})
		return
	}
	if c.referring != nil && !c.referring.finished || c.asked.pending() {
		on(0, ErrPending)
		return
	}
	if before := c.referring; before != nil {
		r.former = append(before.former, before.id)
	}
	c.referring = r
	self := c.ua.self()
	c.d.exchange(c.ua, sip.REFER, func(req *sip.Request, _ hop) error {
		r.id = req.CSeq().SeqNo
		req.AppendHeader(sip.NewHeader("Refer-To", to))
		req.AppendHeader(sip.NewHeader("Referred-By", "<"+self.String()+">"))
		return nil
	}, func(res *sip.Response, err error) {
		switch {
		case err != nil:
			r.finish(0, err)
		case res.StatusCode < 200:
		case res.StatusCode < 300:
			if r.finished {
				return
			}
			on(100, nil)
			if !r.notified || r.joins {
				r.wait(c)
			}
		default:
			r.finish(0, &RefusedError{res.StatusCode, res.Reason})
			c.lost(res, nil)
		}
	})
}

// notified handles a NOTIFY about our REFER: its body is the status line that the new call got (RFC 3515 §2.4.5).
func (c *Call) notified(st *serverTx) {
	event, params := eventOf(st.req)
	if event != "refer" || c.referring == nil {
		st.reply(489, sip.NewHeader("Allow-Events", allowedEvents))
		return
	}
	r := c.referring
	if id, ok := eventID(params); ok && id != r.id && slices.Contains(r.former, id) { // late news of one that was given up
		st.reply(481)
		return
	}
	st.reply(200)
	r.notified = true
	code := fragStatus(st.req.Body())
	state, _, _ := strings.Cut(header(st.req, "Subscription-State"), ";")
	switch {
	case r.finished:
	case code >= 200:
		r.finish(code, nil)
	case strings.EqualFold(strings.TrimSpace(state), "terminated"):
		r.finish(0, errors.New("the transfer was given up"))
	default:
		if r.stop(); r.joins { // whereas a phone that is called may ring for minutes
			r.wait(c)
		}
		if code > 0 {
			r.on(code, nil)
		}
	}
}

// fragStatus is the status code of a message/sipfrag body, 0 when there is none.
func fragStatus(body []byte) int {
	fields := strings.Fields(string(body))
	if len(fields) < 2 || !strings.HasPrefix(strings.ToUpper(fields[0]), "SIP/") {
		return 0
	}
	code, err := strconv.Atoi(fields[1])
	if err != nil || code < 100 || code > 699 {
		return 0
	}
	return code
}

// eventOf is the event package of a request, in lower case, and the parameters behind it.
func eventOf(req *sip.Request) (event, params string) {
	event, params, _ = strings.Cut(header(req, "Event", "o"), ";")
	return strings.ToLower(strings.TrimSpace(event)), params
}

// eventID is the id parameter of an Event header.
func eventID(params string) (uint32, bool) {
	for p := range strings.SplitSeq(params, ";") {
		if k, v, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(k), "id") {
			n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 32)
			return uint32(n), err == nil
		}
	}
	return 0, false
}
