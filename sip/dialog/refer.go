package dialog

import (
	"errors"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// referral is a REFER that we sent and the subscription it makes (RFC 3515).
type referral struct {
	on       func(code int, err error)
	notified bool // a NOTIFY has come
	finished bool
}

// errNoNotify says that nothing was heard of what became of a REFER.
var errNoNotify = errors.New("no NOTIFY came")

func (r *referral) finish(code int, err error) {
	if !r.finished {
		r.finished = true
		r.on(code, err)
	}
}

// Refer asks the other side to call another party: a blind transfer. on is called for each stage, 100 and 180 for instance,
// and last of a final status or an error. The call itself is left as it is.
func (c *Call) Refer(number string, on func(code int, err error)) {
	if c.over || c.d == nil || !c.answered {
		on(0, &RefusedError{Code: 481, Phrase: phrases[481]})
		return
	}
	if c.referring != nil && !c.referring.finished {
		on(0, ErrPending)
		return
	}
	r := &referral{on: on}
	c.referring = r
	uri := c.ua.Target(number)
	self := c.ua.self()
	c.d.exchange(c.ua, sip.REFER, func(req *sip.Request, _ hop) error {
		req.AppendHeader(sip.NewHeader("Refer-To", "<"+uri.String()+">"))
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
			c.after(64*sip.T1, func() { // Timer N of RFC 6665 §4.1.2.4
				if !r.notified {
					r.finish(0, errNoNotify)
				}
			})
		default:
			r.finish(0, &RefusedError{res.StatusCode, res.Reason})
			c.lost(res, nil)
		}
	})
}

// notified handles a NOTIFY about our REFER: its body is the status line that the new call got (RFC 3515 §2.4.5).
func (c *Call) notified(st *serverTx) {
	event, _, _ := strings.Cut(header(st.req, "Event", "o"), ";")
	if !strings.EqualFold(strings.TrimSpace(event), "refer") || c.referring == nil {
		st.reply(489, sip.NewHeader("Allow-Events", "refer"))
		return
	}
	st.reply(200)
	r := c.referring
	r.notified = true
	code := fragStatus(st.req.Body())
	state, _, _ := strings.Cut(header(st.req, "Subscription-State"), ";")
	switch {
	case r.finished:
	case code >= 200:
		r.finish(code, nil)
	case strings.EqualFold(strings.TrimSpace(state), "terminated"):
		r.finish(0, errors.New("the transfer was given up"))
	case code > 0:
		r.on(code, nil)
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
