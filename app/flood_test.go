package app

import (
	"fmt"
	"testing"
	"time"

	"linecard/crm"
	"linecard/sip"
)

// floodRules allow three missed calls an hour.
func floodRules() Rules {
	rules := someRules()
	rules.MissedPerHour = 3
	return rules
}

// flood lets calls ring under ever new numbers, a few at the same time, and end without an answer.
func (r *rig) flood(from, to int) {
	at := time.Now().Add(-time.Minute)
	for i := from; i < to; i++ {
		r.Heard(sip.CallIncoming{ID: fmt.Sprint("f", i), At: at, Party: sip.Party{User: fmt.Sprintf("+1415555%04d", i)}})
		if i >= from+3 {
			r.Heard(sip.CallEnded{ID: fmt.Sprint("f", i-3), At: at.Add(time.Second), Reason: sip.EndCancelled})
		}
	}
	for i := max(from, to-3); i < to; i++ {
		r.Heard(sip.CallEnded{ID: fmt.Sprint("f", i), At: at.Add(time.Second), Reason: sip.EndCancelled})
	}
}

// A flood of calls costs the org no more Tasks and searches than the bound; the agent is told once, sends or drops the
// rest with one word, and what was answered in between is looked up and logged.
func TestAFloodOfCallsWaitsForTheAgent(t *testing.T) {
	for _, send := range []bool{true, false} {
		t.Run(fmt.Sprint("send ", send), func(t *testing.T) {
			r := newRig(t)
			r.SetRules(floodRules())
			r.flood(0, 20)
			v := r.wait("the notice", func(v View) bool { return v.Outbox.Held == 17 && v.Told.Is(HeldBack) && v.Outbox.Waiting == 0 })
			if len(v.History) != 20 {
				t.Errorf("%d calls in the history", len(v.History))
			}
			held := 0
			for _, row := range v.History {
				if row.Log == LogHeld && row.Error != "" {
					held++
				}
			}
			if held != 17 {
				t.Errorf("%d rows say that they are held", held)
			}
			r.org.mu.Lock()
			searched := r.org.searched
			r.org.mu.Unlock()
			if searched > 3+3+3 { // while it rang, before the first three had ended, and by the sender
				t.Errorf("the org was searched %d times", searched)
			}

			r.org.mu.Lock()
			r.org.matches = []crm.Match{dana}
			r.org.mu.Unlock()
			r.Heard(sip.CallIncoming{ID: "c1", At: time.Now(), Party: sip.Party{User: "+14155550132"}})
			r.wait("it rings, unasked", func(v View) bool {
				c, ok := v.call("c1")
				return ok && c.Lookup.State == LookupFailed && c.Lookup.Error != ""
			})
			r.Heard(sip.CallAnswered{ID: "c1", At: time.Now(), Codec: "PCMU"})
			r.wait("found once it is answered", func(v View) bool { c, _ := v.call("c1"); return c.Lookup.State == LookupOne })
			r.Heard(sip.CallEnded{ID: "c1", At: time.Now().Add(time.Second), Reason: sip.EndRemote})
			r.wait("logged", func(v View) bool { return len(v.History) == 21 && v.History[0].Log == LogDone })
			if n := len(r.org.written()); n != 4 {
				t.Errorf("%d Tasks during the flood", n)
			}

			settle, tasks := r.SendHeld, 21
			if !send {
				settle, tasks = r.DropHeld, 4
			}
			if n, err := settle(); n != 17 || err != nil {
				t.Fatalf("%d settled: %v", n, err)
			}
			r.wait("settled", func(v View) bool {
				return v.Outbox.Held == 0 && v.Outbox.Waiting == 0 && v.Told.IsZero() && v.Unlogged == 0
			})
			if n := len(r.org.written()); n != tasks {
				t.Errorf("%d Tasks, want %d", n, tasks)
			}
		})
	}
}

// Calls that are forwarded cost the org no search, and count: who rings while a flood of them goes on is looked up when the agent answers.
func TestForwardedCallsCount(t *testing.T) {
	r := newRig(t)
	r.SetRules(floodRules())
	at := time.Now().Add(-time.Minute)
	for i := range 3 {
		id := fmt.Sprint("f", i)
		r.Heard(sip.CallIncoming{ID: id, At: at, Party: sip.Party{User: fmt.Sprintf("+1415555%04d", i)}, Refused: true, Forwarded: true})
		r.Heard(sip.CallEnded{ID: id, At: at, Reason: sip.EndForwarded})
	}
	r.wait("they are in the history", func(v View) bool { return len(v.History) == 3 })
	r.Heard(sip.CallIncoming{ID: "c1", At: time.Now(), Party: sip.Party{User: "+14155550132"}})
	r.wait("it rings, unasked", func(v View) bool {
		c, ok := v.call("c1")
		return ok && c.Lookup.State == LookupFailed && c.Lookup.Error != ""
	})
	r.Settle(t.Context())
	r.org.mu.Lock()
	defer r.org.mu.Unlock()
	if r.org.searched > 0 {
		t.Errorf("the org was searched %d times", r.org.searched)
	}
}

// A notice that the agent has read comes again when more calls are held, and only then.
func TestTheNoticeOfHeldCallsComesOnce(t *testing.T) {
	r := newRig(t)
	r.SetRules(floodRules())
	r.flood(0, 5)
	v := r.wait("the notice", func(v View) bool { return v.Outbox.Held == 2 && v.Told.Is(HeldBack) })
	r.DismissNotice(v.Told)
	r.wait("it is gone", func(v View) bool { return v.Told.IsZero() })
	r.Reread()
	r.Settle(t.Context())
	if v := r.View(); !v.Told.IsZero() {
		t.Errorf("it came again: %v", v.Told)
	}
	r.flood(5, 6)
	r.wait("it comes again", func(v View) bool { return v.Outbox.Held == 3 && v.Told.Is(HeldBack) })
}

// Calls of one org's account do not keep the callers of another from being looked up.
func TestAFloodIsOfOneOrg(t *testing.T) {
	s := state{rules: floodRules()}
	now := time.Now()
	for range 5 {
		s = s.missedOne(&call{link: link{org: "00DA"}, ended: now})
	}
	for _, c := range []struct {
		org  string
		at   time.Time
		want bool
	}{{"00DA", now, true}, {"00DB", now, false}, {"00DA", now.Add(time.Hour), false}} {
		if got := s.flooded(c.org, c.at); got != c.want {
			t.Errorf("%s at %v: %v", c.org, c.at.Sub(now), got)
		}
	}
}
