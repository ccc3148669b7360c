package app

import (
	"context"
	"sync"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// askedOrgs is a directory that counts what each org is asked for by number, and has orgs say nothing, or that they cannot tell.
type askedOrgs struct {
	*crm.Orgs
	mu        sync.Mutex
	asked     map[string]int // requests, by org
	muted     map[string]chan struct{}
	undecided map[string]bool
}

func counted(l *life) *askedOrgs {
	d := &askedOrgs{Orgs: l.router, asked: map[string]int{}, muted: map[string]chan struct{}{}, undecided: map[string]bool{}}
	l.desk.cfg.Directory = d
	return d
}

// mute has an org say nothing until the channel is closed.
func (d *askedOrgs) mute(org string) (until chan struct{}) {
	d.mu.Lock()
	defer d.mu.Unlock()
	until = make(chan struct{})
	d.muted[org] = until
	return until
}

func (d *askedOrgs) count(org string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.asked[org]
}

func (d *askedOrgs) forget() {
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.asked)
}

func (d *askedOrgs) Lookup(ctx context.Context, org string, n crm.Number) (crm.Result, error) {
	d.mu.Lock()
	d.asked[org]++
	until, undecided := d.muted[org], d.undecided[org]
	d.mu.Unlock()
	if undecided {
		return crm.Result{}, &crm.Error{Class: crm.ClassRejected, Code: crm.CodeTooManyFound, Fault: fault.New("salesforce.too-many-found")}
	}
	if until != nil {
		select {
		case <-until:
		case <-ctx.Done():
			return crm.Result{}, &crm.Error{Class: crm.ClassTransient, Fault: fault.New("desk.org-silent"), Err: ctx.Err()}
		}
	}
	return d.Orgs.Lookup(ctx, org, n)
}

func (d *askedOrgs) LookupAll(ctx context.Context, org string, ns []crm.Number) ([]crm.Result, error) {
	d.mu.Lock()
	d.asked[org]++
	d.mu.Unlock()
	return d.Orgs.LookupAll(ctx, org, ns)
}

// front is the lookup of the call in front.
func (l *life) front() LookupView {
	l.quiet()
	if v := l.desk.View(); len(v.Calls) > 0 {
		return v.Calls[0].Lookup
	}
	return LookupView{}
}

const aSilent = "No answer yet from 00DA. The caller may be known there, too."

// The card says which org has not answered. It is asked again while the call goes on, and the other one is not; whom it knows is one more to
// choose from, and takes away nobody whom the agent has picked.
func TestASilentOrgIsAskedAgain(t *testing.T) {
	for _, tt := range []struct {
		name           string
		fails, late    bool // it refuses; it answers a moment after the other
		picked, nobody bool
	}{{name: "silent"}, {name: "fails", fails: true}, {name: "late", late: true}, {name: "picked", picked: true}, {name: "nobody", nobody: true}} {
		t.Run(tt.name, func(t *testing.T) {
			l := inTwoOrgs(t, func(l *life) { l.orgs[1].matches, l.orgs[0].down = []crm.Match{dana}, tt.fails })
			d := counted(l)
			var until chan struct{}
			if !tt.fails {
				until = d.mute("00DA")
			}
			id := l.ring("work", "+14155550132", true)
			l.answer(id)
			l.await("the card", func() bool {
				l.clock.advance(othersTime)
				c := l.front()
				return c.State == LookupOne && c.Waits != ""
			})
			if c := l.front(); c.Waits != aSilent || c.NextTry.IsZero() || c.Record.Org != "00DB" {
				t.Errorf("the card: %q, %v, %s", c.Waits, c.NextTry, c.Record.Org)
			}
			if tt.picked {
				if err := l.desk.Pick(id, crm.Ref{ID: dana.ID}); err != nil {
					t.Fatal(err)
				}
				l.quiet()
			}
			other := d.count("00DB")
			if !tt.nobody {
				l.orgs[0].is(func() { l.orgs[0].matches, l.orgs[0].down = []crm.Match{danaTwin}, false })
			}
			if tt.late {
				asked := d.count("00DA")
				close(until)
				l.await("the choice", func() bool { return l.front().State == LookupMany })
				if d.count("00DA") != asked {
					t.Error("it was asked again before it answered")
				}
			} else {
				d.mu.Lock()
				d.muted = map[string]chan struct{}{}
				d.mu.Unlock()
				l.await("its answer", func() bool { l.clock.advance(askPause); return l.front().Waits == "" })
			}
			c := l.front()
			switch {
			case tt.picked && (c.State != LookupOne || c.Record.ID != dana.ID || len(c.Matches) != 2):
				t.Errorf("picked: %s of %+v", c.State, c.Matches)
			case tt.nobody && (c.State != LookupOne || c.Record.ID != dana.ID):
				t.Errorf("nobody there: %s", c.State)
			case !tt.picked && !tt.nobody && (c.State != LookupMany || len(c.Matches) != 2):
				t.Errorf("somebody there: %s of %+v", c.State, c.Matches)
			}
			if d.count("00DB") != other {
				t.Errorf("the other org was asked %d times more", d.count("00DB")-other)
			}
			if !c.NextTry.IsZero() {
				t.Errorf("asked again at %v", c.NextTry)
			}
			asked := d.count("00DA")
			for range 3 {
				l.clock.advance(askPause)
				l.quiet()
			}
			if n := d.count("00DA"); n != asked {
				t.Errorf("asked %d times after it had answered", n-asked)
			}
			l.endCall(id, sip.EndRemote)
			l.quiet()
		})
	}
}

