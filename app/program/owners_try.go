package program

import (
	"cmp"
	"context"
	"time"

	"linecard/app/owners"
	"linecard/crm"
	"linecard/fault"
)

// OwnedCall is whose the log of a past call would be by the rules and the settings as they are now.
type OwnedCall struct {
	Call      string        `json:"call"`
	Started   time.Time     `json:"started"`
	Direction crm.Direction `json:"direction"`
	Name      string        `json:"name,omitempty"`
	Number    string        `json:"number,omitempty"`
	Log       crm.Log       `json:"log"`             // whether there would be one
	Owner     string        `json:"owner,omitempty"` // id of the user; "" where the log would wait for one
	OwnerName string        `json:"ownerName,omitempty"`
	Linked    bool          `json:"linked,omitempty"` // the user who is linked
	Problem   fault.Fault   `json:"-"`                // what keeps the right user from owning it
	Why       string        `json:"problem,omitempty"`
}

// TryOwners tells whose the logs of the latest calls of an org would be, "" for the first one that is linked, the latest call first. Where there is no call
// it is one that is made up.
func (p *Program) TryOwners(ctx context.Context, org string) ([]OwnedCall, error) {
	c := p.clientOf(org)
	if c == nil {
		return nil, orgError("program.no-org")
	}
	s := c.Status()
	calls, err := p.LayoutCalls(ctx, s.OrgID)
	if err != nil {
		return nil, err
	}
	users, linked := p.owners.Get(s.OrgID).Users, cmp.Or(s.DisplayName, s.Username)
	all := make([]OwnedCall, len(calls))
	for i, a := range calls {
		as, wrong, waits := p.owned(ctx, s.OrgID, a)
		one := OwnedCall{
			Call: a.CallID, Started: a.Started, Direction: a.Direction, Name: a.PartyName, Number: a.Number, Log: p.verdict(ctx, a).Log,
			Owner: as.Owner, Problem: wrong,
		}
		switch u, _ := owners.FindUser(users, as.Owner); {
		case waits:
		case as.Owner == "" || crm.SameID(as.Owner, s.UserID):
			one.Owner, one.OwnerName, one.Linked = s.UserID, linked, true
		default:
			one.OwnerName = cmp.Or(u.Name, as.Owner)
		}
		all[i] = one
	}
	return all, nil
}
