package program

import (
	"cmp"
	"context"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/app/team"
	"linecard/crm"
	"linecard/fault"
	"linecard/inorder"
	"linecard/sip"
)

// colleagues is who the colleagues are: those of the settings, and behind them the users of the orgs.
type colleagues struct {
	looking sync.Mutex             // held while it is worked out who they are
	later   *inorder.Queue[func()] // works that out, where nobody is to wait for it
	all     []app.Colleague        // by looking, as what follows
	queues  []app.Queue            //
	watched []sip.Colleague        // by the phone
	orgs    map[string]team.Kept   // by id, as worked out last

	mu     sync.Mutex
	report ColleaguesReport
	users  map[crmUser]bool // whose links there are
	look   chan struct{}    // has the lists of users looked after
}

// crmUser is a user of an org, by ids.
type crmUser struct{ org, user string }

// mostColleagues is how many are shown. An org may have tens of thousands of users, and nobody looks through them in a list.
const mostColleagues = 2000

// colleaguesAge is how old the users of an org may be that are shown: who has left the company by then is nobody to call.
const colleaguesAge = 30 * 24 * time.Hour

// ErrNotFromOrgs says that the users of the orgs are not the agent's colleagues, because nobody has chosen that.
var ErrNotFromOrgs = fault.Err(nil, "program.colleagues-off")

// ColleaguesReport is who the colleagues are, and where they come from.
type ColleaguesReport struct {
	On      bool            `json:"fromOrgs"` // whether users of the orgs are among them
	Orgs    []ColleaguesOrg `json:"orgs"`     // linked, or linked before
	Shown   int             `json:"shown"`
	Watched int             `json:"watched"` // of whom it is asked what their phones do
	Over    int             `json:"leftOut"` // who are too many to be shown
}

// ColleaguesOrg is an org whose users are colleagues.
type ColleaguesOrg struct {
	Org        string    `json:"org"`
	OrgName    string    `json:"orgName,omitempty"`
	At         time.Time `json:"at,omitzero"`       // when the users were read
	Account    string    `json:"account,omitempty"` // by whose phone server they are called; "" where no account is the org's
	Users      int       `json:"users"`             // active ones
	Colleagues int       `json:"colleagues"`        // who have an extension
}

// Lines says it in words: nothing while the users of the orgs are no colleagues.
func (r ColleaguesReport) Lines() (lines []string) {
	if !r.On {
		return nil
	}
	if len(r.Orgs) == 0 {
		return []string{catalogue.Say(fault.New("program.no-org"))}
	}
	for _, o := range r.Orgs {
		org := cmp.Or(o.OrgName, o.Org)
		switch {
		case o.Account == "":
			lines = append(lines, catalogue.Text("program.colleagues-no-account", "org", org))
		case o.At.IsZero():
			lines = append(lines, catalogue.Text("program.colleagues-not-read", "org", org))
		default:
			lines = append(lines, catalogue.Text("program.colleagues-of", "org", org, "count", o.Colleagues, "users", o.Users, "at", o.At.Local()))
		}
	}
	if r.Over > 0 {
		lines = append(lines, catalogue.Text("program.colleagues-over", "count", r.Over, "most", mostColleagues))
	}
	if r.Shown > r.Watched {
		lines = append(lines, catalogue.Text("program.colleagues-watched", "watched", r.Watched, "shown", r.Shown))
	}
	return lines
}

// teamSettings are those that say who the colleagues are.
func teamSettings(s *settings.Settings) []any {
	return []any{s.Directory.Colleagues, s.Colleagues, s.Queues, s.Accounts, s.Numbers, s.OrgIDs()}
}

