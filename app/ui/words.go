package ui

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
)

// span writes a time talked or waited: "0:07", "4:12", "1:02:03".
func span(d time.Duration) string {
	return phrase("ui.span", "time", d)
}

// running is span for the big clock, which always has two digits of minutes so that it keeps its place.
func running(d time.Duration) string {
	if s := span(d); len(s) != len("0:00") {
		return s
	}
	return "0" + span(d)
}

// moment writes when something was, seen from now: "10:42", "Yesterday", "Wed", "12 Nov", "12 Nov 2025".
func moment(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(now.Location())
	day := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, now.Location())
	}
	switch today := day(now); {
	case !t.Before(today):
		return phrase("ui.moment-today", "at", t)
	case !t.Before(today.AddDate(0, 0, -1)):
		return phrase("ui.moment-yesterday")
	case !t.Before(today.AddDate(0, 0, -6)):
		return phrase("ui.moment-this-week", "at", t)
	case t.Year() == now.Year():
		return phrase("ui.moment-this-year", "at", t)
	}
	return phrase("ui.moment-earlier", "at", t)
}

// dayOf is the heading above the calls of a day: "Today", "Yesterday", "Wed 18 Nov", "12 Nov", "12 Nov 2025".
func dayOf(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(now.Location())
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, now.Location())
	switch today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location()); {
	case !day.Before(today):
		return phrase("ui.day-today")
	case !day.Before(today.AddDate(0, 0, -1)):
		return phrase("ui.moment-yesterday")
	case !day.Before(today.AddDate(0, 0, -6)):
		return phrase("ui.day-this-week", "at", t)
	case t.Year() == now.Year():
		return phrase("ui.moment-this-year", "at", t)
	}
	return phrase("ui.moment-earlier", "at", t)
}

// The names of products, which no language translates.
const (
	productName       = "Linecard"
	productSalesforce = "Salesforce"
)

// phrase is a text of the window: see package catalogue.
func phrase(id string, values ...any) string { return catalogue.Text(id, values...) }

// sentence makes an error's words one: a capital first, a full stop last.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" {
		return ""
	}
	s = sentenceCase(s)
	if strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "…") {
		return s
	}
	return s + "."
}

// joined puts " · " between what is not empty.
func joined(parts ...string) string {
	return phrase("ui.line", "facts", parts)
}

// transferTo asks where a call is to go, by the first name of the other party.
func transferTo(c app.CallView) string {
	if c.Withheld || initials(c.Name) == "" {
		return phrase("ui.transfer-call-to")
	}
	return phrase("ui.transfer-to", "name", strings.Fields(c.Name)[0])
}

// callName is whom the call is with, as large letters say it.
func callName(c app.CallView) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.Withheld:
		return phrase("ui.number-withheld")
	}
	return c.Number
}

// callNumber is the number under the name, "" where the name is the number already.
func callNumber(c app.CallView) string {
	if c.Withheld {
		return ""
	}
	number := c.Number
	if number == callName(c) {
		number = ""
	}
	switch {
	case c.Direction != crm.Inbound:
	case c.Verstat == crm.Verified:
		return joined(number, phrase("ui.number-verified"))
	case c.Verstat == crm.Unverified:
		return joined(number, phrase("ui.number-unverified"))
	}
	return number
}

// ended says how a call without wrap-up ended: a title, and the icon beside it.
func ended(c app.CallView) (title, iconName string) {
	inbound := c.Direction == crm.Inbound
	switch c.EndReason {
	case app.EndBusy:
		return phrase("ui.end-busy"), "do_not_disturb_on"
	case app.EndNoAnswer:
		if inbound {
			return phrase("ui.end-missed"), "call_missed"
		}
		return phrase("ui.end-no-answer"), "call_missed"
	case app.EndNotFound:
		return phrase("ui.end-not-found"), "person_off"
	case app.EndDeclined:
		return phrase("ui.end-declined"), "call_end"
	case app.EndCancelled:
		if inbound {
			return phrase("ui.end-missed"), "call_missed"
		}
		return phrase("ui.end-cancelled"), "call_end"
	case app.EndAnsweredElsewhere:
		return phrase("ui.end-elsewhere"), "check_circle"
	case app.EndTransferred:
		return phrase("ui.end-transferred"), "phone_forwarded"
	case app.EndForwarded:
		return phrase("ui.end-forwarded"), "phone_forwarded"
	case app.EndFailed:
		return phrase("ui.end-failed"), "error_outline"
	}
	return phrase("ui.end"), "call_end"
}

// endDetail is the sentence under the title.
func endDetail(c app.CallView) string {
	if c.EndText != "" {
		return sentence(c.EndText)
	}
	who := callName(c)
	switch c.EndReason {
	case app.EndBusy:
		return phrase("ui.end-busy-detail", "name", who)
	case app.EndNoAnswer:
		if c.Direction == crm.Outbound {
			return phrase("ui.end-no-answer-detail", "name", who)
		}
	case app.EndNotFound:
		return phrase("ui.end-not-found-detail", "name", who)
	case app.EndDeclined:
		if c.Direction == crm.Outbound {
			return phrase("ui.end-declined-detail", "name", who)
		}
	case app.EndAnsweredElsewhere:
		return phrase("ui.end-elsewhere-detail")
	}
	return ""
}

// live says whether the call is still one.
func live(c app.CallView) bool {
	return c.Phase != app.WrapUp && c.Phase != app.Finished && c.Phase != app.Past
}

// connected says whether both sides have been joined: keys, hold and transfer make sense.
func connected(c app.CallView) bool {
	return c.Phase == app.Talking || c.Phase == app.Held || c.Phase == app.RemHeld
}

// sentenceCase gives a word of the desk its capital: "no answer" is shown as "No answer".
func sentenceCase(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
