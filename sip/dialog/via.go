package dialog

import (
	"bytes"
	"regexp"
)

// RFC 3261 §25.1 allows blanks, and folds, around the slashes of a Via, the colon before its port, and the semicolons and equal
// signs behind: SIP / 2.0 / UDP host : 5060 ; branch = … sipgo takes such a one for a Via without a transport or host (S16), and the answer would
// get lost on its way back.

// sentBy is the protocol and the address of one Via value, and what stands behind them.
var sentBy = regexp.MustCompile(`(?i)(SIP)[ \t\r\n]*/[ \t\r\n]*(\d\.\d)[ \t\r\n]*/[ \t\r\n]*([a-z0-9.!%*_+'~-]+)[ \t\r\n]+` +
	`(\[[^\]]*\]|[^ \t\r\n;,:]+)(?:[ \t\r\n]*(:)[ \t\r\n]*(\d+))?(?:[ \t\r\n]*([;,]))?`)

// tidy reports whether a field has no blanks to take out, as nearly every one has none: a look costs little, and a flood of
// long ones must not cost much.
func tidy(field []byte) bool {
	_, value, _ := bytes.Cut(field, []byte(":"))
	value = bytes.TrimSpace(value)
	for i, c := range value {
		switch {
		case c == '\t' || c == '\r' || c == '\n':
			return false
		case c == ' ' && (bytes.IndexByte([]byte("/:;="), value[i-1]) >= 0 || bytes.IndexByte([]byte(" /:;="), value[i+1]) >= 0):
			return false
		}
	}
	return true
}

// closeParameters takes the blanks and folds around the semicolons and equal signs of a field, which are legal too, out of it.
// What is quoted stays.
func closeParameters(field []byte) []byte {
	const blanks = " \t\r\n" // inside a field a line end is part of a fold
	closed := make([]byte, 0, len(field))
	quoted := false
	for i := 0; i < len(field); i++ {
		c := field[i]
		switch {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\' && i+1 < len(field):
			closed = append(closed, c)
			i++
			c = field[i]
		case !quoted && (c == ';' || c == '='):
			closed = append(bytes.TrimRight(closed, blanks), c)
			rest := bytes.TrimLeft(field[i+1:], blanks)
			if len(rest) > 0 { // otherwise it ends the field
				i = len(field) - len(rest) - 1
			}
			continue
		}
		closed = append(closed, c)
	}
	return closed
}

// closeVia takes those blanks out of the Via fields of a message.
func closeVia(data []byte) []byte {
	end := bytes.Index(data, []byte("\r\n\r\n"))
	if end < 0 {
		end = len(data)
	}
	var closed []byte // nil until something changes
	from := 0         // what of data is in closed
	for at := nextLine(data, 0); at < end; at = nextLine(data, at) {
		if !isVia(data[at:end]) {
			continue
		}
		stop := nextLine(data, at)
		for stop < end && (data[stop] == ' ' || data[stop] == '\t') {
			stop = nextLine(data, stop)
		}
		field := data[at:min(stop, end)]
		if tidy(field) {
			continue
		}
		mended := closeParameters(sentBy.ReplaceAll(field, []byte("$1/$2/$3 $4$5$6$7")))
		if !bytes.Equal(field, mended) {
			closed = append(append(closed, data[from:at]...), mended...)
			from = at + len(field)
		}
	}
	if closed == nil {
		return data
	}
	return append(closed, data[from:]...)
}

// nextLine is where the line after the one at a position begins.
func nextLine(data []byte, at int) int {
	if i := bytes.IndexByte(data[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(data)
}

// isVia reports whether a line begins a Via field.
func isVia(line []byte) bool {
	name, _, ok := bytes.Cut(line[:min(len(line), 20)], []byte(":"))
	name = bytes.TrimRight(name, " \t")
	return ok && (bytes.EqualFold(name, []byte("via")) || bytes.EqualFold(name, []byte("v")))
}
