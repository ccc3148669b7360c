package app

import (
	"testing"
	"time"

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
