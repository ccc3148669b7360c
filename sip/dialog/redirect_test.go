package dialog_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// A Contact of the account's domain is called at the account's server, whatever else stands in it.
func TestRedirectStaysInTheDomain(t *testing.T) {
	interop.Proves(t, "S2.4")
	for _, contact := range []string{
		"sip:2052@%s;maddr=127.0.0.66", "sip:2052@pbx.example.com:%d", "sip:2052@PBX.example.com;transport=tcp",
		"sip:2052@%s", "sip:2052@127.0.0.1", "sip:2052@pbx.example.com:%d;maddr=127.0.0.66;lr?Route=<sip:127.0.0.66>",
	} {
		t.Run(contact, func(t *testing.T) {
			p, thief := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.66")
			port := netip.MustParseAddrPort(p.Addr()).Port()
			a := newAgent(t, p, func(c *dialog.Config) {
				c.Account.Server = fmt.Sprintf("pbx.example.com:%d", port)
				c.Resolver = &zone{a: map[string]string{"ip4 pbx.example.com": "127.0.0.1"}}
			})
			l := a.dial("2051")
			contact := strings.Replace(contact, "%s", fmt.Sprintf("pbx.example.com:%d", port), 1)
			contact = strings.Replace(contact, "%d", netip.MustParseAddrPort(thief.Addr()).String()[len("127.0.0.66:"):], 1)
			p.ReplyTagged(p.Recv("INVITE"), "302 Moved Temporarily", "t", "Contact: <"+contact+">\n", "")
			p.Recv("ACK")
			next := p.Recv("INVITE sip:2052@")
			if want := fmt.Sprintf("INVITE sip:2052@pbx.example.com:%d SIP/2.0", port); next.Start() != want {
				t.Errorf("%q, want %q", next.Start(), want)
			}
			p.ReplyTagged(next, "200 OK", "u", contactOf(p), sdp("sendrecv"))
			p.Recv("ACK")
			l.hears("answered")
			thief.Quiet(20 * time.Millisecond)
		})
	}
}

func contactOf(p *siptest.Peer) string { return contact(p, "b") }

// Where a call is sent on to: in the order of q, at the account's own server, never twice, and not out of the domain.
func TestRedirects(t *testing.T) {
	interop.Proves(t, "S2.4")
	type answer struct {
		to, status, extra string // what is called, how it is answered
	}
	moved := "302 Moved Temporarily"
	busy := "486 Busy Here"
	for name, answers := range map[string][]answer{
		"tel": {
			{"2051@", moved, "Contact: <tel:+14155550144;rn=+14155550100>\n"}, {"+14155550144@", "200 OK", ""},
		},
		"tel, as people write it": {
			{"2051@", moved, "Contact: <tel:+1-(415)-555.0144>;q=0.5\n"}, {"+14155550144@", "200 OK", ""},
		},
		"tel without brackets": {
			{"2051@", moved, "Contact: TEL:+14155550144;expires=60\n"}, {"+14155550144@", "200 OK", ""},
		},
		"the best first": {
			{"2051@", moved, "Contact: <sip:low@HOST>;q=0.1, <tel:+14155550144>;q=0.9\nContact: <sip:middle@HOST>;q=0.5\n"},
			{"+14155550144@", busy, ""},
			{"middle@", busy, ""},
			{"low@", "200 OK", ""},
		},
		"one without q is best": {
			{"2051@", moved, "Contact: <sip:a@HOST>;q=0.9\nContact: <sip:b@HOST>\n"}, {"b@", "200 OK", ""},
		},
		"outside is passed over": {
			{"2051@", moved, "Contact: <sip:thief@elsewhere.example>, <sips:x@HOST>, <mailto:x@HOST>, <tel:vanity>\nContact: <sip:b@HOST>\n"}, {"b@", "200 OK", ""},
		},
		"a loop": {
			{"2051@", moved, "Contact: <sip:2052@HOST>\n"}, {"2052@", moved, "Contact: <sip:2051@HOST>, <sip:2052@HOST>\n"},
		},
		"a chain": {
			{"2051@", moved, "Contact: <sip:1@HOST>\n"},
			{"1@", moved, "Contact: <sip:2@HOST>\n"},
			{"2@", moved, "Contact: <sip:3@HOST>\n"},
			{"3@", moved, "Contact: <sip:4@HOST>\n"},
			{"4@", moved, "Contact: <sip:5@HOST>\n"},
			{"5@", moved, "Contact: <sip:6@HOST>\n"},
		},
		"declined everywhere": {
			{"2051@", moved, "Contact: <sip:1@HOST>, <sip:2@HOST>\n"}, {"1@", "603 Decline", ""},
		},
		"nowhere": {{"2051@", moved, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			l := a.dial("2051")
			last := ""
			for _, step := range answers {
				invite := p.Recv("INVITE sip:" + step.to)
				extra := strings.ReplaceAll(step.extra, "HOST", p.Addr())
				last = step.status
				if strings.HasPrefix(last, "2") {
					p.ReplyTagged(invite, last, "t", contact(p, "b"), sdp("sendrecv"))
				} else {
					p.ReplyTagged(invite, last, "t"+step.to, extra, "")
				}
				p.Recv("ACK")
			}
			if strings.HasPrefix(last, "2") {
				l.hears("answered")
				return
			}
			if e := l.ends(dialog.Rejected); !strings.HasPrefix(last, string(rune('0'+e.Code/100))) {
				t.Errorf("ended %+v", e)
			}
		})
	}
}
