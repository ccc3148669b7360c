package app

import (
	"net/netip"
	"regexp"
	"strings"

	"linecard/sip"
)

const (
	longestCopied = 200 // characters of a text that is about one number
	fewestDigits  = 7   // fewer may be a PIN, a room or a year
	mostDigits    = 15  // of an E.164 number
)

// notNumbers are texts that the number field would call, and that people copy for other reasons: days with or without an hour, amounts.
var notNumbers = regexp.MustCompile(`^(?:` +
	`\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?:[ T]+\d{1,2}[:.]\d{2}.*)?|` +
	`(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:\d{4}|\d{6})?|` +
	`\d{1,3}(?:[.,]\d{3})+(?:[.,]\d+)?|\d+[.,]\d{1,2}` +
	`)$`)

// ReadCopied is the number in a text that somebody copied, "" where it is not exactly one. The number field's judge reads it; what it would take
// when it is typed is nothing here that is more likely a card's number, a day, an amount, an address of a network or a short code.
func ReadCopied(text string) string {
	if len(text) > 4*longestCopied {
		return ""
	}
	text = strings.TrimSpace(text)
	if _, err := netip.ParseAddrPort(text); err == nil || len([]rune(text)) > longestCopied || notNumbers.MatchString(text) || isCard(text) {
		return ""
	}
	if _, err := netip.ParseAddr(text); err == nil {
		return ""
	}
	number := ""
	switch typed := ReadTyped(text); {
	case typed.Call != "" && typed.Then == "":
		if d, err := sip.Read(typed.Call); err == nil && d.Host == "" {
			number = d.Number
		}
	case len(typed.Numbers) == 1 && strings.ContainsAny(typed.Numbers[0][:1], "+0"): // among words any other may count something
		number = typed.Numbers[0]
	}
	if digits := strings.TrimPrefix(number, "+"); strings.Trim(digits, "0123456789") != "" || len(digits) < fewestDigits || len(digits) > mostDigits {
		return ""
	}
	return number
}

// isCard reports whether a text is the number of a bank card: 13 to 19 digits that begin with none of a telephone number's, and whose last one is
// the check digit of ISO/IEC 7812 (Luhn).
func isCard(text string) bool {
	digits := strings.NewReplacer(" ", "", "-", "", ".", "").Replace(text)
	if len(digits) < 13 || len(digits) > 19 || strings.Trim(digits, "0123456789") != "" || digits[0] == '0' {
		return false
	}
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
