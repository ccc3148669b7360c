package app

import (
	"time"

	"linecard/crm"
	"linecard/sip"
)

// arrived puts a new call on the desk: the first card, from memory only.
func arrived(s state, e callArrived) (state, []effect) {
	c := call{
		id: e.id, direction: e.direction, phase: Ringing, party: e.party, number: e.number,
		called: e.called, started: e.at(), refused: e.refused, org: s.org.OrgID,
	}
	name := "ringing"
	switch {
	case e.refused:
		name = "refused"
	case e.direction == crm.Outbound:
		c.phase, name = Dialing, "dialing"
	}
	// A new call needs the middle of the desk: what came to nothing makes room, wrap-up stays behind it.
	for i := len(s.calls) - 1; i >= 0; i-- {
		if s.calls[i].phase == Finished {
			s = s.without(i)
		}
	}
	var ask []effect
	c, ask = firstCard(s, c, e)
	s.calls = append(s.calls[:len(s.calls):len(s.calls)], c)

	out := []effect{say{c.says(name, e.at())}}
	if c.phase == Ringing && !c.refused {
		if s.rules.NotifyRinging {
			out = append(out, notifyRinging{c})
		}
		if s.rules.Raise {
			out = append(out, raiseWindow{})
		}
	}
	if c.lookup.State == LookupOne {
		out = append(out, say{c.says("known", e.at())})
	}
	out = append(out, ask...)
	out = append(out, writeRing{c, c.number.Extension && !s.rules.Colleagues}, sayWritten{c.says("kept", e.at())})
	return s, append(out, readHistory{})
}

// onPhone is what the phone told of itself or of a call.
func onPhone(s state, e phoneEvent) (state, []effect) {
	if r, ok := e.Event.(sip.RegistrationChanged); ok {
		s.phone.RegistrationChanged = r
		return s, []effect{say{Event{Event: "registration", At: e.at(), State: string(r.State), Reason: r.Reason}}}
	}
	i := s.find(callID(e.Event))
	if i < 0 {
		return s, nil // a call that left the desk
	}
	c := s.calls[i]
	switch e := e.Event.(type) {
	case sip.CallProgress:
		c.farRings, c.earlyMedia = c.farRings || !e.EarlyMedia, c.earlyMedia || e.EarlyMedia
		return s.with(i, c), []effect{say{c.says("progress", e.At)}}
	case sip.CallAnswered:
		return answered(s, i, e)
	case sip.CallHold:
		return held(s, i, e)
	case sip.CallMuted:
		c.muted = e.Muted
		return s.with(i, c), []effect{say{c.says("mute", e.At).with(onOff(e.Muted))}}
	case sip.CallDTMF:
		line := c.says("dtmf", e.At)
		line.Digit = e.Digit
		return s, []effect{say{line}}
	case sip.CallTransfer:
		return transferred(s, i, e)
	case sip.CallEnded:
		return ended(s, i, e)
	}
	return s, nil
}

// callID tells which call a phone event is about, "" when none.
func callID(e sip.Event) string {
	switch e := e.(type) {
	case sip.CallProgress:
		return e.ID
	case sip.CallAnswered:
		return e.ID
	case sip.CallHold:
		return e.ID
	case sip.CallMuted:
		return e.ID
	case sip.CallDTMF:
		return e.ID
	case sip.CallTransfer:
		return e.ID
	case sip.CallEnded:
		return e.ID
	}
	return ""
}

func answered(s state, i int, e sip.CallAnswered) (state, []effect) {
	c := s.calls[i]
	if !c.live() || !c.answered.IsZero() {
		return s, nil
	}
	c.phase, c.answered, c.codec = Talking, e.At, e.Codec
	out := []effect{withdraw{c.id}, writeAnswered{c.id, e.At}, sayWritten{c.says("answered", e.At)}}
	c, pop := c.pop(s.rules)
	return s.with(i, c), append(out, pop...)
}

func held(s state, i int, e sip.CallHold) (state, []effect) {
	c := s.calls[i]
	if !c.live() || c.answered.IsZero() {
		return s, nil
	}
	if e.Failed != "" {
		c.transfer = e.Failed
	}
	was := c.localHold || c.remoteHold
	c.localHold, c.remoteHold = e.Local, e.Remote
	switch {
	case e.Local:
		c.phase = Held
	case e.Remote:
		c.phase = RemHeld
	default:
		c.phase, c.heldSince = Talking, time.Time{}
	}
	if !was && (e.Local || e.Remote) {
		c.heldSince = e.At
	}
	return s.with(i, c), []effect{say{c.says("hold", e.At).with(string(c.phase))}}
}

func transferred(s state, i int, e sip.CallTransfer) (state, []effect) {
	c := s.calls[i]
	state := "asked"
	switch {
	case e.Failed != "":
		c.transfer, state = e.Failed, "failed"
	case e.Done:
		c.transfer, state = "Transferred to "+e.Target, "done"
	default:
		c.transfer = "Transferring to " + e.Target + "…"
	}
	line := c.says("transfer", e.At).with(state)
	line.Reason = e.Failed
	return s.with(i, c), []effect{say{line}}
}

// ended takes the call's end: the activity is queued at once with what is known and typed so far, then the agent may go on
// writing.
func ended(s state, i int, e sip.CallEnded) (state, []effect) {
	c := s.calls[i]
	if !c.live() {
		return s, nil
	}
	c.end, c.ended = e, e.At
	line := c.says("ended", e.At).with(string(c.outcome()))
	line.Reason = e.Text
	out := []effect{withdraw{c.id}}

	wanted := s.rules.loggable(c) && c.log.state != LogSkipped
	var activity *crm.Activity
	a := c.activity()
	switch {
	case wanted && s.rules.Ask: // on disk as a draft, for Save to queue
		out = append(out, writeDraft{c.id, a, time.Time{}})
	case wanted:
		activity = &a
		c.log.state, c.form.dirty = LogQueued, false
	}
	out = append(out, writeEnd{c, activity}, sayWritten{line})
	if activity != nil {
		out = append(out, sayWritten{c.says("log", e.At).with(string(LogQueued))})
	}
	if c.direction == crm.Inbound && c.outcome() == crm.Missed && s.rules.NotifyMissed {
		out = append(out, notifyMissed{c})
	}
	out = append(out, readHistory{})

	switch {
	case !c.answered.IsZero() && wanted:
		c.phase, c.form.until = WrapUp, e.At.Add(s.rules.WrapUp)
	case c.direction == crm.Outbound && c.end.Reason != sip.EndLocal && c.end.Reason != sip.EndCancelled && c.answered.IsZero():
		c.phase, c.form.until = Finished, e.At.Add(finishedFor)
	default:
		return s.without(i), out
	}
	return s.with(i, c), out
}

// says is an event line about the call.
func (c call) says(what string, at time.Time) Event {
	e := Event{Event: what, At: at, Call: c.id, Number: c.number.E164, Name: c.name()}
	if e.Number == "" {
		e.Number = c.number.Raw
	}
	if m, ok := c.who(); ok {
		ref := m.Ref
		e.Record = &ref
	}
	return e
}

// with sets the state an event line tells.
func (e Event) with(state string) Event {
	e.State = state
	return e
}
