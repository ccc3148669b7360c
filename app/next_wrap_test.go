package app

import (
	"slices"
	"testing"
	"time"

	"linecard/crm"
	"linecard/sip"
)

func TestAPickAfterHangUpMovesTheTask(t *testing.T) {
	y := newStory(t).rings().found(dana, danaTwin).answers().ends(sip.EndRemote)
	if a := y.queued()[0]; !a.Who.IsZero() {
		t.Fatalf("logged on %s before anybody picked", a.Who.Name)
	}
	y.play(recordPicked{y.stamp(), "c1", danaTwin.Ref})
	i := slices.IndexFunc(y.effects, func(f effect) bool { _, ok := f.(writeEdit); return ok })
	if i < 0 || y.effects[i].(writeEdit).activity.Who.ID != danaTwin.ID {
		t.Error("the activity was not pointed at the picked record")
	}
	if !slices.ContainsFunc(y.effects, func(f effect) bool { r, ok := f.(remember); return ok && r.record.ID == danaTwin.ID }) {
		t.Error("the choice is not remembered for the number")
	}
}

func TestTypingSavesAtOnceAndSendsWhenTheFormIsLeft(t *testing.T) {
	notes := func(s string) WrapEdit { return WrapEdit{Notes: &s} }
	y := newStory(t).rings().found(dana).answers()
	y.play(wrapEdited{y.stamp(), "c1", notes("ren")}, wrapEdited{y.stamp(), "c1", notes("renewal")})
	y.ends(sip.EndRemote)
	if a := y.queued()[0]; a.Notes != "renewal" {
		t.Errorf("what was typed during the call did not go with it: %q", a.Notes)
	}
	until := y.view().Calls[0].Wrap.Until
	y.play(wrapEdited{y.stamp(), "c1", notes("renewal, 40 seats")})
	if !y.view().Calls[0].Wrap.Until.After(until) {
		t.Error("typing does not hold off the end of wrap-up")
	}
	if n := count[writeDraft](y); n < 3 {
		t.Errorf("%d of 3 keystrokes saved", n)
	}
	if n := count[writeEdit](y); n != 0 {
		t.Errorf("the Task was touched %d times while the agent typed", n)
	}
	y.play(wrapSaved{y.stamp(), "c1"})
	if n := count[writeEdit](y); n != 1 {
		t.Errorf("left the form: %d updates, want 1", n)
	}
	if len(y.view().Calls) != 0 {
		t.Error("the call is still on the desk")
	}
}

func TestWrapUpEndsByItselfAndKeepsWhatWasTyped(t *testing.T) {
	text := "call back Friday"
	y := newStory(t).rings().found(dana).answers().ends(sip.EndRemote)
	y.play(wrapEdited{y.stamp(), "c1", WrapEdit{Notes: &text}})
	until := y.view().Calls[0].Wrap.Until
	y.play(ticked{stamp{until.Add(-time.Millisecond)}})
	if len(y.view().Calls) != 1 {
		t.Fatal("ended early")
	}
	y.play(ticked{stamp{until}})
	if len(y.view().Calls) != 0 || count[writeEdit](y) != 1 {
		t.Errorf("calls %d, updates %d", len(y.view().Calls), count[writeEdit](y))
	}
}

func TestDontLog(t *testing.T) {
	t.Run("during the call", func(t *testing.T) {
		y := newStory(t).rings().answers().play(logRefused{stamp{t0}, "c1"}).ends(sip.EndLocal)
		if a := y.queued()[0]; a != nil {
			t.Errorf("logged all the same: %+v", a)
		}
	})
	t.Run("after the Task was written", func(t *testing.T) {
		y := newStory(t).rings().answers().ends(sip.EndLocal)
		y.play(logMoved{stamp: y.stamp(), id: "c1", standing: logStanding{state: LogDone, task: crm.Ref{Object: crm.Task, ID: "00T1"}}})
		y.play(logRefused{y.stamp(), "c1"})
		if count[takeBack](y) != 1 || len(y.view().Calls) != 0 {
			t.Errorf("taken back %d times, %d calls left", count[takeBack](y), len(y.view().Calls))
		}
	})
}

func TestWhereTheAgentIsAskedOnlySaveLogs(t *testing.T) {
	asked := func() *story {
		y := newStory(t)
		y.s.rules.Ask = true
		return y.rings().found(dana).answers().ends(sip.EndRemote)
	}
	y := asked()
	if e := y.end(); e.call.verdict != crm.LogAsk || e.activity == nil {
		t.Errorf("want a draft on disk and nothing queued: %q, %+v", e.call.verdict, e.activity)
	}
	y.play(wrapSaved{y.stamp(), "c1"})
	if count[wantLogged](y) != 1 {
		t.Error("Save did not log it")
	}
	y = asked()
	y.play(ticked{stamp{y.now.Add(time.Hour)}})
	if count[wantLogged](y) != 0 || len(y.view().Calls) != 0 {
		t.Error("logged without being asked to, or still on the desk")
	}
}

func TestALeadIsNeverLoggedWithAWhat(t *testing.T) {
	y := newStory(t).rings().found(danaLead).answers()
	what := crm.Ref{Object: crm.Opportunity, ID: "0061"}
	y.play(wrapEdited{y.stamp(), "c1", WrapEdit{What: &what}}).ends(sip.EndLocal)
	if a := y.queued()[0]; a.Who.ID != danaLead.ID || !a.What.IsZero() {
		t.Errorf("who %v, what %v", a.Who, a.What)
	}
}
