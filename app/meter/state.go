package meter

import (
	"maps"
	"reflect"
	"slices"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// State is what is left off now.
type State struct {
	Off   []crm.Use // in the order in which they were left off
	AtCap bool      // the desk's own cap is reached: everything waits
	Why   fault.Fault

	copies fault.Fault // why the copy of the org's people waits
}

// From which share of the desk's own cap, and of the org's requests, each use is left off, in percent. The org's are other
// people's too, and the gauge is as old as the last answer.
var shares = map[crm.Use]struct{ ofCap, ofOrg int }{
	crm.UseDirectory: {70, 80}, crm.UsePanel: {80, 90}, crm.UseSearch: {88, 94}, crm.UseStranger: {95, 97},
}

// gaugeLife is how long a gauge is believed. After it one request may find out what the org says now.
const gaugeLife = 10 * time.Minute

// state reckons what is left off in an org. The caller holds m.mu.
func (m *Meter) state(org string) State {
	limit, used := 0, m.usedToday()
	if m.o.Cap != nil {
		limit = m.o.Cap()
	}
	if limit > 0 && used >= limit {
		return State{Off: m.order(), AtCap: true, Why: fault.New("meter.cap-reached", "cap", limit)}
	}
	g := m.doc.Gauges[org]
	fresh := g.Limit > 0 && m.o.Now().Sub(g.At) < gaugeLife
	var s State
	for _, u := range m.order() {
		quiet := s.Why
		switch share := shares[u]; {
		case limit > 0 && used*100 >= limit*share.ofCap:
			s.Off, s.Why = append(s.Off, u), fault.New(capCodes[u], "cap", limit)
		case fresh && g.Used*100 >= g.Limit*share.ofOrg:
			s.Off, s.Why = append(s.Off, u), fault.New(orgCodes[u], "limit", g.Limit)
		}
		if u == crm.UseDirectory { // the copy's own page says so; the agent misses nothing
			s.copies, s.Why = s.Why, quiet
		}
	}
	return s
}

// What the agent reads, by the last use that is left off.
var (
	capCodes = map[crm.Use]fault.Code{
		crm.UseDirectory: "meter.cap-directory", crm.UsePanel: "meter.cap-panel", crm.UseSearch: "meter.cap-search", crm.UseStranger: "meter.cap-strangers",
	}
	orgCodes = map[crm.Use]fault.Code{
		crm.UseDirectory: "meter.org-directory", crm.UsePanel: "meter.org-panel", crm.UseSearch: "meter.org-search", crm.UseStranger: "meter.org-strangers",
	}
)

// refuses reports whether a request is not made.
func (s State) refuses(u crm.Use) bool { return s.AtCap || slices.Contains(s.Off, u) }

// capPause is the longest time until a write that waits for the cap is tried again: the cap may be raised.
const capPause = 5 * time.Minute

// refusal is the error in place of a request.
func (s State) refusal(u crm.Use, now time.Time) *crm.Error {
	e := &crm.Error{Class: crm.ClassQuota, Code: crm.CodeLeftOff, Fault: s.Why}
	if u == crm.UseDirectory && !s.copies.IsZero() {
		e.Fault = s.copies
	}
	if s.AtCap {
		tomorrow := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
		e.Code, e.Retry = crm.CodeOwnCap, min(tomorrow.Sub(now), capPause)
	}
	return e
}

// State is what is left off now, in the org where most is.
func (m *Meter) State() State {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.worst()
}

// worst is the state of the org where most is left off; without any org, that of the cap. The caller holds m.mu.
func (m *Meter) worst() State {
	worst := m.state("")
	for _, org := range slices.Sorted(maps.Keys(m.doc.Gauges)) {
		if s := m.state(org); s.AtCap && !worst.AtCap || len(s.Off) > len(worst.Off) {
			worst = s
		}
	}
	return worst
}

// Recheck reckons again what is left off, after the cap has changed, and tells it.
func (m *Meter) Recheck() { m.tell() }

// tell tells what is left off where that is news.
func (m *Meter) tell() {
	m.telling.Lock()
	defer m.telling.Unlock()
	s := m.State() // another one may have told a newer state meanwhile
	if m.changed == nil || reflect.DeepEqual(s, m.told) {
		return
	}
	m.told = s
	m.changed(s)
}

func (d document) clone() document {
	c := document{Days: map[string]map[string]Count{}, Gauges: maps.Clone(d.Gauges), Calls: slices.Clone(d.Calls)}
	for day, orgs := range d.Days {
		c.Days[day] = map[string]Count{}
		for org, n := range orgs {
			n.Kinds = maps.Clone(n.Kinds)
			c.Days[day][org] = n
		}
	}
	for i := range c.Calls {
		c.Calls[i].Kinds = maps.Clone(c.Calls[i].Kinds)
	}
	return c
}
