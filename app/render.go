package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"linecard/crm"
)

// render draws the state. It shares nothing that a later state changes.
func render(s *state, demo bool) View {
	v := View{
		Phone: worst(s.phones), Phones: s.phones, Org: s.linkOf(""), Orgs: s.links,
		History: s.history, Missed: s.counts.missed, Unlogged: s.counts.unlogged,
		Outbox: s.counts.outbox, Today: s.counts.today, Audio: s.audio, DND: s.dnd, Demo: demo, Notice: s.notices.gravest(),
		Unsaved: s.unsaved,
	}
	if v.Outbox.Waiting > 0 && !s.linked(link{}) {
		v.Outbox.Reason, v.Outbox.NextTry = "Salesforce isn't linked. Link your org in Settings > Salesforce.", time.Time{}
	} else if v.Outbox.Elsewhere > 0 && v.Outbox.Elsewhere == v.Outbox.Waiting {
		v.Outbox.Reason = waitsElsewhere
	}
	if len(s.calls) == 0 {
		return v
	}
	v.Calls = make([]CallView, 0, len(s.calls))
	for weight := range heaviest + 1 {
		for i := range s.calls {
			if c := &s.calls[i]; !c.refused && c.phase.weight() == weight {
				v.Calls = append(v.Calls, CallView{})
				s.view(c, &v.Calls[len(v.Calls)-1])
			}
		}
	}
	return v
}

// weight orders calls by what the agent deals with first; among equals, the one that came first.
func (p Phase) weight() int {
	switch p {
	case Talking, Dialing:
		return 0
	case Ringing:
		return 1
	case RemHeld, Held:
		return 2
	case WrapUp:
		return 3
	}
	return heaviest
}

const heaviest = 4

// worst is the registration that most needs the agent; that of the only account where there is one.
func worst(phones []PhoneView) PhoneView {
	if len(phones) == 0 {
		return PhoneView{}
	}
	return slices.MaxFunc(phones, func(a, b PhoneView) int { return cmp.Compare(gravity(a.State), gravity(b.State)) })
}

func gravity(s RegistrationState) int {
	switch s {
	case Refused:
		return 4
	case Unreachable:
		return 3
	case Unregistered:
		return 2
	case Registering:
		return 1
	}
	return 0
}

// view draws the call into v.
func (s *state) view(c *call, v *CallView) {
	v.ID, v.Account, v.OnLine, v.Org, v.User = c.id, c.account, s.label(c.account), c.org, c.user
	v.Direction, v.Phase, v.FarRings, v.EarlyMed, v.Muted = c.direction, c.phase, c.farRings, c.earlyMedia, c.muted
	v.Transfer, v.Number, v.E164, v.Called = c.transfer, c.shownNumber(), c.number.E164, c.called
	v.Withheld, v.Extension = c.number.Withheld, c.number.Extension
	v.Started, v.Answered, v.Ended, v.HeldSince = c.started, c.answered, c.ended, c.heldSince
	v.EndReason, v.EndText, v.Codec, v.Lookup = c.end.Reason, c.end.Text, c.codec, c.lookup
	v.Name = cmp.Or(c.name(), v.Number)
	if m := c.lookup.Record; m != nil {
		v.Line2 = Line2(m.Record)
	}
	w := &v.Wrap
	w.Subject, w.Notes, w.Disposition, w.What = c.subject(), c.form.notes, c.form.disposition, c.form.what
	w.Choices, w.Outcomes, w.Task, w.NextTry = c.choices(), s.rules.Outcomes, c.log.task, c.log.nextTry
	w.Log, w.Error = s.place(c.link, c.log.state, c.log.reason)
	if !c.live() {
		w.Until = c.form.until
	}
}

// shownNumber is the number as the agent reads it.
func (c *call) shownNumber() string {
	if c.number.Withheld {
		return "Number withheld"
	}
	return c.number.Show()
}

// Line2 is the line under a name: title and company, as far as they are known.
func Line2(r crm.Record) string {
	switch {
	case r.Title == "":
		return r.Company
	case r.Company == "":
		return r.Title
	}
	return strings.Join([]string{r.Title, r.Company}, " · ")
}
