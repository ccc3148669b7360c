package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// theCall is a call of the View.
func theCall(t interface{ Fatalf(string, ...any) }, s state, id string) CallView {
	for _, c := range render(&s, false).Calls {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("%s is not on the desk", id)
	return CallView{}
}

// consulting is a customer on hold, and a colleague dialed about the call.
func consulting() state {
	s := state{rules: someRules(), links: []crm.LinkStatus{{State: crm.Linked}}}
	for _, e := range []event{
		callArrived{stamp: stamp{t0}, id: "c1", direction: crm.Inbound, number: number, party: sip.Party{User: number.Raw, Name: "Dana"}},
		phoneEvent{stamp{t0}, sip.CallAnswered{ID: "c1", At: t0}},
		callArrived{stamp: stamp{t0}, id: "c2", direction: crm.Outbound, number: crm.Number{Raw: "2050", Extension: true}, consults: "c1"},
		phoneEvent{stamp{t0}, sip.CallHold{ID: "c1", At: t0, Local: true}},
	} {
		s, _ = next(s, e)
	}
	return s
}

// The agent sees in either of two calls what becomes of the other.
func TestConsultationIsSeenInBothCalls(t *testing.T) {
	s := consulting()
	if c := theCall(t, s, "c2").Consult; c.With != "c1" || c.First || c.Phase != Held || c.Name != "Dana" {
		t.Errorf("in the consultation: %+v", c)
	}
	if c := theCall(t, s, "c1").Consult; c.With != "c2" || !c.First || c.Phase != Dialing || c.Name != "2050" {
		t.Errorf("in the call: %+v", c)
	}
	s, _ = next(s, phoneEvent{stamp{t0}, sip.CallAnswered{ID: "c2", At: t0}})
	s, out := next(s, phoneEvent{stamp{t0}, sip.CallTransfer{ID: "c1", At: t0, Target: "2050", With: "c2"}})
	if line := said(out, "transfer"); line.State != "asked" || line.Target != "2050" || line.With != "c2" {
		t.Errorf("told %+v", line)
	}
	for _, id := range []string{"c1", "c2"} {
		if c := theCall(t, s, id); !c.Consult.Joining || !strings.Contains(c.Transfer, "2050") {
			t.Errorf("%s: %+v %q", id, c.Consult, c.Transfer)
		}
	}
	s, _ = next(s, phoneEvent{stamp{t0}, sip.CallTransfer{ID: "c1", At: t0, Target: "2050", With: "c2", Failed: fault.New("sip.transfer.busy", "target", "2050")}})
	if c := theCall(t, s, "c2"); c.Consult.Joining || c.Transfer == "" {
		t.Errorf("after it failed: %+v %q", c.Consult, c.Transfer)
	}
	s, _ = next(s, phoneEvent{stamp{t0}, sip.CallEnded{ID: "c2", At: t0, Reason: sip.EndRemote}})
	if c := theCall(t, s, "c1").Consult; c.With != "" {
		t.Errorf("after the consultation: %+v", c)
	}
}

// While the two are being joined the agent sees that, also once the other phone rings and while a call is taken off hold: until the phone
// system says how it ended.
func TestJoiningLastsUntilItEnds(t *testing.T) {
	failed := fault.New("sip.transfer.busy", "target", "2050")
	asked := sip.CallTransfer{ID: "c1", At: t0, Target: "2050", With: "c2"}
	rings, done, fails := asked, asked, asked
	rings.Ringing, done.Done, fails.Failed = true, true, failed
	s := consulting()
	for _, of := range []struct {
		told    sip.Event
		joining bool
		says    string
	}{
		{asked, true, catalogue.Text("desk.transferring", "target", "2050")},
		{rings, true, catalogue.Text("desk.transfer-rings", "target", "2050")},
		{sip.CallHold{ID: "c1", At: t0, Local: true, Resuming: true}, true, catalogue.Text("desk.transfer-rings", "target", "2050")},
		{fails, false, catalogue.Say(failed)},
		{asked, true, catalogue.Text("desk.transferring", "target", "2050")},
		{done, false, catalogue.Text("desk.transferred", "target", "2050")},
	} {
		s, _ = next(s, phoneEvent{stamp{t0}, of.told})
		for _, id := range []string{"c1", "c2"} {
			if c := theCall(t, s, id); c.Consult.Joining != of.joining || c.Transfer != of.says {
				t.Errorf("after %+v, %s: %+v %q", of.told, id, c.Consult, c.Transfer)
			}
		}
	}
}

// While two calls are being joined neither is swapped for the other.
func TestNoSwapWhileJoining(t *testing.T) {
	r := newRig(t)
	r.Heard(sip.CallIncoming{ID: "c1", At: time.Now(), Party: sip.Party{User: "2042"}})
	r.Heard(sip.CallAnswered{ID: "c1", At: time.Now()})
	r.Heard(sip.CallDialing{ID: "c2", At: time.Now(), Party: sip.Party{User: "2050"}, Consults: "c1"})
	r.Heard(sip.CallTransfer{ID: "c1", At: time.Now(), Target: "2050", With: "c2"})
	r.wait("they are joined", func(v View) bool { c, ok := v.call("c2"); return ok && c.Consult.Joining })
	if err := r.Swap(""); !errors.Is(err, sip.ErrTransfer) || r.phone.has("swap c1") || r.phone.has("swap c2") {
		t.Errorf("%v; the phone did %q", err, r.phone.did)
	}
}

// Whom a call was handed on to is on disk before its end, and in its one Task.
func TestTransferSurvivesACrash(t *testing.T) {
	s := consulting()
	s, _ = next(s, phoneEvent{stamp{t0}, sip.CallAnswered{ID: "c2", At: t0}})
	s, out := next(s, phoneEvent{stamp{t0}, sip.CallTransfer{ID: "c1", At: t0, Target: "2050", With: "c2", Done: true}})
	kept := false
	for _, f := range out {
		switch f := f.(type) {
		case writeRing:
			kept = f.call.id == "c1" && f.call.story().Transferred == "2050"
		case writeDraft:
			if f.activity.Transferred != "2050" {
				t.Errorf("drafted %+v", f.activity)
			}
		}
	}
	if !kept {
		t.Error("nothing is kept of it")
	}
	tasks := 0
	for _, id := range []string{"c1", "c2"} {
		s, out = next(s, phoneEvent{stamp{t0}, sip.CallEnded{ID: id, At: t0.Add(time.Minute), Reason: sip.EndTransferred}})
		for _, f := range out {
			if f, ok := f.(writeEnd); ok && f.activity != nil {
				tasks++
				if f.call.id != "c1" || f.activity.Transferred != "2050" {
					t.Errorf("%s is logged with %+v", f.call.id, f.activity)
				}
			}
		}
	}
	if tasks != 1 {
		t.Errorf("%d Tasks", tasks)
	}
}

// That the transfer has worked may be known only after the caller has hung up: the Task and the history tell of it all the same.
func TestTransferToldLate(t *testing.T) {
	s := consulting()
	s, _ = next(s, phoneEvent{stamp{t0}, sip.CallAnswered{ID: "c2", At: t0}})
	s, _ = next(s, phoneEvent{stamp{t0}, sip.CallTransfer{ID: "c1", At: t0, Target: "2050", With: "c2"}})
	s, _ = next(s, phoneEvent{stamp{t0}, sip.CallEnded{ID: "c1", At: t0.Add(time.Minute), Reason: sip.EndRemote}})
	_, out := next(s, phoneEvent{stamp{t0}, sip.CallTransfer{ID: "c1", At: t0.Add(time.Minute), Target: "2050", With: "c2", Done: true}})
	edited, kept := false, false
	for _, f := range out {
		switch f := f.(type) {
		case writeEdit:
			edited = f.id == "c1" && f.activity.Transferred == "2050"
		case writeRing:
			r := f.call.row()
			kept = r.ID == "c1" && r.Story.Transferred == "2050" && !r.Ended.IsZero()
		case writeDraft:
			t.Errorf("%+v after its end", f)
		}
	}
	if !edited || !kept {
		t.Errorf("the Task or the history does not tell: %+v", out)
	}
}

// A colleague transfers a customer to the agent: the card, the history and the Task are the customer's, and say who it was.
func TestTransferredHere(t *testing.T) {
	s := state{rules: someRules(), links: []crm.LinkStatus{{State: crm.Linked}}}
	s, _ = next(s, callArrived{stamp: stamp{t0}, id: "c1", direction: crm.Inbound, number: crm.Number{Raw: "2050", Extension: true}, party: sip.Party{User: "2050", Name: "Reception"}})
	s, _ = next(s, phoneEvent{stamp{t0}, sip.CallAnswered{ID: "c1", At: t0}})
	s, out := next(s, phoneEvent{stamp{t0}, sip.CallReferred{ID: "c1", At: t0, Target: "2060@elsewhere.example.com", Asks: true}})
	if line := said(out, "referred"); line.State != "asked" || line.Target == "" {
		t.Errorf("told %+v", line)
	}
	if r := theCall(t, s, "c1").Referred; !r.Asks || r.By != "Reception" {
		t.Errorf("asked %+v", r)
	}
	s, _ = next(s, partyChanged{stamp: stamp{t0}, id: "c1", party: sip.Party{User: number.Raw, Name: "Dana"}, number: number, transferred: true})
	c := theCall(t, s, "c1")
	if c.Referred.Target != "" || !strings.Contains(c.Transfer, "Reception") || !strings.Contains(c.Earlier, "Reception") {
		t.Errorf("%+v %q %q", c.Referred, c.Transfer, c.Earlier)
	}
	_, out = next(s, phoneEvent{stamp{t0}, sip.CallEnded{ID: "c1", At: t0.Add(time.Minute), Reason: sip.EndRemote}})
	tasks := 0
	for _, f := range out {
		if f, ok := f.(writeEnd); ok && f.activity != nil {
			tasks++
			if f.activity.TransferredBy != "Reception (2050)" || f.activity.Number != number.E164 {
				t.Errorf("logged %+v", f.activity)
			}
		}
	}
	if tasks != 1 {
		t.Errorf("%d Tasks", tasks)
	}
}

func said(out []effect, what string) Event {
	for _, f := range out {
		if f, ok := f.(say); ok && f.Event.Event == what {
			return f.Event
		}
	}
	return Event{}
}

// endings counts how often the end of each call was written.
type endings map[string]int

func (e endings) count(out []effect) {
	for _, f := range out {
		if f, ok := f.(writeEnd); ok {
			e[f.call.id]++
		}
	}
}

func (e endings) once(t *rapid.T) {
	for id, n := range e {
		if n != 1 {
			t.Fatalf("%s was ended %d times", id, n)
		}
	}
}

// Whatever two calls and the phone do: each View that shows a pair shows it from both sides, of two live calls, and no call is on the
// desk or logged twice.
func TestPairIsAlwaysAPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, now := consulting(), t0
		ended := endings{}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Second)
			id := rapid.SampledFrom([]string{"c1", "c2"}).Draw(t, "which")
			st, yes := stamp{now}, rapid.Bool().Draw(t, "yes")
			e := rapid.SampledFrom([]event{
				phoneEvent{st, sip.CallProgress{ID: id, At: now}},
				phoneEvent{st, sip.CallAnswered{ID: id, At: now}},
				phoneEvent{st, sip.CallHold{ID: id, At: now, Local: yes}},
				phoneEvent{st, sip.CallTransfer{ID: id, At: now, Target: "2050", Ringing: yes}},
				phoneEvent{st, sip.CallTransfer{ID: id, At: now, Target: "2050", Done: yes}},
				phoneEvent{st, sip.CallTransfer{ID: id, At: now, Target: "2050", Failed: fault.New("sip.transfer.failed", "target", "2050")}},
				phoneEvent{st, sip.CallReferred{ID: id, At: now, Target: "2060", Asks: yes}},
				phoneEvent{st, sip.CallReferred{ID: id, At: now, Target: "2060", Done: true}},
				partyChanged{stamp: st, id: id, number: crm.Number{Raw: "2060", Extension: true}, transferred: yes},
				phoneEvent{st, sip.CallEnded{ID: id, At: now, Reason: sip.EndTransferred}},
				wrapSaved{st, id},
				ticked{st},
			}).Draw(t, "event")
			var out []effect
			s, out = next(s, e)
			ended.count(out)
			calls := render(&s, false).Calls
			for _, c := range calls {
				if c.Consult.With == "" {
					continue
				}
				other := theCall(t, s, c.Consult.With)
				if other.Consult.With != c.ID || other.Consult.First == c.Consult.First || !live(c) || !live(other) || other.Consult.Joining != c.Consult.Joining {
					t.Fatalf("%+v\nand %+v", c.Consult, other.Consult)
				}
			}
		}
		ended.once(t)
	})
}
