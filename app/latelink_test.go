package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"linecard/crm"
)

// run is one process of the program: once it is killed nothing of it reaches an org any more.
type run struct {
	shut context.Context
	kill context.CancelFunc
	die  func() // kill -9 this moment
}

// lateLink is the link of one user to a lateOrg, as one run of the program has it.
type lateLink struct {
	org  *lateOrg
	user string
	run  *run

	mu    sync.Mutex
	state crm.LinkState
	used  int // requests that were answered: each answer tells it, and so the status changes with each
	watch func(crm.LinkStatus)
}

func (c *lateLink) Status() crm.LinkStatus {
	c.mu.Lock()
	defer c.mu.Unlock()
	return crm.LinkStatus{State: c.state, OrgID: c.org.id, UserID: c.user, APIUsed: c.used, APILimit: 15_000}
}

func (c *lateLink) OnStatus(f func(crm.LinkStatus)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watch = f
}

func (c *lateLink) stands(s crm.LinkState) { c.becomes(func() { c.state = s }) }

// becomes changes the status, and tells it.
func (c *lateLink) becomes(change func()) {
	c.mu.Lock()
	change()
	f := c.watch
	c.mu.Unlock()
	if f != nil {
		f(c.Status())
	}
}

// enter lets a request of whose it is into the org; the caller then holds its lock.
func (c *lateLink) enter(org, user string, question bool) error {
	s := c.Status()
	switch {
	case c.run.shut.Err() != nil:
		return errLost
	case s.State != crm.Linked:
		return crm.NoOrg()
	case org != "" && org != s.OrgID || user != "" && user != s.UserID:
		return crm.OfAnotherOrg()
	}
	c.becomes(func() { c.used++ })
	o := c.org
	o.mu.Lock()
	mood := (*crm.Error)(nil)
	if question {
		o.asked++
	}
	if question && len(o.moods) > 0 {
		mood, o.moods = o.moods[0], o.moods[1:]
	}
	if mood == errDies {
		o.mu.Unlock()
		c.run.die()
		return errLost
	}
	if o.down {
		mood = answersNo(crm.ClassTransient, 0)
	}
	if mood != nil {
		o.mu.Unlock()
		return mood
	}
	return nil
}

func (*lateLink) Known(crm.Number) (crm.Result, bool) { return crm.Result{}, false }

func (*lateLink) Search(context.Context, string) ([]crm.Record, error) { return nil, nil }

func (c *lateLink) Lookup(_ context.Context, n crm.Number) (crm.Result, error) {
	if err := c.enter("", "", true); err != nil {
		return crm.Result{}, err
	}
	defer c.org.mu.Unlock()
	r := crm.Result{Number: n, Org: c.org.id, User: c.user}
	for _, m := range c.org.matches {
		m.Org = c.org.id
		r.Matches = append(r.Matches, m)
	}
	for _, rec := range c.org.recordsOf("", n.E164) {
		r.Matches = append(r.Matches, crm.Match{Record: rec, Why: crm.Why{Closeness: crm.Exact}})
	}
	return r, nil
}

