package dialog_test

import (
	"fmt"
	"strings"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// A Via may have blanks and folds around its slashes: the answer comes back all the same, and every Via in it is whole.
func TestBlanksInVia(t *testing.T) {
	p := siptest.NewPeer(t)
	newAgent(t, p)
	phone, uri := p.Phone()
	for i, form := range []string{
		"Via: SIP / 2.0 / UDP %s;branch=z9hG4bK%d;rport\n", "v:SIP/ 2.0 /UDP %s;branch=z9hG4bK%d;rport\n",
		"Via: SIP/2.0/UDP %s  ;branch=z9hG4bK%d;rport\n", "VIA :\tsip\t/\t2.0\t/\tudp\t%s ;branch=z9hG4bK%d;rport\n", "Via: SIP\n / 2.0\n /\n UDP\n %s;branch=z9hG4bK%d;rport\n",
	} {
		for _, lower := range []string{
			"", "Via: SIP / 2.0 / TCP below.example.com;branch=z9hG4bKlow\n", "Via: SIP/2.0/TCP below.example.com;branch=z9hG4bKlow\n",
		} {
			branch := 10*i + len(lower)
			p.Send(phone, "OPTIONS "+uri+" SIP/2.0\n"+fmt.Sprintf(form, p.Addr(), branch)+lower+
				"Max-Forwards: 70\nFrom: <sip:x@y>;tag=1\nTo: <"+uri+">\nCall-ID: blanks-"+fmt.Sprint(branch)+"\nCSeq: 1 OPTIONS\nUser-Agent: a / b\nContent-Length: 0\n\n")
			got := p.Recv("SIP/2.0 200")
			via := got.Headers("Via")
			if !strings.Contains(via[0], fmt.Sprintf("branch=z9hG4bK%d", branch)) || !strings.HasPrefix(strings.ToUpper(via[0]), "SIP/2.0/UDP 127.0.0.1") {
				t.Errorf("%q: Via %q", form, via[0])
			}
			if lower != "" && (len(via) != 2 || !strings.HasPrefix(via[1], "SIP/2.0/TCP below.example.com") || !strings.Contains(via[1], "z9hG4bKlow")) {
				t.Errorf("%q above %q: Vias %q", form, lower, via)
			}
		}
	}
}

// tel: and sips: in the Request-URI. What the account's own server sends by number is for us; a direct call is only when it
// names us; sips: promises a way that we do not have.
func TestOtherSchemes(t *testing.T) {
	for _, tc := range []struct {
		uri, from, want string
	}{
		{"tel:2041", "127.0.0.1", "180"},
		{"tel:+14155550100", "127.0.0.1", "180"},
		{"tel:+14155550100", "127.0.0.66", "404"},
		{"sips:2041@127.0.0.1", "127.0.0.1", "416"},
		{"sips:2041@127.0.0.1", "127.0.0.66", "416"},
		{"mailto:2041@127.0.0.1", "127.0.0.1", "416"},
	} {
		p := siptest.NewPeer(t)
		newAgent(t, p, func(c *dialog.Config) { c.Account.Trust.Direct = true })
		c := p.Call("<sip:bob@example.com>")
		if tc.from != "127.0.0.1" {
			c.Peer = siptest.NewPeerAt(t, tc.from)
		}
		c.URI = tc.uri
		c.Invite()
		if got := c.Peer.Recv("SIP/2.0"); got.Status() != tc.want {
			t.Errorf("%s from %s: %s, want %s", tc.uri, tc.from, got.Start(), tc.want)
		}
	}
}
