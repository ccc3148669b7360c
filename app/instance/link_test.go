package instance

import (
	"strings"
	"testing"
	"unicode/utf8"

	"linecard/app/catalogue"
	"linecard/test/interop"
)

func TestParseLink(t *testing.T) {
	interop.Proves(t, "S7.2")
	for in, want := range map[string]Link{
		"tel:+1-415-555-0132":                       {"tel", "+14155550132", ""},
		"TEL:+1(415)555.0132":                       {"tel", "+14155550132", ""},
		"tel:7042;phone-context=example.com":        {"tel", "7042@example.com", ""}, // RFC 3966 §6: of that server and no other
		"tel:0100;phone-context=+1-415-555":         {"tel", "+14155550100", ""},
		"tel:+358-555-1234567;postd=pp22":           {"tel", "+3585551234567,,22", ""},
		"tel:%2B44%2020%207946%200123":              {"tel", "+442079460123", ""},
		"tel:020 7946 0123":                         {"tel", "02079460123", ""},
		"tel://600":                                 {"tel", "600", ""},
		"tel:%2B14155550142":                        {"tel", "+14155550142", ""},
		"tel:%2B1%20415%20555%200142":               {"tel", "+14155550142", ""},
		"tel:(415)%20555-0142":                      {"tel", "4155550142", ""},
		"tel:4155550142,,12#":                       {"tel", "4155550142,,12#", ""},
		"tel:+1-415-555-0188;ext=7":                 {"tel", "+14155550188,7", ""},
		"sip:+14155550188;ext=7@pbx.example":        {"sip", "+14155550188,7", "sip:+14155550188,7@pbx.example"},
		"tel:+44%20(0)20%207946%200123":             {"tel", "+442079460123", ""},
		"tel:1-800-FLOWERS":                         {"tel", "18003569377", ""},
		"tel:*98#":                                  {"tel", "*98#", ""},
		"tel:＋８１３１２３４":                              {"tel", "+8131234", ""},
		"callto:+14155550132":                       {"callto", "+14155550132", ""},
		"callto://+1 415 555 0132?call":             {"callto", "+14155550132", ""},
		"sip:2041":                                  {"sip", "2041", ""},
		"sip:+14155550132@pbx.example;user=phone":   {"sip", "+14155550132", "sip:+14155550132@pbx.example"},
		"sip:+1-415-555-0132@pbx.example":           {"sip", "+14155550132", "sip:+14155550132@pbx.example"},
		"sips:alice@example.com:5061":               {"sips", "sips:alice@example.com:5061", "sips:alice@example.com:5061"},
		"sips:+1-415-555-0132@pbx.example":          {"sips", "sips:+14155550132", "sips:+14155550132@pbx.example"},
		"SIPS:2041":                                 {"sips", "sips:2041", ""},
		"sips:2041;postd=p12@pbx.example":           {"sips", "sips:2041;postd=,12", "sips:2041;postd=,12@pbx.example"},
		"sip:alice:secret@example.com":              {"sip", "alice@example.com", "sip:alice@example.com"},
		"sip:bob@[2001:db8::1]:5060":                {"sip", "bob@[2001:db8::1]:5060", "sip:bob@[2001:db8::1]:5060"},
		"sip:bob@192.0.2.7":                         {"sip", "bob@192.0.2.7", "sip:bob@192.0.2.7"},
		"sip:%61lice@example.com":                   {"sip", "alice@example.com", "sip:alice@example.com"},
		" sip:600@pbx.example ":                     {"sip", "600", "sip:600@pbx.example"},
		"sip:a@b.example?Route=%3Csip:evil%3E":      {"sip", "a@b.example", "sip:a@b.example"},
		"sip:a@b.example;method=BYE;maddr=10.0.0.1": {"sip", "a@b.example", "sip:a@b.example"},
	} {
		if got, err := ParseLink(in); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", in, got, err, want)
		}
	}
}

func TestParseLinkRefuses(t *testing.T) {
	for _, in := range []string{
		"", "tel", "tel:", "tel:+", "tel:-()", "tel:;ext=1", "tel:abc", "tel:1+2", "tel:+1415%0d%0aVia:x", "tel:%zz", "tel:12\x0034", "tel:1\u202e2", "tel:1%E2%80%AE2", "tel:863-1234;phone-context=+1-914-555", "tel:2041;m-new=1", "tel:+14155550142%0A",
		"mailto:a@b", "javascript:alert(1)", "http://example.com", "file:///etc/passwd", "callto:echo123", "TELEPHONE:1",
		"sip:", "sip:@", "sip:@host", "sip:a@", "sip:a b@host", "sip:a@ho st", "sip:a%0d%0aContact:x@host", "sip:a%00@host", "sip:a\r\n@host",
		"sip:<a>@host", `sip:"a"@host`, "sip:a@host:port", "sip:a@host:", "sip:a@host:123456", "sip:a@2001:db8::1", "sip:a@[fe80::1%25eth0]", "sip:a@-x", "sip:ä@host",
		"tel:" + strings.Repeat("1", 101), "sip:" + strings.Repeat("a", 90) + "@" + strings.Repeat("b", 90), "tel:" + strings.Repeat("-", 5000) + "1",
	} {
		got, err := ParseLink(in)
		if err == nil {
			t.Errorf("%q was taken for %+v", in, got)
			continue
		}
		if msg := catalogue.Error(err); !strings.HasSuffix(msg, ".") || strings.ContainsAny(msg, "\r\n\x00%<") {
			t.Errorf("%q: %q is no plain sentence", in, msg)
		}
	}
}

func FuzzParseLink(f *testing.F) {
	for _, s := range []string{
		"tel:+1-415-555-0132", "sip:alice:pw@example.com:5060;transport=tcp?Subject=x", "sips:a@[::1]", "callto://+1?call", "tel:%2B1",
		"sip:%61@b", "tel:１２", "sip:a@b@c", "sip:\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := ParseLink(s)
		if err != nil {
			if l != (Link{}) {
				t.Fatalf("%q: error and %+v", s, l)
			}
			return
		}
		if l.Number == "" || len(l.Number) > maxNumber || !utf8.ValidString(l.Number) {
			t.Fatalf("%q: number %q", s, l.Number)
		}
		for _, part := range []string{l.Number, l.URI} {
			for _, r := range part {
				if r <= ' ' || r >= 0x7f || strings.ContainsRune(`<>"\%?{}|^`+"`", r) {
					t.Fatalf("%q: %q holds %q", s, part, r)
				}
			}
		}
		// What comes out goes in again: the desk may hand it on as a link.
		again := l.URI
		if again == "" && l.Scheme == "sips" {
			again = l.Number
		} else if again == "" {
			again = l.Scheme + ":" + l.Number
		}
		l2, err := ParseLink(again)
		if err != nil || l2.Number != l.Number || l2.URI != l.URI {
			t.Fatalf("%q gave %+v, and %q gave %+v, %v", s, l, again, l2, err)
		}
	})
}
