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
)

// With one party alone in the room, the agent who hangs up leaves that party there alone, and is told so.
func TestConferenceOfOneIsSeen(t *testing.T) {
	s := roomCalled()
	s, _ = tells(s, 5, sip.CallAnswered{ID: "room", At: t0})
	s, _ = tells(s, 6, sip.CallTransfer{ID: "c1", At: t0, Target: "3041", Room: "room"})
	s, _ = tells(s, 6, sip.CallTransfer{ID: "c1", At: t0, Target: "3041", Room: "room", Done: true})
	if c := theCall(t, s, "c1"); c.Transfer != catalogue.Text("desk.conference-goes") {
		t.Errorf("before it is over for the phone: %q", c.Transfer)
	}
	s, _ = tells(s, 6, sip.CallEnded{ID: "c1", At: t0, Reason: sip.EndTransferred})
	both := catalogue.Text("desk.in-conference")
	if c := theCall(t, s, "c1"); c.Transfer != both {
		t.Errorf("the other one waits: %q", c.Transfer)
	}
	s, _ = tells(s, 7, sip.CallTransfer{ID: "c2", At: t0, Target: "3041", Room: "room"})
	if c := theCall(t, s, "c1"); c.Transfer != both {
		t.Errorf("the other one is on its way: %q", c.Transfer)
	}
	s, _ = tells(s, 8, sip.CallTransfer{ID: "c2", At: t0, Target: "3041", Room: "room", Failed: fault.New("sip.conference.not-gone", "room", "3041")})
	for _, id := range []string{"c1", "room"} {
		if c := theCall(t, s, id); c.Transfer != catalogue.Text("desk.in-conference-alone") {
			t.Errorf("%s, the other one has refused: %q", id, c.Transfer)
		}
	}
}

// That a call is on hold is not said of one that is not; that the room was busy is.
func TestConferenceFailureOfCallOffHold(t *testing.T) {
	for code, stays := range map[fault.Code]bool{
		"sip.conference.not-gone": false, "sip.conference.not-allowed": false, "sip.conference.over": false, "sip.conference.alone": false,
		"sip.conference.unheard": false, "sip.conference.room-busy": true, "sip.conference.other-gone": true,
	} {
		why := fault.New(code, "room", "3041")
		s, _ := tells(roomCalled(), 5, sip.CallTransfer{ID: "c2", At: t0, Target: "3041", Room: "room", Failed: why})
		s, _ = tells(s, 5, sip.CallEnded{ID: "room", At: t0, Reason: sip.EndLocal})
		if c := theCall(t, s, "c2"); c.Transfer != catalogue.Say(why) {
			t.Errorf("%s on hold: %q", code, c.Transfer)
		}
		s, _ = tells(s, 6, sip.CallHold{ID: "c2", At: t0})
		if c := theCall(t, s, "c2"); (c.Transfer == catalogue.Say(why)) != stays {
			t.Errorf("%s off hold: %q", code, c.Transfer)
		}
	}
}

// Who hung up is the agent only where the agent left the room.
func TestConferenceHungUpBy(t *testing.T) {
	for reason, want := range map[sip.EndReason]string{sip.EndLocal: crm.ByAgent, sip.EndRemote: "", sip.EndFailed: ""} {
		_, out := tells(met(t), 70, sip.CallEnded{ID: "room", At: t0.Add(70 * time.Second), Reason: reason})
		var a *crm.Activity
		for _, f := range out {
			if f, ok := f.(writeEnd); ok && f.call.id == "c1" {
				a = f.activity
			}
		}
		if a == nil || a.HungUp != want || a.Conference != "3041" {
			t.Errorf("%s: logged %+v, want hung up by %q", reason, a, want)
		}
	}
}

