package crm

import (
	"strings"
	"unicode/utf8"
)

// maxSubject is the length of Task.Subject, in characters.
const maxSubject = 255

// WithheldNumber is how a Task calls a party that has neither name nor number; see [DefaultSubject] for its language.
const WithheldNumber = "a withheld number"

// DefaultSubject describes an activity in one line: "Inbound call from Dana Whitfield", "Missed call from +1
// 415-555-0132". It uses the other party's name, or the number without a name, and fits Task.Subject.
//
// The words are always English, whatever language the agent uses: they are written into the org, where other people
// read them. So they do not come from the catalogue.
//
// An activity that is kept has Subject "" for the default one; no text is ever compared with it, since the words depend
// on the outcome and the name at the time of writing. The call is cheap when Activity.Shown is set. Without it, as in
// activities of older versions, the number is parsed again, which takes a hundred times as long.
func DefaultSubject(a Activity) string {
	party := a.PartyName
	if party == "" {
		party = a.Who.Name
	}
	if party == "" {
		party = a.Shown
	}
	if party == "" {
		party = spacedNumber(a.Number)
	}
	if party == "" {
		party = WithheldNumber
	}
	return truncate(subjectWords(a)+" "+party, maxSubject)
}

// spacedNumber formats an E.164 number as people read it, and returns any other text unchanged.
func spacedNumber(number string) string {
	if !strings.HasPrefix(number, "+") {
		return number
	}
	if n := ParseNumber(number, NumberPlan{}); n.International != "" && n.E164 == number {
		return n.International
	}
	return number
}

func subjectWords(a Activity) string {
	if a.Direction == Outbound {
		switch a.Outcome {
		case NoAnswer, Missed:
			return "Unanswered call to"
		case Busy:
			return "Busy call to"
		case Declined:
			return "Declined call to"
		case Cancelled:
			return "Cancelled call to"
		case Failed:
			return "Failed call to"
		}
		return "Outbound call to"
	}
	switch a.Outcome {
	case Missed, NoAnswer, Cancelled, Busy:
		return "Missed call from"
	case Declined:
		return "Declined call from"
	case AnsweredElsewhere:
		return "Call answered elsewhere from"
	case Forwarded:
		return "Forwarded call from"
	case Failed:
		return "Failed call from"
	}
	return "Inbound call from"
}

// truncate shortens s to at most n characters and marks that it was shortened.
func truncate(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	return string(runes[:n-1]) + "…"
}
