package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"linecard/crm"
	"linecard/sip"
)

var (
	t0   = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	dana = crm.Match{
		Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003000000000001AAA", Name: "Dana Whitfield"}, Title: "VP Operations", Company: "Acme Corp"},
		Why:    crm.Why{Closeness: crm.Exact},
	}
	danaLead = crm.Match{
		Record: crm.Record{Ref: crm.Ref{Object: crm.Lead, ID: "00Q000000000001AAA", Name: "D. Whitfield"}, Company: "Acme"},
		Why:    crm.Why{Closeness: crm.Exact},
	}
	danaTwin = crm.Match{
		Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003000000000002AAA", Name: "Dan Whitfield"}},
		Why:    crm.Why{Closeness: crm.Exact},
	}
	number = crm.Number{Raw: "+14155550132", E164: "+14155550132", National: "(415) 555-0132", Digits: "4155550132", Variants: []string{"14155550132"}}
)

// story plays events to a desk with a linked org, one second apart, and collects what was to be done.
type story struct {
	t       *testing.T
	s       state
	now     time.Time
	effects []effect
}

func newStory(t *testing.T) *story {
	r := DefaultRules()
	return &story{t: t, now: t0, s: state{rules: r, org: crm.LinkStatus{State: crm.Linked}}}
}

func (y *story) stamp() stamp { return stamp{y.now} }

func (y *story) play(events ...event) *story {
	for _, e := range events {
		var out []effect
		y.s, out = next(y.s, e)
		y.effects = append(y.effects, out...)
		y.now = y.now.Add(time.Second)
	}
	return y
}

func (y *story) rings() *story {
	return y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", party: sip.Party{User: number.Raw}, number: number})
}

func (y *story) dials() *story {
	return y.play(callArrived{stamp: y.stamp(), direction: crm.Outbound, id: "c1", party: sip.Party{User: number.Raw}, number: number})
}

func (y *story) answers() *story {
	return y.play(phoneEvent{y.stamp(), sip.CallAnswered{ID: "c1", At: y.now, Codec: "PCMU"}})
}

func (y *story) ends(reason sip.EndReason) *story {
	return y.play(phoneEvent{y.stamp(), sip.CallEnded{ID: "c1", At: y.now, Reason: reason}})
}

func (y *story) found(m ...crm.Match) *story {
	return y.play(lookupEnded{stamp: y.stamp(), id: "c1", result: crm.Result{Number: number, Matches: m}})
}

func (y *story) view() View { return render(y.s, false) }

// queued returns the activities handed over at the end of a call.
func (y *story) queued() []*crm.Activity {
	var out []*crm.Activity
	for _, f := range y.effects {
		if e, ok := f.(writeEnd); ok {
			out = append(out, e.activity)
		}
	}
	return out
}

func count[E effect](y *story) (n int) {
	for _, f := range y.effects {
		if _, ok := f.(E); ok {
			n++
		}
	}
	return n
}

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

func TestTheRecordPaneFollowsTheLookup(t *testing.T) {
	down := &crm.Error{Class: crm.ClassTransient, Message: "Salesforce didn't answer."}
	tests := []struct {
		name string
		play func(*story)
		want LookupState
	}{
		{"nobody asked yet", func(y *story) { y.rings() }, LookupPending},
		{"one match", func(y *story) { y.rings().found(dana) }, LookupOne},
		{"contact before lead", func(y *story) { y.rings().found(dana, danaLead) }, LookupOne},
		{"two contacts", func(y *story) { y.rings().found(dana, danaTwin) }, LookupMany},
		{"nobody", func(y *story) { y.rings().found() }, LookupNoMatch},
		{"org down", func(y *story) {
			y.rings().play(lookupEnded{stamp: y.stamp(), id: "c1", err: down})
		}, LookupFailed},
		{"org unlinked", func(y *story) { y.s.org.State = crm.Unlinked; y.rings() }, LookupNotLinked},
		{"withheld", func(y *story) {
			y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", number: crm.Number{Withheld: true}})
		}, LookupWithheld},
		{"colleague", func(y *story) {
			y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", number: crm.Number{Raw: "2042", Extension: true}})
		}, LookupNone},
		{"known from memory", func(y *story) {
			y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", number: number, known: &crm.Result{Matches: []crm.Match{dana}}})
		}, LookupOne},
		{"picked before", func(y *story) {
			y.rings().play(lookupEnded{stamp: y.stamp(), id: "c1", choice: danaTwin.ID, result: crm.Result{Matches: []crm.Match{dana, danaTwin}}})
		}, LookupOne},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			y := newStory(t)
			tt.play(y)
			l := y.view().Calls[0].Lookup
			if l.State != tt.want {
				t.Errorf("shows %q, want %q", l.State, tt.want)
			}
			if (l.Record != nil) != (tt.want == LookupOne) {
				t.Errorf("record %v in state %q", l.Record, l.State)
			}
		})
	}
}

func TestWithheldAndColleaguesAreNeverAskedFor(t *testing.T) {
	for _, n := range []crm.Number{{Withheld: true}, {Raw: "2042", Extension: true}} {
		y := newStory(t)
		y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", number: n}, lookupWanted{y.stamp(), "c1"})
		if n := count[askOrg](y); n != 0 {
			t.Errorf("the org was asked %d times", n)
		}
	}
}

