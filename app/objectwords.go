package app

import (
	"linecard/app/catalogue"
	"linecard/crm"
)

// ObjectWord is what people call a record of an object; one that Linecard has no word for goes by the name that the org knows it by.
func ObjectWord(object string) string {
	switch object {
	case crm.Contact:
		return catalogue.Text("desk.object-contact")
	case crm.Account:
		return catalogue.Text("desk.object-account")
	case crm.Lead:
		return catalogue.Text("desk.object-lead")
	}
	return object
}

// OutcomeWord says how a call went; a value that is none stays as it is.
func OutcomeWord(o crm.Outcome) string {
	switch o {
	case crm.Answered:
		return catalogue.Text("desk.outcome-answered")
	case crm.Missed:
		return catalogue.Text("desk.outcome-missed")
	case crm.Declined:
		return catalogue.Text("desk.outcome-declined")
	case crm.Busy:
		return catalogue.Text("desk.outcome-busy")
	case crm.NoAnswer:
		return catalogue.Text("desk.outcome-no-answer")
	case crm.Cancelled:
		return catalogue.Text("desk.outcome-cancelled")
	case crm.Failed:
		return catalogue.Text("desk.outcome-failed")
	case crm.AnsweredElsewhere:
		return catalogue.Text("desk.outcome-elsewhere")
	case crm.Forwarded:
		return catalogue.Text("desk.outcome-forwarded")
	}
	return string(o)
}

func outcomeWords(list []string) []string {
	out := make([]string, len(list))
	for i, o := range list {
		out[i] = OutcomeWord(crm.Outcome(o))
	}
	return out
}
