package sip_test

import (
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// Who sent a call on is told, unless they or the phone system keep that private (RFC 5806, RFC 7044 §10.1): then it is nowhere, not even as
// the number that was called.
func TestWhoSentACallOn(t *testing.T) {
	const entry = "History-Info: <sip:2077@pbx>;index=1, <sip:2041@pbx>;index=1.1\n"
	for name, tc := range map[string]struct {
		headers, to  string // to is "" for our own number
		want, called string
	}{
		"Diversion":                       {"Diversion: \"Ada\" <sip:2077@pbx>;reason=unconditional;privacy=off\n", "2077", "2077", "2077"},
		"its name is private":             {"diversion : \"Ada\" <sip:2077@pbx> ; Privacy = Name\n", "2077", "2077", "2077"},
		"all is private":                  {"Diversion: \"Ada\" <sip:2077@pbx>;reason=unconditional;privacy=full\n", "2077", "", "2041"},
		"all is private, with blanks":     {"Diversion:\n <sip:2077@pbx> ;\n PRIVACY\n =\n \"Full\"\n", "2077", "", "2041"},
		"its number is private":           {"Diversion: <sip:2077@pbx>;privacy=uri\n", "2077", "", "2041"},
		"a privacy that nobody knows":     {"Diversion: <sip:2077@pbx>;privacy=x\n", "2077", "", "2041"},
		"a privacy without a value":       {"Diversion: <sip:2077@pbx>;privacy\n", "2077", "", "2041"},
		"quotes that say otherwise":       {"Diversion: <sip:2077@pbx>;text=\";privacy=off;\";privacy=full\n", "2077", "", "2041"},
		"quotes that say it":              {"Diversion: <sip:2077@pbx>;text=\"a;privacy=full\"\n", "2077", "2077", "2077"},
		"the last is private":             {"Diversion: <sip:2077@pbx>;privacy=full, <sip:2078@pbx>\n", "2078", "", "2078"},
		"the first is private":            {"Diversion: <sip:2077@pbx>, <sip:2078@pbx>;privacy=full\n", "2078", "2077", "2041"},
		"in two lines":                    {"Diversion: <sip:2077@pbx>;privacy=full\nDiversion: <sip:2078@pbx>\n", "2077", "", "2041"},
		"anonymous":                       {"Diversion: <sip:anonymous@anonymous.invalid>\n", "", "", "2041"},
		"the message is private":          {"Privacy: header\nDiversion: <sip:2077@pbx>\n", "2077", "", "2041"},
		"the caller is private":           {"Privacy: id\nDiversion: <sip:2077@pbx>\n", "2077", "2077", "2077"},
		"by tel:":                         {"Diversion: <tel:+1-415-555-0177>;privacy=full\n", "+14155550177", "", "2041"},
		"with separators":                 {"Diversion: <sip:+14155550177@pbx>;privacy=full\n", "+1-415-555-0177", "", "2041"},
		"as a number, with separators":    {"Diversion: <sip:+1.415.555.0177@pbx;user=phone>;privacy=full\n", "+1-(415)-555-0177@pbx;user=phone", "", "2041"},
		"with parameters":                 {"Diversion: <sip:2077@pbx>;privacy=full\n", "2077;npdi;cpc=x", "", "2041"},
		"without a plus":                  {"Diversion: <sip:+14155550177@pbx>;privacy=full\n", "14155550177;npdi", "", "2041"},
		"with a plus":                     {"Diversion: <sip:14155550177@pbx>;privacy=full\n", "+14155550177", "", "2041"},
		"nobody private, with parameters": {"Diversion: <sip:2077@pbx>\n", "2078;npdi", "2077", "2078"},
		"History-Info":                    {entry, "2077", "2077", "2077"},
		"its history is private":          {"Privacy: History\n" + entry, "2077", "", "2041"},
		"its history is private, listed":  {"Privacy: id ; history\n" + entry, "2077", "", "2041"},
		"an entry is private":             {"History-Info: <sip:2077@pbx?Privacy=history>;index=1, <sip:2041@pbx>;index=1.1\n", "2077", "", "2041"},
		"an entry is private, escaped":    {"history-info:\n <sip:2077@pbx?Reason=SIP%3Bcause%3D302&%50rivacy=history%3Bcritical>;index=1 ,\n <sip:2041@pbx>;index=1.1\n", "2077", "", "2041"},
		"an entry is not private":         {"History-Info: <sip:2077@pbx?Privacy=none>;index=1, <sip:2041@pbx>;index=1.1\n", "2077", "2077", "2077"},
		"an entry that was made nameless": {"History-Info: <sip:anonymous@anonymous.invalid>;index=1, <sip:2041@pbx>;index=1.1\n", "", "", "2041"},
		"an earlier entry is private":     {"History-Info: <sip:2078@pbx?Privacy=history>;index=1, <sip:2077@pbx>;index=1.1, <sip:2041@pbx>;index=1.2\n", "2078", "2077", "2041"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c := p.Call("<sip:1@pbx>")
			text := c.Text("INVITE", tc.headers, siptest.SDP(4000, "sendrecv"))
			if tc.to != "" {
				to := tc.to
				if !strings.Contains(to, "@") {
					to += "@pbx"
				}
				text = strings.Replace(text, "To: <"+c.URI+">", "To: <sip:"+to+">", 1)
			}
			p.Send(c.To, text)
			p.Await("SIP/2.0 180")
			in := next[sip.CallIncoming](ph)
			if in.Diverted != tc.want || in.Called != tc.called {
				t.Errorf("sent on by %q, called %q; want %q, %q", in.Diverted, in.Called, tc.want, tc.called)
			}
			ph.must(ph.Decline(in.ID))
			p.Await("SIP/2.0 486")
		})
	}
}
