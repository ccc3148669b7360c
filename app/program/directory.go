package program

import (
	"context"
	"slices"
	"time"

	"linecard/app/directory"
	"linecard/app/errorlog"
	"linecard/app/mirror"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// openMirror makes what copies the people of each linked org, where that is chosen.
func (p *Program) openMirror() error {
	p.mirror = mirror.New(p.memory, mirror.Options{
		Choice: func(org string) mirror.Choice { return choiceOf(p.set.Get(), org) },
		Log:    p.log.With("part", "mirror"),
		Saved:  p.savedBooks,
		Failed: func(org string, why fault.Fault) {
			if !why.IsZero() {
				p.troubles.log.Note(errorlog.Directory, org, "", why)
			}
		},
	})
	p.followLinks() // before the first call
	return nil
}

// choiceOf is what the settings say of the copy of an org: of the objects that are chosen for it those in which callers are found there.
func choiceOf(s *settings.Settings, org string) mirror.Choice {
	rows := map[string]crm.Object{}
	for _, row := range crm.ObjectsOf(s.Objects, org) {
		rows[row.Name] = row
	}
	c := mirror.Choice{On: s.Directory.Copy, Every: time.Duration(s.Directory.Minutes) * time.Minute, Region: s.Numbers.Country}
	for _, o := range []struct {
		name string
		on   bool
	}{{crm.Contact, s.Directory.Contacts}, {crm.Account, s.Directory.Accounts}, {crm.Lead, s.Directory.Leads}} {
		if !o.on || !rows[o.name].Search {
			continue
		}
		c.Objects = append(c.Objects, o.name)
		for _, field := range rows[o.name].Phones {
			c.Phones = append(c.Phones, o.name+"."+field)
		}
	}
	return c
}

// savedBooks are the users whose links are kept, whether taken up or not.
func (p *Program) savedBooks() (books []directory.Book, certain bool) {
	saved, err := salesforce.SavedLinks(p.cfg.Links)
	if err != nil {
		return nil, false
	}
	for _, l := range saved {
		if l.OrgID == "" || l.UserID == "" { // it cannot be read
			return nil, false
		}
		books = append(books, directory.Book{Org: l.OrgID, User: l.UserID})
	}
	return books, true
}

// followLinks has the copies follow the links.
func (p *Program) followLinks() {
	var orgs []mirror.Org
	for _, c := range p.links.All() {
		orgs = append(orgs, c)
	}
	p.mirror.Follow(orgs)
}

// Copies tells how the copy of each linked org is.
func (p *Program) Copies() []mirror.Status { return p.mirror.Status() }

// WatchCopies calls f when something about a copy has changed. f must return at once.
func (p *Program) WatchCopies(f func()) { p.mirror.OnChange(f) }

// SyncCopy brings the copy of an org up to date now, "" for all.
func (p *Program) SyncCopy(org string) error { return p.mirror.SyncNow(org) }

// PauseCopy stops the copying of an org, or lets it go on.
func (p *Program) PauseCopy(org string, paused bool) error {
	if paused {
		return p.mirror.Pause(org)
	}
	return p.mirror.Resume(org)
}

// WipeCopy deletes the copy of an org from this computer.
func (p *Program) WipeCopy(ctx context.Context, org string) error { return p.mirror.Wipe(ctx, org) }

// peopleFound is how many people a search by name returns.
const peopleFound = 20

// SearchCopy finds people in the copy of an org, "" for each of them, by the beginnings of words of their name or company.
func (p *Program) SearchCopy(ctx context.Context, org, text string) ([]crm.Record, error) {
	orgs := []string{org}
	if org == "" {
		orgs = nil
		for _, s := range p.mirror.Status() {
			if !slices.Contains(orgs, s.Org) {
				orgs = append(orgs, s.Org)
			}
		}
	}
	all := []crm.Record{}
	for _, org := range orgs {
		found, err := p.memory.Search(ctx, org, text, peopleFound)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}
