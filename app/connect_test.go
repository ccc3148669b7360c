package app

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

var secondNumber = crm.Number{Raw: "+13125550167", E164: "+13125550167", Variants: []string{"+13125550167"}}

// twoCalls is a customer on hold, and another whom the agent has dialed since, about whatever.
func twoCalls() state {
	s := state{rules: someRules(), links: []crm.LinkStatus{{State: crm.Linked}}}
	for _, e := range []event{
		callArrived{stamp: stamp{t0}, id: "c1", direction: crm.Inbound, number: number, party: sip.Party{User: number.Raw, Name: "Dana"}},
		phoneEvent{stamp{t0}, sip.CallAnswered{ID: "c1", At: t0}},
		phoneEvent{stamp{t0}, sip.CallHold{ID: "c1", At: t0, Local: true}},
		callArrived{stamp: stamp{t0}, id: "c2", direction: crm.Outbound, number: secondNumber, party: sip.Party{User: secondNumber.Raw, Name: "Peter"}},
		phoneEvent{stamp{t0}, sip.CallAnswered{ID: "c2", At: t0}},
	} {
		s, _ = next(s, e)
	}
	return s
}

// The agent sees in either of two calls that they can be connected, that this is under way, and how it ended.
func TestConnectIsSeenInBothCalls(t *testing.T) {
	s := twoCalls()
	offered := func(when string) {
		t.Helper()
		a, b := theCall(t, s, "c1").Connect, theCall(t, s, "c2").Connect
		if a != (ConsultView{With: "c2", Name: "Peter", Phase: Talking, First: true}) || b != (ConsultView{With: "c1", Name: "Dana", Phase: Held}) {
			t.Errorf("%s: %+v and %+v", when, a, b)
		}
	}
	offered("before")
	asked := sip.CallTransfer{ID: "c1", At: t0, Target: secondNumber.Raw, With: "c2"}
	rings, fails := asked, asked
	rings.Ringing, fails.Failed = true, fault.New("sip.transfer.declined", "target", secondNumber.Raw)
	for _, of := range []struct {
		told sip.Event
		says string
	}{
		{asked, catalogue.Text("desk.transferring", "target", secondNumber.Raw)},
		{sip.CallHold{ID: "c1", At: t0, Local: true, Resuming: true}, catalogue.Text("desk.transferring", "target", secondNumber.Raw)},
		{rings, catalogue.Text("desk.transfer-rings", "target", secondNumber.Raw)},
	} {
		s, _ = tells(s, 0, of.told)
		for _, id := range []string{"c1", "c2"} {
			if c := theCall(t, s, id); !c.Connect.Joining || c.Connect.First != (id == "c1") || c.Conference.Offer != nil || c.Transfer != of.says {
				t.Errorf("after %+v, %s: %+v %q", of.told, id, c.Connect, c.Transfer)
			}
		}
	}
	s, out := tells(s, 0, fails)
	if line := said(out, "transfer"); line.State != "failed" || line.With != "c2" || line.Call != "c1" {
		t.Errorf("told %+v", line)
	}
	for _, id := range []string{"c1", "c2"} {
		if c := theCall(t, s, id); c.Transfer != catalogue.Say(fails.Failed) {
			t.Errorf("%s says %q", id, c.Transfer)
		}
	}
	offered("after it failed")
}

