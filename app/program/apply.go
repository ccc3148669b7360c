package program

import (
	"reflect"
	"slices"
	"time"

	"linecard/app"
	"linecard/app/alert"
	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/sip/audio"
)

// apply hands changed settings to the parts that use them. It is called for every change, after it is on disk, and must not wait: what
// may take a while goes to p.slow. Settings that only a face uses, such as appearance, are followed by the face itself.
func (p *Program) apply(old, now *settings.Settings) {
	if old.Language != now.Language { // before a face hears of it: what it draws then is in the new language
		catalogue.UseSetting(now.Language)
		p.desk.Reword()
	}
	p.replan(now)
	if !reflect.DeepEqual(old.Objects, now.Objects) || !reflect.DeepEqual(shownFields(old), shownFields(now)) { // before a call goes by them
		p.objectsChanged()
	}
	if own := p.ownNames(); !rulesOf(old, own).Same(rulesOf(now, own)) {
		p.useRules()
	}
	if !reflect.DeepEqual(old.Owners, now.Owners) || old.Logging.NoOwner != now.Logging.NoOwner {
		p.slow.Put(p.retryOwners)
	}
	if old.Records.KeepNames && !now.Records.KeepNames {
		p.slow.Put(p.forgetNames)
	}
	if old.Devices != now.Devices {
		p.slow.Put(func() { useDevices(p.sound, old.Devices, now.Devices) })
	}
	if old.Salesforce.DailyCap != now.Salesforce.DailyCap || old.Directory.Copy != now.Directory.Copy {
		p.meter.Recheck()
	}
	if old.Directory != now.Directory || old.Numbers.Country != now.Numbers.Country {
		p.mirror.Recheck()
	}
	if !reflect.DeepEqual(old.Errors, now.Errors) {
		p.troubles.each((*alert.Watch).Look)
	}
	if old.Journal != now.Journal {
		p.slow.Put(p.prune)
	}
	if was, is := old.OrgIDs(), now.OrgIDs(); !slices.Equal(was, is) {
		p.links.Order(is...)
	}
	if !reflect.DeepEqual(old.Orgs, now.Orgs) {
		p.desk.LinksChanged(p.named(p.links.Status()))
	}
	if was, is := accountsOf(old), accountsOf(now); !reflect.DeepEqual(was, is) {
		p.desk.SetAccounts(is)
	}
	if !reflect.DeepEqual(teamSettings(old), teamSettings(now)) {
		p.lookColleaguesLater()
		p.lookUsers()
	}
	if !reflect.DeepEqual(old.Accounts, now.Accounts) {
		p.accounts.changed()
		p.slow.Put(p.music.follow)
	}
	if !reflect.DeepEqual(old.Accounts, now.Accounts) || !reflect.DeepEqual(old.Numbers, now.Numbers) || !slices.Equal(old.Spellings, now.Spellings) { // the codes have the numbers as the dial plan has them
		p.forwards.changed()
	}
}

// shownFields are the fields of records with the number that callees are to see, by the orgs of the accounts that name them.
func shownFields(s *settings.Settings) map[string][]string {
	all := map[string][]string{}
	for _, a := range s.Accounts {
		if a.RecordCallerID != "" {
			org := a.Org
			if s.Records.Orgs == "all" {
				org = ""
			}
			all[org] = append(all[org], a.RecordCallerID)
		}
	}
	return all
}

// devices is the part of the sound that settings are about.
type devices interface {
	SetDevices(microphone, speaker, ringer string)
	SetRing(cadence string, volume int)
}

// useDevices makes the sound use other devices, or ring in another way. Devices that stay are not opened again.
func useDevices(sound devices, was, is settings.Devices) {
	if was.Microphone != is.Microphone || was.Speaker != is.Speaker || was.Ringer != is.Ringer {
		sound.SetDevices(is.Microphone, is.Speaker, is.Ringer)
	}
	sound.SetRing(ringStyle(is), is.RingVolume)
}

// judgeWith are the rules of the settings with another table.
func judgeWith(s *settings.Settings, rules []crm.Rule, own map[string]string) crm.Rules {
	l, r := s.Logging, s.Records
	table, _ := crm.NewTable(withOrgs(s, rules, own)) // the store takes no row that is wrong
	owner := l.Owner
	if owner == crm.OwnerLinked {
		owner = ""
	}
	return crm.Rules{
		Table: table,
		Ask:   l.Mode == "ask", Never: l.Mode == "never", Inbound: l.Inbound, Outbound: l.Outbound, Missed: l.Missed,
		Unanswered: l.Unanswered, Colleagues: l.Colleagues,
		Pop: crm.Pop(r.Pop), PopIn: crm.Where(r.PopIn), PopOutbound: crm.Pop(r.PopOutbound), PopOutboundIn: crm.Where(r.PopOutboundIn),
		Owner: owner, Called: calledOrgs(s),
	}
}

// withOrgs are rules that name orgs by their ids. An org that the settings do not have is left out of them: a call must not wait for one that
// nobody will ever link.
func withOrgs(s *settings.Settings, rules []crm.Rule, own map[string]string) []crm.Rule {
	rules = slices.Clone(rules)
	for i := range rules {
		rules[i].Org = s.OrgNamed(rules[i].Org, own).OrgID
	}
	return rules
}

