package dialog

import (
	"bytes"
	"io"
	"mime/multipart"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// escapeUser writes the user part of a URI, %-escaping what RFC 3261 §25.1 does not allow there, and the slash that begins "//": parsers, ours too, take
// that for the beginning of an authority, as in http://.
func escapeUser(user string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := 0; i < len(user); i++ {
		c := user[i]
		switch {
		case i == 0 && strings.HasPrefix(user, "//"):
			b.WriteString("%2F")
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9',
			strings.IndexByte("-_.!~*'()&=+$,;?/", c) >= 0:
			b.WriteByte(c)
		default:
			b.WriteByte('%')
			b.WriteByte(hex[c>>4])
			b.WriteByte(hex[c&15])
		}
	}
	return b.String()
}

// quotable makes a text fit between the quotes sipgo writes around a display name.
func quotable(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r < ' ' || r == 0x7f:
			continue
		case r == '"' || r == '\\':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// SDP is the session description of a message: its body, or the part of a multipart body that is one. nil is none.
func SDP(msg interface {
	GetHeader(string) sip.Header
	Body() []byte
},
) []byte {
	body := msg.Body()
	if len(body) == 0 {
		return nil
	}
	kind := mediaType(msg)
	if kind == "application/sdp" {
		return body
	}
	_, params := cutUnquoted(header(msg, "Content-Type", "c"), ";")
	boundary, _ := param(readParameters(params), "boundary")
	if !strings.HasPrefix(kind, "multipart/") || boundary == "" {
		return nil
	}
	parts := multipart.NewReader(bytes.NewReader(body), withoutQuotes(boundary))
	for {
		p, err := parts.NextRawPart()
		if err != nil {
			return nil
		}
		if kindOf(contentType(p.Header.Get("Content-Type"))) == "application/sdp" {
			text, err := io.ReadAll(p)
			if err != nil || len(text) == 0 {
				return nil
			}
			return text
		}
	}
}

// withoutQuotes is the value of a parameter without the quotes around it, and what is escaped in them as it is meant.
func withoutQuotes(value string) string {
	if len(value) < 2 || value[0] != '"' || value[len(value)-1] != '"' {
		return value
	}
	var b strings.Builder
	for i := 1; i < len(value)-1; i++ {
		if value[i] == '\\' && i < len(value)-2 {
			i++
		}
		b.WriteByte(value[i])
	}
	return b.String()
}

// Reason is one value of a Reason header (RFC 3326).
type Reason struct {
	Protocol string // "SIP" or "Q.850"
	Cause    int
	Text     string
}

// reasons reads the Reason headers of a message.
func reasons(msg interface{ GetHeaders(string) []sip.Header }) []Reason {
	var list []Reason
	for _, v := range headerValues(msg, "Reason") {
		protocol, rest := cutUnquoted(v, ";")
		r := Reason{Protocol: strings.TrimSpace(protocol)}
		params := readParameters(rest)
		if cause, ok := param(params, "cause"); ok {
			r.Cause, _ = seconds(cause)
		}
		text, _ := param(params, "text")
		r.Text = withoutQuotes(text)
		list = append(list, r)
	}
	return list
}

// elsewhere reports whether a CANCEL says that another phone took the call: SIP;cause=200 of RFC 3326 §2, or Q.850
// cause 26, as Asterisk and Cisco send it.
func elsewhere(list []Reason) bool {
	for _, r := range list {
		if strings.EqualFold(r.Protocol, "SIP") && r.Cause == 200 ||
			strings.EqualFold(r.Protocol, "Q.850") && r.Cause == 26 ||
			strings.Contains(strings.ToLower(r.Text), "elsewhere") {
			return true
		}
	}
	return false
}

// userOf is whom a URI names: the user of a sip: one, the number of a tel: one (RFC 3966), without what is written between its
// digits.
func userOf(uri sip.Uri) string {
	if !strings.EqualFold(uri.Scheme, "tel") {
		return Unescape(uri.User)
	}
	number, _, _ := strings.Cut(uri.Raw(), ";")
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-.() ", r) { // visual separators of RFC 3966 §3
			return -1
		}
		return r
	}, Unescape(number))
}

// Unescape undoes the %-escapes of a user part. What is no escape is left as it is.
func Unescape(user string) string {
	if !strings.Contains(user, "%") {
		return user
	}
	var b strings.Builder
	for i := 0; i < len(user); i++ {
		if user[i] == '%' && i+2 < len(user) {
			if n, err := strconv.ParseUint(user[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 2
				continue
			}
		}
		b.WriteByte(user[i])
	}
	return b.String()
}