// A new try, whichever of the two is sent, is what both say: not that an earlier one has failed.
func TestConnectTriedAgain(t *testing.T) {
	step := func(id, with, target string) (asked, fails sip.CallTransfer) {
		asked = sip.CallTransfer{ID: id, At: t0, Target: target, With: with}
		fails = asked
		fails.Failed = fault.New("sip.transfer.declined", "target", target)
		return asked, fails
	}
	there, failsThere := step("c1", "c2", secondNumber.Raw)
	back, failsBack := step("c2", "c1", number.Raw)
	rings, done := back, back
	rings.Ringing, done.Done = true, true
	s := twoCalls()
	for _, of := range []struct {
		told sip.CallTransfer
		says string
	}{
		{there, catalogue.Text("desk.transferring", "target", secondNumber.Raw)},
		{failsThere, catalogue.Say(failsThere.Failed)},
		{back, catalogue.Text("desk.transferring", "target", number.Raw)},
		{failsBack, catalogue.Say(failsBack.Failed)},
		{there, catalogue.Text("desk.transferring", "target", secondNumber.Raw)},
		{failsThere, catalogue.Say(failsThere.Failed)},
		{back, catalogue.Text("desk.transferring", "target", number.Raw)},
		{rings, catalogue.Text("desk.transfer-rings", "target", number.Raw)},
		{done, catalogue.Text("desk.transferred", "target", number.Raw)},
	} {
		s, _ = tells(s, 0, of.told)
		for _, id := range []string{"c1", "c2"} {
			if c := theCall(t, s, id); c.Transfer != of.says {
				t.Errorf("after %+v, %s says %q, want %q", of.told, id, c.Transfer, of.says)
			}
		}
	}
}

// It is not offered where it cannot work, nor where a consultation has its own way, nor where nobody can tell with which.
func TestConnectIsNotOffered(t *testing.T) {
	other := func(id string, e ...event) func(state) state {
		return func(s state) state {
			s, _ = next(s, callArrived{stamp: stamp{t0}, id: id, direction: crm.Inbound, number: crm.Number{Raw: "2061", Extension: true}, account: "2042@elsewhere.example.com"})
			for _, e := range e {
				s, _ = next(s, e)
			}
			return s
		}
	}
	tell := func(events ...sip.Event) func(state) state {
		return func(s state) state {
			for _, e := range events {
				s, _ = tells(s, 0, e)
			}
			return s
		}
	}
	alone := tell(sip.CallEnded{ID: "c2", At: t0, Reason: sip.EndRemote})
	for _, of := range []struct {
		name   string
		become func(state) state
	}{
		{"one alone", alone},
		{"the other rings", func(s state) state { return other("c3")(alone(s)) }},
		{"the other is at another server", func(s state) state {
			return other("c3", phoneEvent{stamp{t0}, sip.CallAnswered{ID: "c3", At: t0}})(alone(s))
		}},
		{"one is being transferred", tell(sip.CallTransfer{ID: "c2", At: t0, Target: "2060"})},
		{"the other side goes elsewhere", tell(sip.CallReferred{ID: "c1", At: t0, Target: "2060", Asks: true})},
		{"they go to a conference", func(s state) state {
			s, _ = next(s, callArrived{stamp: stamp{t0}, id: "room", direction: crm.Outbound, number: roomNumber(sip.Party{User: "3041"}), gathers: []string{"c1", "c2"}})
			return s
		}},
		{"a consultation", func(state) state { return twoUp() }},
	} {
		s := of.become(twoCalls())
		for _, id := range []string{"c1", "c2", "c3"} {
			if s.find(id) >= 0 {
				if c := theCall(t, s, id); c.Connect.With != "" {
					t.Errorf("%s: %s has %+v", of.name, id, c.Connect)
				}
			}
		}
	}
}

// Of three calls each that is on hold can be connected with the one that is talked on.
func TestConnectOneOfThree(t *testing.T) {
	s := twoCalls()
	s, _ = tells(s, 1, sip.CallHold{ID: "c2", At: t0, Local: true})
	s, _ = next(s, callArrived{stamp: stamp{t0}, id: "c3", direction: crm.Inbound, number: crm.Number{Raw: "2061", Extension: true}})
	s, _ = tells(s, 2, sip.CallAnswered{ID: "c3", At: t0})
	for id, with := range map[string]string{"c1": "c3", "c2": "c3", "c3": ""} {
		if c := theCall(t, s, id).Connect; c.With != with || with != "" && !c.First {
			t.Errorf("%s: %+v, want with %q", id, c, with)
		}
	}
}

