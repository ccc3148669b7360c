package dialog

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
)

// FuzzReplaces takes any value of a Replaces header: what is read of it is written so that it is read as the same, and fits into a URI.
func FuzzReplaces(f *testing.F) {
	for _, s := range []string{
		"12adf2f34456gs5;to-tag=12345;from-tag=54321", "87134@171.161.34.23;to-tag=24796;from-tag=0", " a@b ; FROM-TAG = 1 ; to-tag=2;early-only",
		"a;to-tag=1;to-tag=2;from-tag=3", "a;to-tag=;from-tag=3", "a b;to-tag=1;from-tag=2", ";;;", "a;to-tag=%0d%0a;from-tag=2",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		r, ok := readReplaces(value)
		if !ok {
			return
		}
		if strings.ContainsAny(r.String(), "\r\n\x00 ,") && strings.ContainsAny(r.callID+r.toTag+r.fromTag, "\r\n\x00 ,") {
			t.Fatalf("%q is read as %q", value, r)
		}
		if again, ok := readReplaces(r.String()); !ok || again != r {
			t.Fatalf("%q is read as %q, and that as %q", value, r, again)
		}
		to, code := readReferTo("<sip:2050@pbx.example.com?Replaces=" + escapeHeader(r.String()) + ">")
		if code != 0 || to.replaces == nil || *to.replaces != r {
			t.Fatalf("%q does not come back from a URI: %d %v", r, code, to.replaces)
		}
	})
}

// FuzzReferTo takes any value of a Refer-To header: what is called is an address and no header of its choice comes with it. What is told to be at the
// account's own server is called there.
func FuzzReferTo(f *testing.F) {
	for _, s := range []string{
		"<sip:2050@pbx.example.com>", "Ada <sip:2050@pbx?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2&Require=replaces>", "sip:2050@pbx;method=INVITE", "tel:+14155550132",
		"tel:x%40[::ffff:c633:6401]", "sip:2050@pbx.example.com:9;maddr=203.0.113.9", "sip:2060@partner.example.com:9;maddr=203.0.113.9", "<sip:a%40b@198.51.100.1>",
		"<sips:a@b>", "<sip:a@b;method=BYE>", "<sip:a@b>;method=REFER", "<sip:a@b?Replaces=x>", "<sip:%0d%0a@b>", "<>", "<sip:@>", "<sip:a@b", "<sip:a@[::1]:5060;transport=tcp?Route=%3Csip:evil%3E>",
	} {
		f.Add(s)
	}
	ua := &UA{cfg: Config{Account: Account{Server: "pbx.example.com:5070"}}}
	ua.reg = &registration{ua: ua, reached: hop{network: overUDP, addr: netip.MustParseAddrPort("198.51.100.1:5070")}}
	f.Fuzz(func(t *testing.T, value string) {
		to, code := readReferTo(value)
		if code != 0 {
			return
		}
		if uri, inside, ok := ua.asked(to); ok {
			own := ua.domain()
			if inside && (uri.Host != own.Host || uri.Port != own.Port) || !inside && (uri.Port != 0 || uri.Host != to.uri.Host) || len(uri.UriParams) > 0 {
				t.Fatalf("%q is called as %q, inside: %v", value, uri.String(), inside)
			}
			if strings.Contains(uri.User, "@") {
				t.Fatalf("%q is called as %q", value, uri.String())
			}
		}
		if len(to.uri.Headers) > 0 {
			t.Fatalf("%q brings headers: %v", value, to.uri.Headers)
		}
		if strings.ContainsAny(to.uri.String(), "\r\n\x00") {
			t.Fatalf("%q is called as %q", value, to.uri.String())
		}
		if _, ok := param(to.uri.UriParams, "method"); ok {
			t.Fatalf("%q asks for a method", value)
		}
		if userOf(to.uri) != "" && strings.EqualFold(to.uri.Scheme, "sip") {
			req := sip.NewRequest(sip.INVITE, to.uri)
			if clean(req); req.Recipient.Host == "" {
				t.Fatalf("%q is called nowhere", value)
			}
		}
	})
}

// FuzzRAck takes any RAck value: what is read is written as it is read again.
func FuzzRAck(f *testing.F) {
	for _, s := range []string{"776656 1 INVITE", "1\t2  INVITE", "0 1 INVITE", "4294967296 1 INVITE", "1 -1 INVITE", "1 1 IN;VITE", "1 1", "+1 1 INVITE", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		r, ok := readRAck(value)
		if !ok {
			return
		}
		if again, ok := readRAck(r.String()); !ok || again != r || r.rseq == 0 {
			t.Fatalf("%q is read as %+v, and that as %+v", value, r, again)
		}
	})
}
