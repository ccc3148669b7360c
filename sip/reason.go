package sip

import (
	"fmt"
	"strconv"
	"strings"

	"linecard/sip/dialog"
)

// endOf puts the end of a call into the desk's words. number is whom we called, for the sentence.
func endOf(e dialog.End, inbound bool, number string) (EndReason, string) {
	switch e.Cause {
	case dialog.HungUpHere:
		switch {
		case inbound && e.Code != 0:
			return EndDeclined, ""
		default:
			return EndLocal, ""
		}
	case dialog.HungUpThere:
		return EndRemote, ""
	case dialog.Cancelled, dialog.NobodyAnswered:
		return EndCancelled, ""
	case dialog.Elsewhere:
		return EndAnsweredElsewhere, ""
	case dialog.Rejected:
		return rejection(e, number)
	case dialog.NoResponse:
		return EndFailed, "The phone server did not answer. Check the network and try again."
	case dialog.Unsendable:
		return EndFailed, "The phone server could not be reached. Check the network and try again."
	case dialog.Unacknowledged:
		return EndFailed, "The caller's phone did not confirm that the call was answered, so it was ended."
	case dialog.Expired, dialog.Gone:
		return EndFailed, "The connection to the other side was lost."
	}
	return EndFailed, "Linecard ended the call because of a fault of its own. Its log says more."
}

// rejection is a final answer to our INVITE. Where the SIP status says little, the Q.850 cause of the telephone network
// behind it says more.
func rejection(e dialog.End, number string) (EndReason, string) {
	for _, r := range e.Reasons {
		if !strings.EqualFold(r.Protocol, "Q.850") || e.Code != 500 && e.Code != 503 && e.Code != 480 {
			continue
		}
		switch r.Cause {
		case 1, 3, 28:
			return EndNotFound, notFound(number)
		case 17:
			return EndBusy, busy(number)
		case 18, 19:
			return EndNoAnswer, noAnswer(number)
		case 21:
			return EndDeclined, declined(number)
		case 34, 38, 42:
			return EndFailed, "All outside lines are busy. Try again in a moment."
		}
	}
	switch e.Code {
	case 404, 410, 484, 485, 604:
		return EndNotFound, notFound(number)
	case 486, 600:
		return EndBusy, busy(number)
	case 408, 480:
		return EndNoAnswer, noAnswer(number)
	case 487:
		return EndNoAnswer, noAnswer(number)
	case 603, 607, 608:
		return EndDeclined, declined(number)
	case 401, 407:
		return EndFailed, "The phone server refused the password for this call. Check it in Settings > Phone."
	case 402, 403:
		return EndFailed, fmt.Sprintf("The phone server does not allow calls to %s from here. Ask your phone administrator.", number)
	case 415, 488, 606:
		return EndFailed, fmt.Sprintf("%s and this phone have no audio format in common. Ask your phone administrator to allow PCMU or PCMA.", number)
	case 421, 494:
		return EndFailed, "The phone server asks for something this phone cannot do. Ask your phone administrator."
	case 483, 482:
		return EndFailed, fmt.Sprintf("The call to %s went round in a circle. Ask your phone administrator to check its forwarding.", number)
	case 503:
		return EndFailed, "The phone server cannot take calls just now. Try again in a moment."
	}
	switch {
	case e.Code >= 300 && e.Code < 400:
		return EndFailed, fmt.Sprintf("%s has moved to another address, which the phone server did not follow.", number)
	case e.Code >= 500 && e.Code < 600:
		return EndFailed, fmt.Sprintf("The phone server had a problem with the call (%s). Try again in a moment.", status(e))
	}
	return EndFailed, fmt.Sprintf("The call to %s was refused (%s).", number, status(e))
}

func notFound(number string) string { return fmt.Sprintf("The number %s does not exist.", number) }
func busy(number string) string     { return fmt.Sprintf("%s is busy.", number) }
func noAnswer(number string) string { return fmt.Sprintf("%s did not answer.", number) }
func declined(number string) string { return fmt.Sprintf("%s declined the call.", number) }

// status is the code with its phrase, which came from the network: only what can be read is kept.
func status(e dialog.End) string {
	phrase := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return -1
		}
		return r
	}, e.Phrase)
	if len(phrase) > 60 {
		phrase = phrase[:60]
	}
	return strings.TrimSpace(strconv.Itoa(e.Code) + " " + phrase)
}
