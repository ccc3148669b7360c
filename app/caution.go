package app

import (
	"slices"
	"strings"
	"time"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// What the agent is asked about before a number is called, beside [DoNotCall]. Several of them are asked about at once, in one sentence after the other.
const (
	OutsideHours fault.Code = "desk.outside-hours"  // it is too early, too late, or the wrong day where the callee is
	CalledLately fault.Code = "desk.called-lately"  // somebody here has just talked with them
	InSandbox    fault.Code = "desk.sandbox-number" // the org is for trying things out, and the number may be a real customer's
	severalAsked fault.Code = "desk.ask-several"
)

// AsksFirst reports whether an error means that the agent is to be asked before a number is called, and may then call it for a reason.
func AsksFirst(err error) bool {
	return slices.ContainsFunc([]fault.Code{DoNotCall, OutsideHours, CalledLately, InSandbox, severalAsked}, fault.Of(err).Is)
}

// Asking is what the agent is asked about before a call, beside Do Not Call. The zero value asks nothing.
type Asking struct {
	Hours   crm.CallingHours // by the callee's clock
	Lately  time.Duration    // how long nobody is called again after somebody has called and talked with them
	Sandbox bool             // a number is called from an org that is a sandbox
}

// Caution is a reason to ask before a number is called.
type Caution struct {
	Code fault.Code `json:"code"` // "desk.do-not-call", "desk.outside-hours", "desk.called-lately" or "desk.sandbox-number"
	Text string     `json:"text"` // as a plain sentence
}

// aboutDialing are the facts by which it is decided whether the agent is asked.
type aboutDialing struct {
	marked  string           // who has the number and is marked Do Not Call; "" for nobody
	now     time.Time        // and when it is
	zones   []*time.Location // where the number may be; none where that is not known
	called  time.Time        // when the last call to the number ended in which somebody talked; zero for none
	sandbox string           // the org, where it is a sandbox; else ""
}

// cautions are the reasons to ask, the gravest first. Where the number may be in several zones, it asks when it is too late in all of them.
func (a Asking) cautions(f aboutDialing) (all []fault.Fault) {
	if f.marked != "" {
		all = append(all, fault.New(DoNotCall, "name", f.marked))
	}
	inside := func(zone *time.Location) bool { return !a.Hours.Outside(f.now.In(zone)) }
	if !a.Hours.Always() && len(f.zones) > 0 && !slices.ContainsFunc(f.zones, inside) {
		all = append(all, fault.New(OutsideHours, "at", f.now.In(f.zones[0])))
	}
	if ago := f.now.Sub(f.called); a.Lately > 0 && !f.called.IsZero() && ago < a.Lately {
		all = append(all, fault.New(CalledLately, "ago", max(ago, time.Second).Truncate(time.Second)))
	}
	if a.Sandbox && f.sandbox != "" {
		all = append(all, fault.New(InSandbox, "org", f.sandbox))
	}
	return all
}

// asksAbout is the one error of all reasons; nil for none.
func asksAbout(all []fault.Fault) error {
	if len(all) == 0 {
		return nil
	}
	one := all[len(all)-1]
	for _, f := range slices.Backward(all[:len(all)-1]) {
		one = fault.New(severalAsked, "first", f, "rest", one)
	}
	return &fault.Error{Fault: one}
}

// mayBeCalled is the question about a number, nil for none. again counts whom the agent has called a moment ago, too. It waits for the org as
// [Desk.doNotCall] does.
func (d *Desk) mayBeCalled(account, number string, again bool) error {
	who, _ := d.doNotCall(account, number)
	return asksAbout(d.reasonsToAsk(account, number, who, again))
}

// WillAsk is what the agent would be asked about before a number is called, as far as it is known without asking the org. Account "" is the first.
func (d *Desk) WillAsk(account, number string) []Caution {
	account = d.dialsFrom(account)
	var all []Caution
	for _, f := range d.reasonsToAsk(account, number, d.remembersMark(account, number), true) {
		all = append(all, Caution{f.Code, catalogue.Say(f)})
	}
	return all
}

// reasonsToAsk gathers the facts about a number. Colleagues, short codes and emergency numbers are none that is asked about, nor is what fetches messages.
func (d *Desk) reasonsToAsk(account, number, marked string, again bool) []fault.Fault {
	s := d.now.Load()
	f := aboutDialing{marked: marked, now: d.cfg.Clock.Now()}
	n, ok := d.goesTo(account, number)
	if ok && s.rules.Asking != (Asking{}) && !d.isMachine(account, n) {
		if !s.rules.Asking.Hours.Always() {
			f.zones = n.Zones()
		}
		if again && s.rules.Asking.Lately > 0 {
			f.called = d.lastTalked(s, n, f.now.Add(-s.rules.Asking.Lately))
		}
		if org := s.linkOf(s.callers(account)); org.Sandbox && org.State != crm.Unlinked {
			f.sandbox = org.Called()
			if f.sandbox == "" {
				f.sandbox = org.OrgID
			}
		}
	}
	return s.rules.Asking.cautions(f)
}

// goesTo is the public number that a call goes to, behind the rewrites of the dial plan. ok is false where it is none.
func (d *Desk) goesTo(account, number string) (n crm.Number, ok bool) {
	typed, err := sip.Read(number)
	if err != nil {
		return crm.Number{}, false
	}
	n = d.parse(account, sip.Party{User: typed.Number})
	if sent := d.plan(account).Dial(typed.Number); sent != typed.Number {
		if to := d.parse(account, sip.Party{User: sent}); to.Public() || !n.Public() {
			n = to
		}
	}
	return n, n.Public() && n.E164 != ""
}

// isMachine reports whether a number is one that an account's messages are fetched from.
func (d *Desk) isMachine(account string, n crm.Number) bool {
	return slices.ContainsFunc(d.View().Phones, func(p PhoneView) bool {
		return p.Voicemail != "" && d.parse(account, sip.Party{User: strings.TrimSpace(p.Voicemail)}).E164 == n.E164
	})
}

// lastTalked is when the last call to a number has ended that went out from here and in which somebody talked, if it was after a time; else it is zero. It
// looks at the newest page of the history, which is in memory.
func (d *Desk) lastTalked(s *state, n crm.Number, after time.Time) (ended time.Time) {
	for _, row := range s.history {
		end := row.Started.Add(row.Duration)
		if row.Direction != crm.Outbound || row.Duration == 0 || !end.After(after) || !end.After(ended) {
			continue
		}
		if to, ok := d.goesTo(row.Account, row.Dial); ok && to.E164 == n.E164 {
			ended = end
		}
	}
	return ended
}
