package sip

import (
	"errors"
	"strings"
	"testing"

	"linecard/fault"
	"linecard/test/interop"
)

func TestDialable(t *testing.T) {
	interop.Proves(t, "S7.4")
	elsewhere, local, several := fault.Err(nil, "sip.other-server"), fault.Err(nil, "sip.number-elsewhere"), fault.Err(nil, "sip.several-numbers")
	a := Account{Server: "pbx.example.com", User: "2041"}
	for _, tc := range []struct {
		typed, want string // the number and the keys after it
		err         error
	}{
		// Numbers, however they are spelled.
		{"2050", "2050", nil},
		{" 2050\n", "2050", nil},
		{"112", "112", nil},
		{"911", "911", nil},
		{"+1 (415) 555-0100", "+14155550100", nil},
		{"0221/12 34-56", "0221123456", nil},
		{"030 / 23125-117", "03023125117", nil},
		{"+49.30.1234", "+49301234", nil},
		{"\u202a+1\u00a0415\u2011555\u20120100\u202c", "+14155550100", nil}, // as copied out of a chat
		{"[415] 555—0132", "4155550132", nil},
		{"*72#", "*72#", nil},
		{"*21*0123456789#", "*21*0123456789#", nil},
		{"#31#4155550132", "#31#4155550132", nil},
		{"4155550132#", "4155550132#", nil},
		{strings.Repeat("5", 100), strings.Repeat("5", 100), nil},

		// The zero that is dialled within a country only.
		{"+44 (0)20 7946 0018", "+442079460018", nil},
		{"+44(0)2079460018", "+442079460018", nil},
		{"+49 ( 0 ) 30 23125-117", "+493023125117", nil},
		{"0044 (0) 20 7946 0018", "00442079460018", nil},
		{"＋81（0）3-1234-5678", "+81312345678", nil},
		{"(0)20 7946 0018", "02079460018", nil},
		{"+39 (0)6 1234567", "+3906 1234567", nil}, // dialled from abroad too
		{"+1 (040) 555-0100", "+10405550100", nil},

		// Digits of other scripts.
		{"٢٠٥٠", "2050", nil},
		{"＋４１５５５５０１３２", "+4155550132", nil},
		{"०२२ १२३४ ५६७८", "02212345678", nil},
		{"+۹۸ ۲۱ ۱۲۳۴ ۵۶۷۸", "+982112345678", nil},
		{"𝟒𝟏𝟓𝟓𝟓𝟓𝟎𝟏𝟑𝟐", "4155550132", nil},

		// Keys for after the answer.
		{"+1 (415) 555-0132 ext 12", "+14155550132,12", nil},
		{"+1 415 555 0132 x12", "+14155550132,12", nil},
		{"+1 415 555 0132x12", "+14155550132,12", nil},
		{"+1 415 555 0132 EXT. 12", "+14155550132,12", nil},
		{"+1 415 555 0132, extension: 12", "+14155550132,12", nil},
		{"+1 415 555 0132 (ext 12)", "+14155550132,12", nil},
		{"+1 415 555 0132 ext.12#", "+14155550132,12", nil},
		{"4155550132#12", "4155550132,12", nil},
		{"415-555-0132 #12", "4155550132,12", nil},
		{"4155550132;ext=12", "4155550132,12", nil},
		{"+49 30 23125-0 Durchwahl 117", "+4930231250,117", nil},
		{"+49 30 231250 DW 117", "+4930231250,117", nil},
		{"+33 1 99 00 12 34 poste 12", "+33199001234,12", nil},
		{"+34 912 345 678 extensión 12", "+34912345678,12", nil},
		{"+34 912 345 678 int. 12", "+34912345678,12", nil},
		{"+55 11 2345-6789 ramal 12", "+551123456789,12", nil},
		{"+7 495 123-45-67 доб. 12", "+74951234567,12", nil},
		{"03-1234-5678 内線12", "0312345678,12", nil},
		{"02-2345-6789 分機 12", "0223456789,12", nil},
		{"02-345-6789 내선 12", "023456789,12", nil},
		{"0312345678（内線１２）", "0312345678,12", nil},
		{"4155550142,,12#", "4155550142,,12#", nil},
		{"4155550142,12,,34", "4155550142,12,,34", nil},
		{"415-555-0142p12", "4155550142,12", nil},
		{"415-555-0142 w 12", "4155550142;12", nil},
		{"4155550142;12", "4155550142;12", nil},
		{"4155550142,", "4155550142", nil},
		{"18005550199,,,123456789#", "18005550199,,,123456789#", nil},
		{"555,,2", "555,,2", nil},

		// By the letters on the keys.
		{"1-800-FLOWERS", "18003569377", nil},
		{"1-800-flowers", "18003569377", nil},
		{"(800) FLOWERS", "8003569377", nil},
		{"1-800-MICROSOFT", "18006427676", nil},
		{"+1 800 FLOWERS", "+18003569377", nil},
		{"415-555-HELP", "4155554357", nil},
		{"0800 REVERSE", "08007383773", nil},
		{"1300 FLOWER", "1300356937", nil},
		{"1800FLOWERS", "18003569377", nil},
		{"800-FLOWERS", "8003569377", nil},
		{"1-800-GO-FEDEX", "18004633339", nil},
		{"1-800-HURT-911", "18004878911", nil},
		{"1-800-FLOWERS ext 12", "18003569377,12", nil},
		{"+44 800 FLOWERS", "+448003569377", nil},
		{"+1 204 SUPPORT", "+12047877678", nil},

		// Digits and letters that are no number: another one must not be called.
		{"2041 Reception", "", ErrBadNumber},
		{"2041 John Smith", "", ErrBadNumber},
		{"2041 desk", "", ErrBadNumber},
		{"204 Support", "", ErrBadNumber},
		{"350 Fifth Ave", "", ErrBadNumber},
		{"350 Seventh", "", ErrBadNumber},
		{"350 Broadway", "", ErrBadNumber},
		{"1800 Support", "", ErrBadNumber},
		{"1300 Travel", "", ErrBadNumber},
		{"12 Downing St", "", ErrBadNumber},
		{"1-800 Flowers Inc", "", ErrBadNumber},
		{"+1 415 555 013X", "", ErrBadNumber},
		{"tel:+1415555HELPME", "", ErrBadNumber},
		{"tel:2041 Reception", "", ErrBadNumber},
		{"2041-reception", "2041-reception", nil},
		{"204-support", "204-support", nil},
		{"800-reception", "800-reception", nil},
		{"8001-office", "8001-office", nil},
		{"101.johnsmith", "101.johnsmith", nil},
		{"1201.johnson", "1201.johnson", nil},
		{"sip:2041-reception@pbx.example.com", "2041-reception", nil},
		{"2041-reception@pbx.example.com", "2041-reception", nil},
		{"sip:1-800-FLOWERS@pbx.example.com", "1-800-FLOWERS", nil},
		{"sip:2041x12@pbx.example.com", "2041x12", nil},
		{"sip:101-int-5", "101-int-5", nil},

		// A letter without a key behind it is no pause.
		{"204w", "204w", nil},
		{"2041p", "2041p", nil},
		{"2041pw", "2041pw", nil},
		{"callto:204w", "204w", nil},
		{"sip:204w@pbx.example.com", "204w", nil},
		{"tel:204w", "", ErrBadNumber},
		{"2041p1", "2041,1", nil},

		// The address of a machine is no number.
		{"192.168.1.5", "", ErrBadNumber},
		{"192.168.1.5:5060", "", ErrBadNumber},
		{"sip:192.168.1.5", "", ErrBadNumber},
		{"sip:192.168.1.5:5060;transport=tcp", "", ErrBadNumber},
		{"sip:22.33.44.55", "", ErrBadNumber},
		{"tel:10.0.0.1", "", ErrBadNumber},
		{"callto:203.0.113.255", "", ErrBadNumber},
		{"[2001:db8::1]", "", ErrBadNumber},
		{"the server is 192.168.100.200", "", ErrBadNumber},
		{"22.33.44.55", "22334455", nil}, // as numbers are written in Norway

		// Links.
		{"tel:%2B14155550142", "+14155550142", nil},
		{"tel:%2B1%20415%20555%200142", "+14155550142", nil},
		{"tel:(415)%20555-0142", "4155550142", nil},
		{"tel:4155550142,,12#", "4155550142,,12#", nil},
		{"tel:4155550142%2C%2C12%23", "4155550142,,12#", nil},
		{"tel:+1-415-555-0188;ext=7", "+14155550188,7", nil},
		{"tel:+358-555-1234567;postd=pp22", "+3585551234567,,22", nil},
		{"tel:+14155550142;isub=1411;ext=12", "+14155550142,12", nil},
		{"tel:+1%20415%20555%200142%20ext%2012", "+14155550142,12", nil},
		{"tel:4155550142;12#", "4155550142;12#", nil},
		{"tel:0100;phone-context=+1415555", "+14155550100", nil},
		{"tel:7042;phone-context=pbx.example.com", "7042", nil},
		{"tel:+14155550142;phone-context=elsewhere.example", "+14155550142", nil},
		{"TEL:2050", "2050", nil},
		{"tel://600", "600", nil},
		{"tel:1-800-FLOWERS", "18003569377", nil},
		{"callto:2050", "2050", nil},
		{"callto:alice", "alice", nil},
		{"callto://+1 415 555 0132?call", "+14155550132", nil},
		{"sip:2050", "2050", nil},
		{"sip:2050;transport=tcp", "2050", nil},
		{"sip:alice@PBX.example.com", "alice", nil},
		{"sip:%61lice@pbx.example.com", "alice", nil},
		{"sip:alice@pbx.example.com:5060", "alice", nil},
		{"sip:alice:secret@pbx.example.com", "alice", nil},
		{"sip:123@pbx.example.com?Route=evil", "123", nil},
		{"sip:+1-415-555-0100@pbx.example.com;user=phone", "+14155550100", nil},
		{"sip:+14155550100;ext=12@pbx.example.com;user=phone", "+14155550100,12", nil},
		{"%2B14155550142", "+14155550142", nil},
		{"%2B1%20415%20555%200142", "+14155550142", nil},

		// Names.
		{"alice", "alice", nil},
		{"front-desk.2", "front-desk.2", nil},
		{"dad-cab", "dad-cab", nil}, // letters, even those that are keys, make it a name
		{"1A", "1A", nil},
		{"2041-desk", "2041-desk", nil},
		{"204-desk", "204-desk", nil},
		{"alice@pbx.example.com", "alice", nil},

		// In a text.
		{"Dana +1 415 555 0132", "+14155550132", nil},
		{"Dana: (415) 555-0132 ext. 12", "4155550132,12", nil},
		{"Dana Whitfield\r\nVP Operations, Acme Corp\r\ndana@acme.example\r\nT +1 415 555 0132\r\nF +1 415 555 0199\r\n", "+14155550132", nil},
		{"call me on 415.555.0132 after 14:30 on 27.11.2026", "4155550132", nil},
		{"+1 415 555 0132, +1 (415) 555-0132", "+14155550132", nil},
		{"Tel. 020 7946 0018.", "02079460018", nil},
		{"Fax: +1 415 555 0199", "+14155550199", nil},
		{"Tel: +1 415 555 0132 (office)", "+14155550132", nil},
		{"Tel: +1 415 555 0132 (office)\nwww.acme.example", "+14155550132", nil},
		{"tel: 415-555-0132 / fax: 415-555-0199", "4155550132", nil},
		{"Tel:\n+1 415 555 0132", "+14155550132", nil},
		{"Tel: +1 415 555 0132\nDana Whitfield", "+14155550132", nil},
		{"50% off, call 415 555 0132", "4155550132", nil},
		{"50%25 off, call 415 555 0132", "4155550132", nil},
		{"Call (415) 555-0132 ext 12, thanks", "4155550132,12", nil},
		{"Call (415) 555-0132 ext. 12.", "4155550132,12", nil},
		{"Call (415) 555-0132 ext 12!", "4155550132,12", nil},
		{"(Call 415-555-0132 x12)", "4155550132,12", nil},
		{"Tel.+44 20 7946 0018", "+442079460018", nil},
		{"Dana, Tel.020 7946 0018", "02079460018", nil},
		{"M+44 7700 900123", "+447700900123", nil},

		{"T +1 415 555 0132 M +1 415 555 0188", "", several},
		{"Tel: +1 415 555 0132 | Mobile: +1 415 555 0188", "", several},
		{"Tel: +1 415 555 0132; Mobile: +1 415 555 0188", "", several},
		{"tel: 415 555 0132; 415 555 0133", "", several},
		{"415 555 0132 / 415 555 0133", "", several},
		{"415 555 0132, 415 555 0133", "", several},
		{"415-555-0132\n415-555-0133", "", several},

		{"", "", ErrNoNumber},
		{" - ", "", ErrNoNumber},
		{"sip:", "", ErrNoNumber},
		{"tel:", "", ErrNoNumber},
		{"@pbx.example.com", "", ErrNoNumber},
		{"***", "", ErrBadNumber},
		{"+", "", ErrBadNumber},
		{"1+2", "", ErrBadNumber},
		{"abc def", "", ErrBadNumber},
		{"the 27.11.2026", "", ErrBadNumber},
		{"$1,234,567 of 12345", "", ErrBadNumber},
		{"order A12345678", "", ErrBadNumber},
		{"\x01\x1b[31m\r\nBYE sip:x", "", ErrBadNumber},
		{"1\x002", "", ErrBadNumber},
		{"2050\r\nRoute: <sip:evil>", "", ErrBadNumber},
		{"123?Header=1", "", ErrBadNumber},
		{"%0d%0a2050", "", ErrBadNumber},
		{"%252B14155550142", "", ErrBadNumber},
		{"tel:%252B14155550142", "", ErrBadNumber},
		{"tel:+1415%0d%0aVia:x", "", ErrBadNumber},
		{"tel:+14155550142;m-secret=1", "", local},
		{"tel:863-1234;phone-context=+1-914-555", "", local},
		{"tel:7042;phone-context=example.com", "", elsewhere},
		{"1;phone-context=x@evil", "", elsewhere},
		{"sip:a b@c", "", ErrBadNumber},
		{"a@b@pbx.example.com", "", ErrBadNumber},
		{"<sip:alice@pbx.example.com>", "", ErrBadNumber},
		{"http:alice", "", ErrBadNumber},
		{"jürgen", "", ErrBadNumber},
		{"\xff2050", "", ErrBadNumber},
		{"sips:alice@pbx.example.com", "", ErrSecureCall},
		{"SIPS:2050", "", ErrSecureCall},
		{strings.Repeat("5", 101), "", ErrLongNumber},
		{strings.Repeat("5", 5000), "", ErrLongNumber},
		{"5555," + strings.Repeat("1", 70), "", ErrLongNumber},
		{"sip:1@127.0.0.1:59999", "", elsewhere},
		{"alice@evil.example", "", elsewhere},
		{"alice@pbx.example.com.evil.example", "", elsewhere},
		{"alice@pbx.example.com:5070", "", elsewhere},
		{"alice@pbx.example.com:x", "", elsewhere},
		{"alice@", "", elsewhere},
	} {
		got, err := a.Dialable(tc.typed)
		if want := strings.ReplaceAll(tc.want, " ", ""); got.Number+got.Then != want || !errors.Is(err, tc.err) {
			t.Errorf("%q: %q, %v; want %q, %v", tc.typed, got, err, want, tc.err)
		}
		if err != nil {
			continue
		}
		got.Found = false
		for _, kept := range []string{got.String(), got.At("pbx.example.com"), got.At("")} { // as a redial reads it
			if again, err := a.Dialable(kept); err != nil || again != got {
				t.Errorf("%q is kept as %q, which calls %q: %v", tc.typed, kept, again, err)
			}
		}
	}
}

