package app

import (
	"context"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// slowDisk is a write that takes until it is let go.
type slowDisk chan struct{}

func (f slowDisk) write(context.Context, *Desk) error {
	<-f
	return nil
}

// onSlowDisk types notes about a call and says something of it while the disk is busy, and lets the disk go on.
func (l *life) onSlowDisk(id, notes string, say func() error) {
	disk := make(slowDisk)
	l.desk.disk.Put(disk)
	if err := l.desk.EditWrap(id, WrapEdit{Notes: &notes}); err != nil {
		l.t.Fatal(err)
	}
	l.desk.inbox.Wait()
	said := make(chan error, 1)
	go func() { said <- say() }()
	select {
	case err := <-said:
		l.t.Fatalf("it was done before what was typed: %v", err)
	case <-time.After(20 * time.Millisecond): // it may not have begun: then it is no test, and no failure either
	}
	close(disk)
	if err := <-said; err != nil {
		l.t.Fatal(err)
	}
	l.quiet()
}

// What the agent says of a past call does not overtake what was typed about it: on a slow disk the old text would put the old record back.
func TestWordsOfAPastCallDoNotOvertakeTheTyping(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.org.matches = []crm.Match{dana, danaTwin}
	l.begin()
	t.Cleanup(func() { l.close() })
	id := l.ring("work", "+14155550132", true)
	l.answer(id)
	l.await("two matches", func() bool { c := l.desk.View().Calls; return len(c) == 1 && len(c[0].Lookup.Matches) == 2 })
	if err := l.desk.Pick(id, dana.Ref); err != nil {
		t.Fatal(err)
	}
	l.endCall(id, sip.EndRemote)
	l.await("the Task", func() bool { l.quiet(); return l.entryState(id) == journal.Done })
	l.onSlowDisk(id, "wants 40", func() error { return l.desk.PointAt(t.Context(), id, danaTwin.Ref, "") })
	l.end()
	if a, _ := l.written(id); a.Who.ID != danaTwin.ID || a.Notes != "wants 40" {
		t.Errorf("the Task is about %s, and says %q", a.Who.ID, a.Notes)
	}
	if row := l.onDisk(id); row.Who.ID != danaTwin.ID {
		t.Errorf("the history says %s", row.Who.ID)
	}
}

// A call that goes to another org takes nobody of the first one along.
func TestACallOfAnotherOrgTakesNoRecordAlong(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.org.matches = []crm.Match{dana}
	l.begin()
	t.Cleanup(func() { l.close() })
	id := l.ring("work", "+14155550132", true)
	l.answer(id)
	l.await("the card", func() bool { c := l.desk.View().Calls; return len(c) == 1 && c[0].Lookup.State == LookupOne })
	l.org.is(func() { l.org.down = true })
	l.endCall(id, sip.EndRemote)
	l.quiet()
	l.unlink(0)
	l.link(link{"00DB", "005B"})
	l.quiet()
	l.onSlowDisk(id, "wants 40", func() error { return l.desk.LogAs(id) })
	l.tell(id, func(c *lived) { c.word, c.given, c.owner = crm.LogIt, true, link{} })
	l.end()
	if n := l.orgs[1].count(id); n != 1 {
		t.Errorf("%d Tasks", n)
	}
	if a := l.orgs[1].last(id); a.Notes != "wants 40" || a.Who.ID != "" {
		t.Errorf("it says %q, about %v", a.Notes, a.Who)
	}
}

// The command line cannot send, or give up, a call that goes on.
func TestACallThatGoesOnIsNotInTheOutbox(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.begin()
	t.Cleanup(func() { l.close() })
	id := l.ring("work", "+14155550132", true)
	l.answer(id)
	l.quiet()
	notes := "wants 40"
	if err := l.desk.EditWrap(id, WrapEdit{Notes: &notes}); err != nil {
		t.Fatal(err)
	}
	l.quiet()
	for name, do := range map[string]func(string) error{"retry": l.desk.RetryLog, "discard": l.desk.DiscardLog} {
		if err := do(id); fault.Of(err).Code != "desk.not-over" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if state := l.entryState(id); state != journal.Draft {
		t.Errorf("the log is %s", state)
	}
	l.endCall(id, sip.EndRemote)
	l.end()
	if l.org.count(id) != 1 || l.org.ever[id] != 1 {
		t.Errorf("%d Tasks of %d", l.org.count(id), l.org.ever[id])
	}
}

// What the history, or a command, says of a call in wrap-up holds for its form too.
func TestAFormHearsOfAWordInTheHistory(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Ask = true
	l.begin()
	t.Cleanup(func() { l.close() })
	id := l.talk()
	l.say(id, crm.DontLog)
	if err := l.desk.DiscardLog(id); err != nil {
		t.Fatal(err)
	}
	l.quiet()
	if err := l.desk.SaveWrap(id); err != nil { // the form is closed; nothing is asked any more
		t.Fatal(err)
	}
	l.quiet()
	l.end()
	if row := l.onDisk(id); row.Word != crm.DontLog || l.org.count(id) != 0 {
		t.Errorf("the word is %q, %d Tasks", row.Word, l.org.count(id))
	}
}
