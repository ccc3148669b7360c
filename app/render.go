package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"linecard/crm"
)

// render draws the state. It shares nothing that a later state changes.
func render(s state, demo bool) View {
	v := View{
		Phone: s.phone, Org: s.org, History: s.history, Missed: s.counts.missed, Unlogged: s.counts.unlogged,
		Outbox: s.counts.outbox, Today: s.counts.today, Audio: s.audio, DND: s.dnd, Demo: demo, Notice: s.notices.gravest(),
		Unsaved: s.unsaved,
	}
	if v.Outbox.Waiting > 0 && s.org.State != crm.Linked {
		v.Outbox.Reason, v.Outbox.NextTry = "Salesforce isn't linked. Link your org in Settings > Salesforce.", time.Time{}
	}
	for _, c := range byFocus(s.calls) {
		if c.refused {
			continue
		}
		v.Calls = append(v.Calls, c.view(s.rules))
	}
	return v
}

// byFocus orders calls by what the agent deals with first; among equals, the one that came first.
func byFocus(calls []call) []call {
	weight := map[Phase]int{Talking: 0, Dialing: 0, Ringing: 1, RemHeld: 2, Held: 2, WrapUp: 3, Finished: 4}
	calls = slices.Clone(calls)
	slices.SortStableFunc(calls, func(a, b call) int { return cmp.Compare(weight[a.phase], weight[b.phase]) })
	return calls
}

func (c call) view(r Rules) CallView {
	v := CallView{
		ID: c.id, Direction: c.direction, Phase: c.phase, FarRings: c.farRings, EarlyMed: c.earlyMedia, Muted: c.muted,
		Transfer: c.transfer, Number: c.shownNumber(), E164: c.number.E164, Called: c.called,
		Withheld: c.number.Withheld, Extension: c.number.Extension, Started: c.started, Answered: c.answered,
		Ended: c.ended, HeldSince: c.heldSince, EndReason: c.end.Reason, EndText: c.end.Text, Codec: c.codec,
		Lookup: c.lookup,
	}
	v.Name = cmp.Or(c.name(), v.Number)
	if m, ok := c.who(); ok {
		v.Line2 = Line2(m.Record)
	}
	v.Wrap = WrapView{
		Subject: c.form.subject, Notes: c.form.notes, Disposition: c.form.disposition, What: c.form.what,
		Choices: c.choices(), Outcomes: r.Outcomes, Log: c.log.state, Task: c.log.task, Error: c.log.reason,
		NextTry: c.log.nextTry,
	}
	if v.Wrap.Subject == "" {
		v.Wrap.Subject = c.activity().Subject
	}
	if !c.live() {
		v.Wrap.Until = c.form.until
	}
	return v
}

// shownNumber is the number as the agent reads it.
func (c call) shownNumber() string {
	if c.number.Withheld {
		return "Number withheld"
	}
	return c.number.Show()
}

// Line2 is the line under a name: title and company, as far as they are known.
func Line2(r crm.Record) string {
	parts := slices.DeleteFunc([]string{r.Title, r.Company}, func(s string) bool { return s == "" })
	return strings.Join(parts, " · ")
}
