package app

import (
	"context"

	"linecard/crm"
)

// people finds records by name in the copy of an org's people: see app/directory. A memory without one finds nobody.
type people interface {
	Search(ctx context.Context, org, text string, limit int) ([]crm.Record, error)
}

// mostPeople is how many records a search by name returns.
const mostPeople = 20

// Nearby finds people by the beginnings of words of their name or company in what is on this computer, without a request.
func (d *Desk) Nearby(ctx context.Context, org, text string) []crm.Record {
	memory, ok := d.cfg.Memory.(people)
	if !ok {
		return nil
	}
	found, err := memory.Search(ctx, d.orgOr(org), text, mostPeople)
	if err != nil {
		d.cfg.Log.Warn("people not searched by name", "err", err)
	}
	return found
}

// FindPeople finds records of an org by text: the org is asked, and where it does not answer, what is on this computer.
func (d *Desk) FindPeople(ctx context.Context, org, text string) ([]crm.Record, error) {
	found, err := d.cfg.Directory.Search(ctx, org, text)
	if err != nil {
		if here := d.Nearby(ctx, org, text); len(here) > 0 {
			return here, nil
		}
	}
	return found, err
}

// lookUp asks an org who has a number, and where it does not answer, what is on this computer.
func (d *Desk) lookUp(ctx context.Context, org string, n crm.Number) (crm.Result, error) {
	r, err := d.cfg.Directory.Lookup(ctx, org, n)
	if err != nil {
		if k, known := d.cfg.Memory.Recall(d.orgOr(org), n); known {
			return k.Result, nil
		}
	}
	return r, err
}

// orgOr is the id of an org; "" stands for the first one.
func (d *Desk) orgOr(org string) string {
	if org != "" {
		return org
	}
	for _, o := range d.View().Orgs {
		if o.OrgID != "" {
			return o.OrgID
		}
	}
	return ""
}
