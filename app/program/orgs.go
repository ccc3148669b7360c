package program

import (
	"cmp"
	"context"
	"errors"
	"time"

	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
)

// restoreLink takes up the saved link. A keyring that refuses is asked again until it opens.
func (p *Program) restoreLink() {
	pause := time.Duration(0)
	for {
		err := p.org.Restore(p.ctx)
		if err == nil {
			return
		}
		p.log.Warn("the saved link could not be taken up", "err", err)
		if p.org.Status().State != crm.Inactive || errors.Is(err, salesforce.ErrNoSecret) {
			return // the client goes on by itself, or a person has to link again
		}
		for ok := false; !ok; ok = askable(p.ctx, p.secrets) {
			pause = nextPause(pause)
			select {
			case <-time.After(pause):
			case <-p.ctx.Done():
				return
			}
		}
		if s := p.org.Status(); s.State != crm.Inactive {
			return // linked or unlinked by hand in the meantime
		}
	}
}

// Link links the org; open shows the page on which the user allows it. Empty parts are those of the settings. What worked is kept.
func (p *Program) Link(ctx context.Context, host, client string, open func(url string) error) (crm.LinkStatus, error) {
	before := p.set.Get().Org("")
	host, err := settings.LoginHost(cmp.Or(host, before.LoginHost))
	if err != nil {
		return crm.LinkStatus{}, err
	}
	client = cmp.Or(client, before.ClientID)
	if client == "" {
		return crm.LinkStatus{}, errors.New("a consumer key is needed: your Salesforce admin finds it in the External Client App, under Settings > OAuth Settings")
	}
	status, err := p.org.Link(ctx, salesforce.LinkRequest{LoginHost: host, ClientID: client}, open)
	if err != nil {
		return status, err
	}
	if before.OrgID != "" && before.OrgID != status.OrgID { // what is remembered of callers is the other org's
		if err := p.desk.Forget(ctx, before.OrgID); err != nil {
			return status, err
		}
	}
	return status, p.setOrg(func(o *settings.Org) { o.LoginHost, o.ClientID, o.OrgID = host, client, status.OrgID })
}

// Unlink revokes the link and forgets what was remembered of the org's people.
func (p *Program) Unlink(ctx context.Context) error {
	org := p.set.Get().Org("").OrgID
	err := p.org.Unlink(ctx)
	return errors.Join(err, p.desk.Forget(ctx, org), p.setOrg(func(o *settings.Org) { o.OrgID = "" }))
}

// setOrg changes the first org of the settings.
func (p *Program) setOrg(f func(*settings.Org)) error {
	return p.set.Change(func(s *settings.Settings) {
		o := s.Org("")
		f(&o)
		if len(s.Orgs) == 0 {
			s.Orgs = append(s.Orgs, o)
			return
		}
		s.Orgs[0] = o
	})
}

// RefreshLink asks the org whether the link still holds.
func (p *Program) RefreshLink(ctx context.Context) error { return p.org.Refresh(ctx) }

// Callbacks are the addresses an admin has to allow in the External Client App.
func (p *Program) Callbacks() []string { return p.org.CallbackURLs() }
