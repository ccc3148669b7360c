package dialog

import (
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// sessionTimer is RFC 4028: the two sides agree that one of them refreshes the session, and that it is dead when it
// does not. We never ask for it, and take part when the other side does: a server between them may have lost a BYE.
type sessionTimer struct {
	interval time.Duration // 0: none agreed
	ours     bool          // we refresh
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

// timerSupported reports whether the sender of a request can refresh himself.
func timerSupported(req *sip.Request) bool {
	for _, v := range headerValues(req, "Supported", "k") {
		if strings.EqualFold(v, "timer") {
			return true
		}
	}
	return false
}

// offered answers what a request asks for, in the 200 to it (§9). Unless it says otherwise, the requester refreshes.
func (t *sessionTimer) offered(c *Call, req *sip.Request, res *sip.Response) {
	interval, refresher := sessionExpires(req)
	if interval < minSE { // none, or a proxy's idea the caller knows nothing of
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
	res.AppendHeader(sip.NewHeader("Session-Expires", strconv.Itoa(int(interval/time.Second))+";refresher="+refresher))
	t.start(c)
}

// agreed takes what the answer to a request of ours says (§7.2). asked tells that we were the requester.
func (t *sessionTimer) agreed(c *Call, res *sip.Response, asked bool) {
	interval, refresher := sessionExpires(res)
	t.interval = interval
	t.ours = (refresher != "uas") == asked
	t.start(c)
}

// ask repeats in a request of ours what was agreed before (§7.1).
func (t *sessionTimer) ask(req *sip.Request) {
	if t.interval == 0 {
		return
	}
	who := "uas"
	if t.ours {
		who = "uac"
	}
	req.AppendHeader(sip.NewHeader("Session-Expires", strconv.Itoa(int(t.interval/time.Second))+";refresher="+who))
}

// start plans the refresh at half the interval, or the end of the call shortly before the interval is over (§10).
func (t *sessionTimer) start(c *Call) {
	t.stop()
	switch {
	case t.interval == 0 || c.over:
	case t.ours:
		t.halt = c.after(t.interval/2, func() { t.refresh(c) })
	default:
		t.halt = c.after(t.interval-min(32*time.Second, t.interval/3), func() {
			c.sendBye()
			c.ended(End{Cause: Expired})
		})
	}
}

// refresh is an UPDATE without SDP where the other side takes one, else a re-INVITE with the session as it is.
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
			default:
				t.start(c)
				c.lost(res, err)
			}
		})
	default:
		t.start(c)
		c.Reinvite(func() []byte { return c.local }, func([]byte, error) {})
	}
}
