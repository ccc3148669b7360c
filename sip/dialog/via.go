package dialog

import (
	"bytes"
	"regexp"
)

// RFC 3261 §25.1 allows blanks, and folds, around the slashes of a Via, the colon before its port and the semicolon behind:
// SIP / 2.0 / UDP host : 5060 ;branch=… sipgo takes such a one for a Via without a transport or host (S16), and the answer would
// get lost on its way back.

// sentBy is the protocol and the address of one Via value, and what stands behind them.
var sentBy = regexp.MustCompile(`(?i)(SIP)[ \t\r\n]*/[ \t\r\n]*(\d\.\d)[ \t\r\n]*/[ \t\r\n]*([a-z0-9.!%*_+'~-]+)[ \t\r\n]+` +
	`(\[[^\]]*\]|[^ \t\r\n;,:]+)(?:[ \t\r\n]*(:)[ \t\r\n]*(\d+))?(?:[ \t\r\n]*([;,]))?`)

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
		mended := sentBy.ReplaceAll(field, []byte("$1/$2/$3 $4$5$6$7"))
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
