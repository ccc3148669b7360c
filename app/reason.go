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
	case journal.Unreadable:
		return "This call's log can't be read any more: the journal is damaged there. Log the call by hand."
	}
	return string(f.Code)
}
