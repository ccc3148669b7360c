package app

import (
	"context"
	"errors"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
	"linecard/test/wait"
)

// onDisk is the call as a kill -9 at this moment leaves it, once it was started again.
func (l *life) onDisk(id string) journal.Row {
	l.quiet()
	l.kill()
	row, err := l.journal.Call(l.ctx(), id)
	if err != nil {
		l.t.Fatalf("%s: %v", id, err)
	}
	return row
}

// A call that is not to be logged leaves nothing behind that waits, and counts nowhere as not logged.
func TestACallThatIsNotToBeLoggedLeavesNothingInTheOutbox(t *testing.T) {
	for name, tt := range map[string]struct {
		rules    func(*Rules)
		outbound bool
		answered bool
		reason   sip.EndReason
	}{
		"a colleague took it":    {reason: sip.EndAnsweredElsewhere},
		"a number that fails":    {outbound: true, reason: sip.EndNotFound},
		"nothing is logged":      {rules: func(r *Rules) { r.Never = true }, answered: true, reason: sip.EndRemote},
		"missed calls are not":   {rules: func(r *Rules) { r.Missed = false }, reason: sip.EndCancelled},
		"answered calls are not": {rules: func(r *Rules) { r.Inbound = false }, answered: true, reason: sip.EndRemote},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, t.TempDir())
			l.org.matches = []crm.Match{dana}
			if tt.rules != nil {
				tt.rules(&l.rules)
			}
			l.begin()
			t.Cleanup(func() { l.close() })
			id := l.ring("work", "+14155550132", !tt.outbound)
			l.await("the record", func() bool { v := l.desk.View(); return len(v.Calls) == 1 && v.Calls[0].Lookup.State == LookupOne })
			if tt.answered {
				l.desk.Heard(sip.CallAnswered{ID: id, At: l.clock.Now()})
			}
			l.endCall(id, tt.reason)
			l.quiet()
			v := l.desk.View()
			if v.Unlogged != 0 || v.Today.NotLogged != 0 || v.Outbox.Waiting != 0 || len(v.History) != 1 || v.History[0].Log == LogQueued {
				t.Errorf("not logged %d, today %+v, waiting %d, row %+v", v.Unlogged, v.Today, v.Outbox.Waiting, v.History)
			}
		})
	}
}

// What the rules or the agent forbid stays forbidden after a crash.
func TestACrashLogsNothingThatWasForbidden(t *testing.T) {
	for name, tt := range map[string]struct {
		rules func(*Rules)
		do    func(*life, string)
		want  journal.State
	}{
		"always":                     {nil, nil, journal.Ready},
		"never":                      {func(r *Rules) { r.Never = true }, nil, ""},
		"ask":                        {func(r *Rules) { r.Ask = true }, nil, journal.Draft},
		"don't log, nobody is known": {nil, func(l *life, id string) { l.dontLog(func(int) int { return 0 }) }, ""},
		"the rules change meanwhile": {nil, func(l *life, _ string) { l.rules.Never = true; l.desk.SetRules(l.rules) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, t.TempDir())
			l.org.down = true // nothing leaves
			if tt.rules != nil {
				tt.rules(&l.rules)
			}
			l.begin()
			t.Cleanup(func() { l.close() })
			id := l.ring("work", "+14155550132", true)
			l.desk.Heard(sip.CallAnswered{ID: id, At: l.clock.Now()})
			l.quiet()
			if tt.do != nil {
				tt.do(l, id)
			}
			row := l.onDisk(id)
			if row.State == journal.Sending {
				row.State = journal.Ready
			}
			if row.State != tt.want || row.Org != "00DA" || row.User != "005A" {
				t.Errorf("after the crash: %q of %s of %s, want %q", row.State, row.User, row.Org, tt.want)
			}
		})
	}
}

// A call is on disk before the phone goes on with it, and is not written again when the phone tells of it.
func TestACallIsOnDiskBeforeThePhoneGoesOn(t *testing.T) {
	l := lateLife(t)
	at := l.clock.Now()
	gone := make(chan error, 1)
	look := func(id string) func() {
		return func() {
			_, err := l.journal.Call(l.ctx(), id)
			gone <- err
		}
	}
	out := sip.CallDialing{ID: "c1", At: at, Party: sip.Party{User: "+14155550132"}}
	l.desk.BeforeInvite(out, look("c1"))
	if err := wait.For(t, gone); err != nil {
		t.Errorf("the INVITE leaves, and the call is not on disk: %v", err)
	}
	in := sip.CallIncoming{ID: "c2", At: at, Party: sip.Party{User: "+14155550132"}}
	l.desk.BeforeRinging(in, look("c2"))
	if err := wait.For(t, gone); err != nil {
		t.Errorf("the 180 leaves, and the call is not on disk: %v", err)
	}
	l.desk.Heard(out)
	l.desk.Heard(in)
	l.quiet()
	if n := len(l.desk.View().Calls); n != 2 {
		t.Errorf("%d calls on the desk", n)
	}
	s := *l.desk.now.Load()
	for _, id := range []string{"c1", "c2"} {
		kept := l.desk.rings.get(id).callArrived
		kept.kept = &keptRing{s.calls[s.find(id)].link, s.calls[s.find(id)].verdict}
		_, effects := kept.next(state{rules: s.rules, links: s.links})
		for _, f := range effects {
			if _, ok := f.(writeRing); ok {
				t.Errorf("%s is written twice", id)
			}
		}
	}
	l.endCall("c1", sip.EndLocal)
	l.endCall("c2", sip.EndCancelled)
	if _, err := l.journal.Call(l.ctx(), "c3"); !errors.Is(err, journal.ErrUnknown) {
		t.Errorf("a call nobody made: %v", err)
	}
}

