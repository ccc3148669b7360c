package app

import (
	"strings"
	"testing"

	"linecard/crm"
	"linecard/test/interop"
)

func TestReadCopied(t *testing.T) {
	interop.Proves(t, "S7.3")
	for text, want := range map[string]string{
		"+44 20 7946 0958":                    "+442079460958",
		"tel:+1-415-555-0132":                 "+14155550132",
		"01632.960.018":                       "01632960018",
		"020 7946 0958":                       "02079460958",
		"Please call 020 7946 0958 today":     "02079460958",
		"Dana Whitfield, T +1 415 555 0132":   "+14155550132",
		"0049 30 901820":                      "004930901820",
		"T +1 415 555 0132 M +1 415 555 0188": "", // two
		"":                                    "",
		"2041":                                "",
		"123456":                              "",
		"4111 1111 1111 1111":                 "", // cards
		"5500-0000-0000-0004":                 "",
		"378282246310005":                     "",
		"2026-11-28":                          "", // days
		"28.11.2026":                          "",
		"28/11/2026 14:30":                    "",
		"2026-11-28T14:30:00Z":                "",
		"20261128":                            "",
		"20261128143000":                      "",
		"1,234,567.00":                        "", // amounts
		"1.234.567":                           "",
		"1234567.89":                          "",
		"192.168.100.200":                     "", // machines
		"192.168.100.200:5060":                "",
		"2001:db8::7":                         "",
		"sip:dana@pbx.example.com":            "",
		"00001026":                            "", // of records
		"Case 00001026":                       "",
		"Routing 021000021":                   "",
		"Case 02079460958":                    "",
		"4222\u00a0222\u00a0222\u00a0222":     "", // cards of 13 and 15 digits, in whatever spelling
		"3782\u2011822463\u201110005":         "",
		"(3782) 822463 10005":                 "",
		"Order 47112215":                      "",
		"DE89 3704 0044 0532 0130 00":         "",
		"4155550132,,12#":                     "",
		strings.Repeat("text ", 50) + "02079460958": "",
		"no number at all":                          "",
	} {
		if got := ReadCopied(text, crm.NumberPlan{Region: "GB"}); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestWhatIsCopiedIsReadByThePlan: a national number is one in its own country only, and an org's own numbers are none anywhere.
func TestWhatIsCopiedIsReadByThePlan(t *testing.T) {
	for _, c := range []struct{ text, region, want string }{
		{"(415) 555-0132", "US", "4155550132"},
		{"020 7946 0958", "US", ""},
		{"+44 20 7946 0958", "US", "+442079460958"},
		{"00001026", "US", ""},
		{"Case 00001026", "US", ""},
		{"021000021", "US", ""},
		{"Routing 021000021", "US", ""},
		{"00001026", "DE", ""},
		{"00001026", "FR", ""},
	} {
		if got := ReadCopied(c.text, crm.NumberPlan{Region: c.region}); got != c.want {
			t.Errorf("%q in %s: %q, want %q", c.text, c.region, got, c.want)
		}
	}
}

func FuzzReadCopied(f *testing.F) {
	f.Add("+44 20 7946 0958")
	f.Add("T 020 7946 0958 ext. 7")
	f.Fuzz(func(t *testing.T, text string) {
		got := ReadCopied(text, crm.NumberPlan{Region: "GB"})
		if digits := strings.TrimPrefix(got, "+"); got != "" && (strings.Trim(digits, "0123456789") != "" || len(digits) < fewestDigits || len(digits) > mostDigits) {
			t.Errorf("%q is read as %q", text, got)
		}
		if again := ReadTyped(got).Call; got != "" && again != got {
			t.Errorf("%q is read as %q, which the field reads as %q", text, got, again)
		}
	})
}
