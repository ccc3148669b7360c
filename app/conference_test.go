package app

import (
	"errors"
	"slices"
	"testing"
	"time"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
	"linecard/test/interop"
)

// twoUp is a customer on hold since a second after the answer, and a colleague who is talked to, on an account that has a conference room.
func twoUp() state {
	s := consulting()
	s.accounts = []Account{{Conference: "3041"}}
	for _, e := range []event{
		phoneEvent{stamp{t0}, sip.CallAnswered{ID: "c2", At: t0}},
	} {
		s, _ = next(s, e)
	}
	return s
}

// tells plays what the phone tells, at so many seconds after t0.
func tells(s state, seconds int, e sip.Event) (state, []effect) {
	return next(s, phoneEvent{stamp{t0.Add(time.Duration(seconds) * time.Second)}, e})
}

// roomCalled is twoUp once the room is dialed.
func roomCalled() state {
	s, _ := next(twoUp(), callArrived{stamp: stamp{t0}, id: "room", direction: crm.Outbound, number: roomNumber(sip.Party{User: "3041"}), gathers: []string{"c1", "c2"}})
	s, _ = tells(s, 0, sip.CallHold{ID: "c2", At: t0, Local: true})
	return s
}

// met is the two of them in the room with the agent, from the tenth second on.
func met(t *testing.T) state {
	s := roomCalled()
	at := t0.Add(10 * time.Second)
	s, _ = tells(s, 5, sip.CallAnswered{ID: "room", At: t0.Add(5 * time.Second)})
	for _, id := range []string{"c1", "c2"} {
		s, _ = tells(s, 10, sip.CallTransfer{ID: id, At: at, Target: "3041", Room: "room"})
		s, _ = tells(s, 10, sip.CallTransfer{ID: id, At: at, Target: "3041", Room: "room", Done: true})
		var out []effect
		s, out = tells(s, 10, sip.CallEnded{ID: id, At: at, Reason: sip.EndTransferred})
		if line := said(out, "conference"); line.State != "in" || line.With != "room" || line.Call != id {
			t.Errorf("told %+v", line)
		}
	}
	return s
}

// The agent sees where each call stands, from the first press to the end of it.
func TestConferenceIsSeen(t *testing.T) {
	s := twoUp()
	for _, id := range []string{"c1", "c2"} {
		if c := theCall(t, s, id); !slices.Equal(c.Conference.Offer, []string{"c1", "c2"}) {
			t.Errorf("%s: %+v", id, c.Conference)
		}
	}
	s = roomCalled()
	for _, id := range []string{"c1", "c2"} {
		if c := theCall(t, s, id); !c.Conference.Waits || c.Conference.Room != "room" || c.Conference.Offer != nil || c.Transfer != catalogue.Text("desk.conference-waits") {
			t.Errorf("%s: %+v %q", id, c.Conference, c.Transfer)
		}
	}
	if c := theCall(t, s, "room"); c.Name != catalogue.Text("desk.conference") || c.Transfer != catalogue.Text("desk.conference-dials") || c.Consult.With != "" {
		t.Errorf("the room: %+v", c)
	}
	s, _ = tells(s, 5, sip.CallAnswered{ID: "room", At: t0})
	s, _ = tells(s, 5, sip.CallTransfer{ID: "c1", At: t0, Target: "3041", Room: "room"})
	if c := theCall(t, s, "c1"); c.Transfer != catalogue.Text("desk.conference-goes") || c.Conference.Offer != nil {
		t.Errorf("on its way: %+v %q", c.Conference, c.Transfer)
	}
	s = met(t)
	for _, id := range []string{"c1", "c2", "room"} {
		c := theCall(t, s, id)
		if c.Phase != Talking || c.Conference.Room != "room" || c.Conference.In != (id != "room") || c.Transfer != catalogue.Text("desk.in-conference") || c.Conference.Offer != nil || c.Consult.With != "" {
			t.Errorf("%s: %s %+v %q", id, c.Phase, c.Conference, c.Transfer)
		}
	}
	s, _ = tells(s, 20, sip.CallHold{ID: "room", At: t0.Add(20 * time.Second), Local: true})
	s, _ = tells(s, 20, sip.CallMuted{ID: "room", At: t0, Muted: true})
	for _, id := range []string{"c1", "room"} {
		if c := theCall(t, s, id); c.Phase != Held || !c.Muted {
			t.Errorf("%s, held and muted: %s %v", id, c.Phase, c.Muted)
		}
	}
}