// A call that has ended waits for no org.
func TestACallThatHasEndedWaitsForNoOrg(t *testing.T) {
	l := inTwoOrgs(t, func(l *life) { l.rules.Ask, l.orgs[1].matches, l.orgs[0].down = true, []crm.Match{dana}, true })
	d := counted(l)
	id := l.ring("work", "+14155550132", true)
	l.answer(id)
	l.await("the card", func() bool { l.clock.advance(othersTime); return l.front().Waits != "" })
	l.endCall(id, sip.EndRemote)
	l.quiet()
	asked := d.count("00DA")
	for range 3 {
		l.clock.advance(askPause / 2) // within the wrap-up
		l.quiet()
	}
	if c := l.front(); c.Waits != "" || d.count("00DA") != asked {
		t.Errorf("it says %q, and was asked %d times", c.Waits, d.count("00DA")-asked)
	}
}

// Calls that an outage has left without names are looked for in the other orgs together, too.
func TestAnOutageIsLookedForTogetherInAllOrgs(t *testing.T) {
	const calls = 12
	l := inTwoOrgs(t, func(l *life) { l.orgs[0].down, l.orgs[1].down = true, true })
	var ids []string
	for range calls {
		ids = append(ids, l.talk())
	}
	l.await("the attempts that fail", func() bool { l.quiet(); return l.still() })
	d := counted(l)
	l.orgs[1].is(func() { l.orgs[1].matches, l.orgs[1].down = []crm.Match{dana}, false })
	l.orgs[0].is(func() { l.orgs[0].down = false })
	d.forget()
	l.sendAll()
	l.await("all of them", l.done)
	for _, id := range ids {
		if l.orgs[1].count(id) != 1 || l.orgs[0].count(id) != 0 || l.orgs[1].last(id).Who.ID != dana.ID {
			t.Errorf("%s: %d and %d Tasks", id, l.orgs[0].count(id), l.orgs[1].count(id))
		}
	}
	if here, there := d.count("00DA"), d.count("00DB"); here > calls/2 || there > calls/2 {
		t.Errorf("%d requests to the first org, %d to the other", here, there)
	}
}

// An org that cannot tell whether anybody has a number is not asked again for a minute.
func TestAnUndecidedOrgIsLeftAloneForAMinute(t *testing.T) {
	l := inTwoOrgs(t, func(l *life) { l.orgs[1].matches = []crm.Match{dana} })
	d := counted(l)
	d.undecided["00DA"] = true
	call := func() {
		id := l.ring("work", "+18005550132", true)
		l.await("the card", func() bool { return l.front().State == LookupOne })
		l.endCall(id, sip.EndCancelled)
		l.await("the Task", func() bool { l.quiet(); return l.entryState(id) == journal.Done })
	}
	for range 3 {
		call()
	}
	if n := d.count("00DA"); n != 1 {
		t.Errorf("asked %d times in a minute", n)
	}
	l.clock.advance(time.Minute)
	call()
	if n := d.count("00DA"); n != 2 {
		t.Errorf("asked %d times, with one a minute later", n)
	}
	l.desk.SetRules(l.rules) // they may be searched in another way
	l.quiet()
	call()
	if n := d.count("00DA"); n != 3 {
		t.Errorf("asked %d times, with one under new rules", n)
	}
}

// A number that an org cannot decide about is remembered for each user and org, and for a minute only.
func TestUndecidedNumbersAreBounded(t *testing.T) {
	var u undecided
	now := time.Now()
	for i := range 3 * mostUndecided {
		u.put(undecidedKey{"A", "a", string(rune(i))}, now, errSilent)
	}
	if len(u.all) > mostUndecided {
		t.Errorf("%d are kept", len(u.all))
	}
	k := undecidedKey{"A", "a", "1"}
	u.put(k, now, errSilent)
	if u.get(k, now) == nil || u.get(undecidedKey{"A", "b", "1"}, now) != nil || u.get(undecidedKey{"B", "a", "1"}, now) != nil {
		t.Error("it is not kept by org and user")
	}
	if u.get(k, now.Add(-time.Hour)) != nil || u.get(k, now.Add(undecidedFor)) != nil {
		t.Error("it is kept for longer than a minute")
	}
}
