package app

import (
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// What the agent says of a call is done even if its wrap-up ended while it was said: the command has told that it is.
func TestAWordAtTheEndOfWrapUp(t *testing.T) {
	for name, tt := range map[string]struct {
		ask  bool
		say  func(id string) event
		want int
	}{
		"save, where the agent is asked":      {true, func(id string) event { return wrapSaved{stamp{}, id} }, 1},
		"save, where calls are logged anyway": {false, func(id string) event { return wrapSaved{stamp{}, id} }, 1},
		"don't log":                           {false, func(id string) event { return logRefused{stamp{}, id} }, 0},
		"don't log, where the agent is asked": {true, func(id string) event { return logRefused{stamp{}, id} }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, t.TempDir())
			l.rules.Ask = tt.ask
			l.begin()
			t.Cleanup(func() { l.close() })
			id := l.talk()
			if tt.ask {
				l.say(id, crm.LogIt)
			}
			if tt.want == 0 {
				l.say(id, crm.DontLog)
			}
			l.desk.post(ticked{stamp{l.clock.Now().Add(time.Hour)}})
			l.desk.post(tt.say(id))
			l.quiet()
			l.end()
			if n := l.org.count(id); n != tt.want {
				t.Errorf("%d Tasks, want %d", n, tt.want)
			}
		})
	}
}

// What the agent saves is logged, though the rules have said no while it was typed, or say so later: the name came late.
func TestSaveOutweighsRulesThatSpeakLate(t *testing.T) {
	text := "wants 40"
	for name, tt := range map[string]struct {
		log   string
		early bool // the agent saves before the org has said who it was
	}{"no, before Save": {"no", false}, "asked, before Save": {"ask", false}, "no, after Save": {"no", true}, "asked, after Save": {"ask", true}} {
		t.Run(name, func(t *testing.T) {
			l := unheard(t, []crm.Match{dana}, same, crm.Rule{Objects: []string{crm.Contact}, Log: tt.log})
			id := l.talk()
			up := func() {
				l.org.is(func() { l.org.down = false })
				l.relink()
			}
			if !tt.early {
				up()
				l.await("the late word of the rules", func() bool {
					l.quiet()
					row, err := l.journal.Call(l.ctx(), id)
					return err == nil && string(row.Verdict) == tt.log && (row.State == journal.Discarded || row.State == journal.Draft)
				})
				l.quiet()
			}
			if err := l.desk.EditWrap(id, WrapEdit{Notes: &text}); err != nil {
				t.Fatal(err)
			}
			if err := l.desk.SaveWrap(id); err != nil {
				t.Fatal(err)
			}
			l.quiet()
			l.say(id, crm.LogIt)
			up()
			l.end()
			if a, made := l.written(id); made != 1 || a.Notes != text || l.org.count(id) != 1 {
				t.Errorf("%d Tasks of %d, it says %q", l.org.count(id), made, a.Notes)
			}
		})
	}
}

// The rules may have said so on disk when the form is still to hear of it.
func TestSaveOutweighsRulesThatTheFormHasNotHeardOf(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.org.down = true
	l.begin()
	t.Cleanup(func() { l.close() })
	id := l.talk()
	l.await("the end of the attempt", func() bool { l.quiet(); return l.still() && l.entryState(id) == journal.Ready })
	l.unlink(0) // nothing is sent
	l.quiet()
	if _, err := l.journal.Begin(l.ctx(), id, l.clock.Now()); err != nil {
		t.Fatal(err)
	}
	if heeded, err := l.journal.Rejudge(l.ctx(), id, crm.LogNo, l.clock.Now()); err != nil || !heeded {
		t.Fatal(heeded, err)
	}
	l.say(id, crm.LogIt)
	if err := l.desk.SaveWrap(id); err != nil {
		t.Fatal(err)
	}
	l.quiet()
	if row := l.onDisk(id); row.State != journal.Ready || row.Word != crm.LogIt {
		t.Errorf("the log is %s, the word %q", row.State, row.Word)
	}
}

// Save for a call that nobody has to say a word about changes nothing, nor for one that is not known.
func TestSaveOfACallThatIsGone(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Never = true
	l.begin()
	t.Cleanup(func() { l.close() })
	id := l.ring("work", "+14155550132", true)
	l.endCall(id, sip.EndCancelled)
	l.desk.post(wrapSaved{stamp{}, id})
	l.desk.post(wrapSaved{stamp{}, "nobody's"})
	l.quiet()
	l.end()
	if v := l.desk.View(); l.org.count(id) != 0 || v.Notice != "" {
		t.Errorf("%d Tasks; the agent reads %q", l.org.count(id), v.Notice)
	}
}
