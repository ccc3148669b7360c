package ui

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"linecard/app"
	"linecard/crm"
)

// span writes a time talked or waited: "0:07", "4:12", "1:02:03".
func span(d time.Duration) string {
	s := int(max(d, 0) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
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
		return t.Format("15:04")
	case !t.Before(today.AddDate(0, 0, -1)):
		return "Yesterday"
	case !t.Before(today.AddDate(0, 0, -6)):
		return t.Format("Mon")
	case t.Year() == now.Year():
		return t.Format("2 Jan")
	}
	return t.Format("2 Jan 2006")
}

// count writes "1 call", "2 calls".
func count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %ss", n, one)
}

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
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, " · ")
}

// firstName is what the buttons call somebody: "Transfer Dana to…".
func firstName(c app.CallView) string {
	if c.Withheld || initials(c.Name) == "" {
		return "the call"
	}
	return strings.Fields(c.Name)[0]
}

// callName is whom the call is with, as large letters say it.
func callName(c app.CallView) string {
	switch {
	case c.Name != "":
		return c.Name
	case c.Withheld:
		return "Number withheld"
	}
	return c.Number
}

// callNumber is the number under the name, "" where the name is the number already.
func callNumber(c app.CallView) string {
	if c.Withheld || c.Number == callName(c) {
		return ""
	}
	return c.Number
}

// ended says how a call without wrap-up ended: a title, and the icon beside it. The words are sip.EndReason's.
func ended(c app.CallView) (title, iconName string) {
	inbound := c.Direction == crm.Inbound
	switch c.EndReason {
	case "busy":
		return "Busy", "do_not_disturb_on"
	case "no answer":
		if inbound {
			return "Missed call", "call_missed"
		}
		return "No answer", "call_missed"
	case "not found":
		return "Number not found", "person_off"
	case "declined":
		return "Declined", "call_end"
	case "cancelled":
		if inbound {
			return "Missed call", "call_missed"
		}
		return "Call cancelled", "call_end"
	case "answered elsewhere":
		return "Answered elsewhere", "check_circle"
	case "transferred":
		return "Transferred", "phone_forwarded"
	case "failed":
		return "The call didn't go through", "error_outline"
	}
	return "Call ended", "call_end"
}

// endDetail is the sentence under the title.
func endDetail(c app.CallView) string {
	if c.EndText != "" {
		return sentence(c.EndText)
	}
	who := callName(c)
	switch c.EndReason {
	case "busy":
		return who + " is on another call."
	case "no answer":
		if c.Direction == crm.Outbound {
			return who + " didn't pick up."
		}
	case "not found":
		return "The phone system doesn't know " + who + ". Check the number."
	case "declined":
		if c.Direction == crm.Outbound {
			return who + " declined the call."
		}
	case "answered elsewhere":
		return "Somebody else took the call."
	}
	return ""
}

// live says whether the call is still one.
func live(c app.CallView) bool { return c.Phase != app.WrapUp && c.Phase != app.Finished }

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