// The customer's call has one Task, with the time to the moment that the agent leaves; the room has none, whatever the rules say of extensions.
func TestConferenceIsLoggedOnce(t *testing.T) {
	interop.Proves(t, "S3.12")
	s := met(t)
	s.rules.Colleagues = true
	tasks := map[string]*crm.Activity{}
	s, out := tells(s, 70, sip.CallEnded{ID: "room", At: t0.Add(70 * time.Second), Reason: sip.EndLocal})
	for _, f := range out {
		if f, ok := f.(writeEnd); ok {
			if _, twice := tasks[f.call.id]; twice {
				t.Errorf("%s has ended twice", f.call.id)
			}
			tasks[f.call.id] = f.activity
		}
	}
	if len(tasks) != 3 || tasks["room"] != nil {
		t.Errorf("ended %v", tasks)
	}
	a := tasks["c1"]
	if a == nil {
		t.Fatal("the customer's call is not logged")
	}
	if a.Talked != 70*time.Second || a.Held != 10*time.Second || a.Conference != "3041" || a.Transferred != "" || a.Number != number.E164 {
		t.Errorf("logged %+v", a)
	}
	if c := theCall(t, s, "c1"); c.Phase != WrapUp {
		t.Errorf("after it: %s", c.Phase)
	}
	if s.find("room") >= 0 {
		t.Error("the call to the room stays on the desk")
	}
}

// What the desk keeps of the call to the room has no Task to be made after a crash, and that of the customer's call says where it went on.
func TestConferenceSurvivesACrash(t *testing.T) {
	s, out := next(twoUp(), callArrived{stamp: stamp{t0}, id: "room", direction: crm.Outbound, number: roomNumber(sip.Party{User: "3041"}), gathers: []string{"c1", "c2"}})
	for _, f := range out {
		switch f := f.(type) {
		case writeRing:
			if f.call.word != crm.DontLog || f.call.verdict != crm.LogNo {
				t.Errorf("kept with %q, %q", f.call.word, f.call.verdict)
			}
		case writeDraft:
			t.Errorf("drafted %+v", f.activity)
		case askOrg:
			t.Error("the org is asked about the room")
		}
	}
	_, out = tells(s, 5, sip.CallTransfer{ID: "c1", At: t0, Target: "3041", Room: "room", Done: true})
	kept := false
	for _, f := range out {
		if f, ok := f.(writeRing); ok {
			kept = f.call.id == "c1" && f.call.story().Conference == "3041"
		}
	}
	if !kept {
		t.Error("nothing is kept of it")
	}
}

// A call whose far end stays is held with the reason, and can be sent again while the agent is in the room; one that hangs up there has just ended.
func TestConferenceWithoutOne(t *testing.T) {
	s := roomCalled()
	s, _ = tells(s, 5, sip.CallAnswered{ID: "room", At: t0})
	why := fault.New("sip.conference.not-gone", "room", "3041")
	s, out := tells(s, 5, sip.CallTransfer{ID: "c1", At: t0, Target: "3041", Room: "room", Failed: why})
	if line := said(out, "transfer"); line.State != "failed" || line.With != "room" || line.Why.Code != why.Code {
		t.Errorf("told %+v", line)
	}
	if c := theCall(t, s, "c1"); c.Phase != Held || c.Transfer != catalogue.Say(why) || !slices.Equal(c.Conference.Offer, []string{"c1"}) {
		t.Errorf("it stays: %s %q %+v", c.Phase, c.Transfer, c.Conference)
	}
	s, _ = tells(s, 8, sip.CallEnded{ID: "c1", At: t0.Add(8 * time.Second), Reason: sip.EndRemote})
	if c := theCall(t, s, "c1"); c.Phase != WrapUp || c.Conference.In {
		t.Errorf("after it hung up: %s %+v", c.Phase, c.Conference)
	}
}

// A room that is not reached leaves both calls as they were.
func TestConferenceRoomNotReached(t *testing.T) {
	s := roomCalled()
	s, _ = tells(s, 5, sip.CallEnded{ID: "room", At: t0, Reason: sip.EndBusy})
	for _, id := range []string{"c1", "c2"} {
		if c := theCall(t, s, id); c.Conference.Waits || len(c.Conference.Offer) != 2 {
			t.Errorf("%s: %+v", id, c.Conference)
		}
	}
}

