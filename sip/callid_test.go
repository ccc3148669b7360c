package sip_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// A Call-ID is whatever the caller makes it. What leaves the phone of it is clean and short; the call itself goes by the whole of it.
func TestTheCallIDIsTold(t *testing.T) {
	for id, want := range map[string]string{
		"a84b4c76e66710@pc33.example.com":         "a84b4c76e66710@pc33.example.com",
		"x\u202ey\x1b[31m<b>@h":                   "xy [31m<b>@h",
		"\xff\xfea  \tb":                          "a b",
		strings.Repeat("z", 5000) + "@h":          strings.Repeat("z", 254) + "…",
		strings.Repeat("\u0301\u202e", 500) + "q": "q",
	} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		c := p.Call("<sip:+14155550100@example.com>")
		c.CallID = id
		if m := c.Ringing(); m.Header("Call-ID") != strings.TrimSpace(id) {
			t.Errorf("answered with the Call-ID %.80q", m.Header("Call-ID"))
		}
		in := next[sip.CallIncoming](ph)
		if in.SIPID != want || utf8.RuneCountInString(in.SIPID) > 255 {
			t.Errorf("%.80q is told as %.80q, want %.80q", id, in.SIPID, want)
		}
		ph.must(ph.Decline(in.ID))
		p.Await("SIP/2.0 486")
	}
}
