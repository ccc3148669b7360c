package dialog

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// sessionTimer is RFC 4028: the two sides agree that one of them refreshes the session, and that it is dead when it
// does not: a server between them may have lost a BYE. We ask for it where the account says so, and take part when the other side
// asks. In the calls of others we refresh, unless they want to.
type sessionTimer struct {
	interval time.Duration // 0: none agreed
	ours     bool          // we refresh
	until    time.Time     // when the session is over without a refresh
	halt     func()
}

func (t *sessionTimer) stop() {
	if t.halt != nil {
		t.halt()
		t.halt = nil
	}
}

// minSE is the least interval we take part in (RFC 4028 §4).
const minSE = 90 * time.Second

func sessionExpires(msg interface{ GetHeader(string) sip.Header }) (time.Duration, string) {
	value := header(msg, "Session-Expires", "x")
	n, ok := seconds(value)
	if !ok || n == 0 {
		return 0, ""
	}
	for _, p := range strings.Split(value, ";")[1:] {
		k, v, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(k), "refresher") {
			return time.Duration(n) * time.Second, strings.ToLower(strings.TrimSpace(v))
		}
	}
	return time.Duration(n) * time.Second, ""
}

// timerSupported reports whether the sender of a request can refresh the session.
func timerSupported(req *sip.Request) bool { return lists(req, "timer", "Supported", "k") }

// wish asks for a timer in an INVITE, where the account wants one. Who refreshes is left to the other side (§7.1).
func (t *sessionTimer) wish(c *Call, req *sip.Request) {
	if wanted := c.ua.cfg.Account.SessionTimer; wanted > 0 {
		req.AppendHeader(sip.NewHeader("Session-Expires", inSeconds(wanted)))
		req.AppendHeader(sip.NewHeader("Min-SE", inSeconds(min(wanted, minSE))))
	}
}

func inSeconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// own is the interval that we put where a request asks for none (§9): what was agreed before, so that a hold does not end it, or what the
// account wants, where the other side knows of timers. 0 is none.
func (t *sessionTimer) own(c *Call, req *sip.Request) time.Duration {
	wanted := c.ua.cfg.Account.SessionTimer
	switch {
	case wanted == 0:
		return 0
	case t.interval > 0:
		wanted = t.interval
	case !timerSupported(req):
		return 0
	}
	least, _ := seconds(header(req, "Min-SE"))
	return min(max(wanted, time.Duration(least)*time.Second), longestInterval)
}

// offered answers what a request asks for, in the 200 to it (§9). Unless it says otherwise, the requester refreshes.
func (t *sessionTimer) offered(c *Call, req *sip.Request, res *sip.Response) {
	interval, refresher := sessionExpires(req)
	switch {
	case interval == 0:
		if t.interval == 0 || t.ours {
			refresher = "uas"
		}
		interval = t.own(c, req)
	case interval < minSE: // a proxy's idea the caller knows nothing of
		interval = 0
	}
	if interval == 0 {
		t.stop()
		t.interval = 0
		return
	}
	t.interval, t.ours = interval, refresher == "uas" || !timerSupported(req)
	if t.ours {
		refresher = "uas"
	} else {
		refresher = "uac"
		res.AppendHeader(sip.NewHeader("Require", "timer"))
	}
	res.AppendHeader(sip.NewHeader("Session-Expires", inSeconds(interval)+";refresher="+refresher))
	t.start(c)
}

// agreed takes what the answer to our request says (§7.2). asked tells that we were the requester.
func (t *sessionTimer) agreed(c *Call, res *sip.Response, asked bool) {
	interval, refresher := sessionExpires(res)
	t.interval = interval
	t.ours = (refresher != "uas") == asked
	t.start(c)
}

// ask repeats in our request what was agreed before (§7.1).
func (t *sessionTimer) ask(req *sip.Request) {
	if t.interval == 0 {
		return
	}
	who := "uas"
	if t.ours {
		who = "uac"
	}
	req.AppendHeader(sip.NewHeader("Session-Expires", inSeconds(t.interval)+";refresher="+who))
}