// rulesByOrg are the rules as the settings have them by now, with the ids of their orgs.
func (p *Program) rulesByOrg() []crm.Rule {
	s := p.set.Get()
	return withOrgs(s, s.Rules, p.ownNames())
}

// calledOrgs are the orgs to which calls belong by the called number. Where there is one org, nothing is to be chosen.
func calledOrgs(s *settings.Settings) (c crm.CalledOrgs) {
	if len(s.OrgIDs()) > 1 {
		for _, o := range s.Orgs {
			c = c.With(o.OrgID, o.Called)
		}
	}
	return c
}

// judgeOf are the rules by which calls are logged and records opened.
func judgeOf(s *settings.Settings, own map[string]string) crm.Rules {
	return judgeWith(s, s.Rules, own)
}

// rulesOf are the settings the desk goes by.
func rulesOf(s *settings.Settings, own map[string]string) app.Rules {
	l, n := s.Logging, s.Notifications
	return app.Rules{
		Rules: judgeOf(s, own), WrapUp: time.Duration(l.WrapUp) * time.Second, Outcomes: l.Outcomes,
		Settle:   settle(l.Settle),
		ByOrder:  s.Records.Several == "order",
		AllOrgs:  s.Records.Orgs == "all",
		NoLookup: !s.Records.Find, NoNames: !s.Records.KeepNames,
		MissedPerHour: l.MissedPerHour, Layouts: s.Layouts, Objects: s.Objects,
		Asking:        askingOf(s.Asking),
		NotifyRinging: n.Incoming, NotifyMissed: n.Missed, NotifyParked: n.LogFailed, Raise: n.RaiseWindow,
	}
}

// askingOf is what the agent is asked about before a call.
func askingOf(a settings.Asking) app.Asking {
	hours, _ := crm.ReadCallingHours(a.CallingHours, a.CallingDays) // checked before
	return app.Asking{Hours: hours, Lately: time.Duration(a.CalledWithin) * time.Minute, Sandbox: a.Sandbox}
}

// settle is the settling time as the desk takes it: there, a negative time means none at all.
func settle(seconds int) time.Duration {
	if seconds == 0 {
		return -1
	}
	return time.Duration(seconds) * time.Second
}

// accountsOf are the accounts, as far as the desk has to know them.
func accountsOf(s *settings.Settings) []app.Account {
	first := ""
	if ids := s.OrgIDs(); len(ids) > 0 {
		first = ids[0]
	}
	all := make([]app.Account, 0, len(s.Accounts))
	for _, a := range s.Accounts {
		all = append(all, app.Account{ID: a.ID(), Label: a.Label, Org: a.Org, Voicemail: a.Voicemail, Conference: a.Conference, EchoTest: a.EchoTest, PickupCode: a.Pickup(), First: first, Forward: forwardOf(a), ByPBX: a.ForwardsByPBX(), CallerID: a.CallerID, CallerIDs: a.CallerIDs, RecordCallerID: a.RecordCallerID})
	}
	return all
}

// ringStyle is how the phone rings. A volume of 0 is silence, where the engine takes 0 for its default.
func ringStyle(d settings.Devices) string {
	if d.RingVolume == 0 {
		return audio.CadenceSilent
	}
	return d.RingStyle
}

// pruneEvery is how often calls that have grown too old are looked for.
const pruneEvery = 24 * time.Hour

// keepBounds keeps the history within the bounds that are set.
func (p *Program) keepBounds() {
	p.slow.Put(p.prune)
	t := time.NewTicker(pruneEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			p.slow.Put(p.prune)
		case <-p.ctx.Done():
			return
		}
	}
}

// prune forgets calls that are older, or more, than the settings keep, and the names where none are kept. What is not in the org yet stays.
func (p *Program) prune() {
	p.pruneCalls()
	if !p.set.Get().Records.KeepNames { // also after a crash in the middle of it
		p.forgetNames()
	}
}

func (p *Program) pruneCalls() {
	keep := p.set.Get().Journal
	var before time.Time
	if keep.KeepDays > 0 {
		before = time.Now().AddDate(0, 0, -keep.KeepDays)
	}
	if before.IsZero() && keep.KeepCalls == 0 {
		return
	}
	n, err := p.journal.Prune(p.ctx, before, keep.KeepCalls)
	if err != nil && p.ctx.Err() == nil {
		p.log.Warn("old calls were not removed", "err", err)
	}
	if n > 0 {
		p.log.Info("old calls removed", "calls", n)
		p.desk.Reread()
	}
}

// forgetNames drops what is remembered of callers, and of what the agent picked for numbers.
func (p *Program) forgetNames() {
	orgs := p.set.Get().OrgIDs()
	for _, l := range p.links.Status() {
		orgs = append(orgs, l.OrgID)
	}
	for _, org := range orgs {
		if err := p.memory.ForgetAnswers(p.ctx, org); err != nil && p.ctx.Err() == nil {
			p.log.Warn("what is remembered of callers was not dropped", "err", err)
		}
	}
}
