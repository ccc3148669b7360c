package crm_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/crm"
)

func TestParseNumber(t *testing.T) {
	us := crm.NumberPlan{Region: "US"}
	de := crm.NumberPlan{Region: "DE"}
	tests := []struct {
		name, raw string
		plan      crm.NumberPlan
		want      string // E.164
	}{
		{"E.164", "+14155550132", us, "+14155550132"},
		{"as Americans write it", "(415) 555-0132", us, "+14155550132"},
		{"with the leading 1", "1-415-555-0132", us, "+14155550132"},
		{"with an extension of the caller", "1-415-555-0132 x204", us, "+14155550132"},
		{"SIP address", "sip:+14155550132@pbx.example;user=phone", us, "+14155550132"},
		{"SIP address with escaped plus", "sip:%2B14155550132@pbx.example", us, "+14155550132"},
		{"SIP address, digits only", "sip:4155550132@10.0.0.1:5060;transport=tcp", us, "+14155550132"},
		{"name-addr", `"Dana Whitfield" <sip:+14155550132@pbx.example>;tag=1`, us, "+14155550132"},
		{"number parameters", "sip:+14155550132;phone-context=pbx@pbx.example", us, "+14155550132"},
		{"password left in the address", "sip:4155550132:secret@pbx.example", us, "+14155550132"},
		{"tel link", "tel:+1-415-555-0132;ext=204", us, "+14155550132"},
		{"tel link with a number as context", "tel:0132;phone-context=+1415555", us, "+14155550132"},
		{"tel link with a domain as context", "tel:4155550132;phone-context=example.com", us, "+14155550132"},
		{"callto link", "callto://+14155550132", us, "+14155550132"},
		{"vanity", "1-800-FLOWERS", us, "+18003569377"},
		{"full-width digits", "４１５５５５０１３２", us, "+14155550132"},
		{"invisible marks", "\u202a+1\u00a0415\u00a0555\u00a00132\u202c", us, "+14155550132"},
		{"UK with the trunk zero kept", "+44 (0)20 7946 0958", us, "+442079460958"},
		{"UK dialled from the US", "011442079460958", us, "+442079460958"},
		{"UK with 00 seen in the US", "00442079460958", us, "+442079460958"},
		{"UK without its plus", "442079460958", us, "+442079460958"},
		{"US from Germany", "0014155550132", de, "+14155550132"},
		{"US without its plus in Germany", "14155550132", de, "+14155550132"},
		{"Italian zero belongs to the number", "+39 06 1234 5678", us, "+390612345678"},
		{"Mexican mobile of old", "+5215512345678", us, "+525512345678"},
		{"Argentine mobile at home", "011 15-2345-6789", crm.NumberPlan{Region: "AR"}, "+5491123456789"},
		{"fictional American block", "+1 555 010 0132", us, "+15550100132"},
		{"outside prefix and 1", "914155550132", crm.NumberPlan{Region: "US", OutsidePrefix: "9"}, "+14155550132"},
		{"outside prefix without 1", "94155550132", crm.NumberPlan{Region: "US", OutsidePrefix: "9"}, "+14155550132"},
		{"a number that starts like the outside prefix", "9175550132", crm.NumberPlan{Region: "US", OutsidePrefix: "9"}, "+19175550132"},
		{"outside prefix before an exit code", "000442079460958", crm.NumberPlan{Region: "DE", OutsidePrefix: "0"}, "+442079460958"},
		{"exit code without the outside prefix", "0014155550132", crm.NumberPlan{Region: "DE", OutsidePrefix: "0"}, "+14155550132"},
		{"unknown region falls back", "4155550132", crm.NumberPlan{Region: "nowhere"}, "+14155550132"},

		{"caller ID withheld", "*67 312 555 0167", us, "+13125550167"},
		{"caller ID withheld, abroad", "*67 011 44 20 7946 0958", us, "+442079460958"},
		{"caller ID withheld, from a telephone with a dial", "1167 312 555 0167", us, "+13125550167"},
		{"caller ID shown", "*82-312-555-0167", us, "+13125550167"},
		{"no call waiting, and withheld", "*70*67312 555 0167", us, "+13125550167"},
		{"no call waiting, waited for", "*70,3125550167", us, "+13125550167"},
		{"withheld behind the outside prefix", "9*67 312 555 0167", crm.NumberPlan{Region: "US", OutsidePrefix: "9"}, "+13125550167"},
		{"withheld before the outside prefix", "*679 312 555 0167", crm.NumberPlan{Region: "US", OutsidePrefix: "9"}, "+13125550167"},
		{"withheld as on a mobile", "#31#4155550132", us, "+14155550132"},
		{"withheld as on a mobile, in full", "#31#+49 30 23125117", us, "+493023125117"},
		{"shown as on a mobile", "*31#030 23125117", de, "+493023125117"},
		{"withheld on a landline", "*31*030 23125117", de, "+493023125117"},
		{"withheld, as an address", "sip:*673125550167@pbx.example", us, "+13125550167"},
		{"withheld in Britain", "141 020 7946 0958", crm.NumberPlan{Region: "GB"}, "+442079460958"},
		{"shown in Britain", "1470 020 7946 0958", crm.NumberPlan{Region: "GB"}, "+442079460958"},
		{"withheld in Australia", "1831 02 9374 4000", crm.NumberPlan{Region: "AU"}, "+61293744000"},
		{"withheld in Japan", "184 03 3224 5000", crm.NumberPlan{Region: "JP"}, "+81332245000"},
		{"withheld in Hong Kong", "133 2123 4567", crm.NumberPlan{Region: "HK"}, "+85221234567"},
		{"withheld in New Zealand", "0197 04 472 3000", crm.NumberPlan{Region: "NZ"}, "+6444723000"},
		{"withheld in France", "3651 01 42 68 53 00", crm.NumberPlan{Region: "FR"}, "+33142685300"},
		{"withheld in Israel", "*43 03-765-4321", crm.NumberPlan{Region: "IL"}, "+97237654321"},
		{"withheld in Korea", "*23# 02-312-3456", crm.NumberPlan{Region: "KR"}, "+8223123456"},
		{"a number that begins like a code", "1410 555 0132", us, "+14105550132"},
		{"a Canadian of 1416", "1 416 555 0132", crm.NumberPlan{Region: "CA"}, "+14165550132"},

		{"foreign SIP name", "sip:alice@example.org", us, ""},
		{"SIP name with digits in it", "sip:agent4155550132@example.org", us, ""},
		{"too short for a place", "555 0132", us, ""},
		{"no such country", "+999123456789", us, ""},
		{"words", "call me", us, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := crm.ParseNumber(tt.raw, tt.plan)
			if n.E164 != tt.want || n.Withheld || n.Extension {
				t.Fatalf("ParseNumber(%q) = %+v, want %q", tt.raw, n, tt.want)
			}
			if n.Public() != (tt.want != "") {
				t.Errorf("Public() = %v for %q", n.Public(), n.E164)
			}
		})
	}
}

