package app

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// An entry that the agent has given to another user of the org may have arrived in the name of the first one. Where what users write is
// private, only they can tell: the org is asked through the link of each, and nothing is created while one of those links is not there.

// mayBeAnothers is why an entry waits for the link of another user than its own.
const mayBeAnothers fault.Code = "desk.may-be-anothers"

// errMayBeAnothers is the error while somebody cannot be asked who has to be.
var errMayBeAnothers = &crm.Error{Class: crm.ClassNotLinked, Fault: fault.New(mayBeAnothers)}

// asAll asks a question about an activity as its own user, and as everybody else in whose name it may have been written. missing tells that one
// of those has not been asked who has to be, since their link is not there; the others are asked where theirs is, and may refuse to say.
func (s *sender) asAll(a crm.Activity, ask func(crm.Activity) (sure bool, err error)) (missing bool, err error) {
	users := slices.Concat([]string{a.User}, a.UnsureBy, a.TriedBy)
	for i, user := range users {
		if slices.Contains(users[:i], user) {
			continue
		}
		must := i <= len(a.UnsureBy)
		if i > 0 && !s.w.linked(link{a.Org, user}) {
			missing = missing || must
			continue
		}
		as := a
		as.User = user
		sure, err := ask(as)
		switch {
		case sure:
			return false, nil
		case err != nil && (must || !refusesToSay(err)):
			return missing, err
		}
	}
	return missing, nil
}

// How often a call is thought of while a user is away who has to be asked about it, and for how long, until a person has to see to that.
const (
	lackPause = journal.LongestPause
	lackedFor = 3 * 24 * time.Hour
)

// absent are the users who have to be asked about an activity and cannot be.
func (s *sender) absent(a crm.Activity) string {
	var away []string
	for _, user := range a.UnsureBy {
		if user != a.User && !s.w.linked(link{a.Org, user}) {
			away = append(away, user)
		}
	}
	return strings.Join(away, ",")
}

// lack notes that everybody has been asked about an entry who can be, and will not have more to say: nothing of it can arrive any more.
func (s *sender) lack(e journal.Entry) {
	now := s.w.d.cfg.Clock.Now()
	if now.Before(s.w.settlesAt(e.ID)) || !e.Making.IsZero() && now.Before(s.w.settlesAt(makingOf(e.ID))) {
		return
	}
	s.lacks[e.ID] = s.absent(e.Activity)
}

// lacking reports whether asking about an entry tells nothing new, since those are still away who were when it was asked last.
func (s *sender) lacking(e journal.Entry) bool {
	away := s.absent(e.Activity)
	return away != "" && s.lacks[e.ID] == away
}

// lacked is the error of an entry that waits for users who are away. After some days it is parked until one of them is there, or the agent
// decides.
func (s *sender) lacked(e journal.Entry) error {
	s.lack(e)
	if now := s.w.d.cfg.Clock.Now(); !e.Begun.IsZero() && now.Sub(e.Begun) > lackedFor {
		return &crm.Error{Class: crm.ClassRejected, Fault: fault.New(mayBeAnothers), Err: errMayBeAnothers}
	}
	return errMayBeAnothers
}

// cameBack makes an entry due at once where a user who was away has come back since: the news of that was too early for an entry that was
// being sent, or looked for.
func (s *sender) cameBack(e journal.Entry, away string) {
	if away != "" && s.absent(e.Activity) != away {
		s.w.note(s.w.d.cfg.Journal.RequeueUnsure(s.lasting(), mayBeAnothers, func(org, user string) bool { return s.w.linked(link{org, user}) }))
	}
}

// asksOthers reports whether others than the entry's own user have to be asked whether it has arrived: that is done for each entry by itself.
func asksOthers(e journal.Entry) bool { return len(e.Activity.UnsureBy) > 0 }

// find is every Task of a call that anybody sees who may have written it; missing is as [sender.asAll] tells it.
func (s *sender) find(a crm.Activity) (found []crm.Ref, missing bool, err error) {
	missing, err = s.asAll(a, func(a crm.Activity) (bool, error) {
		more, err := s.w.d.cfg.Logbook.Find(s.w.ctx, a)
		for _, r := range more {
			if !contains(found, r) {
				found = append(found, r)
			}
		}
		return false, err
	})
	return found, missing, err
}

// foundMade is the record that an attempt has made of the call, or another desk for its number; see [Desk.found] and [sender.asAll].
func (s *sender) foundMade(a crm.Activity) (found *crm.Record, missing bool, err error) {
	missing, err = s.asAll(a, func(as crm.Activity) (bool, error) {
		r, err := s.w.d.found(s.w.ctx, as)
		if r != nil && (found == nil || r.User != "") && (r.User != "" || as.User == a.User) { // a colleague's is for the call's own user to see
			found = r
		}
		return found != nil && found.User != "", err
	})
	return found, missing, err
}