// margin is how long before its end a session that was not refreshed is given up (§10).
func (t *sessionTimer) margin() time.Duration { return min(32*time.Second, t.interval/3) }

// start plans the refresh at half the interval, or the end of the call shortly before the interval is over (§10).
func (t *sessionTimer) start(c *Call) {
	t.stop()
	t.until = c.ua.now().Add(t.interval)
	switch {
	case t.interval == 0 || c.over:
	case t.ours:
		t.halt = c.after(t.interval/2, func() { t.refresh(c) })
	default:
		t.halt = c.after(t.interval-t.margin(), func() { t.expire(c) })
	}
}

func (t *sessionTimer) expire(c *Call) {
	c.sendBye()
	c.ended(End{Cause: Expired})
}

// refreshAgain is the least pause before a refresh that was refused is tried again.
const refreshAgain = 5 * time.Second

// refused plans another refresh after one that failed, as long as there is time for one: a session that nobody refreshed ends
// (§10).
func (t *sessionTimer) refused(c *Call) {
	t.stop()
	if c.over || t.interval == 0 {
		return
	}
	left := t.until.Sub(c.ua.now()) - t.margin()
	if left <= 0 {
		t.expire(c)
		return
	}
	t.halt = c.after(min(left, max(left/2, refreshAgain)), func() { t.refresh(c) })
}

// refresh is an UPDATE without SDP where the other side accepts one, otherwise a re-INVITE with the session as it is.
func (t *sessionTimer) refresh(c *Call) {
	switch {
	case c.over:
	case c.allows["UPDATE"]:
		c.d.exchange(c.ua, sip.UPDATE, func(req *sip.Request, _ hop) error {
			t.ask(req)
			return nil
		}, func(res *sip.Response, err error) {
			switch {
			case c.over || err == nil && res.StatusCode < 200:
			case err == nil && res.StatusCode < 300:
				t.agreed(c, res, true)
			case err == nil && (res.StatusCode == sip.StatusMethodNotAllowed || res.StatusCode == sip.StatusNotImplemented),
				errors.Is(err, errNoAnswer), err == nil && res.StatusCode == sip.StatusRequestTimeout:
				delete(c.allows, "UPDATE") // it said otherwise, or a server on the way loses them
				t.refresh(c)
			default:
				c.lost(res, err)
				t.refused(c)
			}
		})
	default:
		c.Reinvite(func() []byte { return c.local }, func(answer []byte, err error) {
			if err != nil {
				t.refused(c)
				return
			}
			c.h.Refreshed(answer)
		})
	}
}

// longestInterval bounds what a 422 may ask for, and mostRaises how often: each server on the way may want more than the one before.
const (
	longestInterval = 24 * time.Hour
	mostRaises      = 3
)

// tooSmall takes the interval that a 422 asks for, and reports whether the request must be sent with it (§7.4).
func (x *exchange) tooSmall(res *sip.Response) bool {
	if res.StatusCode != 422 || x.tx == nil {
		return false
	}
	n, ok := seconds(header(res, "Min-SE"))
	least := time.Duration(n) * time.Second
	if !ok || least <= x.least || least > longestInterval || x.raises == mostRaises {
		return false
	}
	x.least = least
	x.raises++
	if x.inside != nil {
		x.inside.least = max(x.inside.least, least)
	}
	return true
}

// raise puts the interval that a 422 asked for into a request that may set one, and into all later ones of the dialog (§7.1).
func (x *exchange) raise(req *sip.Request) {
	least := x.least
	if x.inside != nil {
		least = max(least, x.inside.least)
	}
	if least == 0 || req.Method != sip.INVITE && req.Method != sip.UPDATE {
		return
	}
	interval, refresher := sessionExpires(req)
	if interval == 0 && x.least == 0 {
		return // no timer is asked for
	}
	value := inSeconds(max(interval, least))
	if refresher != "" {
		value += ";refresher=" + refresher
	}
	req.RemoveHeader("Session-Expires")
	req.RemoveHeader("Min-SE")
	req.AppendHeader(sip.NewHeader("Session-Expires", value))
	req.AppendHeader(sip.NewHeader("Min-SE", inSeconds(least)))
}
