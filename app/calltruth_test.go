package app

import (
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/sip"
)

// What the phone knows of a call is in its log: how long the caller waited, through which queue the call came, who had transferred it, and how
// it sounded over all of it. The figure of a moment is not taken for that, and a call that nobody answered had no sound.
func TestTheLogTellsWhatThePhoneKnows(t *testing.T) {
	said := func(a crm.Activity, name string) string {
		t.Helper()
		value, ok := layout.Call{Activity: a}.Variable(name)
		if !ok {
			t.Errorf("no call knows %q", name)
		}
		return value
	}
	y := newStory(t)
	y.s.queues = []queue{{Queue: Queue{Name: "Support", Account: "a1"}}}
	arrives := callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", account: "a1", called: "support", party: sip.Party{User: number.Raw}, number: number}
	arrives.told.signalling.ReferredBy = "Reception (2050)"
	y.play(arrives)
	if a := y.s.calls[0].activity(); said(a, "queue") != "Support" || said(a, "mos") != "" {
		t.Errorf("while it rings: queue %q, mos %q", said(a, "queue"), said(a, "mos"))
	}
	y.now = t0.Add(72 * time.Second)
	y.answers()
	y.play(phoneEvent{y.stamp(), sip.CallQuality{ID: "c1", At: y.now, Quality: sip.Quality{MOS: 2, Level: PoorQuality}}})
	if a := y.s.calls[0].activity(); said(a, "sound") != "" {
		t.Errorf("in the call the sound of a moment is told: %q", said(a, "sound"))
	}
	y.play(phoneEvent{y.stamp(), sip.CallEnded{ID: "c1", At: y.now, Reason: sip.EndRemote, Code: 200, Stats: sip.Stats{Quality: sip.Quality{MOS: 4.2, Level: GoodQuality}}}})
	a := *y.end().activity
	for name, want := range map[string]string{
		"waited": "1:12", "ring seconds": "72", "talk seconds": "2", "queue": "Support", "transferred from": "Reception (2050)",
		"mos": "4.2", "sound": "good (4.2)", "final code": "200", "hung up by": "other party",
	} {
		if got := said(a, name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}

	missed := newStory(t).rings().ends(sip.EndCancelled)
	if a := *missed.end().activity; said(a, "sound") != "" || said(a, "waited") != "0:01" || said(a, "queue") != "" {
		t.Errorf("a missed call: %+v", a.Story)
	}
	dialed := newStory(t).dials().ends(sip.EndNoAnswer)
	if a := *dialed.end().activity; said(a, "waited") != "" {
		t.Errorf("the agent has waited, not the caller: %q", said(a, "waited"))
	}
}

// A header field of the phone system names the queue before the number that was dialed does; another account's queue is no answer.
func TestWhichQueueACallCameThrough(t *testing.T) {
	s := state{queues: []queue{{Queue: Queue{Name: "Support", Account: "a1"}}, {Queue: Queue{Name: "Sales", Account: "a2"}}}}
	for name, tt := range map[string]struct {
		call call
		want string
	}{
		"as the header says":       {call{direction: crm.Inbound, account: "a1", called: "support", told: toldOnce{headers: map[string]string{"x-queue-name": "VIP"}}}, "VIP"},
		"as dialed":                {call{direction: crm.Inbound, account: "a1", called: "SUPPORT"}, "Support"},
		"as sent on":               {call{direction: crm.Inbound, account: "a1", called: "2041", told: toldOnce{diverted: "Support"}}, "Support"},
		"as sent on first":         {call{direction: crm.Inbound, account: "a1", told: toldOnce{diverted: "2050", signalling: crm.Signalling{DivertedFirst: "support"}}}, "Support"},
		"of another account":       {call{direction: crm.Inbound, account: "a1", called: "sales"}, ""},
		"a call of the agent's":    {call{direction: crm.Outbound, account: "a1", called: "support"}, ""},
		"no queue":                 {call{direction: crm.Inbound, account: "a1", called: "2041"}, ""},
		"an empty field is no say": {call{direction: crm.Inbound, account: "a1", told: toldOnce{headers: map[string]string{"X-Queue": " "}}}, ""},
	} {
		if got := s.cameThrough(&tt.call); got != tt.want {
			t.Errorf("%s: %q, not %q", name, got, tt.want)
		}
	}
}