func TestWhatIsNeverLookedUp(t *testing.T) {
	plan := crm.NumberPlan{Region: "US", Domain: "pbx.example", OwnNumbers: []string{"(415) 555-0199"}}
	tests := []struct {
		name, raw           string
		withheld, extension bool
	}{
		{"empty", "", true, false},
		{"anonymous", "sip:anonymous@anonymous.invalid", true, false},
		{"anonymous, display name kept", `"Anonymous" <sip:Anonymous@10.0.0.1>`, true, false},
		{"number hidden by its host", "sip:4155550132@anonymous.invalid", true, false},
		{"restricted", "Restricted", true, false},
		{"unavailable", "sip:unavailable@unknown.invalid", true, false},
		{"zeros", "0000000000", true, false},
		{"only invisible marks", "\u200e\u202a", true, false},
		{"extension", "204", false, true},
		{"extension as address", "sip:204@10.0.0.1", false, true},
		{"six-digit extension", "200204", false, true},
		{"operator", "0", false, true},
		{"emergency number", "911", false, true},
		{"feature code", "*98", false, true},
		{"calls forwarded to a number", "*72 312 555 0167", false, true},
		{"calls forwarded on a mobile", "*21*03023125117#", false, true},
		{"a colleague, with the caller ID withheld", "*67204", false, true},
		{"an emergency, with the caller ID withheld", "*67911", false, true},
		{"a code alone", "*31#", false, true},
		{"colleague by name", "sip:alice@PBX.example", false, true},
		{"own number", "sip:+14155550199@trunk.example", false, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := crm.ParseNumber(tt.raw, plan)
			if n.Withheld != tt.withheld || n.Extension != tt.extension {
				t.Errorf("withheld %v, extension %v; want %v, %v", n.Withheld, n.Extension, tt.withheld, tt.extension)
			}
			if n.Public() {
				t.Errorf("%q may be looked up by %v", tt.raw, n.Variants)
			}
		})
	}
}

func TestExtensionPatternOfThePlan(t *testing.T) {
	plan := crm.NumberPlan{Region: "US", Extension: regexp.MustCompile(`^7[0-9]{7}$`)}
	if n := crm.ParseNumber("71234567", plan); !n.Extension {
		t.Errorf("8-digit extension not recognised: %+v", n)
	}
}

