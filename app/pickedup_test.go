package app

import (
	"context"
	"testing"
	"time"

	"linecard/crm"
	"linecard/sip"
)

// A customer who was picked up at a colleague's phone has called, and is who the call is with: on the card, in the history and in the log. What was
// dialed for that is nobody's number.
func TestCustomerWhoIsPickedUp(t *testing.T) {
	for name, identity := range map[string]sip.Party{
		"known":    {Name: "D Whitfield", User: "+14155550132", Source: "dialog-info"},
		"unknown":  {Withheld: true, Source: "dialog-info"},
		"internal": {Name: "Ben", User: "2043"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.Heard(sip.CallDialing{ID: "c1", At: time.Now(), Party: sip.Party{User: "*82042"}, Picks: "2042"})
			r.wait("it is dialed", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == Dialing })
			r.Heard(sip.CallIdentity{ID: "c1", At: time.Now(), Party: identity})
			r.Heard(sip.CallAnswered{ID: "c1", At: time.Now()})
			v := r.wait("it is answered", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == Talking })
			c := v.Calls[0]
			if c.Direction != crm.Inbound || c.Withheld != identity.Withheld || identity.User != "" && c.Name != identity.Name || c.Earlier != "" || c.Number == "*82042" {
				t.Errorf("on the card: %+v", c)
			}
			r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndRemote})
			v = r.wait("it is in the history", func(v View) bool { return len(v.History) == 1 && v.History[0].Outcome == crm.Answered })
			if h := v.History[0]; h.Direction != crm.Inbound || h.Dial == "*82042" || h.Earlier != "" || (h.Dial == "") != identity.Withheld {
				t.Errorf("in the history: %+v", h)
			}
			row, err := r.cfg.Journal.Call(context.Background(), "c1")
			if err != nil || row.Direction != crm.Inbound || len(row.Earlier) > 0 {
				t.Errorf("on disk: %+v, %v", row, err)
			}
		})
	}
}

// pickedUp has a customer picked up, of whom the phone tells before the answer or after it.
func pickedUp(told func(...sip.Event), early bool) {
	identity := sip.CallIdentity{ID: "c1", Account: "work", At: t0, Party: sip.Party{User: "+14155550132", Source: "dialog-info"}}
	answered := sip.CallAnswered{ID: "c1", Account: "work", At: t0.Add(time.Second)}
	told(sip.CallDialing{ID: "c1", Account: "work", At: t0, Party: sip.Party{User: "*82042"}, Picks: "2042"})
	if early {
		told(identity, answered)
	} else {
		told(answered, identity)
	}
}

// A customer who was picked up is logged as one who has called, also after a crash in the call.
func TestPickedUpCallSurvivesAKill(t *testing.T) {
	for _, early := range []bool{true, false} {
		l := lateLife(t)
		pickedUp(func(all ...sip.Event) {
			for _, e := range all {
				l.desk.Heard(e)
			}
		}, early)
		if row := l.onDisk("c1"); row.Direction != crm.Inbound || row.Dial != "+14155550132" || row.Outcome != crm.Answered {
			t.Errorf("told early %v, after the kill: %+v", early, row.Call)
		}
		l.await("logged", func() bool {
			l.advance(1)
			return l.org.count("c1") == 1
		})
		if a := l.org.last("c1"); a.Direction != crm.Inbound || a.Number != "+14155550132" {
			t.Errorf("told early %v, logged %+v", early, a)
		}
	}
}

// The rules act on a call that is picked up as on one of the customer who has called: once, and never on what was dialed for it.
func TestRulesActOnWhomWasPickedUp(t *testing.T) {
	known := dana
	known.URL = "https://acme.example/003"
	table, wrong := crm.NewTable([]crm.Rule{{Name: "tell", On: true, Hook: "https://example.com/hook", HookAt: "answer"}})
	if !wrong.IsZero() {
		t.Fatal(wrong)
	}
	for _, early := range []bool{true, false} {
		for _, in := range []crm.Pop{crm.PopNever, crm.PopRing} {
			y := newStory(t)
			y.s.rules.Table, y.s.rules.Pop, y.s.rules.PopOutbound = table, in, crm.PopRing
			pickedUp(func(all ...sip.Event) {
				for _, e := range all {
					switch e := e.(type) {
					case sip.CallDialing:
						y.play(callArrived{stamp: y.stamp(), direction: crm.Outbound, id: e.ID, party: e.Party, number: crm.Number{Raw: e.Party.User, Extension: true}, picks: e.Picks})
					case sip.CallIdentity:
						y.play(partyChanged{stamp: y.stamp(), id: e.ID, party: e.Party, number: number, known: &crm.Result{Number: number, Matches: []crm.Match{known}}})
					default:
						y.play(phoneEvent{y.stamp(), e})
					}
				}
			}, early)
			if opened := count[popRecord](y); opened > 0 != (in == crm.PopRing) {
				t.Errorf("told early %v, inbound pop %q: opened %d times", early, in, opened)
			}
			y.ends(sip.EndRemote)
			hook, _ := last[callHook](y)
			if n := count[callHook](y); n != 1 || hook.Number != number.E164 || hook.Direction != crm.Inbound {
				t.Errorf("told early %v: %d hooks, the last %+v", early, n, hook.HookDoc)
			}
			for _, e := range y.effects {
				if d, ok := e.(writeDraft); ok && d.activity.Direction != crm.Inbound {
					t.Errorf("told early %v: drafted as %+v", early, d.activity)
				}
			}
		}
	}
}

// A pick-up of which nobody tells whose call it was is one that was dialed, to the rules as in the history.
func TestPickupThatNobodyTellsOf(t *testing.T) {
	table, _ := crm.NewTable([]crm.Rule{{Name: "tell", On: true, Hook: "https://example.com/hook", HookAt: "hangup"}})
	for _, answered := range []bool{true, false} {
		y := newStory(t)
		y.s.rules.Table = table
		y.play(callArrived{stamp: y.stamp(), direction: crm.Outbound, id: "c1", party: sip.Party{User: "*82042"}, number: crm.Number{Raw: "*82042", Extension: true}, picks: "2042"})
		if answered {
			y.answers()
		} else {
			y.becomes("Dana", number)
		}
		y.ends(sip.EndRemote)
		hook, _ := last[callHook](y)
		if n := count[callHook](y); n != 1 || hook.Number != "*82042" || hook.Direction != crm.Outbound {
			t.Errorf("answered %v: %d hooks, the last %+v", answered, n, hook.HookDoc)
		}
		end := y.end()
		if row := end.call.row(); row.Direction != crm.Outbound || row.Dial != "*82042" {
			t.Errorf("answered %v, on disk: %+v", answered, row)
		}
	}
}

// What cannot be picked up stays a call that was dialed, to a number of the phone system.
func TestPickupThatFails(t *testing.T) {
	r := newRig(t)
	r.Heard(sip.CallDialing{ID: "c1", At: time.Now(), Party: sip.Party{User: "*82042"}, Picks: "2042"})
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndFailed, Code: 404})
	v := r.wait("it is in the history", func(v View) bool { return len(v.History) == 1 })
	if h := v.History[0]; h.Direction != crm.Outbound || h.Dial != "*82042" {
		t.Errorf("in the history: %+v", h)
	}
}
