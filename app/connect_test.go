package app

import (
	"errors"
	"slices"
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

// endsOf are the ends that are written, by call; each must come once.
func endsOf(t *testing.T, into map[string]*crm.Activity, out []effect) {
	t.Helper()
	for _, f := range out {
		switch f := f.(type) {
		case writeEnd:
			if _, twice := into[f.call.id]; twice {
				t.Errorf("%s has ended twice", f.call.id)
			}
			into[f.call.id] = f.activity
		case writeEdit:
			into[f.id] = &f.activity
		}
	}
}

// Each of the two has its own Task, with its own party, and says whom that one went to: whichever end comes first, and whenever it is known.
func TestConnectIsLoggedInBoth(t *testing.T) {
	transfer := sip.CallTransfer{ID: "c1", At: t0, Target: secondNumber.Raw, With: "c2"}
	done := transfer
	done.Done = true
	end := func(id string, why sip.EndReason) sip.Event {
		return sip.CallEnded{ID: id, At: t0.Add(time.Minute), Reason: why}
	}
	for name, events := range map[string][]sip.Event{
		"told before the ends":   {transfer, done, end("c1", sip.EndTransferred), end("c2", sip.EndTransferred)},
		"the second goes before": {transfer, end("c2", sip.EndTransferred), done, end("c1", sip.EndTransferred)},
		"told after the first":   {transfer, end("c1", sip.EndRemote), done, end("c2", sip.EndTransferred)},
	} {
		s, tasks := twoCalls(), map[string]*crm.Activity{}
		for _, e := range events {
			var out []effect
			s, out = tells(s, 60, e)
			endsOf(t, tasks, out)
		}
		a, b := tasks["c1"], tasks["c2"]
		if len(tasks) != 2 || a == nil || b == nil {
			t.Fatalf("%s: logged %v", name, tasks)
		}
		if a.Number != number.E164 || a.Transferred != secondNumber.Raw || b.Number != secondNumber.E164 || b.Transferred != number.E164 {
			t.Errorf("%s: %s went to %q, %s to %q", name, a.Number, a.Transferred, b.Number, b.Transferred)
		}
	}
}

// Whose party hangs up while the two are being connected, which then fails, was with nobody else: the Task, the history and the card take that back.
func TestConnectThatFailsIsNotLogged(t *testing.T) {
	transfer := sip.CallTransfer{ID: "c1", At: t0, Target: secondNumber.Raw, With: "c2"}
	failed := transfer
	failed.Failed = fault.New("sip.transfer.failed", "target", secondNumber.Raw)
	consults := twoCalls()
	consults.calls[1].consults = "c1"
	for name, s := range map[string]state{"any two": twoCalls(), "a consultation": consults} {
		tasks := map[string]*crm.Activity{}
		for _, e := range []sip.Event{transfer, sip.CallEnded{ID: "c2", At: t0.Add(time.Minute), Reason: sip.EndTransferred}} {
			var out []effect
			s, out = tells(s, 60, e)
			endsOf(t, tasks, out)
		}
		s, out := tells(s, 60, failed)
		endsOf(t, tasks, out)
		if c := theCall(t, s, "c2"); c.EndReason != sip.EndRemote {
			t.Errorf("%s: the card says %q", name, c.EndReason)
		}
		rows := 0
		for i, f := range out {
			if f, ok := f.(writeRing); ok && f.call.id == "c2" {
				rows++
				if r := f.call.row(); r.Story.Transferred != "" || r.Story.HungUp != crm.ByParty || r.Ended.IsZero() || r.Verdict != "" {
					t.Errorf("%s: the history has %+v", name, r)
				}
				if !slices.Contains(out[i:], effect(readHistory{})) {
					t.Errorf("%s: the history is not read again", name)
				}
			}
		}
		if rows != 1 {
			t.Errorf("%s: the history has it %d times", name, rows)
		}
		_, out = tells(s, 60, sip.CallEnded{ID: "c1", At: t0.Add(time.Minute), Reason: sip.EndRemote})
		endsOf(t, tasks, out)
		for id, a := range tasks {
			if a == nil || a.Transferred != "" || a.HungUp != crm.ByParty {
				t.Errorf("%s: %s is logged with %+v", name, id, a)
			}
		}
	}
}

// That it has worked may be known only when the other call has left the desk: the one that is there tells of it all the same, whoever is withheld.
func TestConnectToldWhenTheOtherIsGone(t *testing.T) {
	for _, gone := range []string{"c1", "c2"} {
		for _, withheldNumber := range []bool{false, true} {
			s, there, want := twoCalls(), "c2", number.E164
			if gone == "c2" {
				there, want = "c1", secondNumber.Raw
			}
			transfer := sip.CallTransfer{ID: "c1", At: t0, Target: secondNumber.Raw, With: "c2"}
			if withheldNumber {
				o := &s.calls[s.find(gone)]
				o.number, o.party, want = crm.Number{Withheld: true}, sip.Party{Withheld: true}, withheld()
				if gone == "c2" {
					transfer.Target = ""
				}
			}
			done := transfer
			done.Done = true
			s, _ = tells(s, 0, transfer)
			s, _ = tells(s, 60, sip.CallEnded{ID: gone, At: t0.Add(time.Minute), Reason: sip.EndRemote})
			s, _ = next(s, wrapSaved{stamp{t0.Add(time.Minute)}, gone})
			if s.find(gone) >= 0 {
				t.Fatalf("%s is still on the desk", gone)
			}
			s, out := tells(s, 61, done)
			tasks := map[string]*crm.Activity{}
			endsOf(t, tasks, out)
			_, out = tells(s, 62, sip.CallEnded{ID: there, At: t0.Add(time.Minute), Reason: sip.EndTransferred})
			endsOf(t, tasks, out)
			if a := tasks[there]; a == nil || a.Transferred != want {
				t.Errorf("without %s: %s is logged with %+v, want %q", gone, there, a, want)
			}
		}
	}
}

// What is told of a call that was saved meanwhile comes into the history and its Task all the same, also where both have left the desk.
func TestConnectToldOfACallThatIsGone(t *testing.T) {
	transfer := sip.CallTransfer{ID: "c1", At: time.Now(), Target: secondNumber.Raw, With: "c2"}
	done, unnamed, failed := transfer, transfer, transfer
	done.Done, unnamed.Done, unnamed.Target, failed.Failed = true, true, "", fault.New("sip.transfer.failed", "target", secondNumber.Raw)
	for name, of := range map[string]struct {
		gone   []string
		told   sip.CallTransfer
		before string // whom c2 went to, as its end says
		first  string // and after, by call
		second string
	}{
		"the first":                {[]string{"c1"}, done, "", secondNumber.Raw, ""},
		"the first, and no name":   {[]string{"c1"}, unnamed, "", secondNumber.Raw, ""},
		"both":                     {[]string{"c2", "c1"}, unnamed, number.E164, secondNumber.E164, number.E164},
		"the second, and it fails": {[]string{"c2"}, failed, number.E164, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			for id, n := range map[string]string{"c1": number.Raw, "c2": secondNumber.Raw} {
				r.Heard(sip.CallIncoming{ID: id, At: time.Now(), Party: sip.Party{User: n}})
				r.Heard(sip.CallAnswered{ID: id, At: time.Now()})
			}
			r.Heard(transfer)
			for _, id := range of.gone {
				reason := sip.EndTransferred
				if id == "c1" {
					reason = sip.EndRemote
				}
				r.Heard(sip.CallEnded{ID: id, At: time.Now(), Reason: reason})
				r.wait(id+" is over", func(v View) bool { c, ok := v.call(id); return ok && c.Phase == WrapUp })
				if err := r.SaveWrap(id); err != nil {
					t.Fatal(err)
				}
				r.wait(id+" is gone", func(v View) bool { _, ok := v.call(id); return !ok })
			}
			went := func(id, want string) {
				t.Helper()
				r.Settle(t.Context())
				row, err := r.cfg.Journal.Call(t.Context(), id)
				a, entryErr := r.cfg.Journal.Activity(t.Context(), id)
				if err != nil || entryErr != nil || row.Story.Transferred != want || a.Transferred != want {
					t.Errorf("%s went to %q in the history and to %q in the Task, want %q; %v, %v", id, row.Story.Transferred, a.Transferred, want, err, entryErr)
				}
				if of.before != "" && want == "" && id == "c2" && (row.Story.HungUp != crm.ByParty || a.HungUp != crm.ByParty) {
					t.Errorf("%s was hung up by %q and %q", id, row.Story.HungUp, a.HungUp)
				}
			}
			if slices.Contains(of.gone, "c2") {
				went("c2", of.before)
			}
			r.Heard(of.told)
			if slices.Contains(of.gone, "c1") {
				went("c1", of.first)
			}
			if slices.Contains(of.gone, "c2") {
				went("c2", of.second)
			}
		})
	}
}

