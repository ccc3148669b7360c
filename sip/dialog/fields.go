package dialog

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// The header fields that tell transactions, dialogs and bodies apart are read here, for sipgo reads them only as most phones write
// them (S16). RFC 3261 allows blanks and folds around each slash, colon, semicolon and equal sign (§25.1), parameters in quotes, their names
// in any case, and several values in a line (§7.3.1). sipgo has joined the folds with a blank before.

// fieldReaders are sipgo's readers with those of these fields in their place, by long and short name.
func fieldReaders() map[string]sip.HeaderParser {
	all := maps.Clone(sip.DefaultHeadersParser())
	all["via"], all["v"] = readVia, readVia
	all["from"], all["f"] = readFrom, readFrom
	all["to"], all["t"] = readTo, readTo
	all["contact"], all["m"] = readContact, readContact
	all["cseq"] = readCSeq
	all["content-type"], all["c"] = readContentType, readContentType
	return all
}

func newParser() *sip.Parser { return sip.NewParser(sip.WithHeadersParsers(fieldReaders())) }

const blanks = " \t"

var (
	errVia      = errors.New("a Via without a protocol or an address")
	errCSeq     = errors.New("a CSeq that is no number and method")
	errEndless  = errors.New("a quote or an address without its end")
	errWildcard = errors.New("* is no address")
	errEmpty    = errors.New("a list with a value that is none")
)

// unquoted is where the first of some characters stands that is outside quotes; -1 is nowhere. A quote without its end is a character like
// any other, as for whoever writes one, and so is an escaped one outside quotes: after the former all are escaped, and are not looked for again.
func unquoted(text, any string) int {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && strings.HasPrefix(text[i+1:], `"`):
			i++
		case c == '"':
			if end := quoteEnd(text, i); end > 0 {
				i = end
			}
		case strings.IndexByte(any, c) >= 0:
			return i
		}
	}
	return -1
}

// quoteEnd is where the quote ends that begins at a character; 0 is nowhere.
func quoteEnd(text string, at int) int {
	for i := at + 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return 0
}

// cutUnquoted is strings.Cut at the first of some characters outside quotes, which after begins with.
func cutUnquoted(text, any string) (before, after string) {
	if at := unquoted(text, any); at >= 0 {
		return text[:at], text[at:]
	}
	return text, ""
}

// familiar are the parameters that sipgo looks for by this spelling alone.
var familiar = map[string]bool{"tag": true, "branch": true, "rport": true, "received": true, "maddr": true}

// readParameters reads ";name=value;flag". What is in quotes keeps them.
func readParameters(text string) (list sip.HeaderParams) {
	for text != "" {
		var part string
		part, text = cutUnquoted(text, ";")
		text = strings.TrimPrefix(text, ";")
		name, value, _ := strings.Cut(part, "=")
		name, value = strings.Trim(name, blanks), strings.Trim(value, blanks)
		if lower := strings.ToLower(name); familiar[lower] {
			name = lower
		}
		if name != "" || value != "" {
			list = append(list, sip.HeaderKV{K: name, V: value})
		}
	}
	return list
}

// Parameters calls f with each parameter of ";name=value;flag", a value without its quotes. What is in quotes has none.
func Parameters(text string, f func(name, value string)) {
	for _, p := range readParameters(text) {
		f(p.K, withoutQuotes(p.V))
	}
}

// keepQuotes has sipgo write parameters as they came: around a value with blanks it would put another pair of quotes. Such a one becomes a
// name without a value.
func keepQuotes(list sip.HeaderParams) sip.HeaderParams {
	for i, p := range list {
		if strings.ContainsAny(p.V, blanks) {
			list[i] = sip.HeaderKV{K: p.K + "=" + p.V}
		}
	}
	return list
}

// readAddress reads a name-addr or addr-spec with its parameters (RFC 3261 §20.10). An address without brackets ends at one of the
// characters of ends. rest is what stands behind all that, from a comma on. A name that begins with a quote has its end, and behind that quotes
// are characters like any other, as in a name without: many phone systems take one as somebody has typed it, "5" pipe" <sip:…>
func readAddress(text, ends string) (name string, uri sip.Uri, params sip.HeaderParams, rest string, err error) {
	begins := 0
	if first := strings.IndexAny(text, `"<`+ends); first >= 0 && text[first] == '"' {
		if begins = quoteEnd(text, first); begins == 0 && first == 0 {
			return "", uri, nil, "", errEndless // RFC 4475 §3.1.2.6
		}
	}
	address, behind := text, ""
	if at := strings.IndexAny(text[begins:], "<"+ends); at >= 0 {
		address, behind = text[:begins+at], text[begins+at:]
	}
	if strings.HasPrefix(behind, "<") {
		inside, after, closed := strings.Cut(behind, ">")
		if !closed {
			return "", uri, nil, "", errEndless
		}
		if begins == 0 && strings.Contains(address, `"`) { // sipgo would look for its end
			address = `"` + quotable(strings.Trim(address, blanks)) + `"`
		}
		address, behind = address+inside+">", after
	} else if strings.Contains(address, ">") { // it would be written back between brackets, and read otherwise
		return "", uri, nil, "", errEndless
	}
	name, err = sip.ParseAddressValue(strings.Trim(address, blanks), &uri, nil)
	if strings.Contains(ends, ",") {
		behind, rest = cutUnquoted(behind, ",")
	}
	return name, uri, keepQuotes(readParameters(behind)), rest, err
}

