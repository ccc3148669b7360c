package crmtest

import "linecard/crm"

// LogAll are rules that log every call with a customer, and open no record. What is in force where nobody has said otherwise is for the
// settings to say.
func LogAll() crm.Rules {
	return crm.Rules{Inbound: true, Outbound: true, Missed: true, Unanswered: true, Pop: crm.PopNever}
}
