package dialog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"linecard/sip/internal/siptest"
)

// refusing sets the clock forward by seconds, has the server answer each SUBSCRIBE until then, and counts them: by user, which each is for once. What is
// sent by a moment comes before the answer to an OPTIONS that is asked then.
func (a *agent) refusing(p *siptest.Peer, seconds int, answer func(siptest.Message)) (asked map[string]int) {
	a.t.Helper()
	asked = make(map[string]int)
	c := p.Call("<sip:bob@example.com>")
	for range seconds {
		a.forward(time.Second)
		for more := true; more; {
			more = false
			c.Send("OPTIONS", "", "")
			for m := p.Recv(); !strings.HasSuffix(m.Header("CSeq"), "OPTIONS"); m = p.Recv() {
				if m.Method() == "SUBSCRIBE" {
					asked[m.Start()]++
					answer(m)
					more = true
				}
			}
		}
	}
	return asked
}

// A server that does not want a list of colleagues, for now, is not asked for each of them every second: neither where it says so of each, nor where it
// grants them and tells nothing, nor where it is overloaded or says nothing at all.
func TestListOfColleaguesThatTheServerDoesNotWant(t *testing.T) {
	const many, minutes = 12, 5
	for answer, most := range map[string]int{
		"408 Request Timeout":         5 * many,
		"480 Temporarily Unavailable": 5 * many,
		"500 Server Internal Error":   5 * many,
		"503 Service Unavailable":     5 * 4, // all of them wait for those four
		"200 OK":                      5 * many,
		"":                            5 * many,
	} {
		t.Run(answer, func(t *testing.T) {
			t.Parallel()
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			for i := range many {
				a.watch("dialog", fmt.Sprint(3000+i))
			}
			all := 0
			for user, n := range a.refusing(p, minutes*60, func(m siptest.Message) {
				if answer != "" {
					p.Reply(m, answer, "Expires: 600\n")
				}
			}) {
				if all += n; n > 5 {
					t.Errorf("%s: %d times in %d minutes", user, n, minutes)
				}
			}
			if all > most || all < 8 {
				t.Errorf("%d SUBSCRIBEs in %d minutes", all, minutes)
			}
		})
	}
}

// A server that is overloaded says for how long it wants nothing: no SUBSCRIBE comes until then, for nobody, and all of them after it. What is told of
// those that end meanwhile is not believed any longer.
func TestOverloadedServerIsLeftAlone(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	w := a.watch("dialog", "2042")
	granted(p, 60, "busy")
	w.hears(told{true, "busy", 0})
	for i := range 10 {
		a.watch("dialog", fmt.Sprint(3000+i))
	}
	overloaded := func(m siptest.Message) { p.Reply(m, "503 Service Unavailable", "Retry-After: 120\n") }
	if asked := a.refusing(p, 110, overloaded); len(asked) > 4 {
		t.Errorf("asked while the server wants nothing: %v", asked)
	}
	w.hears(told{})
	a.refusing(p, 1200, func(m siptest.Message) {
		p.ReplyTagged(m, "200 OK", "n", "Expires: 600\n", "")
		notify(p, m, 1, "n", "active", "", "free")
	})
	for len(w.told) > 1 {
		arrives(t, w.told)
	}
	w.hears(told{true, "free", 0})
}
