package app

import (
	"net/netip"
	"regexp"
	"strings"

	"linecard/crm"
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
// when it is typed is nothing here that is more likely a card's number, a day, an amount, an address of a network, a short code or the number of a
// record: without a + it has to be a number by the plan.
func ReadCopied(text string, plan crm.NumberPlan) string {
	if len(text) > 4*longestCopied {
		return ""
	}
	text = strings.TrimSpace(text)
	if _, err := netip.ParseAddrPort(text); err == nil || len([]rune(text)) > longestCopied || notNumbers.MatchString(text) {
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
	case len(typed.Numbers) == 1 && amongWords(text, typed.Numbers[0]):
		number = typed.Numbers[0]
	}
	digits, abroad := strings.CutPrefix(number, "+")
	switch {
	case strings.Trim(digits, "0123456789") != "", len(digits) < fewestDigits, len(digits) > mostDigits:
		return ""
	case abroad:
		return number
	case isCard(digits), strings.HasPrefix(digits, "000"): // no country's code begins with 0
		return ""
	}
	if n := crm.ParseNumber(number, plan); n.E164 == "" || len(n.Digits) < fewestDigits {
		return ""
	}
	return number
}

// amongWords reports whether a number that a text has among its words is a telephone number: any other may count something, and one that is written
// without a break is as likely that of a case or of a bank.
func amongWords(text, number string) bool {
	return number[0] == '+' || number[0] == '0' && !strings.Contains(text, number)
}

// isCard reports whether digits may be the number of a bank card: 13 to 15 of them that do not begin as a telephone number's, and whose last one is
// the check digit of ISO/IEC 7812 (Luhn). The separators are gone by now, whichever they were; more digits are no telephone number.
func isCard(digits string) bool {
	if len(digits) < 13 || digits[0] == '0' {
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

// Copied is [ReadCopied] by the dial plan of an account.
func (d *Desk) Copied(account, text string) string {
	return ReadCopied(text, d.plan(d.dialsFrom(account)))
}
