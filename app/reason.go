package app

import (
	"linecard/app/journal"
	"linecard/fault"
)

// ReasonText is why an entry of the outbox waits, in words.
func ReasonText(f fault.Fault) string {
	switch f.Code {
	case fault.Plain:
		text, _ := f.Values["text"].(string)
		return text
	case Checking:
		return "An earlier attempt may have arrived. Linecard is checking that before it logs the call again."
	case journal.Unreadable:
		return "This call's log can't be read any more: the journal is damaged there. Log the call by hand."
	}
	return string(f.Code)
}

// Checking is the code of the reason why an entry waits that an earlier attempt may have written. Its value "text" is how
// that attempt ended.
const Checking fault.Code = "desk.checking"
