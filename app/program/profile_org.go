package program

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/profile"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// When the orgs are looked at for a profile.
const (
	profileEvery = 24 * time.Hour
	profileRetry = 15 * time.Minute // after a look that failed
	profileTick  = time.Minute      // between two looks at the clock
	profileStart = time.Minute      // a start has other things to do
	profileTime  = time.Minute      // for one look
)

// orgProfiles is when the orgs were looked at for a profile, and how that went.
type orgProfiles struct {
	wake    chan struct{} // has one when it must be seen whether a look is due
	now     func() time.Time
	looking sync.Mutex // held while an org is looked at

	mu      sync.Mutex
	started time.Time
	tried   time.Time // when a look began last
	linked  bool      // an org was linked since
	trouble error     // of the last look
	unfit   map[string]fault.Fault
	lasting bool // the trouble will be the same at the next look
	called  bool // a call was up when the desk was drawn last
}

func newOrgProfiles(now func() time.Time) *orgProfiles {
	if now == nil {
		now = time.Now
	}
	return &orgProfiles{wake: make(chan struct{}, 1), now: now, started: now(), unfit: map[string]fault.Fault{}}
}

// look has it seen soon whether a look is due.
func (o *orgProfiles) look() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// newLink has the orgs looked at soon, for one was linked.
func (o *orgProfiles) newLink() {
	o.mu.Lock()
	o.linked, o.tried = true, time.Time{}
	o.mu.Unlock()
	o.look()
}

// due reports whether the orgs must be looked at, when they were last looked at with success.
func (o *orgProfiles) due(looked time.Time) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	passed := func(since time.Time, d time.Duration) bool { return now.Sub(since) >= d || now.Before(since) } // the clock may have been set back
	pause := profileRetry
	if o.lasting {
		pause = profileEvery
	}
	if !passed(o.tried, pause) {
		return false
	}
	return o.linked || passed(looked, profileEvery) && passed(o.started, profileStart)
}

func (o *orgProfiles) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tried = o.now()
}

// end takes how a look went. One that a call has put off is due again at once.
func (o *orgProfiles) end(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if errors.Is(err, errOnCall) {
		o.linked, o.tried = true, time.Time{}
		return
	}
	o.trouble, o.lasting = err, lasting(err)
	if err == nil || o.lasting {
		o.linked = false
	}
}

// lasting reports whether the next look would come to the same: what the org has cannot be used, or it does not let the user look.
func lasting(err error) bool {
	var refused *crm.Error
	if errors.As(err, &refused) && (refused.Class == crm.ClassPermission || refused.Class == crm.ClassRejected || refused.Class == crm.ClassGone) {
		return true
	}
	return fault.Of(err).Is("profile.unfit-in-org")
}

// errOnCall is why a profile is not put in force for now: a call rings or is up. What it changes about an account would end one that rings.
var errOnCall = errors.New("there is a call")

// keepOrgProfile looks at the orgs when that is due, until the program ends. It waits for the end of a call, and so does what it has found.
func (p *Program) keepOrgProfile() {
	t := time.NewTicker(profileTick)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-p.orgProfiles.wake:
		case <-p.ctx.Done():
			return
		}
		if p.onCall() || p.firstLinked() == nil || !p.orgProfiles.due(p.profile.Kept().Looked) {
			continue
		}
		if err := p.look(p.ctx, p.onCall); err != nil && !errors.Is(err, errOnCall) && p.ctx.Err() == nil {
			p.log.Warn("the profile in the org is not looked at", "err", err)
		}
	}
}

// onCall reports whether a call rings or is up.
func (p *Program) onCall() bool { return busy(p.desk.View()) }

func busy(v app.View) bool {
	return slices.ContainsFunc(v.Calls, func(c app.CallView) bool { return c.Phase != app.WrapUp && c.Phase != app.Finished })
}

// rings reports whether a call rings here.
func (p *Program) rings() bool {
	return slices.ContainsFunc(p.desk.View().Calls, func(c app.CallView) bool { return c.Phase == app.Ringing })
}

// ringing is the error of what somebody asks for while a call rings, which it would end; nil when none does.
func (p *Program) ringing() error {
	if p.rings() {
		return fault.Err(nil, "profile.call-rings")
	}
	return nil
}