func TestVariants(t *testing.T) {
	tests := []struct {
		raw, region string
		want        []string
	}{
		{"+1 415 555 0132", "US", []string{"14155550132", "4155550132"}},
		{"020 7946 0958", "GB", []string{"442079460958", "2079460958", "02079460958"}},
		{"+447700900123", "US", []string{"447700900123", "7700900123", "07700900123"}}, // reserved by Ofcom for fiction
		{"+525512345678", "US", []string{"525512345678", "5512345678", "5215512345678"}},
		{"+5491123456789", "AR", []string{"5491123456789", "91123456789", "091123456789", "541123456789", "1123456789"}},
		{"84951234567", "RU", []string{"74951234567", "4951234567", "84951234567"}},
	}
	for _, tt := range tests {
		if got := crm.ParseNumber(tt.raw, crm.NumberPlan{Region: tt.region}).Variants; !slices.Equal(got, tt.want) {
			t.Errorf("variants of %q in %s: %v, want %v", tt.raw, tt.region, got, tt.want)
		}
	}
}

func TestShow(t *testing.T) {
	tests := []struct{ raw, region, want string }{
		{"+14155550132", "US", "(415) 555-0132"},
		{"+14155550132", "GB", "+1 415-555-0132"},
		{"+5491123456789", "AR", "+54 9 11 2345-6789"}, // not the library's "09 15-…"
		{"sip:204@pbx", "US", "204"},
		{"sip:anonymous@anonymous.invalid", "US", ""},
	}
	for _, tt := range tests {
		if got := crm.ParseNumber(tt.raw, crm.NumberPlan{Region: tt.region}).Show(); got != tt.want {
			t.Errorf("%q shown in %s as %q, want %q", tt.raw, tt.region, got, tt.want)
		}
	}
}

// Only digits of a From header reach the search.
func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"+14155550132", "sip:anonymous@anonymous.invalid", "tel:0132;phone-context=+1415555", "<sip:%2b1@h>", "*98", "１２", "} RETURNING User(Id)"} {
		f.Add(s, "US", "9")
	}
	f.Fuzz(func(t *testing.T, raw, region, prefix string) {
		n := crm.ParseNumber(raw, crm.NumberPlan{Region: region, OutsidePrefix: prefix})
		if len(n.Variants) > 6 {
			t.Errorf("%d variants", len(n.Variants))
		}
		for _, v := range n.Variants {
			if strings.Trim(v, "0123456789") != "" || len(v) < 7 || len(v) > 18 {
				t.Errorf("variant %q of %q", v, raw)
			}
		}
		if (n.Withheld || n.Extension) && n.Public() {
			t.Errorf("%q is looked up", raw)
		}
		if n.E164 != "" && (n.E164[0] != '+' || strings.Trim(n.E164[1:], "0123456789") != "") {
			t.Errorf("E.164 %q", n.E164)
		}
		crm.Compare(raw, n, region)
	})
}

// A number is the same number in every spelling.
func TestSpellingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		area := rapid.SampledFrom([]string{"212", "415", "512", "617", "917"}).Draw(t, "area")
		line := rapid.StringMatching(`55501[0-9]{2}`).Draw(t, "line")
		nsn := area + line
		spelled := rapid.SampledFrom([]string{
			"+1" + nsn, "1" + nsn, nsn, "(" + area + ") " + line[:3] + "-" + line[3:], area + "." + line[:3] + "." + line[3:],
			"+1 (" + area + ") " + line[:3] + " " + line[3:], "sip:+1" + nsn + "@host", "tel:+1" + nsn, "011" + "1" + nsn,
		}).Draw(t, "spelling")
		n := crm.ParseNumber(spelled, crm.NumberPlan{Region: "US"})
		if n.E164 != "+1"+nsn {
			t.Fatalf("%q is %q", spelled, n.E164)
		}
		if c, ok := crm.Compare(spelled, n, "US"); !ok || c != crm.Exact {
			t.Fatalf("%q does not match itself: %v", spelled, c)
		}
	})
}

func BenchmarkParseNumber(b *testing.B) {
	plan := crm.NumberPlan{Region: "US", OutsidePrefix: "9"}
	for b.Loop() {
		crm.ParseNumber(`"Dana Whitfield" <sip:4155550132@pbx.example;user=phone>`, plan)
	}
}