func TestAPickAfterHangUpMovesTheTask(t *testing.T) {
	y := newStory(t).rings().found(dana, danaTwin).answers().ends(sip.EndRemote)
	if a := y.queued()[0]; !a.Who.IsZero() {
		t.Fatalf("logged on %s before anybody picked", a.Who.Name)
	}
	y.play(recordPicked{y.stamp(), "c1", danaTwin.ID})
	i := slices.IndexFunc(y.effects, func(f effect) bool { _, ok := f.(writeEdit); return ok })
	if i < 0 || y.effects[i].(writeEdit).activity.Who.ID != danaTwin.ID {
		t.Error("the activity was not pointed at the picked record")
	}
	if !slices.ContainsFunc(y.effects, func(f effect) bool { r, ok := f.(remember); return ok && r.picked && r.record.ID == danaTwin.ID }) {
		t.Error("the choice is not remembered for the number")
	}
}

func TestALateAnswerOfTheOrgDoesNotUndoThePick(t *testing.T) {
	y := newStory(t).rings().found(dana, danaTwin)
	y.play(recordPicked{y.stamp(), "c1", danaTwin.ID}).found(dana, danaTwin)
	if r := y.view().Calls[0].Lookup.Record; r == nil || r.ID != danaTwin.ID {
		t.Errorf("shows %v, want the picked record", r)
	}
}

func TestTheOrgComingBackAnswersTheWaitingCall(t *testing.T) {
	y := newStory(t)
	y.s.org.State = crm.Inactive
	y.rings().play(lookupEnded{stamp: y.stamp(), id: "c1", err: &crm.Error{Class: crm.ClassRelink, Message: "Link again."}})
	y.play(orgChanged{y.stamp(), crm.LinkStatus{State: crm.Linked}})
	if n := count[askOrg](y); n != 2 {
		t.Errorf("asked %d times, want again after the link came back", n)
	}
}

func TestACallNobodyCouldLookUpIsMarkedForTheWriter(t *testing.T) {
	y := newStory(t).rings().play(lookupEnded{stamp: stamp{t0}, id: "c1", err: &crm.Error{Class: crm.ClassTransient, Message: "down"}})
	y.answers().ends(sip.EndLocal)
	if a := y.queued()[0]; !a.Unidentified {
		t.Error("the writer will not ask who it was")
	}
	y = newStory(t).rings().found().answers().ends(sip.EndLocal)
	if a := y.queued()[0]; a.Unidentified {
		t.Error("the org said nobody has the number; asking again costs a request")
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
	if y.queued()[0] != nil || count[writeDraft](y) == 0 {
		t.Error("want a draft on disk and nothing queued")
	}
	y.play(wrapSaved{y.stamp(), "c1"})
	if count[logIt](y) != 1 {
		t.Error("Save did not log it")
	}
	y = asked()
	y.play(ticked{stamp{y.now.Add(time.Hour)}})
	if count[logIt](y) != 0 || len(y.view().Calls) != 0 {
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

func TestTheCallToDealWithFirstIsFirst(t *testing.T) {
	add := func(id string, p Phase) call { return call{id: id, phase: p} }
	s := state{calls: []call{add("wrap", WrapUp), add("held", Held), add("ringing", Ringing), add("talking", Talking), add("done", Finished)}}
	var got []string
	for _, c := range render(s, false).Calls {
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

func TestTheRecordOpensByItselfOnlyWhenTheAgentChoseSo(t *testing.T) {
	withURL := dana
	withURL.URL = "https://acme.example/003"
	for _, tt := range []struct {
		pop               Pop
		ringing, answered int
	}{{PopNever, 0, 0}, {PopRing, 1, 1}, {PopAnswer, 0, 1}} {
		y := newStory(t)
		y.s.rules.Pop = tt.pop
		y.rings().found(withURL)
		if n := count[popRecord](y); n != tt.ringing {
			t.Errorf("%s: opened %d times while ringing, want %d", tt.pop, n, tt.ringing)
		}
		y.answers().found(withURL)
		if n := count[popRecord](y); n != tt.answered {
			t.Errorf("%s: opened %d times in all, want %d", tt.pop, n, tt.answered)
		}
	}
}

func TestARefusedLogIsTold(t *testing.T) {
	y := newStory(t).rings().found(dana).answers().ends(sip.EndLocal)
	y.play(logMoved{stamp: y.stamp(), id: "c1", standing: logStanding{state: LogParked, reason: "Fill in Region."}})
	if count[notifyParked](y) != 1 || y.view().Calls[0].Wrap.Error != "Fill in Region." {
		t.Error("the agent is not told that the call was not logged")
	}
}

func TestAViewHandedOutNeverChanges(t *testing.T) {
	y := newStory(t).rings().found(dana, danaTwin)
	v := y.view()
	y.play(recordPicked{y.stamp(), "c1", danaTwin.ID}).answers().ends(sip.EndRemote)
	if c := v.Calls[0]; c.Phase != Ringing || c.Lookup.State != LookupMany || c.Lookup.Record != nil {
		t.Errorf("the old view became %+v", c)
	}
}
