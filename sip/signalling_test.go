package sip_test

import (
	"fmt"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// What the INVITE tells of a call beside who calls.
func TestSignalling(t *testing.T) {
	const passed = "P-Asserted-Identity: <sip:+14155550132;verstat=TN-Validation-Passed@pbx;user=phone>\n"
	for name, tc := range map[string]struct {
		extra string
		want  sip.Signalling
	}{
		"nothing":                     {"", sip.Signalling{}},
		"a number that was verified":  {passed, sip.Signalling{Verstat: sip.VerstatPassed}},
		"in a tel: address":           {"P-Asserted-Identity: <tel:+14155550132;verstat=TN-Validation-Failed>\n", sip.Signalling{Verstat: sip.VerstatFailed}},
		"not looked at":               {"P-Asserted-Identity: <sip:+14155550132;verstat=No-TN-Validation@pbx>\n", sip.Signalling{Verstat: sip.VerstatNone}},
		"as a parameter of the URI":   {"P-Asserted-Identity: <sip:+14155550132@pbx;verstat=TN-Validation-Passed>\n", sip.Signalling{}},
		"as a parameter of the field": {"P-Asserted-Identity: <sip:+14155550132@pbx>;verstat=TN-Validation-Passed\n", sip.Signalling{}},
		"of a kind nobody knows":      {"P-Asserted-Identity: <sip:+1;verstat=Maybe@pbx>\n", sip.Signalling{}},
		"user to user in digits":      {"User-to-User: 043132333435;encoding=hex\n", sip.Signalling{UserToUser: "12345"}},
		"user to user in words":       {"User-to-User: \"order 4711\";encoding=ascii;purpose=call-center\n", sip.Signalling{UserToUser: "order 4711"}},
		"user to user that is none":   {"User-to-User: 04ff00;encoding=hex\n", sip.Signalling{UserToUser: "04ff00"}},
		"a page about the caller":     {"Call-Info: <http://pbx/photo.png>;purpose=icon, <https://crm.example/c/42>;purpose=info\n", sip.Signalling{CallInfo: "https://crm.example/c/42"}},
		"for the phone alone":         {"Call-Info: <sip:pbx>;answer-after=0\n", sip.Signalling{}},
		"sent on once":                {"Diversion: <sip:2050@pbx>;reason=No-Answer\n", sip.Signalling{DivertedFor: "no-answer"}},
		"sent on twice":               {"Diversion: <sip:2050@pbx>;reason=user-busy, <sip:2060@pbx>;reason=unconditional\n", sip.Signalling{DivertedFirst: "2060", DivertedFor: "user-busy"}},
		"by a history":                {"History-Info: <sip:2060@pbx>;index=1, <sip:2050@pbx?Reason=SIP%3Bcause%3D408>;index=1.1, <sip:2041@pbx>;index=1.1.1\n", sip.Signalling{DivertedFirst: "2060", DivertedFor: "no-answer"}},
		"transferred here":            {"Referred-By: \"Reception\" <sip:2050@pbx>\n", sip.Signalling{ReferredBy: "Reception (2050)"}},
		"transferred, by a number":    {"b: <sip:2050@pbx>\n", sip.Signalling{ReferredBy: "2050"}},
		"transferred by nobody":       {"Referred-By: <sip:anonymous@anonymous.invalid>\n", sip.Signalling{}},
		"transferred in private":      {"Privacy: header\nReferred-By: <sip:2050@pbx>\n", sip.Signalling{}},
		"the first one is private":    {"Diversion: <sip:2050@pbx>, <sip:2060@pbx>;privacy=full\n", sip.Signalling{}},
		"the last one is private":     {"Diversion: <sip:2050@pbx>;privacy=full;reason=no-answer, <sip:2060@pbx>\n", sip.Signalling{DivertedFirst: "2060"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c := p.Call("<sip:2050@pbx>")
			c.Send("INVITE", tc.extra, siptest.SDP(4000, "sendrecv"))
			c.Learn(p.Await("SIP/2.0 180"))
			in := next[sip.CallIncoming](ph)
			if in.Signalling != tc.want {
				t.Errorf("told %+v, want %+v", in.Signalling, tc.want)
			}
			ph.must(ph.Decline(in.ID))
			p.Await("SIP/2.0 486")
		})
	}
}

// Whoever calls directly is not believed to be verified, or to be sent here by anybody.
func TestVerstatOfADirectCall(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) { s.Account.Trust.Direct = true })
	eve := from(t, p, "127.0.0.66")
	eve.Send("INVITE", "P-Asserted-Identity: <sip:+14155550132;verstat=TN-Validation-Passed@pbx>\nReferred-By: <sip:2050@pbx>\n", siptest.SDP(4000, "sendrecv"))
	eve.Ringing()
	in := next[sip.CallIncoming](ph)
	if in.Verstat != "" || in.ReferredBy != "" {
		t.Errorf("verified: %q, transferred by %q", in.Verstat, in.ReferredBy)
	}
	ph.must(ph.Decline(in.ID))
}

// The header fields that the account names are told however many others stand before them.
func TestHeaderFieldsOfTheAccount(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) { s.Account.Headers = []string{"x-ticket", "X-Absent"} })
	c := p.Call("<sip:2050@pbx>")
	var others strings.Builder
	for i := range 30 {
		fmt.Fprintf(&others, "X-N%d: %d\n", i, i)
	}
	c.Send("INVITE", others.String()+"X-Ticket: 4711\n", siptest.SDP(4000, "sendrecv"))
	c.Learn(p.Await("SIP/2.0 180"))
	if in := next[sip.CallIncoming](ph); in.Headers["X-Ticket"] != "4711" || len(in.Headers) != 21 {
		t.Errorf("told %v", in.Headers)
	}
	c.Send("CANCEL", "", "")
	next[sip.CallEnded](ph)
}
