package sip

import (
	"cmp"
	"net"
	"strconv"
	"strings"
	"unicode"

	"linecard/sip/dialog"
)

// maxNumber is the most characters a number or name may have: several times what E.164 and the longest feature codes need.
const maxNumber = 100

// Dialable is what is called when a person types, pastes or clicks something: the user part to call at the account's
// server. It is the one gate in front of [Phone.Dial] and [Phone.Transfer], and its error is a sentence for the agent.
//
//   - A number is digits and + * # , with whatever people write between them: "+1 (415) 555-0100" is +14155550100.
//   - Anything with a letter is a name, such as an extension "alice" or "front-desk.2": letters, digits and - _ . + * # ,
//     as it stands.
//   - tel:, callto: and sip: may come first. What follows a ; is dropped: the way to the server is the account's.
//   - @host may follow where it is the account's own server, with its port or none.
//
// Each is 1 to 100 characters and has a letter or a digit. Another host is refused rather than called: calls go through
// the account's server, which knows who may call whom and writes the bill, and links come from strangers. So is all that
// could be more than a number in a SIP message: control characters, blanks in names, %-escapes, headers.
func (a Account) Dialable(typed string) (number string, err error) {
	typed = strings.TrimFunc(typed, gap)
	scheme, rest, found := strings.Cut(typed, ":")
	address := false
	if found {
		switch strings.ToLower(scheme) {
		case "sips":
			return "", ErrSecureCall
		case "tel", "callto", "sip":
			typed = rest
			address = true
		}
	}
	user, host, foreign := typed, "", false
	if i := strings.LastIndexByte(typed, '@'); i >= 0 {
		user, host = typed[:i], typed[i+1:]
		host, _, _ = strings.Cut(host, ";")
		foreign = !a.Own(host)
	} else if address {
		user, _, _ = strings.Cut(user, ";")
	}
	if plain := strings.Map(undecorated, user); !strings.ContainsFunc(plain, unicode.IsLetter) {
		user = plain
	}
	switch {
	case user == "":
		return "", ErrNoNumber
	case strings.Trim(user, nameChars) != "" || !strings.ContainsAny(user, alphanumeric):
		return "", ErrBadNumber
	case len(user) > maxNumber:
		return "", ErrLongNumber
	case foreign:
		if a.Server == "" {
			return "", ErrNoAccount
		}
		return "", sentencef("Calls go through %s only. Type the number alone, without @ and what follows it.", a.Server)
	}
	return user, nil
}

const (
	alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	nameChars    = alphanumeric + "-_.+*#,"
)

// Own reports whether the host of an address, perhaps with a port, is the account's own server: a name there is a
// colleague, the same name elsewhere somebody else.
func (a Account) Own(host string) bool {
	ours, port := dialog.SplitServer(a.Server)
	name, text, err := net.SplitHostPort(host)
	if err != nil { // no port
		return ours != "" && strings.EqualFold(strings.Trim(host, "[]"), ours)
	}
	n, err := strconv.Atoi(text)
	return err == nil && n == cmp.Or(port, 5060) && strings.EqualFold(name, ours)
}

// undecorated drops what is written between the digits of a number. Invisible marks come along when one is copied out
// of text that runs from right to left.
func undecorated(r rune) rune {
	if gap(r) || strings.ContainsRune("-.()/\u2010\u2011\u2012\u2013\u2212", r) {
		return -1
	}
	return r
}

// gap reports whether a rune is blank or invisible, and harmless: other control characters are not dropped but refused.
func gap(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }
