package dialog

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// rack is the value of a RAck header (RFC 3262 §7.2): which provisional answer a PRACK acknowledges.
type rack struct {
	rseq   uint32 // of the answer
	seq    uint32 // CSeq number of the request that it answers
	method string
}

// readRAck reads a RAck header. It is false where the value is none.
func readRAck(value string) (rack, bool) {
	f := strings.Fields(value)
	if len(f) != 3 || !tagText(f[2]) { // a method is a token, as a tag is
		return rack{}, false
	}
	rseq, ok := readRSeq(f[0])
	seq, err := strconv.ParseUint(f[1], 10, 32)
	return rack{rseq, uint32(seq), f[2]}, ok && err == nil
}

func (r rack) String() string { return fmt.Sprintf("%d %d %s", r.rseq, r.seq, r.method) }

// readRSeq reads the number of a provisional answer (RFC 3262 §7.1), which is never 0.
func readRSeq(value string) (uint32, bool) {
	n, err := strconv.ParseUint(strings.TrimSpace(value), 10, 32)
	return uint32(n), err == nil && n > 0
}

// lists reports whether a header has an option tag, as Require and Supported have.
func lists(msg interface{ GetHeaders(string) []sip.Header }, tag string, names ...string) bool {
	for _, v := range headerValues(msg, names...) {
		if strings.EqualFold(v, tag) {
			return true
		}
	}
	return false
}
