package dialog

import (
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// receive is a request in the subscription's dialog. It comes from the account's server, which the subscription was made with, by whichever
// of its addresses and connections. From anybody else it is refused, also from those whom calls are taken from: the identifiers of the dialog
// have been sent in clear.
func (s *Subscription) receive(st *serverTx) {
	req := st.req
	switch {
	case !s.ua.trusted.Load().isServer(sourceOf(req)):
		st.reply(403)
		return
	case req.Method != sip.NOTIFY:
		st.reply(405, sip.NewHeader("Allow", "NOTIFY"))
		return
	}
	event, _ := eventOf(req)
	tag := tagOf(req.From().Params)
	switch {
	case event != s.asks().Event:
		st.reply(489, sip.NewHeader("Allow-Events", allowedEvents))
		return
	case s.d != nil && s.d.remoteTag != tag, s.d == nil && s.phase != asking && s.phase != watched && s.phase != queued: // another fork
		st.reply(481)
		return
	case s.d != nil && req.CSeq().SeqNo < s.d.remoteSeq:
		st.reply(500) // out of order (RFC 3261 §12.2.2)
		return
	case len(req.Body()) > 0 && mediaType(req) != s.asks().Accept:
		st.reply(415, sip.NewHeader("Accept", s.asks().Accept))
		return
	}
	st.reply(200)
	first := s.d == nil
	if first {
		s.d = dialogOfRequest(req, s.localTag)
		s.d.seq = s.seq
	}
	s.d.remoteSeq = req.CSeq().SeqNo
	s.d.refresh(req.Contact())
	s.d.heardFrom(s.ua, req)
	s.notified(req, first)
}

// notified takes a notification and what it says of the subscription itself (RFC 6665 §4.1.3).
func (s *Subscription) notified(req *sip.Request, first bool) {
	state, params, _ := strings.Cut(header(req, "Subscription-State"), ";")
	if strings.EqualFold(strings.TrimSpace(state), "terminated") {
		s.terminated(params)
		return
	}
	if s.phase == leaving {
		return
	}
	s.steady()
	if s.phase == watched {
		n, told := seconds(stateParam(params, "expires"))
		if told = told && n > 0; told {
			s.ends = s.ua.now().Add(min(s.expires, time.Duration(n)*time.Second))
		}
		if (told || first) && !s.wants.waiting { // without it the life is the one that was granted, and the first NOTIFY is waited for no longer
			s.refresh()
		}
	}
	s.tell(Notification{Up: true, First: first, Body: req.Body()})
}

// terminated is the end of the subscription by the notifier, whose reason says when it may be asked for again.
func (s *Subscription) terminated(params string) {
	if s.phase == leaving {
		s.left()
		return
	}
	after, told := seconds(stateParam(params, "retry-after"))
	least := min(time.Duration(after)*time.Second, time.Hour)
	if !told {
		least = 0
	}
	switch reason := strings.ToLower(stateParam(params, "reason")); {
	case reason == "rejected", reason == "noresource", reason == "invariant":
		s.refused(403, max(s.afterRefusal(), least))
	case s.ua.now().Sub(s.since) < briefLife: // it would only be ended again
		s.giveUp(max(s.afterUnwilling(), least))
	case reason == "deactivated", reason == "timeout":
		s.again()
	default: // probation, giveup, and what is not known
		s.giveUp(max(s.afterTrouble(s.ua.now()), least))
	}
}

// stateParam is a parameter of Subscription-State.
func stateParam(params, name string) string {
	for p := range strings.SplitSeq(params, ";") {
		if k, v, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(k), name) {
			return strings.TrimSpace(v)
		}
	}
	return ""
}
