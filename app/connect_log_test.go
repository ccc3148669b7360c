package app

import (
	"slices"
	"testing"
	"time"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

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
