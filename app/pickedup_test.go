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