func (c *lateLink) LookupAll(ctx context.Context, ns []crm.Number) (all []crm.Result, err error) {
	for _, n := range ns {
		r, err := c.Lookup(ctx, n)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func (c *lateLink) Details(_ context.Context, ref crm.Ref) (crm.Details, error) {
	if err := c.enter(ref.Org, "", true); err != nil {
		return crm.Details{}, err
	}
	defer c.org.mu.Unlock()
	return crm.Details{Cases: []crm.Related{{Ref: crm.Ref{Object: crm.Case, ID: "500"}}}}, nil
}

func (c *lateLink) SaveFields(_ context.Context, ref crm.Ref, seen crm.Card, values map[string]string) (crm.Card, error) {
	if err := c.enter(ref.Org, "", true); err != nil {
		return seen, err
	}
	defer c.org.mu.Unlock()
	return seen.With(values, seen.Modified), nil
}

// Follow says where the org has led a record that is gone.
func (c *lateLink) Follow(_ context.Context, ref crm.Ref) (crm.Record, error) {
	if err := c.enter(ref.Org, "", true); err != nil {
		return crm.Record{}, err
	}
	defer c.org.mu.Unlock()
	if ref.Object == crm.Task {
		if !slices.ContainsFunc(c.org.tasks, func(t lateTask) bool { return t.ref.ID == ref.ID }) {
			return crm.Record{}, nil
		}
		return crm.Record{Ref: ref}, nil
	}
	to, gone := c.org.gone[ref.ID]
	if !gone {
		return crm.Record{Ref: ref}, nil
	}
	if !to.IsZero() {
		to.Org = c.org.id
	}
	return to, nil
}

func (c *lateLink) Upserts(string, string) bool {
	c.org.mu.Lock()
	defer c.org.mu.Unlock()
	return c.org.keys(c.user)
}

func (c *lateLink) Log(ctx context.Context, a crm.Activity, _ bool) (crm.Logged, error) {
	if err := c.enter(a.Org, a.User, false); err != nil {
		return crm.Logged{}, err
	}
	if !c.leaves(ctx, c.org.fates, 1) {
		c.org.mu.Unlock()
		return crm.Logged{}, errLost
	}
	c.org.requests++
	ref, f := c.org.write(c.user, a)
	c.org.mu.Unlock()
	switch {
	case f.dies:
		c.run.die()
		return crm.Logged{}, errLost
	case f.hangs > 0 && (!c.hang(ctx, f) || f.refused == nil), f.lost:
		return crm.Logged{}, errLost
	case f.refused != nil:
		return crm.Logged{}, f.refused
	case !f.commits:
		return crm.Logged{}, answersNo(crm.ClassTransient, 0)
	}
	return crm.Logged{Ref: ref}, nil
}

// LogAll takes several at once: each has its own fate, and what loses one answer loses them all.
func (c *lateLink) LogAll(ctx context.Context, all []crm.Activity) ([]crm.Written, error) {
	if err := c.enter(all[0].Org, all[0].User, false); err != nil {
		return nil, err
	}
	if !c.leaves(ctx, c.org.fates, len(all)) {
		c.org.mu.Unlock()
		return nil, errLost
	}
	c.org.requests++
	if len(c.org.whole) > 0 {
		refused := c.org.whole[0]
		c.org.whole = c.org.whole[1:]
		c.org.mu.Unlock()
		return nil, refused
	}
	written := make([]crm.Written, len(all))
	worst := fate{}
	for i, a := range all {
		ref, f := c.org.write(c.user, a)
		written[i].Ref = ref
		switch {
		case f.refused != nil:
			written[i] = crm.Written{Err: f.refused}
		case !f.commits && !f.unsure():
			written[i] = crm.Written{Err: answersNo(crm.ClassTransient, 0)}
		}
		worst.dies, worst.lost, worst.hangs = worst.dies || f.dies, worst.lost || f.lost, max(worst.hangs, f.hangs)
		worst.lost = worst.lost || f.hangs > 0
		if f.hangs > 0 {
			c.org.hanging--
		}
	}
	if worst.dies || worst.lost {
		for _, a := range all {
			c.org.doubts(a)
		}
	}
	if worst.hangs > 0 && !worst.dies {
		c.org.hanging += len(all)
	}
	c.org.mu.Unlock()
	switch {
	case worst.dies:
		c.run.die()
		return nil, errLost
	case worst.hangs > 0:
		c.hang(ctx, worst)
		c.org.is(func() { c.org.hanging -= len(all) - 1 })
		return nil, errLost
	case worst.lost:
		return nil, errLost
	}
	return written, nil
}

// leaves waits until the next n writes leave, and tells it; false when they never do. The caller holds the org's lock, then as before.
func (c *lateLink) leaves(ctx context.Context, fates []fate, n int) bool {
	slow := time.Duration(0)
	for _, f := range fates[:min(n, len(fates))] {
		slow = max(slow, f.slow)
	}
	came := true
	if slow > 0 {
		c.org.hanging += n
		c.org.mu.Unlock()
		came = c.hang(ctx, fate{hangs: slow})
		c.org.is(func() { c.org.hanging -= n - 1 })
		crm.WriteLeaves(ctx)
		c.org.mu.Lock()
	} else {
		crm.WriteLeaves(ctx)
	}
	return came && c.run.shut.Err() == nil
}

// FindAll is one question for all.
func (c *lateLink) FindAll(_ context.Context, all []crm.Activity) (map[string][]crm.Ref, bool, error) {
	if err := c.enter(all[0].Org, all[0].User, true); err != nil {
		return nil, false, err
	}
	defer c.org.mu.Unlock()
	found := map[string][]crm.Ref{}
	for _, a := range all {
		found[a.CallID] = c.sees(a.CallID)
	}
	return found, true, nil
}

// sees are the Tasks of a call that the user sees, whatever others have made there.
func (c *lateLink) sees(call string) []crm.Ref {
	return slices.DeleteFunc(c.org.there(call), func(r crm.Ref) bool { return c.org.private && r.User != c.user })
}

// hang waits until the answer comes, or nobody waits for it any more.
func (c *lateLink) hang(ctx context.Context, f fate) (came bool) {
	timeout := make(chan struct{})
	stop := c.org.clock.AfterFunc(f.hangs, func() { close(timeout) })
	select {
	case <-timeout:
		came = true
	case <-ctx.Done():
	case <-c.run.shut.Done():
	}
	stop()
	c.org.is(func() { c.org.hanging-- })
	return came
}

func (c *lateLink) Find(_ context.Context, a crm.Activity) ([]crm.Ref, error) {
	if err := c.enter(a.Org, a.User, true); err != nil {
		return nil, err
	}
	defer c.org.mu.Unlock()
	return slices.DeleteFunc(c.sees(a.CallID), func(r crm.Ref) bool { return c.org.elsewhere[r.ID] }), nil
}

func (c *lateLink) Update(_ context.Context, ref crm.Ref, a crm.Activity) error {
	if err := c.enter(a.Org, a.User, true); err != nil {
		return err
	}
	defer c.org.mu.Unlock()
	if err := c.org.refuses[c.user]; err != nil {
		return err
	}
	c.org.check(a)
	c.org.arrive()
	if !slices.ContainsFunc(c.org.tasks, func(t lateTask) bool { return t.ref.ID == ref.ID }) {
		return answersNo(crm.ClassRejected, 0)
	}
	if c.org.isAboutGone(a) {
		return answersNo(crm.ClassGone, 0)
	}
	if c.org.fixed {
		return answersNo(crm.ClassRejected, 0)
	}
	if c.org.private && ref.User != c.user {
		return answersNo(crm.ClassPermission, 0)
	}
	a.Owner = c.org.said[a.CallID].Owner // a change leaves the owner as it is
	c.org.said[a.CallID] = a
	return nil
}

func (c *lateLink) Delete(_ context.Context, ref crm.Ref) error {
	if err := c.enter(ref.Org, "", true); err != nil {
		return err
	}
	defer c.org.mu.Unlock()
	c.org.arrive()
	if c.org.private && ref.User != c.user {
		return answersNo(crm.ClassPermission, 0)
	}
	c.org.tasks = slices.DeleteFunc(c.org.tasks, func(t lateTask) bool {
		if t.ref.ID == ref.ID {
			c.org.tally.add(t.call, -1)
		}
		return t.ref.ID == ref.ID
	})
	return nil
}
