package app

import (
	"cmp"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// phoneEvent is what the phone told.
type phoneEvent struct {
	stamp
	sip.Event
}

func (e phoneEvent) next(s state) (state, []effect) {
	if r, ok := e.Event.(sip.RegistrationChanged); ok {
		return registered(s, r, e.at())
	}
	if u, ok := e.Event.(sip.UninvitedCalls); ok {
		return uninvited(s, u)
	}
	if m, ok := e.Event.(sip.MessagesChanged); ok {
		return messagesChanged(s, m, e.stamp)
	}
	if c, ok := e.Event.(sip.ColleagueChanged); ok {
		return colleagueChanged(s, c, e.stamp)
	}
	if c, ok := e.Event.(sip.STUNChanged); ok {
		return stunChanged(s, c, e.stamp)
	}
	i := s.find(callID(e.Event))
	if i < 0 { // a call that left the desk
		if t, ok := e.Event.(sip.CallTransfer); ok {
			return s.toldGone(t)
		}
		return s, nil
	}
	room := s.calls[i].id
	s, out := ofCall(s, i, e.Event)
	return s.guests(room, e.Event, out)
}

// ofCall takes what the phone tells of a call.
func ofCall(s state, i int, e sip.Event) (state, []effect) {
	c := s.calls[i]
	switch e := e.(type) {
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
	case sip.CallEncryption:
		switch {
		case e.Lost && c.transfer.failed.IsZero() && !c.handing:
			c.transfer = transfer{failed: fault.New("sip.encryption-lost")}
		case !e.Lost && c.transfer.failed.Is("sip.encryption-lost"):
			c.transfer = transfer{}
		}
		c.encryption = e.Kind
		line := c.says("encryption", e.At)
		line.State = cmp.Or(e.Kind, "none")
		return s.with(i, c), []effect{say{line}}
	case sip.CallQuality:
		return sounds(s, i, e)
	case sip.CallDTMF:
		line := c.says("dtmf", e.At)
		line.Digit = e.Digit
		return s, []effect{say{line}}
	case sip.CallKeys:
		return keysPressed(s, i, e)
	case sip.CallTransfer:
		return transferred(s, i, e)
	case sip.CallFocus:
		c.focus = e.On
		return s.with(i, c), []effect{say{c.says("focus", e.At).with(onOff(e.On))}}
	case sip.CallReferred:
		return sentOnTo(s, i, e)
	case sip.CallEnded:
		return ended(s, i, e)
	}
	return s, nil
}

// registered takes an account's new standing. One that was removed is heard of no more.
func registered(s state, r sip.RegistrationChanged, at time.Time) (state, []effect) {
	p := PhoneView{
		Account: r.Account, State: r.State, Extension: r.Extension, Server: r.Server, Why: r.Reason, Code: r.Code,
		RetryAt: r.RetryAt, Expires: r.Expires, Encrypted: r.Encrypted, Certificate: r.Certificate,
	}
	phones := append([]PhoneView(nil), s.phones...)
	switch i := s.phone(p.Account); {
	case i >= 0:
		p.Configured, p.Label, p.Uninvited, p.Forward = phones[i].Configured, phones[i].Label, phones[i].Uninvited, phones[i].Forward
		p.CallerID, p.CallerIDs, p.Messages, p.STUN, p.ByPBX = phones[i].CallerID, phones[i].CallerIDs, phones[i].Messages, phones[i].STUN, phones[i].ByPBX
		phones[i] = p
	case len(s.accounts) > 0 && p.Account == "":
		p.Account, p.Configured, p.Label, p.Forward = phones[0].Account, phones[0].Configured, phones[0].Label, phones[0].Forward
		p.CallerID, p.CallerIDs, p.ByPBX = phones[0].CallerID, phones[0].CallerIDs, phones[0].ByPBX
		phones[0] = p
	case len(s.accounts) > 0:
		return s, nil
	case r.Removed: // the last one: there is no phone any more
		phones = nil
	default:
		phones = []PhoneView{p}
	}
	s.phones = phones
	return s, []effect{say{Event{Event: "registration", At: at, Account: p.Account, State: string(r.State), Why: r.Reason}}}
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
	case sip.CallEncryption:
		return e.ID
	case sip.CallQuality:
		return e.ID
	case sip.CallDTMF:
		return e.ID
	case sip.CallKeys:
		return e.ID
	case sip.CallTransfer:
		return e.ID
	case sip.CallFocus:
		return e.ID
	case sip.CallReferred:
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
	c.phase, c.answered, c.codec, c.itself = Talking, c.after(e.At), e.Codec, e.Itself
	if c.picks != "" { // whoever is there has called
		c.direction = crm.Inbound
	}
	c = s.laid(c.titled().judged(s.rules))
	line := c.says("answered", e.At)
	if c.itself {
		line.State = "by itself"
	}
	out := []effect{withdraw{c.id}}
	if !c.echo {
		out = append(out, writeAnswered{c.id, c.answered, c.verdict})
	}
	out = append(out, sayWritten{line})
	if c.picks != "" {
		out = append(out, writeRing{c})
	}
	if c.wasSpared() && s.canAsk(&c) {
		c.lookup = LookupView{State: LookupPending}
		out = append(out, s.ask(&c, false))
	}
	c, pop := c.acts(s.rules)
	out = append(out, pop...)
	if c.early == nil {
		return s.with(i, c), out
	}
	met := *c.early
	met.stamp, c.early = stamp{e.At}, nil
	s, more := met.next(s.with(i, c))
	return s, append(out, more...)
}

func held(s state, i int, e sip.CallHold) (state, []effect) {
	c := s.calls[i]
	if !c.live() || c.answered.IsZero() {
		return s, nil
	}
	switch {
	case !e.Failed.IsZero():
		c.transfer = transfer{failed: e.Failed}
	case e.Resuming && c.handing: // what becomes of the transfer is what the agent waits for
	case e.Resuming:
		c.transfer = transfer{failed: fault.New("sip.resuming")}
	case c.transfer.failed.Is("sip.resuming"), c.transfer.failed.Is("sip.resume-refused"):
		c.transfer = transfer{}
	case !e.Local && c.transfer.saysHeld():
		c.transfer = transfer{}
	}
	was := c.localHold || c.remoteHold
	if was && !e.Local && !e.Remote && !c.heldSince.IsZero() {
		c.told.held += max(0, e.At.Sub(c.heldSince))
	}
	if was != (e.Local || e.Remote) { // how it sounded before says nothing of how it does now
		c.quality = sip.Quality{}
	}
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
	c.handing = e.Failed.IsZero() && !e.Done
	if i := s.find(e.With); i >= 0 {
		c.told.joinsWith = s.calls[i].handedAs()
	}
	switch {
	case !e.Failed.IsZero():
		c.transfer, state = transfer{target: e.Target, failed: e.Failed}, "failed"
	case e.Done:
		c.transfer, state = transfer{target: e.Target, stage: transferDone}, "done"
		if e.Room == "" {
			c.told.handedTo = e.Target
		}
		if e.Target == "" && e.With != "" { // nor may the other one be on the desk any more
			c.told.handedTo = c.told.joinsWith
		}
	case e.Ringing:
		c.transfer, state = transfer{target: e.Target, stage: transferRings}, "ringing"
	default:
		c.transfer = transfer{target: e.Target, stage: transferAsked}
	}
	if c.joins, c.transfer.both = e.With, e.With != ""; e.Room != "" {
		c = c.sentToRoom(e)
	}
	line := c.says("transfer", e.At).with(state)
	line.Why, line.Target, line.With = e.Failed, e.Target, cmp.Or(e.With, e.Room)
	out := []effect{say{line}}
	if e.Done { // a crash before its end must not lose whom it went to
		out = append(out, c.keepsStory()...)
	}
	s, more := s.with(i, c).toldSecond(e)
	return s, append(out, more...)
}

// keepsStory has the journal know what the phone has told of a call by now.
func (c call) keepsStory() []effect {
	if !c.live() { // told late: the Task may be on its way
		row := c
		row.verdict = "" // the sender judges it again, and may have done so
		out := []effect{writeRing{row}}
		if c.word != crm.DontLog && c.verdict != crm.LogNo {
			out = append(out, writeEdit{c.id, c.activity()})
		}
		return append(out, readHistory{})
	}
	out := []effect{writeRing{c}}
	if c.word != crm.DontLog && c.verdict != crm.LogNo {
		out = append(out, writeDraft{c.id, c.activity(), c.form.until})
	}
	return out
}

// ended takes the call's end: the activity is queued at once with what is known and typed so far, then the agent may go on
// writing.
func ended(s state, i int, e sip.CallEnded) (state, []effect) {
	c := s.calls[i]
	if !c.live() {
		return s, nil
	}
	if s.goesOn(&c, e) {
		return meet(s, i, e)
	}
	if e.Reason == sip.EndTransferred {
		c = s.endsJoined(c)
	}
	c.end, c.ended, c.quality = e, c.after(e.At), e.Stats.Quality
	c.referred = referred{} // nobody is sent anywhere any more
	if c.ended.Before(c.answered) {
		c.ended = c.answered
	}
	if c.unmet { // nobody has told whose call it was: it stays the one that was dialed
		c.direction = crm.Outbound
	}
	s = s.refusedAs(&c)
	c = c.judged(s.rules)
	if c.nobodyTalked() {
		s = s.missedOne(&c)
	}
	c, popped := s.laid(c.titled()).acts(s.rules)
	line := c.says("ended", e.At).with(string(c.outcome()))
	line.Why = e.Text
	out := []effect{withdraw{c.id}}

	var activity *crm.Activity
	if c.verdict != crm.LogNo {
		a := c.activity()
		activity = &a
	}
	if c.verdict == crm.LogYes {
		c.log.state, c.form.dirty = LogQueued, false
	}
	out = append(out, writeEnd{c, activity}, sayWritten{line})
	if c.verdict == crm.LogYes {
		out = append(out, sayWritten{c.says("log", e.At).with(string(LogQueued))})
	}
	if c.direction == crm.Inbound && c.outcome() == crm.Missed && s.rules.NotifyMissed {
		out = append(out, notifyMissed{c})
	}
	out = append(out, readHistory{})
	out = append(out, popped...)

	switch {
	case !c.answered.IsZero() && c.verdict != crm.LogNo:
		c.phase, c.form.until = WrapUp, c.wrapsUntil(s.rules, e.At)
	case c.direction == crm.Outbound && c.end.Reason != sip.EndLocal && c.end.Reason != sip.EndCancelled && c.answered.IsZero():
		c.phase, c.form.until = Finished, e.At.Add(finishedFor)
	default:
		return s.without(i), out
	}
	return s.with(i, c), out
}

// declinedHere: the agent declined; the phone's end event will not say who did.
type declinedHere struct {
	stamp
	id string
}

func (e declinedHere) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	c.declined = true
	return s.with(i, c), nil
}

// says is an event line about the call.
func (c *call) says(what string, at time.Time) Event {
	e := Event{Event: what, At: at, Call: c.id, Account: c.account, Org: c.org, User: c.user, Number: c.number.E164, Name: c.name()}
	if e.Number == "" {
		e.Number = c.number.Raw
	}
	if m, ok := c.who(); ok {
		ref := m.Ref
		e.Record = &ref
	}
	return e
}

// filled is the event with what another says of whose the call is and whom it was with, where it does not say so itself.
func (e Event) filled(by Event) Event {
	e.Account, e.Org, e.User = cmp.Or(e.Account, by.Account), cmp.Or(e.Org, by.Org), cmp.Or(e.User, by.User)
	e.Number, e.Name, e.Record = cmp.Or(e.Number, by.Number), cmp.Or(e.Name, by.Name), cmp.Or(e.Record, by.Record)
	return e
}

// with returns the event with a state.
func (e Event) with(state string) Event {
	e.State = state
	return e
}
