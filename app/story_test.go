package app

import (
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/crmtest"
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

// someRules log every call that involved a customer.
func someRules() Rules {
	return Rules{
		Rules: crmtest.LogAll(), WrapUp: 30 * time.Second, Outcomes: []string{"Resolved", "Call back"},
		NotifyRinging: true, NotifyMissed: true, NotifyParked: true,
	}
}

// story plays events to a desk with a linked org, one second apart, and collects what was to be done.
type story struct {
	t       *testing.T
	s       state
	now     time.Time
	effects []effect
}

func newStory(t *testing.T) *story {
	return &story{t: t, now: t0, s: state{rules: someRules(), links: []crm.LinkStatus{{State: crm.Linked}}}}
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
	return y.play(lookupEnded{stamp: y.stamp(), id: "c1", org: y.org(), result: crm.Result{Number: number, Matches: m}})
}

// org is the one the call belongs to.
func (y *story) org() string {
	if i := y.s.find("c1"); i >= 0 {
		return y.s.calls[i].org
	}
	return ""
}

// links plays a change of the only link.
func (y *story) links(l crm.LinkStatus) *story {
	return y.play(orgsChanged{y.stamp(), []crm.LinkStatus{l}})
}

func (y *story) view() View { return render(&y.s, false) }

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

// end is the end of the first call as it is written.
func (y *story) end() writeEnd {
	for _, f := range y.effects {
		if e, ok := f.(writeEnd); ok {
			return e
		}
	}
	y.t.Fatal("no call has ended")
	return writeEnd{}
}

func count[E effect](y *story) (n int) {
	for _, f := range y.effects {
		if _, ok := f.(E); ok {
			n++
		}
	}
	return n
}