// lookColleagues works out who the colleagues are by now, and has them shown and watched where that has changed.
func (p *Program) lookColleagues() {
	p.team.looking.Lock()
	defer p.team.looking.Unlock()
	s, links := p.set.Get(), p.links.Status()
	all := team.Listed(s)
	report := ColleaguesReport{On: s.Directory.Colleagues, Orgs: []ColleaguesOrg{}}
	orgs := map[string]team.Kept{}
	for _, org := range s.OrgIDs() {
		if !report.On {
			break
		}
		one := ColleaguesOrg{Org: org, Account: team.AccountOf(s, org, links)}
		account, _ := s.Account(one.Account)
		if o := p.team.orgs[org].Look(org, account, p.plan(account.ID()), links, p.owners); p.now().Sub(o.At) < colleaguesAge && hasLink(links, org) {
			orgs[org] = o
			one.At, one.Users, one.Colleagues = o.At, o.Active, len(o.All)
			all = o.With(all)
		}
		report.Orgs = append(report.Orgs, one)
	}
	report.Over = max(0, len(all)-mostColleagues)
	all = all[:len(all)-report.Over]
	queues := team.Queues(s)
	report.Shown, report.Watched = len(all), min(len(all), max(sip.MostColleagues-len(team.Hints(queues)), 0))
	p.team.orgs = orgs
	p.team.mu.Lock()
	p.team.report = report
	p.team.mu.Unlock()
	if !slices.Equal(all, p.team.all) || !reflect.DeepEqual(queues, p.team.queues) {
		p.team.all, p.team.queues = all, queues
		p.desk.SetQueues(queues)
		p.desk.SetColleagues(all)
	}
	p.watch(team.Watched(all, queues, func() []app.HistoryRow { return p.desk.View().History }))
}

// lookColleaguesLater is [Program.lookColleagues] for whoever must not wait: a registration, a change of the settings.
func (p *Program) lookColleaguesLater() { p.team.later.Put(p.lookColleagues) }

// watch has the phone watch phones, where it does not yet.
func (p *Program) watch(phones []sip.Colleague) {
	if slices.Equal(phones, p.team.watched) {
		return
	}
	p.team.watched = phones
	p.slow.Put(func() {
		if err := p.phone.SetColleagues(phones); err != nil {
			p.log.Warn("colleagues and queues are not watched", "err", err)
		}
	})
}

// OrgColleagues tells where the colleagues come from.
func (p *Program) OrgColleagues() ColleaguesReport {
	p.team.mu.Lock()
	r := p.team.report
	p.team.mu.Unlock()
	r.Orgs = slices.Clone(r.Orgs)
	if r.Orgs == nil {
		r.Orgs = []ColleaguesOrg{}
	}
	for i := range r.Orgs {
		r.Orgs[i].OrgName = p.orgName(r.Orgs[i].Org)
	}
	return r
}

// RefreshColleagues reads the users of an org again, "" for all that are linked.
func (p *Program) RefreshColleagues(ctx context.Context, org string) error {
	if !p.set.Get().Directory.Colleagues {
		return ErrNotFromOrgs
	}
	if org != "" {
		return p.RefreshOwners(ctx, org)
	}
	err := orgError("program.no-org")
	done := map[string]bool{}
	for _, l := range p.links.Status() {
		if l.State != crm.Linked || done[l.OrgID] {
			continue
		}
		if done[l.OrgID] = true; len(done) == 1 {
			err = nil
		}
		err = cmp.Or(err, p.RefreshOwners(ctx, l.OrgID))
	}
	return err
}

// linkedUsers looks whether others are linked by now: an org may be new, and who is linked is nobody to call.
func (p *Program) linkedUsers(all []crm.LinkStatus) {
	users := map[crmUser]bool{}
	for _, l := range all {
		if l.OrgID != "" {
			users[crmUser{l.OrgID, l.UserID}] = l.State == crm.Linked
		}
	}
	p.team.mu.Lock()
	same := maps.Equal(users, p.team.users)
	p.team.users = users
	p.team.mu.Unlock()
	if !same {
		p.lookColleaguesLater()
		p.lookUsers()
	}
}

// lookUsers has [Program.keepOwners] look at once whether lists of users are to be read.
func (p *Program) lookUsers() {
	select {
	case p.team.look <- struct{}{}:
	default:
	}
}

// hasLink reports whether an org is linked, or was and is to be again. What is left of any other is nobody's colleague.
func hasLink(links []crm.LinkStatus, org string) bool {
	return slices.ContainsFunc(links, func(l crm.LinkStatus) bool {
		return l.OrgID == org && l.State != crm.Unlinked && l.State != crm.Legacy
	})
}