func readFrom(_ []byte, text string) (sip.Header, error) {
	name, uri, params, _, err := readAddress(text, ";")
	if err == nil && uri.Wildcard {
		err = errWildcard
	}
	return &sip.FromHeader{DisplayName: name, Address: uri, Params: params}, err
}

func readTo(_ []byte, text string) (sip.Header, error) {
	h, err := readFrom(nil, text)
	to := h.(*sip.FromHeader).AsTo()
	return &to, err
}

func readContact(_ []byte, text string) (sip.Header, error) {
	name, uri, params, rest, err := readAddress(text, ";,")
	switch {
	case err != nil:
	case uri.Wildcard && rest != "": // it stands alone (RFC 3261 §20.10)
		err = errWildcard
	default:
		err = goesOn(text, rest)
	}
	return &sip.ContactHeader{DisplayName: name, Address: uri, Params: params}, err
}

// goesOn is how a reader tells sipgo that another value follows a comma, with which rest begins; nil without one. It is an error of a
// type that sipgo keeps to itself: its own reader of Contact makes it, of an address that ends where the value does.
func goesOn(text, rest string) error {
	if rest == "" {
		return nil
	}
	const least = "a:b"
	comma := len(text) - len(rest)
	if comma < len(least) { // sipgo would look behind the end
		return errEmpty
	}
	_, err := sip.DefaultHeadersParser()["contact"](nil, least+strings.Repeat(" ", comma-len(least))+",")
	return err
}

func readVia(_ []byte, text string) (sip.Header, error) {
	v := &sip.ViaHeader{}
	value, rest := cutUnquoted(text, ",")
	head, params := cutUnquoted(value, ";")
	protocol, behind, _ := strings.Cut(head, "/")
	version, behind, ok := strings.Cut(behind, "/")
	behind = strings.Trim(behind, blanks)
	end := strings.IndexAny(behind, blanks)
	if !ok || end < 0 {
		return v, errVia
	}
	v.ProtocolName, v.ProtocolVersion, v.Transport = strings.Trim(protocol, blanks), strings.Trim(version, blanks), behind[:end]
	v.Host, v.Port, ok = sentBy(strings.Trim(behind[end:], blanks))
	if !ok || !tagText(v.ProtocolName) || !tagText(v.ProtocolVersion) || !tagText(v.Transport) { // tokens, as a tag is
		return v, errVia
	}
	v.Params = keepQuotes(readParameters(params))
	return v, goesOn(text, rest)
}

// sentBy reads the address in a Via; port 0 is none. An address of IPv6 keeps its brackets, which sipgo would not give back to one that has
// an address of IPv4 in it.
func sentBy(text string) (host string, port int, ok bool) {
	if ip, err := netip.ParseAddr(text); err == nil && ip.Is6() { // without its brackets, which it must have
		return "[" + text + "]", 0, true
	}
	host, number, named := strings.Cut(text, ":")
	if strings.HasPrefix(text, "[") {
		host, number, named = strings.Cut(text, "]")
		if !named {
			return "", 0, false
		}
		host += "]"
		number, named = strings.CutPrefix(strings.Trim(number, blanks), ":")
	}
	host, number = strings.Trim(host, blanks), strings.Trim(number, blanks)
	if named {
		n, err := strconv.ParseUint(number, 10, 16)
		if err != nil {
			return "", 0, false
		}
		port, number = int(n), ""
	}
	return host, port, host != "" && number == "" && !strings.ContainsAny(host, blanks+`"<>,/\`)
}

// maxSeq is the largest CSeq number (RFC 3261 §8.1.1.5).
const maxSeq = 1<<31 - 1

func readCSeq(_ []byte, text string) (sip.Header, error) {
	h := &sip.CSeqHeader{}
	f := strings.Fields(text)
	if len(f) != 2 {
		return h, errCSeq
	}
	n, err := strconv.ParseUint(f[0], 10, 32)
	if err != nil || n > maxSeq {
		return h, fmt.Errorf("%w: %w", errCSeq, err)
	}
	h.SeqNo, h.MethodName = uint32(n), sip.RequestMethod(f[1])
	return h, nil
}

func readContentType(_ []byte, text string) (sip.Header, error) {
	h := sip.ContentTypeHeader(contentType(text))
	if h == "" {
		return &h, errors.New("an empty Content-Type")
	}
	return &h, nil
}

// contentType is the value of a Content-Type without the blanks that mean nothing.
func contentType(text string) string {
	kind, params := cutUnquoted(text, ";")
	main, sub, has := strings.Cut(kind, "/")
	var b strings.Builder
	b.WriteString(strings.Trim(main, blanks))
	if has {
		b.WriteString("/" + strings.Trim(sub, blanks))
	}
	if list := keepQuotes(readParameters(params)); len(list) > 0 {
		b.WriteString(";" + written(list))
	}
	return b.String()
}
