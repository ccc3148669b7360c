package app

import (
	"strings"
	"testing"
)

func TestReadCopied(t *testing.T) {
	for text, want := range map[string]string{
		"+44 20 7946 0958":                    "+442079460958",
		" (415) 555-0132\n":                   "4155550132",
		"tel:+1-415-555-0132":                 "+14155550132",
		"01.23.45.67.89":                      "0123456789",
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
		"Order 47112215":                      "",
		"DE89 3704 0044 0532 0130 00":         "",
		"4155550132,,12#":                     "",
		strings.Repeat("text ", 50) + "02079460958": "",
		"no number at all":                          "",
	} {
		if got := ReadCopied(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzReadCopied(f *testing.F) {
	f.Add("+44 20 7946 0958")
	f.Add("T 020 7946 0958 ext. 7")
	f.Fuzz(func(t *testing.T, text string) {
		got := ReadCopied(text)
		if digits := strings.TrimPrefix(got, "+"); got != "" && (strings.Trim(digits, "0123456789") != "" || len(digits) < fewestDigits || len(digits) > mostDigits) {
			t.Errorf("%q is read as %q", text, got)
		}
		if again := ReadTyped(got).Call; got != "" && again != got {
			t.Errorf("%q is read as %q, which the field reads as %q", text, got, again)
		}
	})
}
