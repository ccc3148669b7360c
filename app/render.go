package app

import (
	"cmp"
	"slices"
	"time"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// render draws the state. It shares nothing that a later state changes.
func render(s *state, demo bool) View {
	v := View{
		Phones: s.phoneViews(), Org: OrgViewOf(s.linkOf("")), Orgs: orgViews(s.links),
		History: s.history, Missed: s.counts.missed, Unlogged: s.counts.unlogged,
		Outbox: s.counts.outbox, Today: s.counts.today, Owed: s.counts.owed, OwedCount: s.counts.owing, Audio: s.audio, Colleagues: s.colleagueViews(), Queues: s.queueViews(), DND: s.dnd, Demo: demo, Told: s.notices.gravest(),
		Unsaved: catalogue.Say(s.unsaved),
	}
	v.Phone = worst(v.Phones)
	v.Notice, v.Audio.Problem = catalogue.Say(v.Told), catalogue.Say(v.Audio.Why)
	if v.Outbox.Waiting > 0 && !s.linked(link{}) {
		v.Outbox.Why, v.Outbox.NextTry = fault.New("desk.not-linked"), time.Time{}
	} else if v.Outbox.Elsewhere > 0 && v.Outbox.Elsewhere == v.Outbox.Waiting {
		v.Outbox.Why = fault.New(waitsElsewhere)
	}
	v.Outbox.Reason = catalogue.Say(v.Outbox.Why)
	v.Opened = s.openedView()
	order := s.order()
	if len(order) == 0 {
		return v
	}
	if i := slices.IndexFunc(order, func(c *call) bool { return c.id == s.front }); i > 0 {
		front := order[i]
		order = slices.Insert(slices.Delete(order, i, i+1), 0, front)
	}
	v.Calls = make([]CallView, len(order))
	for i, c := range order {
		s.view(c, &v.Calls[i])
	}
	return v
}

func orgViews(links []crm.LinkStatus) []OrgView {
	all := make([]OrgView, len(links))
	for i, l := range links {
		all[i] = OrgViewOf(l)
	}
	return all
}

// phoneViews are the registrations, with what there is to say of them.
func (s *state) phoneViews() []PhoneView {
	if len(s.phones) == 0 {
		return nil
	}
	views := make([]PhoneView, len(s.phones))
	for i, p := range s.phones {
		views[i] = p
		views[i].Reason, views[i].Voicemail, views[i].ForwardsTold = catalogue.Say(p.Why), s.voicemail(p), s.forwardsOf(p.Account)
		views[i].EchoTest = s.account(p.Account).EchoTest
	}
	return views
}

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
	v.OnOrg = s.orgName(c.org)
	v.Direction, v.Phase, v.FarRings, v.EarlyMed, v.Muted = c.direction, c.phase, c.farRings, c.earlyMedia, c.muted
	v.Number, v.E164, v.Called = WithKeys(c.shownNumber(), keysOf(c.then)), c.number.E164, c.called
	v.Then, v.Itself = keysOf(c.then), c.itself
	if c.secure {
		v.Again = sip.Dialed{Number: c.dial(), Secure: true}.String()
	}
	v.Spelled = c.keeps()
	v.Withheld, v.Extension = c.number.Withheld, c.number.Extension
	v.Started, v.Answered, v.Ended, v.HeldSince = c.started, c.answered, c.ended, c.heldSince
	v.EndReason, v.EndText, v.Codec, v.Encryption, v.Lookup = c.end.Reason, catalogue.Say(c.end.Text), c.codec, c.encryption, c.lookup
	v.Quality = c.qualityView()
	if v.Lookup.State == LookupMany {
		v.Lookup.Matches = byName(v.Lookup.Matches, c.party.Name)
	}
	if len(c.earlier) == 0 { // whose number was verified is whom the call began with
		v.Verstat = c.told.signalling.Verstat
	} else {
		v.Earlier = catalogue.Text("desk.earlier", "parties", parties(c.formerParties()))
	}
	if v.Lookup.Silent = s.silence(c); !v.Lookup.Silent.IsZero() && v.Lookup.NextTry.IsZero() {
		v.Lookup.NextTry = c.restAt
	}
	v.Lookup.Waits = catalogue.Say(v.Lookup.Silent)
	v.Lookup.Error, v.Lookup.Missing = catalogue.Say(v.Lookup.Why), catalogue.Say(v.Lookup.Part)
	v.Name = cmp.Or(c.name(), v.Number)
	if m := c.lookup.Record; m != nil {
		v.Line2 = Line2(m.Record)
	}
	v.RecordsOwner = s.recordsOwner(c)
	v.Card = c.cardView()
	s.consult(c, v)
	s.conference(c, v)
	w := &v.Wrap
	w.Subject, w.Notes, w.Disposition, w.What = c.subject(), c.form.notes, c.form.disposition, c.form.what
	w.Choices, w.Outcomes, w.Task, w.NextTry = c.choices(), s.rules.Outcomes, c.log.task, c.log.nextTry
	w.Layout, w.Object, w.Asked = s.layout(c).Name, c.laid.writtenAs(), s.askedOf(c)
	w.Log, w.Why = s.place(c.link, c.log.state, c.log.reason)
	w.Error = catalogue.Say(w.Why)
	if !c.live() {
		w.Until = c.form.until
	}
}

// shownNumber is the number as the agent reads it.
func (c *call) shownNumber() string {
	if c.number.Withheld {
		return withheld()
	}
	return c.writtenNumber()
}

// withheld is what stands in the place of a number that the caller withheld.
func withheld() string { return catalogue.Text("desk.number-withheld") }

// Line2 is the line under a name: title and company, as far as they are known.
func Line2(r crm.Record) string {
	switch {
	case r.Title == "":
		return r.Company
	case r.Company == "":
		return r.Title
	}
	return catalogue.Text("desk.line", "facts", []string{r.Title, r.Company})
}