// slowTeller is a phone that asks for a call to be kept, and tells of it only once nobody can take it back any more.
type slowTeller struct {
	phoneStub
	desk *Desk
	tell chan struct{}

	patience time.Duration // how long it waits for the call to be kept; 0 is for good
}

func (p *slowTeller) Dial(_, _, _ string) (string, error) {
	e := sip.CallDialing{ID: "c1", At: time.Now(), Party: sip.Party{User: "+14155550132"}}
	kept := make(chan struct{})
	p.desk.BeforeInvite(e, func() { close(kept) })
	var late <-chan time.Time
	if p.patience > 0 {
		late = time.After(p.patience)
	}
	select {
	case <-kept:
	case <-late:
	}
	go func() {
		<-p.tell
		p.desk.Heard(e)
	}()
	return e.ID, nil
}

// A disk that hangs holds up neither whoever dials nor quitting.
func TestADiskThatHangs(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.begin()
	defer func() { _ = l.journal.Close() }()
	p := &slowTeller{desk: l.desk, tell: make(chan struct{}), patience: 20 * time.Millisecond}
	l.desk.cfg.Phone = p
	close(p.tell)
	disk := make(slowDisk)
	defer close(disk)
	l.desk.disk.Put(disk)
	dialed := make(chan error, 1)
	go func() {
		_, err := l.desk.Dial("", "+14155550132")
		dialed <- err
	}()
	for _, step := range []struct {
		what string
		do   func() bool
	}{
		{"Dial returns", func() bool { return <-dialed == nil }},
		{"the desk closes", func() bool {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			l.desk.Close(ctx)
			return true
		}},
	} {
		did := make(chan bool, 1)
		go func() { did <- step.do() }()
		select {
		case ok := <-did:
			if !ok {
				t.Fatalf("%s: with an error", step.what)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("never: %s", step.what)
		}
	}
}

// Whoever is told the id of a call they dialed can hang it up at once.
func TestADialedCallCanBeHungUpAtOnce(t *testing.T) {
	l := lateLife(t)
	p := &slowTeller{desk: l.desk, tell: make(chan struct{})}
	l.desk.cfg.Phone = p
	time.AfterFunc(20*time.Millisecond, func() { close(p.tell) })
	id, err := l.desk.Dial("", "+14155550132")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.desk.Hangup(id); err != nil || !p.has("hangup c1") {
		t.Errorf("hung up: %v", err)
	}
	l.endCall(id, sip.EndCancelled)
}

// A disk that is being waited for holds up no caller who waits to hear it ring, and what becomes of the call is written after the call.
func TestCallsRingWhileTheDiskIsBusy(t *testing.T) {
	l := lateLife(t)
	busy := make(slowDisk)
	l.desk.disk.Put(busy)
	rings := make(chan string, 3)
	for _, id := range []string{"c1", "c2", "c3"} {
		e := sip.CallIncoming{ID: id, At: l.clock.Now(), Party: sip.Party{User: "+14155550132"}}
		l.desk.BeforeRinging(e, func() { rings <- id })
		if got := wait.For(t, rings); got != id {
			t.Errorf("%s rings in place of %s", got, id)
		}
		if _, err := l.journal.Call(l.ctx(), id); err != nil {
			t.Errorf("%s rings, and is not on disk: %v", id, err)
		}
		l.desk.Heard(e)
		l.endCall(id, sip.EndCancelled)
	}
	close(busy)
	l.quiet()
	for _, id := range []string{"c1", "c2", "c3"} {
		if c, err := l.journal.Call(l.ctx(), id); err != nil || c.Ended.IsZero() {
			t.Errorf("%s: %+v, %v", id, c, err)
		}
	}
}

// The disk is waited for once for all the callers who hear it ring.
func TestCallsThatRingWaitForTheDiskTogether(t *testing.T) {
	l := lateLife(t)
	busy, behind := make(slowDisk), make(slowDisk)
	l.desk.disk.Put(busy)
	rings := make(chan string, 3)
	for _, id := range []string{"c1", "c2", "c3"} {
		l.desk.BeforeRinging(sip.CallIncoming{ID: id, At: l.clock.Now(), Party: sip.Party{User: "+14155550132"}}, func() { rings <- id })
	}
	for range 3 {
		wait.For(t, rings)
	}
	reached := make(reaches)
	l.desk.disk.Put(reached)
	l.desk.disk.Put(behind)
	close(busy)
	<-reached
	syncs := 0
	for _, f := range l.desk.disk.Remove() {
		if isSync(f) {
			syncs++
		}
		l.desk.disk.Put(f)
	}
	close(behind)
	if syncs != 1 {
		t.Errorf("the disk is waited for %d times", syncs)
	}
	l.quiet()
}

// reaches is closed when the lane of the disk has come so far.
type reaches chan struct{}

func (f reaches) write(context.Context, *Desk) error {
	close(f)
	return nil
}
