package crm

import (
	"strings"
	"unicode/utf8"
)

// longestSubject is what Task.Subject holds, in characters.
const longestSubject = 255

// DefaultSubject says in one line what an activity was: "Inbound call from Dana Whitfield", "Missed call from
// +1 415-555-0132". It uses the party's name, else the number, and fits Task.Subject.
//
// The words are English whatever language the agent reads, since they are written into the org, where others read them; so
// they do not come from the catalogue.
//
// Whoever keeps an activity keeps Subject "" for the default one and never compares a text with it: the words depend on the
// outcome and the name as they are when it is written. It is cheap as long as Activity.Shown is set; without it, as in
// activities that older versions kept, the number is read again, which takes a hundred times as long.
func DefaultSubject(a Activity) string {
	party := a.PartyName
	if party == "" {
		party = a.Who.Name
	}
	if party == "" {
		party = a.Shown
	}
	if party == "" {
		party = spaced(a.Number)
	}
	if party == "" {
		party = "a withheld number"
	}
	return cut(subjectWords(a)+" "+party, longestSubject)
}

// spaced writes an E.164 number as people read it, and leaves anything else alone.
func spaced(number string) string {
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
	case Failed:
		return "Failed call from"
	}
	return "Inbound call from"
}

// cut shortens s to at most n characters, marking that something is gone.
func cut(s string, n int) string {
	if len(s) <= n || utf8.RuneCountInString(s) <= n {
		return s
	}
	runes := []rune(s)
	return string(runes[:n-1]) + "…"
}
