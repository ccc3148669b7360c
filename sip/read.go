package sip

import (
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"linecard/fault"
)

// Dialed is what a typed, pasted or linked text asks to call.
type Dialed struct {
	// Number is digits and + * #, or the name of an extension: letters, digits and - _ . + * #
	Number string
	// Then are the keys to press once somebody has answered: 0-9 * # A-D, a comma for a pause and a semicolon for a
	// longer one. It begins with a pause, or is empty. A name has none.
	Then string
	Host string // of an address, perhaps with a port; "" where none was given
	// Found tells that the number stood in a text that is no number itself, such as a signature: whoever can ask, asks.
	Found bool
	// Secure tells that it is a sips: address, which asks for TLS on the whole way.
	Secure bool
}

// String is d in one way of writing it, which [Read] reads again as the same. A name that would be read as a number with keys,
// such as 2041x12, is written as an address.
func (d Dialed) String() string {
	switch {
	case d.Secure:
		s := "sips:" + d.Number
		if d.Then != "" {
			s += ";postd=" + strings.ReplaceAll(d.Then, ";", "w")
		}
		if d.Host != "" {
			s += "@" + d.Host
		}
		return s
	case d.Host != "":
		return d.Number + d.Then + "@" + d.Host
	case d.misread():
		return "sip:" + d.Number
	}
	return d.Number + d.Then
}

// At is String for later, when another account may be the first: what needs an address has that of the server it is at.
func (d Dialed) At(server string) string {
	if server != "" && d.Host == "" && !d.Secure && d.misread() {
		d.Host = server
		return "sip:" + d.String()
	}
	return d.String()
}

// misread reports whether a name alone would be read as another one to call.
func (d Dialed) misread() bool {
	if !Named(d.Number) {
		return false
	}
	again, err := Read(d.Number)
	return err != nil || again.Number != d.Number || again.Then != ""
}

// Keys are the keys of Then as an agent reads them: without the pauses around them.
func (d Dialed) Keys() string { return strings.Trim(d.Then, pauses) }

// pauses are what Then may begin with.
const pauses = ",;"

// maxKeys is the most keys and pauses after a number: a calling card and its PIN.
const maxKeys = 60

// maxTyped is the most bytes that are read: a long e-mail signature, and the longest link that browsers hand on.
const maxTyped = 2000

// Read reads what somebody typed, pasted, linked or stored as whom to call. It is the one reader of all doors: the number
// field, the command line, links, records and the history. [Account.Dialable] tells whether an account can call it.
//
//   - A number may be spelled as people do, in the digits of any script: "+1 (415) 555-0100" is +14155550100. The (0) of
//     "+44 (0)20 7946 0018" is dropped, except behind +39, where it is dialled from abroad too.
//   - What follows "ext", "x", "#", "Durchwahl" and other words for an extension are keys for after the answer. So is what
//     follows a comma, p, w or semicolon, which are pauses.
//   - 1-800-FLOWERS is read by the letters on the keys, where what stands before them says that it is a number: see [vanity].
//   - Links are tel: (RFC 3966), callto:, sip: and sips:, with %-escapes. Headers and a password in them are dropped: they come
//     from strangers.
//   - Anything else with a letter and without a blank is a name, as it stands.
//   - In any other text the number is looked for: see [find].
func Read(typed string) (Dialed, error) {
	typed = strings.TrimFunc(typed, gap)
	switch {
	case !utf8.ValidString(typed) || strings.ContainsFunc(typed, forbidden):
		return Dialed{}, ErrBadNumber
	case len(typed) > maxTyped:
		return Dialed{}, ErrLongNumber
	}
	if scheme, rest, ok := strings.Cut(typed, ":"); ok {
		rest = strings.TrimPrefix(rest, "//") // tel://…: wrong, and common
		switch strings.ToLower(scheme) {
		case "tel", "callto":
			d, err := readTel(rest, !strings.EqualFold(scheme, "tel"))
			if remarks.MatchString(rest) || errors.Is(err, ErrBadNumber) && strings.ContainsAny(rest, " \t\u00a0\n|(") {
				// no link, but "Tel: +1 415 555 0132 (office)"
				return find(typed)
			}
			return d, err
		case "sip", "sips":
			d, err := readAddress(rest, true)
			d.Secure = err == nil && strings.EqualFold(scheme, "sips")
			return d, err
		}
	}
	switch {
	case typed == "":
		return Dialed{}, ErrNoNumber
	case strings.Contains(typed, "@") && !strings.ContainsFunc(typed, unicode.IsSpace):
		return readAddress(typed, false)
	case strings.Contains(typed, "%"): // half of a link, as some pages have it
		if plain, err := unescape(typed); err == nil {
			if d, ok := number(plain); ok {
				return bounded(d)
			}
			return find(plain)
		}
		return find(typed) // "50% off"
	}
	if d, ok := number(typed); ok {
		return bounded(d)
	}
	if Named(typed) {
		return bounded(Dialed{Number: typed})
	}
	return find(typed)
}

