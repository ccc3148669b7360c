package directory

import (
	"context"
	"slices"
	"time"

	"linecard/crm"
)

// FreshFor is how long an org's answer is used without asking again.
const FreshFor = 5 * time.Minute

// Known is what the directory knows about a number.
type Known struct {
	Result crm.Result // matches, best first, never empty; Cached is set
	Choice string     // id of the record that the agent picked for this number; "" for none
	Fresh  bool       // the org gave this answer in the last five minutes: it need not be asked again
}

// Doubt makes every answer so far be asked for again before it is used as a fresh one: the org is searched in another way now.
func (d *Directory) Doubt() { d.doubted.Store(d.o.Now().UnixNano()) }

// Recall returns who had a number the last time, or else which of the org's records has it. What a copy has learned since then
// counts: a record that was synced without the number is not shown any more, unless the agent picked it for the number, and one
// that was synced with it is. It answers in microseconds and waits for nothing but the file's pages. ok is false when no record is
// known, and for a number that is withheld or an extension.
func (d *Directory) Recall(org string, n crm.Number) (k Known, ok bool) {
	at, ok := keyOf(org, n)
	if !ok {
		return Known{}, false
	}
	ctx := context.Background()
	e, found, err := d.recall(ctx, at, n)
	d.note(err)
	if now := d.o.Now(); !e.empty() && !e.expired(now, d.o) { // an expired entry waits for the next eviction
		if k := d.known(ctx, org, n, e, found, now); len(k.Result.Matches) > 0 {
			return k, true
		}
	}
	ms := d.searched(org, found.matches(n))
	return Known{Result: crm.Result{Number: n, Matches: ms, Cached: true, Org: org}}, len(ms) > 0
}

// known returns what an entry says, with what a sync has changed since.
func (d *Directory) known(ctx context.Context, org string, n crm.Number, e entry, found candidates, now time.Time) Known {
	age := now.Sub(e.at)
	k := Known{
		Result: crm.Result{Number: n, Matches: slices.Clone(e.matches), More: e.more, At: e.at, Cached: true, Org: org},
		Fresh:  !e.at.IsZero() && age >= 0 && age < FreshFor && e.at.UnixNano() >= d.doubted.Load(),
	}
	if e.at.IsZero() {
		k.Result.At = e.used
	}
	if contains(e.matches, e.picked) {
		k.Choice = e.picked
	}
	others, err := d.others(ctx, org, e.matches, found)
	d.note(err)
	if d.refresh(&k.Result, k.Choice, others.newer(k.Result.At)) {
		k.Fresh = false // the number has moved since the org was asked
	}
	k.Result.Matches = d.searched(org, k.Result.Matches)
	return k
}

// searched leaves out those of objects in which callers are not found any more: the table of objects may be another one than
// when they were stored.
func (d *Directory) searched(org string, ms []crm.Match) []crm.Match {
	if d.o.Searched == nil {
		return ms
	}
	objects := d.o.Searched(org)
	return slices.DeleteFunc(ms, func(m crm.Match) bool { return !m.Among(objects) })
}

// refresh brings an answer up to what was synced after it. It reports whether a record has lost the number, or another has got it.
func (d *Directory) refresh(r *crm.Result, picked string, newer candidates) (moved bool) {
	lost := map[string]bool{}
	for _, c := range newer.all {
		s, ok := c.record()
		if !ok {
			continue
		}
		why, has := crm.BestPhone(s, r.Number, r.Number.Region)
		i := slices.IndexFunc(r.Matches, func(m crm.Match) bool { return m.ID == s.ID })
		if i < 0 {
			if has {
				r.Matches, moved = append(r.Matches, crm.Match{Record: s, Why: why}), true
			}
			continue
		}
		m := &r.Matches[i]
		switch {
		case s.LastModified.Before(m.LastModified):
			continue
		case has:
			m.Why = why
		case s.ID != picked:
			lost[s.ID] = true
		}
		s.Details = m.Details
		m.Record = s
	}
	if len(lost) > 0 {
		r.Matches, moved = slices.DeleteFunc(r.Matches, func(m crm.Match) bool { return lost[m.ID] }), true
	}
	if moved {
		crm.Rank(r.Matches)
	}
	return moved
}