func TestKeysAsTheyAreShown(t *testing.T) {
	for then, want := range map[string]string{"": "", ",12": "12", ",,12#": "12#", ";12,,34": "12,,34"} {
		if got := (Dialed{Number: "600", Then: then}).Keys(); got != want {
			t.Errorf("%q: %q, want %q", then, got, want)
		}
	}
}

// What counts as our own server, however it is written in the settings.
func TestDialableAtOurServer(t *testing.T) {
	for _, tc := range []struct {
		server, typed string
		ours          bool
	}{
		{"127.0.0.1:5070", "1@127.0.0.1:5070", true},
		{"127.0.0.1:5070", "1@127.0.0.1", true},
		{"127.0.0.1:5070", "1@127.0.0.1:5060", false},
		{"[::1]:5070", "1@[::1]:5070", true},
		{"[::1]", "1@[::1]", true},
		{"::1", "sip:1@[::1]:5060", true},
		{"::1", "1@[::2]", false},
		{"pbx", "1@pbx.example.com", false},
	} {
		_, err := Account{Server: tc.server, User: "2041"}.Dialable(tc.typed)
		if (err == nil) != tc.ours {
			t.Errorf("server %s, typed %s: %v", tc.server, tc.typed, err)
		}
	}
	if n, err := (Account{}).Dialable("alice@pbx"); n != (Dialed{}) || !errors.Is(err, ErrNoAccount) {
		t.Errorf("no account: %q, %v", n, err)
	}
}

