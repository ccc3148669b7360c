package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"linecard/crm"
)

// lateRecords are the records that rules have made in a lateOrg.
type lateRecords struct {
	recordFates  []fate // of the creates to come; then all goes well
	records      []lateRecord
	hangingMakes int
	onLook       func()               // runs when a question for a record has been answered in the org, and before the answer is there
	untold       *crm.Error           // the answer to each question for a record, nil for a proper one
	everMade     map[string]int       // of each call, those deleted since among them
	unsureMade   map[string]time.Time // when the last create of a call came whose end the program cannot know
}

type lateRecord struct {
	ref          crm.Ref
	call, number string
	at           time.Time // it is there from then on
}

func newLateRecords() lateRecords {
	return lateRecords{everMade: map[string]int{}, unsureMade: map[string]time.Time{}}
}

// recordsOf are those that are there of a call, or with a number.
func (o *lateOrg) recordsOf(call, number string) (found []crm.Record) {
	now := o.clock.passed()
	for _, r := range o.records {
		if r.at.After(now) || r.call != call && (number == "" || r.number != number) {
			continue
		}
		rec := crm.Record{Ref: r.ref, Phones: []crm.PhoneField{{Field: "Phone", Value: r.number}}}
		if r.call != call {
			rec.User = ""
		}
		found = append(found, rec)
	}
	return found
}

func (c *lateLink) Make(ctx context.Context, a crm.Activity) (crm.Record, error) {
	if err := c.enter(a.Org, a.User, false); err != nil {
		return crm.Record{}, err
	}
	o := c.org
	o.hangingMakes++
	came := c.leaves(ctx, o.recordFates, 1)
	o.hangingMakes--
	if !came {
		o.mu.Unlock()
		return crm.Record{}, errLost
	}
	f := fate{commits: true}
	if len(o.recordFates) > 0 {
		f, o.recordFates = o.recordFates[0], o.recordFates[1:]
	}
	now := o.clock.passed()
	if last, ok := o.unsureMade[a.CallID]; ok && now.Sub(last) < o.settle {
		o.wrong = append(o.wrong, fmt.Sprintf("a record of %s was created %v after an attempt that may have arrived", a.CallID, now.Sub(last)))
	}
	delete(o.unsureMade, a.CallID)
	if f.unsure() {
		o.unsureMade[a.CallID] = now
	}
	var rec crm.Record
	if f.commits {
		o.everMade[a.CallID]++
		ref := crm.Ref{Object: a.Make, ID: fmt.Sprint("00Q", o.id, len(o.everMade), ".", o.everMade[a.CallID]), Org: o.id, User: c.user, Name: "Robin"}
		o.records = append(o.records, lateRecord{ref, a.CallID, a.Number, now.Add(f.after)})
		rec = crm.Record{Ref: ref}
	}
	if f.hangs > 0 {
		o.hanging++
		o.hangingMakes++
		defer func() { o.is(func() { o.hangingMakes-- }) }()
	}
	o.mu.Unlock()
	switch {
	case f.dies:
		c.run.die()
		return rec, errLost
	case f.hangs > 0 && (!c.hang(ctx, f) || f.refused == nil), f.lost:
		return rec, errLost
	case f.refused != nil:
		return rec, f.refused
	case !f.commits:
		return rec, answersNo(crm.ClassTransient, 0)
	}
	return rec, nil
}

func (c *lateLink) FindMade(_ context.Context, a crm.Activity) ([]crm.Record, error) {
	if err := c.enter(a.Org, a.User, true); err != nil {
		return nil, err
	}
	untold, onLook := c.org.untold, c.org.onLook
	found := slices.DeleteFunc(c.org.recordsOf(a.CallID, a.Number), func(r crm.Record) bool {
		return c.org.private && r.User != "" && r.User != c.user
	})
	c.org.mu.Unlock()
	if onLook != nil {
		onLook()
	}
	if untold != nil {
		return nil, untold
	}
	return found, nil
}

func (c *lateLink) Unmake(_ context.Context, ref crm.Ref) error {
	if err := c.enter(ref.Org, "", true); err != nil {
		return err
	}
	defer c.org.mu.Unlock()
	c.org.records = slices.DeleteFunc(c.org.records, func(r lateRecord) bool { return r.ref.ID == ref.ID })
	return nil
}

var _ crm.Maker = (*lateLink)(nil)
