package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"linecard/crm"
)

// fate is what becomes of one write to a lateOrg.
type fate struct {
	commits bool          // the Task is made
	after   time.Duration // so long after the request came
	lost    bool          // the answer is lost: nobody can tell
	hangs   time.Duration // the answer is lost that much later
}

// lateOrg is an org that may still be at work when nobody waits for its answer any more.
type lateOrg struct {
	clock   *handClock
	upserts bool
	matches []crm.Match

	mu      sync.Mutex
	fates   []fate // of the writes to come; then all goes well
	tasks   []lateTask
	made    int
	ever    map[string]int // Tasks made of each call, those deleted since among them
	hanging int
	down    bool
}

type lateTask struct {
	ref  crm.Ref
	call string
	at   time.Time // it is there from then on
}

var errLost = &crm.Error{Class: crm.ClassAmbiguous, Message: "Salesforce's answer got lost."}

// door is the org as one run of the program reaches it. It is shut when that run is killed.
type door struct {
	*lateOrg
	shut context.Context
	kill context.CancelFunc
}

func (o *lateOrg) door() *door {
	d := &door{lateOrg: o}
	d.shut, d.kill = context.WithCancel(context.Background())
	return d
}

func (o *lateOrg) there(call string) (refs []crm.Ref) {
	now := o.clock.Now()
	for _, t := range o.tasks {
		if t.call == call && !t.at.After(now) {
			refs = append(refs, t.ref)
		}
	}
	return refs
}

func (o *lateOrg) count(call string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.there(call))
}

func (d *door) enter() error {
	d.mu.Lock()
	if d.shut.Err() != nil {
		d.mu.Unlock()
		return errLost
	}
	if d.down {
		d.mu.Unlock()
		return &crm.Error{Class: crm.ClassTransient, Message: "down"}
	}
	return nil
}

func (d *door) Lookup(_ context.Context, _ string, n crm.Number) (crm.Result, error) {
	if err := d.enter(); err != nil {
		return crm.Result{}, err
	}
	defer d.mu.Unlock()
	return crm.Result{Number: n, Matches: d.matches}, nil
}

func (d *door) Details(context.Context, crm.Ref) (crm.Details, error) {
	return crm.Details{}, errors.New("none")
}

func (d *door) Upserts(string) bool { return d.upserts }

func (d *door) Log(ctx context.Context, a crm.Activity, _ bool) (crm.Logged, error) {
	if err := d.enter(); err != nil {
		return crm.Logged{}, err
	}
	f := fate{commits: true}
	if len(d.fates) > 0 {
		f, d.fates = d.fates[0], d.fates[1:]
	}
	now := d.clock.Now()
	d.made++
	ref := crm.Ref{Object: crm.Task, ID: fmt.Sprint("00T", d.made)}
	if i := slices.IndexFunc(d.tasks, func(t lateTask) bool { return t.call == a.CallID }); d.upserts && i >= 0 {
		ref = d.tasks[i].ref
		if at := now.Add(f.after); at.Before(d.tasks[i].at) {
			d.tasks[i].at = at
		}
	} else if f.commits {
		d.tasks = append(d.tasks, lateTask{ref, a.CallID, now.Add(f.after)})
		d.ever[a.CallID]++
	}
	if f.hangs > 0 {
		d.hanging++
	}
	d.mu.Unlock()
	switch {
	case f.hangs > 0:
		timeout := make(chan struct{})
		stop := d.clock.AfterFunc(f.hangs, func() { close(timeout) })
		select {
		case <-timeout:
		case <-ctx.Done():
		case <-d.shut.Done():
		}
		stop()
		d.mu.Lock()
		d.hanging--
		d.mu.Unlock()
		return crm.Logged{}, errLost
	case f.lost:
		return crm.Logged{}, errLost
	case !f.commits:
		return crm.Logged{}, &crm.Error{Class: crm.ClassTransient, Message: "busy"}
	}
	return crm.Logged{Ref: ref}, nil
}

func (d *door) Find(_ context.Context, a crm.Activity) ([]crm.Ref, error) {
	if err := d.enter(); err != nil {
		return nil, err
	}
	defer d.mu.Unlock()
	return d.there(a.CallID), nil
}

func (d *door) Update(_ context.Context, _ crm.Ref, a crm.Activity) error {
	if err := d.enter(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	if !strings.HasPrefix(a.CallID, "c") {
		return errors.New("no call")
	}
	return nil
}

func (d *door) Delete(_ context.Context, ref crm.Ref) error {
	if err := d.enter(); err != nil {
		return err
	}
	defer d.mu.Unlock()
	d.tasks = slices.DeleteFunc(d.tasks, func(t lateTask) bool { return t.ref.ID == ref.ID })
	return nil
}