// A call that goes to the room after everybody has left it was transferred, and was in no conference.
func TestConferenceThatNobodyIsIn(t *testing.T) {
	s := roomCalled()
	s, _ = tells(s, 5, sip.CallAnswered{ID: "room", At: t0})
	s, _ = tells(s, 6, sip.CallTransfer{ID: "c1", At: t0, Target: "3041", Room: "room"})
	s, _ = tells(s, 7, sip.CallEnded{ID: "room", At: t0, Reason: sip.EndLocal})
	s, _ = tells(s, 7, sip.CallTransfer{ID: "c1", At: t0, Target: "3041", Room: "room", Failed: fault.New("sip.conference.alone", "room", "3041")})
	s, _ = tells(s, 8, sip.CallTransfer{ID: "c1", At: t0, Target: "3041", Done: true})
	_, out := tells(s, 8, sip.CallEnded{ID: "c1", At: t0.Add(8 * time.Second), Reason: sip.EndTransferred})
	for _, f := range out {
		if f, ok := f.(writeEnd); ok && (f.activity == nil || f.activity.Conference != "" || f.activity.Transferred != "3041") {
			t.Errorf("logged %+v", f.activity)
		}
	}
}

// The call to a room never goes on in another.
func TestRoomIsInNoRoom(t *testing.T) {
	s := met(t)
	s, _ = next(s, callArrived{stamp: stamp{t0}, id: "room2", direction: crm.Outbound, number: roomNumber(sip.Party{User: "3042"}), gathers: []string{}})
	s, _ = tells(s, 20, sip.CallAnswered{ID: "room2", At: t0})
	s, _ = tells(s, 21, sip.CallTransfer{ID: "room2", At: t0, Target: "3041", Room: "room", Done: true})
	s, _ = tells(s, 22, sip.CallEnded{ID: "room2", At: t0, Reason: sip.EndTransferred})
	if i := s.find("room2"); i >= 0 && s.calls[i].live() {
		t.Error("it goes on")
	}
}

// Calls on two accounts of one phone server can meet, as the phone has it; those at two servers cannot.
func TestConferenceOfTwoAccounts(t *testing.T) {
	for other, offered := range map[string]bool{"2042@PBX.example.com": true, "2042@other.example.com": false} {
		r := newRig(t)
		r.SetAccounts([]Account{{ID: "2041@pbx.example.com", Conference: "3041"}, {ID: other, Conference: "3042"}})
		for id, account := range map[string]string{"c1": "2041@pbx.example.com", "c2": other} {
			r.Heard(sip.CallIncoming{ID: id, Account: account, At: time.Now(), Party: sip.Party{User: "204" + id[1:]}})
			r.Heard(sip.CallAnswered{ID: id, Account: account, At: time.Now()})
		}
		r.wait("two are up", func(v View) bool {
			a, _ := v.call("c1")
			b, _ := v.call("c2")
			return up(a) && up(b)
		})
		_, err := r.Conference()
		if offered && err != nil || !offered && !errors.Is(err, sip.ErrServers) {
			t.Errorf("with %s: %v", other, err)
		}
	}
}

// Of three calls one alone does not say which two are meant.
func TestConferenceOfWhich(t *testing.T) {
	r := newRig(t)
	r.SetAccounts([]Account{{Conference: "3041"}})
	for _, id := range []string{"c1", "c2", "c3"} {
		r.Heard(sip.CallIncoming{ID: id, At: time.Now(), Party: sip.Party{User: "204" + id[1:]}})
		r.Heard(sip.CallAnswered{ID: id, At: time.Now()})
	}
	r.wait("three are up", func(v View) bool {
		return len(v.Calls) == 3 && !slices.ContainsFunc(v.Calls, func(c CallView) bool { return !up(c) })
	})
	for _, ids := range [][]string{nil, {"c2"}} {
		if _, err := r.Conference(ids...); !fault.Of(err).Is(manyUp) {
			t.Errorf("%q: %v", ids, err)
		}
	}
	if _, err := r.Conference("c2", "c3"); err != nil {
		t.Error(err)
	}
}