// A call that goes to the room after the agent has left it has ended, like any other that is transferred.
func TestConferenceLeftBefore(t *testing.T) {
	s := roomCalled()
	s, _ = tells(s, 5, sip.CallAnswered{ID: "room", At: t0})
	s, _ = tells(s, 6, sip.CallEnded{ID: "room", At: t0, Reason: sip.EndLocal})
	s, _ = tells(s, 7, sip.CallTransfer{ID: "c1", At: t0, Target: "3041", Room: "room", Done: true})
	s, _ = tells(s, 7, sip.CallEnded{ID: "c1", At: t0, Reason: sip.EndTransferred})
	if c := theCall(t, s, "c1"); c.Phase != WrapUp || c.Conference.In {
		t.Errorf("%s %+v", c.Phase, c.Conference)
	}
}

// Two calls are offered to be joined where it is clear which two, at an account that has a room.
func TestWhatCanBeJoined(t *testing.T) {
	s := twoUp()
	s, _ = next(s, callArrived{stamp: stamp{t0}, id: "c3", direction: crm.Inbound, number: crm.Number{Raw: "2060", Extension: true}})
	if c := theCall(t, s, "c1"); len(c.Conference.Offer) != 2 {
		t.Errorf("while a third rings: %+v", c.Conference)
	}
	s, _ = tells(s, 0, sip.CallAnswered{ID: "c3", At: t0})
	if c := theCall(t, s, "c1"); !slices.Equal(c.Conference.Offer, []string{"c1", "c2"}) {
		t.Errorf("a call and the consultation about it: %+v", c.Conference)
	}
	if c := theCall(t, s, "c3"); c.Conference.Offer != nil {
		t.Errorf("the third: %+v", c.Conference)
	}
	s = twoUp()
	s.accounts = nil
	if c := theCall(t, s, "c1"); c.Conference.Offer != nil {
		t.Errorf("without a room: %+v", c.Conference)
	}
}

// What the other side says of itself is seen, and told.
func TestFocusIsSeen(t *testing.T) {
	s, out := tells(twoUp(), 1, sip.CallFocus{ID: "c2", At: t0, On: true})
	if c := theCall(t, s, "c2"); !c.Conference.Focus || c.Transfer != catalogue.Text("desk.focus") || said(out, "focus").State != "on" {
		t.Errorf("%+v %q", c.Conference, c.Transfer)
	}
}

// The commands: which calls are joined where none are named, and that the buttons of a call in the room act on the call to it.
func TestConferenceCommands(t *testing.T) {
	r := newRig(t)
	r.SetAccounts([]Account{{Conference: "3041"}})
	if _, err := r.Conference(); !errors.Is(err, sip.ErrTooFew) {
		t.Errorf("without calls: %v", err)
	}
	for _, id := range []string{"c1", "c2"} {
		r.Heard(sip.CallIncoming{ID: id, At: time.Now(), Party: sip.Party{User: "204" + id[1:]}})
		r.Heard(sip.CallAnswered{ID: id, At: time.Now()})
	}
	r.wait("two are up", func(v View) bool { c, ok := v.call("c2"); return ok && len(c.Conference.Offer) == 2 })
	for _, ids := range [][]string{nil, {"c2"}, {"c1", "c2"}} {
		if room, err := r.Conference(ids...); err != nil || room != "room" {
			t.Errorf("%v: %q, %v", ids, room, err)
		}
	}
	if len(r.phone.did) != 3 || !r.phone.has("conference c1 c2") {
		t.Errorf("the phone did %q", r.phone.did)
	}
	if _, err := r.Conference("c1", "none"); !errors.Is(err, ErrNoSuchCall) {
		t.Errorf("an unknown one: %v", err)
	}
	r.Heard(sip.CallDialing{ID: "room", At: time.Now(), Party: sip.Party{User: "3041"}, Gathers: []string{"c1", "c2"}})
	r.Heard(sip.CallAnswered{ID: "room", At: time.Now()})
	r.Heard(sip.CallTransfer{ID: "c1", At: time.Now(), Target: "3041", Room: "room", Done: true})
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndTransferred})
	r.wait("one is in", func(v View) bool { c, ok := v.call("c1"); return ok && c.Conference.In })
	if _, err := r.Conference("c1"); !errors.Is(err, ErrInConference) {
		t.Errorf("one that is in: %v", err)
	}
	if err := r.Transfer("c1", "2050"); !errors.Is(err, ErrInConference) {
		t.Errorf("transferred: %v", err)
	}
	for want, do := range map[string]func(id string) error{
		"hold room": r.Hold, "hangup room": r.Hangup, "mute room true": func(id string) error { return r.SetMute(id, true) },
		"dtmf room 5": func(id string) error { return r.SendDTMF(id, "5") },
	} {
		if err := do("c1"); err != nil || !r.phone.has(want) {
			t.Errorf("%s: %v, did %q", want, err, r.phone.did)
		}
	}
}
