package program

import (
	"context"
	"errors"
	"slices"

	"linecard/app"
	"linecard/app/settings"
	"linecard/fault"
)

// CallsWait is the code of the error that calls of an org are not logged yet. Its values: count, org (its name) and id.
const CallsWait fault.Code = "orgs.calls-wait"

// Waiting is how many calls of an org are not logged in it yet, whatever they wait for. It reads the disk.
func (p *Program) Waiting(org string) (int, error) {
	if org == "" {
		return 0, nil
	}
	return p.desk.Waiting(org)
}

// RemoveOrg unlinks an org as [Program.Unlink] does, and takes it out of the settings; "" is the only one there. Calls that are
// not logged yet wait for it all the same, and may never be: with some there it refuses, with [CallsWait], unless despite is
// true. The calls of accounts that name it are the first one's from now on.
func (p *Program) RemoveOrg(ctx context.Context, org string, despite bool) error {
	if org == "" {
		if known := p.set.Get().OrgIDs(); len(known) > 1 {
			return orgError("orgs.name-one", "orgs", listed(p.Orgs()))
		}
		var err error
		if org, err = p.onlyOrg(); err != nil {
			return err
		}
	}
	if p.set.Locked("orgs") {
		return &settings.LockedError{Key: "orgs"}
	}
	switch n, err := p.Waiting(org); {
	case err != nil:
		return err
	case n > 0 && !despite:
		return fault.Err(nil, CallsWait, "count", n, "org", p.orgName(org), "id", org)
	}
	unlinked := p.Unlink(ctx, org)
	if org != "" && p.links.Of(org, "") != nil {
		return unlinked
	}
	return errors.Join(unlinked, p.set.Change(func(s *settings.Settings) {
		s.Orgs = slices.DeleteFunc(s.Orgs, func(o settings.Org) bool {
			return o.OrgID == org || o.OrgID == "" && len(s.Orgs) == 1 // its id is gone with its link
		})
		p.follow(s, org, "")
	}))
}

// orgName is what an org is called: its name where one is known, else its id.
func (p *Program) orgName(id string) string { return app.OrgTitleAmong(p.Orgs(), id) }
