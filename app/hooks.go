package app

import (
	"time"

	"linecard/crm"
)

// HookCall is a call that a rule tells an address of.
type HookCall struct {
	URL string // may have a secret in it: it is for no log
	HookDoc
}

// HookDoc is what an address is told of a call.
type HookDoc struct {
	Event     string            `json:"event"` // ring, answer, hangup, or test
	Rule      string            `json:"rule"`
	At        time.Time         `json:"at"`
	Call      string            `json:"call"`
	Direction crm.Direction     `json:"direction"`
	Account   string            `json:"account,omitempty"`
	Called    string            `json:"called,omitempty"`
	Number    string            `json:"number,omitempty"` // E.164 where it is known; none where it is withheld
	Name      string            `json:"name,omitempty"`
	Company   string            `json:"company,omitempty"`
	Record    *crm.Ref          `json:"record,omitempty"`
	Org       string            `json:"org,omitempty"`
	User      string            `json:"user,omitempty"`
	Started   time.Time         `json:"started"`
	Answered  time.Time         `json:"answered,omitzero"`
	Ended     time.Time         `json:"ended,omitzero"`
	Talked    int               `json:"talkedSeconds"`
	Outcome   crm.Outcome       `json:"outcome,omitempty"` // of a call that has ended
	Log       crm.Log           `json:"log"`
	Diverted  string            `json:"divertedFrom,omitempty"`
	Headers   map[string]string `json:"headers,omitempty"` // of the INVITE, those that begin with X-
	crm.Signalling
}

// callHook tells the program of it, which does not wait.
type callHook struct{ HookCall }

func (f callHook) to(d *Desk) {
	if d.cfg.Hook != nil {
		d.cfg.Hook(f.HookCall)
	}
}

// hookMoments are when hooks are called, in the order of call.hooked.
var hookMoments = [3]crm.Pop{crm.PopRing, crm.PopAnswer, crm.PopHangup}

// hooks tells the addresses that the rules name now, once each. Nobody is told of a call that the agent keeps private, and of
// one that was told busy at once nobody is told before its end.
func (c call) hooks(r Rules) (call, []effect) {
	if r.Table.Len() == 0 || c.word == crm.DontLog {
		return c, nil
	}
	v, by := r.Explain(c.facts())
	var out []effect
	for i, h := range []struct {
		url string
		row int
		now bool
	}{
		{v.Hooks.Ring, by.Hooks.Ring, c.ended.IsZero() && c.answered.IsZero() && !c.refused},
		{v.Hooks.Answer, by.Hooks.Answer, c.ended.IsZero() && !c.answered.IsZero()},
		{v.Hooks.Hangup, by.Hooks.Hangup, !c.ended.IsZero()},
	} {
		if h.url == "" || !h.now || c.hooked[i] {
			continue
		}
		c.hooked[i] = true
		out = append(out, callHook{HookCall{h.url, c.hookDoc(string(hookMoments[i]), r.Table.Name(h.row), v.Log)}})
	}
	return c, out
}

func (c *call) hookDoc(event, rule string, log crm.Log) HookDoc {
	at := c.started
	doc := HookDoc{
		Event: event, Rule: rule, Call: c.id, Direction: c.direction, Account: c.account, Called: c.called, Number: c.dial(), Name: c.name(),
		Org: c.org, User: c.user, Started: c.started, Answered: c.answered, Ended: c.ended, Talked: int(c.talked(c.ended) / time.Second), Log: log,
		Diverted: c.told.diverted, Headers: c.told.headers, Signalling: c.told.signalling,
	}
	if !c.ended.IsZero() {
		at, doc.Outcome = c.ended, c.outcome()
	} else if !c.answered.IsZero() {
		at = c.answered
	}
	doc.At = at
	if m, ok := c.who(); ok {
		doc.Company, doc.Record = m.Company, &m.Ref
	}
	return doc
}

// TestHook is a document that only shows that documents arrive.
func TestHook(rule string, now time.Time) HookDoc {
	return HookDoc{
		Event: "test", Rule: rule, At: now, Call: "00000000-0000-0000-0000-000000000000", Direction: crm.Inbound, Number: "+14155550132",
		Name: "test", Started: now.Add(-time.Minute), Answered: now.Add(-50 * time.Second), Ended: now, Talked: 50, Outcome: crm.Answered, Log: crm.LogYes,
	}
}