// A sips: address is called where the account's server is reached by TLS, and refused where it is not. It is kept as one.
func TestDialableSecurely(t *testing.T) {
	for _, a := range []Account{{Server: "pbx.example.com", User: "2041", Transport: "tls"}, {Server: "sips:pbx.example.com", User: "2041"}} {
		for typed, want := range map[string]Dialed{
			"sips:alice@pbx.example.com": {Number: "alice", Secure: true},
			"SIPS:2050":                  {Number: "2050", Secure: true},
			"sips:%2B14155550132@pbx.example.com:5061?Route=x": {Number: "+14155550132", Secure: true},
			"sips:2050;postd=p12w34@pbx.example.com":           {Number: "2050", Then: ",12;34", Secure: true},
			"sip:2050@pbx.example.com":                         {Number: "2050"},
		} {
			got, err := a.Dialable(typed)
			if err != nil || got != want {
				t.Errorf("%s: %q is %+v, %v", a.Server, typed, got, err)
			}
			for _, kept := range []string{got.String(), got.At("pbx.example.com")} {
				if again, err := a.Dialable(kept); err != nil || again != got {
					t.Errorf("%q is kept as %q, which calls %+v: %v", typed, kept, again, err)
				}
			}
		}
		if _, err := a.Dialable("sips:alice@evil.example"); err == nil {
			t.Error("another server is called")
		}
	}
}