// changer is the activity as the user whose link changes a Task: the one who has made it, where that link is there, since it may be nobody
// else's to change.
func (s *sender) changer(e journal.Entry, a crm.Activity) crm.Activity {
	if by := e.Task.User; by != "" && by != a.User && slices.Contains(a.TriedBy, by) && s.w.linked(link{a.Org, by}) {
		a.User = by
	}
	return a
}

// refusedAs is an error of a request that went through the link of another user than the entry's own.
type refusedAs struct {
	user string
	error
}

func (r *refusedAs) Unwrap() error { return r.error }

// refusedUser is the user through whose link the request went that an attempt at an entry ended with.
func refusedUser(e journal.Entry, err error) string {
	var as *refusedAs
	if errors.As(err, &as) {
		return as.user
	}
	return e.User
}

// update changes the Task of an entry through the link of [sender.changer], and where that user is refused through the entry's own. Where both
// are, one who is refused everything for now may do it later, and otherwise the entry's own user reads why.
func (s *sender) update(e journal.Entry, a crm.Activity) error {
	as := s.changer(e, a)
	rests := as.User != a.User && s.rested(as.User)
	var why error
	if !rests {
		why = s.w.d.cfg.Logbook.Update(s.w.ctx, e.Task, as)
		if as.User == a.User {
			return why
		}
		if why != nil {
			why = &refusedAs{as.User, why}
		}
		if !refusesUser(why) {
			return why
		}
	}
	err := s.w.d.cfg.Logbook.Update(s.w.ctx, e.Task, a)
	var ce *crm.Error
	switch own := refusesToSay(err); {
	case own && rests:
		return &refusedAs{as.User, &crm.Error{Class: crm.ClassTransient, Fault: fault.Of(err), Err: err}}
	case own && errors.As(why, &ce) && !parks(ce.Class):
		return why
	}
	return err
}

// refusesUser reports whether an error says something of the user who has asked, so that another one may be let.
func refusesUser(err error) bool {
	var ce *crm.Error
	return errors.As(err, &ce) && slices.Contains([]crm.Class{crm.ClassPermission, crm.ClassBlocked, crm.ClassNotLinked, crm.ClassRelink}, ce.Class)
}

// keyedByOthers reports whether an earlier upsert may have arrived in another user's name. Another one makes no second Task, but where what
// users write is private the org refuses it for good as a duplicate: the Task has to be looked for.
func keyedByOthers(e journal.Entry) bool {
	return e.Kind == journal.Create && e.CheckFirst && e.Keyed && asksOthers(e)
}

// arrived asks whether an earlier attempt has arrived; see [sender.checked]. What only upserts may have made is not waited for: one that is
// sent too early, or while somebody cannot be asked, is refused.
func (s *sender) arrived(ctx context.Context, e journal.Entry) (logged crm.Logged, sure bool, err error) {
	asked := s.w.d.cfg.Clock.Now()
	found, missing, err := s.find(e.Activity)
	switch {
	case err != nil && e.Keyed && len(found) == 0 && refusesToSay(err):
		return crm.Logged{}, false, nil
	case err != nil:
		return crm.Logged{}, false, s.unchecked(e, err)
	case len(found) > 0:
	case e.Keyed:
		return crm.Logged{}, false, nil
	case missing:
		return crm.Logged{}, false, errMayBeAnothers
	}
	return s.checked(ctx, e, found, asked)
}

// isDuplicate reports whether the org has refused an upsert since it has a record of the call, or is about to.
func isDuplicate(err error) bool {
	var ce *crm.Error
	return errors.As(err, &ce) && ce.Class == crm.ClassAmbiguous && ce.Code == "DUPLICATE_VALUE"
}

// duplicate looks for the Task that keeps an upsert from being taken; refused stays the error where nobody sees one.
func (s *sender) duplicate(ctx context.Context, e journal.Entry, refused error) (crm.Logged, error) {
	asked := s.w.d.cfg.Clock.Now()
	found, missing, err := s.find(e.Activity)
	switch {
	case len(found) > 0:
		logged, _, err := s.checked(ctx, e, found, asked)
		return logged, err
	case err == nil && missing: // it is there, and another attempt would be told the same
		s.lacks[e.ID] = s.absent(e.Activity)
		return crm.Logged{}, errMayBeAnothers
	}
	return crm.Logged{}, refused
}