// A crash after it was done loses neither of the two.
func TestConnectSurvivesACrash(t *testing.T) {
	s, out := tells(twoCalls(), 0, sip.CallTransfer{ID: "c1", At: t0, Target: secondNumber.Raw, With: "c2", Done: true})
	kept := map[string]string{}
	for _, f := range out {
		if f, ok := f.(writeRing); ok {
			kept[f.call.id] = f.call.story().Transferred
		}
	}
	if kept["c1"] != secondNumber.Raw || kept["c2"] != number.E164 {
		t.Errorf("kept %v", kept)
	}
	if s.find("c1") < 0 || s.find("c2") < 0 {
		t.Error("a call is gone before its end")
	}
}

// Whoever withholds the number is called that, in the window and in the other's Task.
func TestConnectWithAWithheldNumber(t *testing.T) {
	s := twoCalls()
	s.calls[1].number, s.calls[1].party = crm.Number{Withheld: true}, sip.Party{Withheld: true}
	transfer := sip.CallTransfer{ID: "c1", At: t0, With: "c2"}
	s, _ = tells(s, 0, transfer)
	if c := theCall(t, s, "c2"); c.Transfer != catalogue.Text("desk.connecting") {
		t.Errorf("says %q", c.Transfer)
	}
	transfer.Done = true
	s, _ = tells(s, 0, transfer)
	if c := theCall(t, s, "c1"); c.Transfer != catalogue.Text("desk.connected") {
		t.Errorf("says %q", c.Transfer)
	}
	if to := s.calls[0].story().Transferred; to != withheld() {
		t.Errorf("logged as %q", to)
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
		ended := map[string]int{}
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
			for _, f := range out {
				if f, ok := f.(writeEnd); ok {
					ended[f.call.id]++
				}
			}
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
		for id, n := range ended {
			if n != 1 {
				t.Fatalf("%s was ended %d times", id, n)
			}
		}
	})
}