// A colleague may be signalled by name; the host decides whether it is a colleague.
func TestNamesAreColleaguesAtTheOwnDomainOnly(t *testing.T) {
	tests := []struct {
		name, user, host, domain string
		colleague                bool
	}{
		{"own domain", "alice", "pbx.example", "pbx.example", true},
		{"own domain, other case", "alice", "PBX.Example", "pbx.EXAMPLE", true},
		{"the plan has the port", "alice", "pbx.example", "pbx.example:5060", true},
		{"the address has the port", "alice", "pbx.example:5080", "pbx.example", true},
		{"both have one", "alice", "pbx.example:5080", "pbx.example:5060", true},
		{"a dot at the end", "alice", "pbx.example.", "pbx.example", true},
		{"IPv4", "alice", "10.0.0.1", "10.0.0.1:5060", true},
		{"IPv6 in brackets", "alice", "[2001:DB8::1]", "[2001:db8::1]:5060", true},
		{"IPv6 without brackets in the plan", "alice", "[2001:db8:0:0::1]:5062", "2001:db8::1", true},
		{"elsewhere", "alice", "example.org", "pbx.example", false},
		{"a host below the own one", "alice", "evil.pbx.example", "pbx.example", false},
		{"another IPv6 address", "alice", "[2001:db8::2]", "[2001:db8::1]", false},
		{"no domain known", "alice", "pbx.example", "", false},
		{"no host signalled", "alice", "", "pbx.example", false},
		{"no host and no domain", "alice", "", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			plan := crm.NumberPlan{Region: "US", Domain: tt.domain}
			parsed := []crm.Number{crm.ParseParty(tt.user, tt.host, plan)}
			if tt.host != "" {
				parsed = append(parsed, crm.ParseNumber("sip:"+tt.user+"@"+tt.host+";transport=tcp", plan), crm.ParseNumber(tt.user+"@"+tt.host, plan))
			}
			for _, n := range parsed {
				if n.Extension != tt.colleague || n.Withheld || n.Public() {
					t.Errorf("%q: extension %v, withheld %v, public %v", n.Raw, n.Extension, n.Withheld, n.Public())
				}
			}
		})
	}
}

func TestParsePartyReadsNumbersAsParseNumberDoes(t *testing.T) {
	plan := crm.NumberPlan{Region: "US", Domain: "pbx.example:5060"}
	for _, user := range []string{"+14155550132", "4155550132", "204", "*98", "anonymous", ""} {
		got, want := crm.ParseParty(user, "trunk.example:5070", plan), crm.ParseNumber("sip:"+user+"@trunk.example:5070", plan)
		got.Raw, want.Raw = "", ""
		if got.E164 != want.E164 || got.Extension != want.Extension || got.Withheld != want.Withheld || !slices.Equal(got.Variants, want.Variants) {
			t.Errorf("%q: %+v, want %+v", user, got, want)
		}
	}
	if n := crm.ParseParty("4155550132", "anonymous.invalid", plan); !n.Withheld {
		t.Errorf("a host that withholds: %+v", n)
	}
}

func TestOwnNumbersAreNobodysCustomers(t *testing.T) {
	plan := crm.NumberPlan{Region: "DE", OwnNumbers: []string{"", "x", "+49 221 9999 0", "0221 / 999 90-10", "sip:+4922199990@trunk.example"}}
	for raw, own := range map[string]bool{"+4922199990": true, "02219999010": true, "0049 221 99990": true, "+4922199991": false, "+14155550132": false} {
		n := crm.ParseNumber(raw, plan)
		if n.Extension != own || n.Public() == own {
			t.Errorf("%s: extension %v, public %v", raw, n.Extension, n.Public())
		}
	}
}

func TestExtensionPatternCoversTheWholeNumber(t *testing.T) {
	re, err := crm.ExtensionPattern(" 7[0-9]{7}|[1-4][0-9]{3} ")
	if err != nil {
		t.Fatal(err)
	}
	plan := crm.NumberPlan{Region: "US", Extension: re}
	for raw, colleague := range map[string]bool{"71234567": true, "2041": true, "204": false, "20411": false, "4155552041": false} {
		if n := crm.ParseNumber(raw, plan); n.Extension != colleague {
			t.Errorf("%s: extension %v", raw, n.Extension)
		}
	}
	if re, err := crm.ExtensionPattern(""); re != nil || err != nil {
		t.Errorf("no pattern: %v, %v", re, err)
	}
	if _, err := crm.ExtensionPattern("["); err == nil {
		t.Error("an invalid pattern is accepted")
	}
}

func BenchmarkParseNumberWithOwnNumbers(b *testing.B) {
	plan := crm.NumberPlan{Region: "US"}
	for i := range 100 {
		plan.OwnNumbers = append(plan.OwnNumbers, "+1415555"+strings.Repeat("0", 2)+string(rune('0'+i/10))+string(rune('0'+i%10)))
	}
	for b.Loop() {
		crm.ParseNumber("+12025550199", plan)
	}
}