// The desk connects the calls that it is told, and says why it does not.
func TestConnectCommand(t *testing.T) {
	r := newRig(t)
	if err := r.Connect("", "c2"); !fault.Of(err).Is("desk.connect-alone") {
		t.Errorf("without calls: %v", err)
	}
	for _, id := range []string{"c1", "c2"} {
		r.Heard(sip.CallIncoming{ID: id, At: time.Now(), Party: sip.Party{User: "204" + id[1:]}})
		r.Heard(sip.CallAnswered{ID: id, At: time.Now()})
	}
	r.wait("both are up", func(v View) bool { c, ok := v.call("c2"); return ok && up(c) })
	if err := r.Connect("", "c2"); err != nil || !r.phone.has("connect c1 c2") {
		t.Errorf("%v; the phone did %q", err, r.phone.did)
	}
	if err := r.Connect("c2", "c1"); err != nil || !r.phone.has("connect c2 c1") {
		t.Errorf("%v; the phone did %q", err, r.phone.did)
	}
	if err := r.Connect("c1", "c9"); !errors.Is(err, ErrNoSuchCall) {
		t.Errorf("with one that is not there: %v", err)
	}
	r.Heard(sip.CallIncoming{ID: "c3", At: time.Now(), Party: sip.Party{User: "2043"}})
	r.wait("the third rings", func(v View) bool { _, ok := v.call("c3"); return ok })
	if err := r.Connect("c1", "c3"); !errors.Is(err, ErrNotUp) {
		t.Errorf("with one that rings: %v", err)
	}
	r.Heard(sip.CallAnswered{ID: "c3", At: time.Now()})
	r.wait("the third is up", func(v View) bool { c, ok := v.call("c3"); return ok && up(c) })
	if err := r.Connect("", "c3"); !fault.Of(err).Is("desk.connect-which") {
		t.Errorf("of three: %v", err)
	}
}

// Whatever two calls and the phone do: what can be connected is seen from both sides, of two that are up, and each is logged once.
func TestConnectIsAlwaysAPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, now := twoCalls(), t0
		ended := endings{}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			now = now.Add(time.Second)
			ids := rapid.Permutation([]string{"c1", "c2"}).Draw(t, "which")
			id, st, yes := ids[0], stamp{now}, rapid.Bool().Draw(t, "yes")
			transfer := sip.CallTransfer{ID: id, At: now, Target: "2050", With: rapid.SampledFrom([]string{ids[1], ids[1], ""}).Draw(t, "with")}
			done, failed := transfer, transfer
			done.Done, failed.Failed = true, fault.New("sip.transfer.failed", "target", "2050")
			e := rapid.SampledFrom([]event{
				phoneEvent{st, sip.CallHold{ID: id, At: now, Local: yes}},
				phoneEvent{st, transfer},
				phoneEvent{st, done},
				phoneEvent{st, failed},
				phoneEvent{st, sip.CallReferred{ID: id, At: now, Target: "2060", Asks: yes, Done: !yes}},
				partyChanged{stamp: st, id: id, number: crm.Number{Raw: "2060", Extension: true}, transferred: yes},
				phoneEvent{st, sip.CallEnded{ID: id, At: now, Reason: sip.EndTransferred}},
				wrapSaved{st, id},
				ticked{st},
			}).Draw(t, "event")
			var out []effect
			s, out = next(s, e)
			ended.count(out)
			for _, c := range render(&s, false).Calls {
				if c.Connect.With == "" {
					continue
				}
				o := theCall(t, s, c.Connect.With)
				if o.Connect.With != c.ID || !live(c) || !live(o) || o.Connect.Joining != c.Connect.Joining {
					t.Fatalf("%+v\nand %+v", c.Connect, o.Connect)
				}
			}
		}
		ended.once(t)
	})
}
