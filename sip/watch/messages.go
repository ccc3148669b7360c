package watch

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"linecard/clean"
)

// MessagesType is the media type of a message-summary.
const MessagesType = "application/simple-message-summary"

// Messages is what a message-summary says of the voice messages of an account.
type Messages struct {
	Waiting bool   // there are some that nobody has heard
	New     int    // how many; 0 with Waiting where the server does not count
	Old     int    // heard and kept
	Urgent  int    // of New
	Account string // the address that they are fetched from, cleaned; "" where the server does not say
}

// mostMessages bounds a count: no mailbox has more, and what has is not drawn.
const mostMessages = 9999

// mostSummary is the longest summary that is read. One is a few lines; with the headers of every message it may be longer, and those are
// not read.
const mostSummary = 64 << 10

// ErrNoSummary says that a body is no message-summary.
var ErrNoSummary = errors.New("watch: no message-summary")

// ReadMessages reads a message-summary (RFC 3842 §5.2). Header names are read in any case, and what a line says twice is believed the first
// time.
func ReadMessages(body []byte) (Messages, error) {
	if len(body) > mostSummary {
		return Messages{}, ErrNoSummary
	}
	var m Messages
	stated, counted, named := false, false, false
	for line := range bytes.Lines(body) {
		name, value, ok := strings.Cut(strings.TrimRight(string(line), "\r\n"), ":")
		if !ok { // an empty line ends what is about the mailbox as a whole (§5.2)
			if strings.TrimSpace(name) == "" && stated {
				break
			}
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "messages-waiting":
			switch said := strings.ToLower(value); {
			case stated:
			case said == "yes" || said == "no":
				m.Waiting, stated = said == "yes", true
			default:
				return Messages{}, ErrNoSummary
			}
		case "message-account":
			if !named {
				m.Account, named = clean.Short(value, 200), true
			}
		case "voice-message":
			if !counted {
				counted = m.count(value)
			}
		}
	}
	if !stated {
		return Messages{}, ErrNoSummary
	}
	if counted { // it may be a fax that waits
		m.Waiting = m.New > 0
	}
	return m, nil
}

// count reads "2/8 (0/2)": new and old messages, and how many of them are urgent.
func (m *Messages) count(value string) bool {
	all, urgent, _ := strings.Cut(value, "(")
	fresh, old, ok := pair(all)
	if !ok {
		return false
	}
	m.New, m.Old = fresh, old
	if first, _, ok := pair(strings.TrimSuffix(strings.TrimSpace(urgent), ")")); ok {
		m.Urgent = min(first, m.New)
	}
	return true
}

func pair(text string) (a, b int, ok bool) {
	first, second, ok := strings.Cut(text, "/")
	if !ok {
		return 0, 0, false
	}
	x, err := strconv.ParseUint(strings.TrimSpace(first), 10, 32)
	y, err2 := strconv.ParseUint(strings.TrimSpace(second), 10, 32)
	return int(min(x, mostMessages)), int(min(y, mostMessages)), err == nil && err2 == nil
}
