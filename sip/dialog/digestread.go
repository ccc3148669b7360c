package dialog

import "strings"

// authParam is one name and value of a challenge or of credentials.
type authParam struct{ name, value string }

// authScheme is one challenge of a header, of any scheme.
type authScheme struct {
	name   string // in lower case
	params []authParam
}

// get is the first value of a parameter, whose name is in lower case.
func (s authScheme) get(name string) (string, bool) {
	for _, p := range s.params {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// readSchemes takes a header value apart (RFC 3261 §25.1): schemes with their parameters, several of them in one line too,
// with blanks around "=" and commas. A value is what stands between the quotes, backslashes included. What ends inside a quote,
// or has control characters in it, is left out.
func readSchemes(value string) []authScheme {
	var list []authScheme
	r := authReader{text: value}
	for r.skip(" \t\r\n,"); r.text != ""; r.skip(" \t\r\n,") {
		word := strings.ToLower(r.token())
		blank := r.skip(" \t\r\n")
		switch {
		case word == "": // nothing that the grammar knows: the next word may be
			r.text = r.text[1:]
		case strings.HasPrefix(r.text, "="):
			r.text = r.text[1:]
			r.skip(" \t\r\n")
			v, ok := r.value()
			if !ok {
				if len(list) > 0 {
					list = list[:len(list)-1]
				}
				return list
			}
			if len(list) > 0 {
				last := &list[len(list)-1]
				last.params = append(last.params, authParam{word, v})
			}
		case blank && r.text != "" && r.text[0] != ',':
			list = append(list, authScheme{name: word})
		}
	}
	return list
}

// authReader reads from the front of a text.
type authReader struct{ text string }

// skip passes over characters and reports whether there were any.
func (r *authReader) skip(set string) bool {
	rest := strings.TrimLeft(r.text, set)
	skipped := len(rest) < len(r.text)
	r.text = rest
	return skipped
}

// token reads a word.
func (r *authReader) token() string {
	return r.upTo(" \t\r\n,=\"")
}

// upTo reads what comes before any of the characters.
func (r *authReader) upTo(set string) string {
	end := strings.IndexAny(r.text, set)
	if end < 0 {
		end = len(r.text)
	}
	before := r.text[:end]
	r.text = r.text[end:]
	return before
}

// value reads a quoted string or a word.
func (r *authReader) value() (v string, ok bool) {
	if !strings.HasPrefix(r.text, `"`) {
		v = r.bare()
		return v, !controls(v)
	}
	for i := 1; i < len(r.text); i++ {
		switch r.text[i] {
		case '\\':
			i++
		case '"':
			v, r.text = r.text[1:i], r.text[i+1:]
			return v, !controls(v)
		}
	}
	return "", false
}

// bare reads a value without quotes; some servers leave them out, and base64 ends in "=".
func (r *authReader) bare() string {
	return strings.TrimRight(r.upTo(" \t\r\n,\""), `\`) // in quotes it would hide the closing one
}

func controls(v string) bool {
	return strings.ContainsFunc(v, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}

// challenges reads all Digest challenges there are that we can answer, in their order.
func challenges(values []string) []digestChallenge {
	var list []digestChallenge
	for _, v := range values {
		for _, s := range readSchemes(v) {
			if c := digestOf(s); s.name == "digest" && c.answerable() {
				list = append(list, c)
			}
		}
	}
	return list
}

func digestOf(s authScheme) digestChallenge {
	var c digestChallenge
	c.realm, _ = s.get("realm")
	c.nonce, _ = s.get("nonce")
	if v, ok := s.get("opaque"); ok {
		c.opaque = &v
	}
	v, _ := s.get("algorithm")
	c.algorithm = strings.ToUpper(v) // some servers write md5
	v, _ = s.get("stale")
	c.stale = strings.EqualFold(v, "true")
	v, _ = s.get("userhash")
	c.userhash = strings.EqualFold(v, "true")
	v, _ = s.get("qop")
	for _, q := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		c.qop = append(c.qop, strings.ToLower(q))
	}
	return c
}