// calls takes from the View whether a call is up. What has waited for the end of all calls goes on then.
func (p *Program) calls(v app.View) {
	on := busy(v)
	p.orgProfiles.mu.Lock()
	ended := p.orgProfiles.called && !on
	p.orgProfiles.called = on
	p.orgProfiles.mu.Unlock()
	if ended {
		p.orgProfiles.look()
		p.agents.look()
	}
}

// firstLinked is the client of the first org that is linked; nil for none.
func (p *Program) firstLinked() *salesforce.Client {
	for _, c := range p.links.All() {
		if c.Status().State == crm.Linked {
			return c
		}
	}
	return nil
}

// LookForProfile looks in the linked orgs, in their order, for a profile, and puts it in force where it is trusted. The first org that has one
// decides. The error says why a look could not be made, or why what was found is not used.
func (p *Program) LookForProfile(ctx context.Context) error {
	if err := p.look(ctx, p.rings); !errors.Is(err, errOnCall) {
		return err
	}
	return fault.Err(nil, "profile.call-rings")
}

// look is LookForProfile. What was found is put in force unless busy then reports that a call would suffer: the error is errOnCall.
func (p *Program) look(ctx context.Context, busy func() bool) error {
	p.orgProfiles.looking.Lock()
	defer p.orgProfiles.looking.Unlock()
	p.orgProfiles.begin()
	ctx, cancel := context.WithTimeout(ctx, profileTime)
	defer cancel()
	err := p.lookForProfile(ctx, busy)
	p.orgProfiles.end(err)
	return err
}

func (p *Program) lookForProfile(ctx context.Context, busy func() bool) error {
	if p.firstLinked() == nil {
		return fault.Err(nil, "profile.no-org")
	}
	var offer *profile.Version
	var others []profile.Version
	var unfit fault.Fault
	for _, c := range p.links.All() {
		s := c.Status()
		if taken := p.profile.Kept().Taken; s.State != crm.Linked && taken != nil && taken.Org == s.OrgID {
			break // no other org takes the place of one whose link is broken for now
		}
		if s.State != crm.Linked {
			continue
		}
		found, err := p.profilesIn(ctx, c, s)
		if err != nil {
			return err
		}
		d := p.profile.Decide(found, s.UserID)
		others = append(others, d.Others...)
		if offer == nil {
			offer = d.Offer
		}
		if d.Take != nil {
			var err error
			if unfit, err = p.takeProfile(ctx, c, *d.Take, busy); err != nil {
				return err
			}
		}
		if d.Settle {
			offer = nil
			break
		}
	}
	isNew, err := p.profile.Looked(p.orgProfiles.now(), offer, others)
	if isNew {
		p.desk.NoticeAbout(app.AboutProfile, fault.New("profile.offered", "who", offer.ByName, "user", offer.ByUser, "org", p.orgOf(*offer)))
	}
	if err == nil && !unfit.IsZero() {
		return &fault.Error{Fault: unfit}
	}
	return err
}

// profilesIn finds the profiles that are kept in an org, and asks who made them unless there is nothing to decide.
func (p *Program) profilesIn(ctx context.Context, c *salesforce.Client, s crm.LinkStatus) ([]profile.Version, error) {
	files, err := c.FilesNamed(ctx, profile.OrgFileName)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	kept := p.profile.Kept()
	if len(files) == 1 && kept.Taken != nil && files[0].Version == kept.Taken.ID {
		return []profile.Version{*kept.Taken}, nil
	}
	var users []string
	for _, f := range files {
		users = append(users, f.By.ID, f.ChangedBy)
	}
	administers, known, err := c.Administrators(ctx, users)
	if err != nil {
		return nil, err
	}
	if !known {
		p.log.Info("the org does not tell who administers it")
	}
	var all []profile.Version
	for _, f := range files {
		v := p.versionOf(f, s)
		v.Touched = f.ChangedBy != f.By.ID && !administers[f.ChangedBy]
		v.Administrator = administers[f.By.ID] && !v.Touched
		all = append(all, v)
	}
	return all, nil
}

func (p *Program) versionOf(f salesforce.File, s crm.LinkStatus) profile.Version {
	return profile.Version{
		Org: s.OrgID, OrgName: p.orgName(s.OrgID), Document: f.Document, ID: f.Version, Number: f.Number, Size: f.Size, Checksum: f.Checksum,
		Modified: f.Modified, By: f.By.ID, ByName: f.By.Name, ByUser: f.By.Username,
	}
}
