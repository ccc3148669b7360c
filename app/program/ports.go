package program

import (
	"context"

	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/sip"
)

// oneOrg is the desk's Directory and Logbook while there is one org.
type oneOrg struct{ *salesforce.Client }

// other reports whether org is another than the one that is linked.
func (o oneOrg) other(org string) bool { return org != "" && o.Status().OrgID != org }

func (o oneOrg) Lookup(ctx context.Context, org string, n crm.Number) (crm.Result, error) {
	if o.other(org) {
		return crm.Result{}, elsewhere()
	}
	r, err := o.Client.Lookup(ctx, n)
	for i := range r.Matches {
		r.Matches[i].Org = r.Org
	}
	return r, err
}

func (o oneOrg) Log(ctx context.Context, a crm.Activity, check bool) (crm.Logged, error) {
	if o.other(a.Org) || a.User != "" && a.User != o.Status().UserID {
		return crm.Logged{}, elsewhere()
	}
	return o.Client.Log(ctx, a, check)
}

func (o oneOrg) Find(ctx context.Context, a crm.Activity) ([]crm.Ref, error) {
	if o.other(a.Org) {
		return nil, elsewhere()
	}
	found, err := o.FindLogged(ctx, a)
	if err != nil || found.IsZero() {
		return nil, err
	}
	return []crm.Ref{found.Ref}, nil
}

func (o oneOrg) Upserts(string) bool { return false }

func elsewhere() error {
	return &crm.Error{Class: crm.ClassNotLinked, Message: "This call belongs to another Salesforce org than the one linked now. Link that org again."}
}

// oneLine is the desk's Phone while the phone has one account.
type oneLine struct{ *sip.Phone }

func (l oneLine) Dial(_, number string) (string, error) { return l.Phone.Dial(number) }
