package app

import (
	"fmt"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

func TestAnAnsweredCallIsQueuedTheMomentItEnds(t *testing.T) {
	y := newStory(t).rings().found(dana).answers().ends(sip.EndRemote)
	q := y.queued()
	if len(q) != 1 || q[0] == nil {
		t.Fatalf("want one activity, got %v", q)
	}
	a := *q[0]
	if a.Who.ID != dana.ID || a.Outcome != crm.Answered || a.Direction != crm.Inbound || a.Number != number.E164 {
		t.Errorf("activity is %+v", a)
	}
	if got := a.Duration(); got != time.Second {
		t.Errorf("talked for %v, want 1s", got)
	}
	c := y.view().Calls[0]
	if c.Phase != WrapUp || c.Wrap.Log != LogQueued || c.Wrap.Until.Sub(c.Ended) != y.s.rules.WrapUp {
		t.Errorf("after hang-up the agent sees %+v", c)
	}
}

func TestHowACallEndsDecidesWhatIsLogged(t *testing.T) {
	declines := func(y *story) { y.play(declinedHere{y.stamp(), "c1"}) }
	tests := []struct {
		name    string
		inbound bool
		before  func(*story)
		reason  sip.EndReason
		outcome crm.Outcome // "" when nothing is logged
		missed  int         // missed-call notices
		stays   Phase       // "" when the call leaves the desk
	}{
		{"inbound, caller gives up", true, nil, sip.EndCancelled, crm.Missed, 1, ""},
		{"inbound, rings out", true, nil, sip.EndNoAnswer, crm.Missed, 1, ""},
		{"inbound, declined here", true, declines, sip.EndLocal, crm.Declined, 0, ""},
		{"inbound, declined as the phone says", true, nil, sip.EndDeclined, crm.Declined, 0, ""},
		{"inbound, a colleague took it", true, nil, sip.EndAnsweredElsewhere, "", 0, ""},
		{"inbound, forwarded", true, nil, sip.EndForwarded, "", 0, ""},
		{"inbound, do not disturb", true, nil, sip.EndBusy, crm.Missed, 1, ""},
		{"outbound, busy", false, nil, sip.EndBusy, crm.Busy, 0, Finished},
		{"outbound, no answer", false, nil, sip.EndNoAnswer, crm.NoAnswer, 0, Finished},
		{"outbound, declined there", false, nil, sip.EndDeclined, crm.Declined, 0, Finished},
		{"outbound, given up here", false, nil, sip.EndCancelled, crm.Cancelled, 0, ""},
		{"outbound, wrong number", false, nil, sip.EndNotFound, "", 0, Finished},
		{"outbound, server broken", false, nil, sip.EndFailed, "", 0, Finished},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			y := newStory(t)
			if tt.inbound {
				y.rings()
			} else {
				y.dials()
			}
			y.found(dana)
			if tt.before != nil {
				tt.before(y)
			}
			y.ends(tt.reason)
			q := y.queued()
			if len(q) != 1 {
				t.Fatalf("the end was written %d times", len(q))
			}
			switch {
			case tt.outcome == "" && q[0] != nil:
				t.Errorf("logged as %q, want nothing", q[0].Outcome)
			case tt.outcome != "" && (q[0] == nil || q[0].Outcome != tt.outcome):
				t.Errorf("logged %+v, want %q", q[0], tt.outcome)
			}
			if n := count[notifyMissed](y); n != tt.missed {
				t.Errorf("%d missed-call notices, want %d", n, tt.missed)
			}
			if n := count[withdraw](y); n == 0 {
				t.Error("the ringing notification was left standing")
			}
			v := y.view()
			if tt.stays == "" && len(v.Calls) != 0 {
				t.Errorf("the call stays on the desk as %s", v.Calls[0].Phase)
			}
			if tt.stays != "" && (len(v.Calls) != 1 || v.Calls[0].Phase != tt.stays) {
				t.Errorf("want it on the desk as %s: %+v", tt.stays, v.Calls)
			}
		})
	}
}

func TestAnsweredHereIsNotHeldTwice(t *testing.T) {
	y := newStory(t).rings().answers()
	at := y.view().Calls[0].Answered
	y.answers()
	if got := y.view().Calls[0].Answered; !got.Equal(at) {
		t.Errorf("a repeated answer moved the start of talking from %v to %v", at, got)
	}
}

func TestHoldShowsWhoHolds(t *testing.T) {
	for _, tt := range []struct {
		local, remote bool
		want          Phase
	}{{true, false, Held}, {false, true, RemHeld}, {true, true, Held}, {false, false, Talking}} {
		y := newStory(t).rings().answers()
		y.play(phoneEvent{y.stamp(), sip.CallHold{ID: "c1", At: y.now, Local: tt.local, Remote: tt.remote}})
		c := y.view().Calls[0]
		if c.Phase != tt.want || c.HeldSince.IsZero() != (tt.want == Talking) {
			t.Errorf("local %v remote %v: %s since %v", tt.local, tt.remote, c.Phase, c.HeldSince)
		}
	}
}

func TestTheCallToDealWithFirstIsFirst(t *testing.T) {
	add := func(id string, p Phase) call { return call{id: id, phase: p} }
	s := state{calls: []call{add("wrap", WrapUp), add("held", Held), add("ringing", Ringing), add("talking", Talking), add("done", Finished)}}
	var got []string
	for _, c := range render(&s, false).Calls {
		got = append(got, c.ID)
	}
	if want := "[talking ringing held wrap done]"; fmt.Sprint(got) != want {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestARefusedCallNeverRingsAndIsMissed(t *testing.T) {
	y := newStory(t)
	y.play(dndSet{y.stamp(), true})
	y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", party: sip.Party{User: number.Raw}, number: number, refused: true})
	if len(y.view().Calls) != 0 {
		t.Error("the call flashes up")
	}
	y.found(dana).ends(sip.EndBusy)
	if n := count[notifyRinging](y); n != 0 {
		t.Errorf("%d ringing notifications", n)
	}
	if a := y.queued()[0]; a == nil || a.Outcome != crm.Missed || a.Who.ID != dana.ID || count[notifyMissed](y) != 1 {
		t.Errorf("logged %+v, told of %d times", a, count[notifyMissed](y))
	}
}

func TestARefusedLogIsTold(t *testing.T) {
	y := newStory(t).rings().found(dana).answers().ends(sip.EndLocal)
	y.play(logMoved{stamp: y.stamp(), id: "c1", standing: logStanding{state: LogParked, reason: fault.New(fault.Plain, "text", "Fill in Region.")}})
	if count[notifyParked](y) != 1 || y.view().Calls[0].Wrap.Error != "Fill in Region." {
		t.Error("the agent is not told that the call was not logged")
	}
}

func TestAViewHandedOutNeverChanges(t *testing.T) {
	y := newStory(t).rings().found(dana, danaTwin)
	v := y.view()
	y.play(recordPicked{y.stamp(), "c1", danaTwin.Ref}).answers().ends(sip.EndRemote)
	if c := v.Calls[0]; c.Phase != Ringing || c.Lookup.State != LookupMany || c.Lookup.Record != nil {
		t.Errorf("the old view became %+v", c)
	}
}
