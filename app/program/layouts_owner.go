package program

import (
	"cmp"
	"context"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/crm/salesforce"
	"linecard/fault"
)

// owned is a call with the user of an org who would own its log by the rules and the settings as they are now. wrong is what keeps the right user from
// owning it: with waits the log would wait for a person, and without it be the linked user's, as the admin chose.
func (p *Program) owned(ctx context.Context, org string, a crm.Activity) (as crm.Activity, wrong fault.Fault, waits bool) {
	wish := p.verdict(ctx, a).Owner
	if wish == crm.OwnerExtension && a.Account == "" { // it is made up, for an org that no account here belongs to
		return a, wrong, false
	}
	id, why, instead := p.Owner(org, a.Account, wish)
	a.Owner = id
	switch {
	case why.IsZero():
		return a, why, false
	case instead:
		return a, fault.New("owners.would-be-linked", "why", why), false
	}
	return a, why, true
}

// verdict is what the rules and the settings, as they are now, say of a past call, or of one that is made up.
func (p *Program) verdict(ctx context.Context, a crm.Activity) crm.Verdict {
	facts := crm.Facts{
		Direction: a.Direction, Outcome: a.Outcome, Account: a.Account, Called: a.Called, Caller: a.Number, Written: a.Shown,
		Object: cmp.Or(a.Who.Object, a.What.Object), Started: a.Started, Call: &a,
	}
	if row, err := p.journal.Call(ctx, a.CallID); err == nil {
		facts = row.Facts()
	}
	return judgeOf(p.set.Get(), p.ownNames()).Judge(facts)
}

// previewOwned is what a layout would write of a call in an org, with what is wrong with its owner.
func (p *Program) previewOwned(ctx context.Context, c *salesforce.Client, org string, l layout.Layout, a crm.Activity) (layout.Preview, error) {
	a, wrong, waits := p.owned(ctx, org, a)
	shown, err := c.Preview(ctx, l, a)
	if err == nil && !wrong.IsZero() {
		shown.Problems = append(shown.Problems, layout.Problem{Field: layout.OwnerField, Why: wrong, Cut: !waits})
	}
	return shown, err
}

// tryOwned writes a record of a call by a layout and deletes it again. Where the log of the call would wait for its owner nothing is written.
func (p *Program) tryOwned(ctx context.Context, c *salesforce.Client, org string, l layout.Layout, a crm.Activity, id string) (layout.Tried, error) {
	a, wrong, waits := p.owned(ctx, org, a)
	if waits {
		return layout.Tried{Waits: wrong}, nil
	}
	tried, err := c.Try(ctx, l, a, id)
	if err == nil && !wrong.IsZero() && tried.Refused.IsZero() && tried.Waits.IsZero() {
		tried.Without = append(tried.Without, layout.Problem{Field: layout.OwnerField, Why: wrong, Cut: true})
	}
	return tried, err
}
