package trace

import "strings"

// parts is a message taken apart only as far as its lines: it must take apart what no parser would read.
type parts struct {
	first  string
	fields []field
	body   string // with the empty line before it
}

// field is a header field with its folded lines (RFC 3261 §7.3.1) and the end of its last line.
type field string

func split(text string) parts {
	var p parts
	head, body := text, ""
	for _, empty := range []string{"\r\n\r\n", "\n\n", "\r\r"} {
		if i := strings.Index(text, empty); i >= 0 && i < len(head) {
			head, body = text[:i+len(empty)/2], text[i+len(empty)/2:]
		}
	}
	for i, line := range strings.SplitAfter(head, "\n") {
		switch {
		case line == "":
		case i == 0:
			p.first = line
		case strings.ContainsAny(line[:1], " \t") && len(p.fields) > 0:
			p.fields[len(p.fields)-1] += field(line)
		default:
			p.fields = append(p.fields, field(line))
		}
	}
	p.body = body
	return p
}

func (p parts) String() string {
	var b strings.Builder
	b.WriteString(p.first)
	for _, f := range p.fields {
		b.WriteString(string(f))
	}
	b.WriteString(p.body)
	return b.String()
}

// name is the field's name in its long form (RFC 3261 §7.3.3 and the RFCs of the others).
func (f field) name() string {
	name, _, _ := strings.Cut(string(f), ":")
	name = strings.TrimSpace(name)
	if len(name) == 1 {
		if long, ok := compact[name[0]|0x20]; ok {
			return long
		}
	}
	return name
}

func (f field) value() string {
	_, value, _ := strings.Cut(string(f), ":")
	return strings.TrimSpace(value)
}

// with is the field with another value.
func (f field) with(value string) field {
	name, _, _ := strings.Cut(string(f), ":")
	end := string(f)[len(strings.TrimRight(string(f), "\r\n")):]
	return field(name + ": " + value + end)
}

var compact = map[byte]string{
	'a': "Accept-Contact", 'b': "Referred-By", 'c': "Content-Type", 'd': "Request-Disposition", 'e': "Content-Encoding", 'f': "From", 'i': "Call-ID",
	'j': "Reject-Contact", 'k': "Supported", 'l': "Content-Length", 'm': "Contact", 'o': "Event", 'r': "Refer-To", 's': "Subject", 't': "To",
	'u': "Allow-Events", 'v': "Via", 'x': "Session-Expires", 'y': "Identity",
}