// remarks finds what is no parameter of a link: a blank or a line's end follows the sign that parameters begin with.
var remarks = regexp.MustCompile(`[;?]\s|\n`)

// forbidden are the control characters that no text has which people copy.
func forbidden(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }

// gap reports whether a rune is blank or invisible. Invisible marks come along when a number is copied out of text that
// runs from right to left.
func gap(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) }

// bounded refuses what is longer than any number or holds nothing to call.
func bounded(d Dialed) (Dialed, error) {
	switch {
	case d.Number == "":
		return Dialed{}, ErrNoNumber
	case !strings.ContainsAny(d.Number, alphanumeric):
		return Dialed{}, ErrBadNumber
	case len(d.Number) > maxNumber || len(d.Then) > maxKeys:
		return Dialed{}, ErrLongNumber
	}
	return d, nil
}

// readTel reads what follows "tel:" (RFC 3966 §3), or "callto:", where a name may stand too.
func readTel(s string, names bool) (Dialed, error) {
	s, _, _ = strings.Cut(s, "?") // callto:+1…?call
	subscriber, params, _ := strings.Cut(s, ";")
	subscriber, err := unescape(subscriber)
	if err != nil {
		return Dialed{}, err
	}
	d, ok := number(subscriber)
	switch {
	case !ok && names && Named(subscriber) && !strings.ContainsAny(subscriber, "+#*"):
		d = Dialed{Number: subscriber} // callto:alice
	case !ok && strings.TrimFunc(subscriber, undecorating) == "":
		return Dialed{}, ErrNoNumber
	case !ok:
		return Dialed{}, ErrBadNumber
	}
	if d, err = withParameters(d, params); err != nil {
		return Dialed{}, err
	}
	return bounded(d)
}

// readAddress reads what follows "sip:" (RFC 3261 §19.1.1), or an address without it. Parameters of the address, headers and
// a password are dropped: the way to the server is the account's, and a link must not set what the agent does not see.
func readAddress(s string, link bool) (Dialed, error) {
	if link {
		s, _, _ = strings.Cut(s, "?")
	}
	user, host, at := s, "", false
	if i := strings.LastIndexByte(s, '@'); i >= 0 {
		user, host, at = s[:i], s[i+1:], true
		host, _, _ = strings.Cut(host, ";")
	}
	if link {
		user, _, _ = strings.Cut(user, ":")
	}
	user, params, _ := strings.Cut(user, ";")
	if !at {
		params = telephone(params) // the others are the address's own: transport, user, method
	}
	var err error
	if link {
		if user, err = unescape(user); err != nil {
			return Dialed{}, err
		}
	}
	d, ok := Dialed{Number: user}, Named(user) // of letters, and so nothing that could be dialed in its place
	if !ok {
		d, ok = digitsOnly(user)
	}
	if _, err := netip.ParseAddr(user); err == nil { // "sip:192.0.2.1" names a machine, and nobody there
		ok = false
	}
	switch {
	case !ok && user == "":
		return Dialed{}, ErrNoNumber
	case !ok:
		return Dialed{}, ErrBadNumber
	}
	if d, err = withParameters(d, params); err != nil {
		return Dialed{}, err
	}
	if at {
		if d.Host = host; host == "" {
			d.Host = "?" // nobody's
		}
	}
	return bounded(d)
}

