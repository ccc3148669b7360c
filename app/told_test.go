package app

import (
	"errors"
	"maps"
	"slices"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// lived is one call as the agent knows it.
type lived struct {
	account             string
	queue               string // what the INVITE says of the queue; "" for nothing
	direction           crm.Direction
	extension, answered bool
	over                bool
	outcome             crm.Outcome // of a call that is over
	log                 crm.Log     // what the rules said at its end
	word                crm.Word
	owner               link
	given               bool // to another user, by "log as"
	unsaid              bool // a word is kept from a full disk that may not hold any more when there is room
	gone                bool // pruned
}

// told is what the program was told of calls, and what of it must be on disk by now.
type told struct {
	ids       []string
	calls     map[string]lived
	sure      map[string]lived
	sureRules Rules
	inForce   []crm.Rules // all that there ever were
	objects   bool        // some rules are about the record, so that what the org says late counts
	statuses  bool        // some are about how the call went
	unasked   bool        // callers were not looked for all the time
}

func newTold() told { return told{calls: map[string]lived{}, sure: map[string]lived{}} }

func (c lived) facts() crm.Facts {
	f := crm.Facts{Direction: c.direction, Outcome: c.outcome, Account: c.account, Extension: c.extension, Word: c.word}
	f.Call = &crm.Activity{Story: crm.Story{Headers: c.headers()}}
	if !c.over {
		f.Outcome = crm.OutcomeSoFar(c.direction, c.answered)
	}
	return f
}

// headers are those of the call's INVITE.
func (c lived) headers() map[string]string {
	if c.queue == "" {
		return nil
	}
	return map[string]string{"X-Queue": c.queue}
}

// wanted is how many Tasks there must be of the call in the end.
func (c lived) wanted() int {
	if c.word == crm.LogIt || c.word == crm.NoWord && c.log == crm.LogYes {
		return 1
	}
	return 0
}

func (t *told) tell(id string, f func(*lived)) {
	c := t.calls[id]
	f(&c)
	t.calls[id] = c
}

func (t *told) say(id string, w crm.Word) { t.tell(id, func(c *lived) { c.word = w }) }

// live are the calls under way.
func (t *told) live() (ids []string) {
	for _, id := range t.ids {
		if c := t.calls[id]; !c.over && !c.gone {
			ids = append(ids, id)
		}
	}
	return ids
}

// ends is how the call ends.
func (c *lived) ends(reason sip.EndReason, r Rules) {
	is := call{direction: c.direction, started: t0, ended: t0.Add(1), end: sip.CallEnded{Reason: reason}}
	if c.answered {
		is.answered = t0
	}
	c.over, c.outcome = true, is.outcome()
	c.log = r.Judge(c.facts()).Log
}

// confirm notes that all that was told is on disk, and holds it against that.
func (l *life) confirm() {
	for _, id := range l.ids {
		c := l.calls[id]
		row, err := l.journal.Call(l.ctx(), id)
		switch {
		case c.gone && errors.Is(err, journal.ErrUnknown):
			continue
		case err != nil:
			l.t.Fatalf("%s: %v", id, err)
		}
		l.holds(id, &c, row)
		l.calls[id] = c
	}
	if !l.died() { // a run that is killed meanwhile may have left less than was read here
		l.sure, l.sureRules = maps.Clone(l.calls), l.rules
	}
}

// holds compares a call with its row, and takes from it whose the call is.
func (l *life) holds(id string, c *lived, row journal.Row) {
	is := link{row.Org, row.User}
	if l.objects && c.over {
		if possible := l.possible(*c); !slices.Contains(possible, row.Verdict) {
			l.t.Fatalf("%s: the verdict is %q, want one of %q; %+v", id, row.Verdict, possible, row)
		}
		c.log = row.Verdict
	}
	if c.unsaid {
		c.unsaid, c.word = false, row.Word
	}
	switch {
	case row.Word != c.word:
		l.t.Fatalf("%s: the agent said %q, on disk is %q", id, c.word, row.Word)
	case l.foundIn(*c, is.org):
	case c.owner != (link{}) && c.owner != is && c.owner != (link{org: is.org}): // a user of that org may come later
		l.t.Fatalf("%s: was %v's, is %v's", id, c.owner, is)
	case is != link{} && c.owner == link{} && !c.given && !l.named(c.account, row.Org):
		l.t.Fatalf("%s came on %q and is %v's", id, c.account, is)
	}
	c.owner = is
}

// foundIn reports whether the call may have become the org's because that org, of all that are searched, knows whom it is with.
func (l *life) foundIn(c lived, org string) bool {
	return l.rules.AllOrgs && !c.extension && c.owner.org != org && slices.ContainsFunc(l.orgs, func(o *lateOrg) bool {
		known := false
		o.is(func() { known = o.id == org && (len(o.matches) > 0 || len(o.records) > 0) })
		return known
	})
}

// named reports whether calls of the account may be the org's.
func (l *life) named(account, org string) bool {
	for _, a := range l.accounts {
		if a.ID == account {
			return a.Org == "" || a.Org == org
		}
	}
	return true
}

// reconcile finds out, after a crash, what of the last step was on disk by then. What was on disk before it must be.
func (l *life) reconcile() {
	l.ids = slices.DeleteFunc(l.ids, func(id string) bool {
		after := l.calls[id]
		before, was := l.sure[id]
		row, err := l.journal.Call(l.ctx(), id)
		switch {
		case errors.Is(err, journal.ErrUnknown) && (!was || after.gone):
			if !was {
				delete(l.calls, id)
			}
			return !was
		case err != nil:
			l.t.Fatalf("%s after a crash: %v", id, err)
		case !was:
			before = lived{account: after.account, queue: after.queue, direction: after.direction, extension: after.extension}
		}
		l.calls[id] = l.crashed(id, before, after, row)
		return false
	})
	if !l.died() {
		l.confirm()
	}
}

// crashed is what a call is after a crash: as it was told last, as it was before that, or cut off.
func (l *life) crashed(id string, before, after lived, row journal.Row) lived {
	c := after
	c.gone = false
	if c.owner, c.given = before.owner, before.given; row.Org != before.owner.org || row.User != before.owner.user {
		c.owner, c.given = after.owner, after.given
	}
	if row.Word != after.word && row.Word != before.word {
		l.t.Fatalf("%s after a crash: the word on disk is %q; the agent said %q, before that %q", id, row.Word, after.word, before.word)
	}
	c.word = row.Word
	if before.over || c.over && !row.Cut {
		return c
	}
	if before.answered && row.AnsweredAt.IsZero() {
		l.t.Fatalf("%s after a crash: its answer is lost: %+v", id, row)
	}
	c.over, c.outcome, c.answered = false, "", !row.AnsweredAt.IsZero()
	possible := l.verdicts(c)
	if l.objects {
		possible = l.possible(c)
	}
	c.over, c.outcome, c.log = true, crm.OutcomeSoFar(c.direction, c.answered), row.Verdict
	if !slices.Contains(possible, row.Verdict) {
		l.t.Fatalf("%s after a crash: the verdict is %q, want one of %q; %+v", id, row.Verdict, possible, row)
	}
	return c
}

// possible are what the rules may say of a call, depending on what the org has said by then, and on what the rules were.
func (l *life) possible(c lived) (all []crm.Log) {
	said := c.word != crm.NoWord
	c.word = crm.NoWord
	for _, r := range l.inForce {
		for _, object := range []string{"", crm.Contact, crm.Lead} {
			f := c.facts()
			f.Object = object
			all = append(all, r.Judge(f).Log)
		}
		f := c.facts()
		for _, f.LeftOff = range []bool{false, l.unasked} {
			f.Unasked = !c.extension
			all = append(all, r.Judge(f).Log)
		}
	}
	if said || c.unsaid {
		all = append(all, crm.LogYes, crm.LogNo)
	}
	return all
}

// late notes that the org may say this moment who a call was with, and the rules another thing for that: whether the agent's word
// was one is for the journal to say then.
func (l *life) late(id string) {
	if l.objects {
		l.tell(id, func(c *lived) { c.unsaid = true })
	}
}

// trueVerdict is what the rules say of a call with what its org has, however late the org says so.
func (l *life) trueVerdict(c lived, org string) crm.Log {
	f := c.facts()
	for _, o := range l.orgs {
		switch {
		case o.id != org || c.extension:
		case len(o.matches) == 1:
			f.Object = o.matches[0].Object
		default:
			f.Unasked = len(o.matches) > 1
		}
	}
	return l.rules.Judge(f).Log
}

// verdicts are what may become of a live call when a crash ends it, since the rules may have been on disk or not.
func (l *life) verdicts(c lived) []crm.Log {
	now := l.rules.Judge(c.facts()).Log
	if c.word == crm.NoWord && l.sureRules.Judge(c.facts()).Log == crm.LogNo {
		return []crm.Log{crm.LogNo, now}
	}
	return []crm.Log{now}
}
