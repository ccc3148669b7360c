package app

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// Owners finds the users who own logs; see app/owners.
type Owners interface {
	// Owner is the id of the user who is to own the log of a call; "" is the user who is linked. why is what keeps the right
	// user from owning it: the log waits for a person then, or, with instead, is the linked user's, as the admin chose.
	Owner(org, account, wish string) (id string, why fault.Fault, instead bool)
	// Refused notes that an org does not take a user for an owner.
	Refused(org, id string)
}

// owned is an activity that names its owner by id. An error says why nobody can own it: it is never somebody else's unless
// the admin chose that.
func (s *sender) owned(a crm.Activity) (crm.Activity, error) {
	if a.Owner == "" || s.w.d.cfg.Owners == nil {
		return a, nil
	}
	id, why, instead := s.w.d.cfg.Owners.Owner(a.Org, a.Account, a.Owner)
	switch {
	case why.IsZero():
	case instead:
		s.w.d.NoticeAbout(AboutOwners, fault.New("owners.linked-instead", "why", why))
	default:
		return a, &crm.Error{Class: crm.ClassRejected, Code: string(why.Code), Fault: why}
	}
	a.Owner = id
	return a, nil
}

// disowned is an activity whose owner the org has refused, with the owner it gets now that this is known. same tells that
// nothing has changed by that.
func (s *sender) disowned(wish, a crm.Activity) (next crm.Activity, same bool, err error) {
	if a.Owner == "" || s.w.d.cfg.Owners == nil {
		return a, true, nil
	}
	s.w.d.cfg.Owners.Refused(a.Org, a.Owner)
	refused := a.Owner
	a.Owner = wish.Owner
	next, err = s.owned(a)
	return next, err == nil && next.Owner == refused, err
}

// answer is what the org has said of a call beside the record that it is with.
type answer struct {
	several bool // it has more than one record with the number: which it was stays open, as it does where the org says so during the call
	leftOff bool // it was not asked, and will not be
}

// rejudge has the rules judge a call again of which the org has said only now who it was: rows that are about the record could not
// fit before. verdict is what becomes of the log instead of being written; "" is nothing else. Rules that have
// changed since the call ended take nothing back: only what the record changes counts.
func (s *sender) rejudge(ctx context.Context, e journal.Entry, said answer) func(a crm.Activity) (judged crm.Activity, verdict crm.Log) {
	rules := s.w.d.now.Load().rules
	row, err := s.w.d.cfg.Journal.Call(ctx, e.ID)
	return func(a crm.Activity) (judged crm.Activity, verdict crm.Log) {
		if err != nil || rules.Table.Len() == 0 {
			return a, ""
		}
		f := row.Facts()
		was := *f.Call
		was.Who, was.What, was.Company = crm.Ref{}, crm.Ref{}, ""
		f.Object, f.Unasked, f.LeftOff, f.Call = "", true, false, &was
		before := rules.Judge(f)
		is := was
		is.Who, is.What, is.PartyName, is.Company = a.Who, a.What, a.PartyName, a.Company
		f.Object, f.Call = cmp.Or(a.Who.Object, a.What.Object), &is
		f.Unasked, f.LeftOff = (said.several || said.leftOff) && f.Object == "", said.leftOff
		now := rules.Judge(f)
		if now.Owner != before.Owner {
			a.Owner = now.Owner
		}
		if now.Layout != before.Layout && rules.Layouts.Choose(a.Org, now.Layout, "").Object == a.WrittenAs() { // what was begun as a Task stays one
			a.Layout = now.Layout
		}
		a.Make = now.Create // before the org has answered no record is made
		if row.Word == crm.NoWord && e.Kind == journal.Create && less(now.Log, before.Log) {
			verdict = now.Log
		}
		return a, verdict
	}
}

// less reports whether one verdict has less written than another.
func less(a, b crm.Log) bool {
	order := []crm.Log{crm.LogNo, crm.LogAsk, crm.LogYes}
	return slices.Index(order, a) < slices.Index(order, b)
}

// rejudged ends an attempt: the call must not be logged, or only if the agent says so.
type rejudged struct{ verdict crm.Log }

func (r *rejudged) Error() string { return string(r.verdict) }

func (r *rejudged) state() LogState {
	if r.verdict == crm.LogAsk {
		return LogNone
	}
	return LogSkipped
}

// RetryOwners makes what waits for an owner due at once: the users, or who has which extension, have changed. It writes the
// disk, and waits for it no longer than ctx.
func (d *Desk) RetryOwners(ctx context.Context) error {
	d.NoticeAbout(AboutOwners, fault.Fault{}) // first: an attempt that comes of this may complain again
	err := d.inDiskLane(ctx, func(ctx context.Context) error {
		var again []string
		defer func() { d.sendAgain(again...) }() // also those before one that the disk refuses
		waiting, err := d.cfg.Journal.Outbox(ctx)
		if err != nil {
			return err
		}
		for _, e := range waiting {
			if !ownerCodes[e.Reason.Code] || e.State != journal.Parked {
				continue
			}
			err := d.cfg.Journal.Requeue(ctx, e.ID)
			switch {
			case err == nil:
				again = append(again, e.ID)
			case !errors.Is(err, journal.ErrState) && !errors.Is(err, journal.ErrUnknown): // it has not just moved on
				return err
			}
		}
		return nil
	})
	if err != nil {
		return refusal(err)
	}
	return nil
}

// ownerCodes are the reasons for which a log waits for its owner.
var ownerCodes = map[fault.Code]bool{
	"owners.nobody": true, "owners.inactive": true, "owners.gone": true, "owners.unknown": true, "owners.not-read": true, "owners.several": true,
	"salesforce.owner-fixed": true,
}