// telephone keeps those of an address's parameters that belong to a telephone number.
func telephone(params string) string {
	var kept []string
	for p := range strings.SplitSeq(params, ";") {
		switch name, _, _ := strings.Cut(strings.ToLower(p), "="); name {
		case "ext", "postd", "phone-context":
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ";")
}

func unescape(s string) (string, error) {
	plain, err := url.PathUnescape(s)
	if err != nil || !utf8.ValidString(plain) || strings.ContainsFunc(plain, forbidden) || strings.ContainsAny(plain, "\r\n") {
		return "", ErrBadNumber
	}
	return plain, nil
}

// withParameters applies the parameters of a telephone number: ext (RFC 3966 §5.3), postd (RFC 2806 §2.2), phone-context
// (RFC 3966 §5.1.5). Others say nothing about whom to call, except one that begins with "m-": who does not know that must not
// call (RFC 3966 §5.4, RFC 3601 §2).
func withParameters(d Dialed, params string) (Dialed, error) {
	named := strings.ContainsAny(d.Number, alphanumeric[10:])
	for p := range strings.SplitSeq(params, ";") {
		name, value, has := strings.Cut(p, "=")
		value, err := unescape(value)
		if err != nil {
			return Dialed{}, err
		}
		switch name = strings.ToLower(strings.TrimSpace(name)); {
		case strings.HasPrefix(name, "m-"):
			return Dialed{}, fault.Err(nil, "sip.number-elsewhere")
		case name == "phone-context":
			if d, err = inContext(d, value); err != nil {
				return Dialed{}, err
			}
		case named: // only numbers have keys after them
		case name == "ext" || name == "postd":
			keys, ok := pressed(value)
			if !ok {
				return Dialed{}, ErrBadNumber
			}
			if keys != "" && !strings.ContainsRune(pauses, rune(keys[0])) {
				keys = "," + keys
			}
			d.Then += keys
		case !has && name != "": // "tel:4155550142;12#": a pause, not a parameter
			if keys, ok := pressed(name); ok && keys != "" {
				d.Then += ";" + keys
			}
		}
	}
	return d, nil
}

// inContext makes a local number one that can be called from here: behind the beginning of a global number where together
// they have the length of one, or at a server of its own. Anything else would call somebody else.
func inContext(d Dialed, context string) (Dialed, error) {
	if strings.HasPrefix(d.Number, "+") {
		return d, nil
	}
	if prefix, ok := number(context); ok && strings.HasPrefix(prefix.Number, "+") {
		global := prefix.Number + d.Number
		n, err := phonenumbers.Parse(global, "")
		if err != nil || !phonenumbers.IsPossibleNumber(n) {
			return Dialed{}, fault.Err(nil, "sip.number-elsewhere")
		}
		d.Number = global
		return d, nil
	}
	if context == "" || strings.Trim(context, alphanumeric+"-.") != "" || strings.HasPrefix(context, "+") {
		return Dialed{}, fault.Err(nil, "sip.number-elsewhere")
	}
	d.Host = context
	return d, nil
}

// Named reports whether a text can be the name of an extension: letters, digits and - _ . + * #, with one letter at least.
func Named(s string) bool {
	return strings.Trim(s, nameChars) == "" && strings.ContainsAny(s, alphanumeric[10:])
}

// pressed reads keys with pauses. ok is false where something else stands between them.
func pressed(s string) (keys string, ok bool) {
	var b strings.Builder
	for _, r := range latin(s) {
		switch {
		case r >= '0' && r <= '9', r == '*', r == '#', r >= 'A' && r <= 'D':
			b.WriteRune(r)
		case r >= 'a' && r <= 'd':
			b.WriteRune(r - 'a' + 'A')
		case r == ',' || r == 'p' || r == 'P':
			b.WriteByte(',')
		case r == 'w' || r == 'W' || r == ';':
			b.WriteByte(';')
		case !undecorating(r):
			return "", false
		}
	}
	return strings.TrimRight(b.String(), pauses), true
}
