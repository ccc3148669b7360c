package sip

import (
	"strconv"
	"strings"

	"linecard/fault"
	"linecard/sip/dialog"
)

// endOf is the end of a call as the desk knows it. number is whom we called.
func endOf(e dialog.End, inbound bool, number string) (EndReason, fault.Fault) {
	switch e.Cause {
	case dialog.HungUpHere:
		switch {
		case inbound && e.Code != 0:
			return EndDeclined, fault.Fault{}
		default:
			return EndLocal, fault.Fault{}
		}
	case dialog.HungUpThere:
		return EndRemote, fault.Fault{}
	case dialog.Cancelled, dialog.NobodyAnswered:
		return EndCancelled, fault.Fault{}
	case dialog.Elsewhere:
		return EndAnsweredElsewhere, fault.Fault{}
	case dialog.Rejected:
		return rejection(e, number)
	case dialog.NoResponse:
		return EndFailed, fault.New("sip.ended.silent")
	case dialog.Unsendable:
		return EndFailed, fault.New("sip.ended.unreachable")
	case dialog.Unacknowledged:
		return EndFailed, fault.New("sip.ended.unacknowledged")
	case dialog.Moved:
		return EndFailed, fault.New("sip.ended.moved-here", "number", number)
	case dialog.Expired, dialog.Gone:
		return EndFailed, fault.New("sip.ended.lost")
	}
	return EndFailed, fault.New("sip.ended.failed")
}

// rejection is a final answer to our INVITE. Where the SIP status says little, the Q.850 cause of the telephone network
// behind it says more.
func rejection(e dialog.End, number string) (EndReason, fault.Fault) {
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
			return EndFailed, fault.New("sip.ended.trunks-busy")
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
		switch e.Challenge {
		case dialog.ChallengeOdd:
			return EndFailed, fault.New("sip.ended.challenge")
		case dialog.ChallengeForeign:
			return EndFailed, fault.New("sip.ended.foreign-challenge", "number", number)
		}
		return EndFailed, fault.New("sip.ended.password")
	case 402, 403:
		return EndFailed, fault.New("sip.ended.not-allowed", "number", number)
	case 415, 488, 606:
		return EndFailed, fault.New("sip.ended.no-codec", "number", number)
	case 420, 421, 494:
		switch {
		case len(e.Options) == 0:
			return EndFailed, fault.New("sip.ended.unsupported")
		case e.Code == 420:
			return EndFailed, fault.New("sip.ended.unknown-extension", "number", number, "options", strings.Join(e.Options, ", "))
		}
		return EndFailed, fault.New("sip.ended.required", "number", number, "options", strings.Join(e.Options, ", "))
	case 483, 482:
		return EndFailed, fault.New("sip.ended.loop", "number", number)
	case 503:
		return EndFailed, fault.New("sip.ended.unavailable")
	}
	switch {
	case e.SentTo != dialog.Redirect{}:
		return EndFailed, sentOnTo(number, named(e.SentTo))
	case e.Code >= 300 && e.Code < 400:
		return EndFailed, fault.New("sip.ended.moved", "number", number)
	case e.Code >= 500 && e.Code < 600:
		return EndFailed, fault.New("sip.ended.server-problem", "status", status(e))
	}
	return EndFailed, fault.New("sip.ended.refused", "number", number, "status", status(e))
}

func notFound(number string) fault.Fault { return fault.New("sip.ended.not-found", "number", number) }
func busy(number string) fault.Fault     { return fault.New("sip.ended.busy", "number", number) }
func noAnswer(number string) fault.Fault { return fault.New("sip.ended.no-answer", "number", number) }

func declined(number string) fault.Fault { return fault.New("sip.ended.declined", "number", number) }

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
