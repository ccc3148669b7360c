package app

import (
	"linecard/app/catalogue"
	"linecard/fault"
)

// ReasonText is why an entry of the outbox waits, in words.
func ReasonText(f fault.Fault) string { return catalogue.Say(f) }

// Checking is the code of the reason why an entry waits that an earlier attempt may have written. Its value "text" is how
// that attempt ended.
const Checking fault.Code = "desk.checking"
