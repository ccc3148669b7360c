package meter

import (
	"maps"
	"slices"
)

// Report is all that the meter knows, for the window and the command line.
type Report struct {
	Day   string         `json:"day"`           // today, where the agent is
	Used  int            `json:"used"`          // requests of today that count, in all orgs
	Cap   int            `json:"cap"`           // the desk's own, 0 for none
	Orgs  []OrgReport    `json:"orgs"`          // of today, and those whose gauge is known
	Calls []Call         `json:"calls"`         // the latest first
	Days  map[string]int `json:"days"`          // requests that count, by day
	State State          `json:"-"`             // what is left off now
	Off   []string       `json:"off,omitempty"` // what is left off now: directory, panel, search, strangers, everything
}

// OrgReport is one org of a report.
type OrgReport struct {
	Org   string   `json:"org,omitempty"` // id; "" stands for logins whose org was not known yet
	Total int      `json:"total"`
	Gauge *Reading `json:"gauge,omitempty"` // nil while the org has not said
	Count
}

// Report returns what was counted.
func (m *Meter) Report() Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	doc := m.doc.clone()
	r := Report{Day: m.today(), Used: m.usedToday(), State: m.worst(), Days: map[string]int{}, Calls: doc.Calls, Orgs: []OrgReport{}}
	if m.o.Cap != nil {
		r.Cap = m.o.Cap()
	}
	slices.Reverse(r.Calls)
	if r.Calls == nil {
		r.Calls = []Call{}
	}
	for day, orgs := range doc.Days {
		for _, c := range orgs {
			r.Days[day] += c.Counted
		}
	}
	ids := map[string]bool{}
	for org := range doc.Days[r.Day] {
		ids[org] = true
	}
	for org := range doc.Gauges {
		ids[org] = true
	}
	for _, org := range slices.Sorted(maps.Keys(ids)) {
		o := OrgReport{Org: org, Count: doc.Days[r.Day][org]}
		o.Total = o.Count.Total()
		if g, ok := doc.Gauges[org]; ok {
			o.Gauge = &g
		}
		r.Orgs = append(r.Orgs, o)
	}
	for _, u := range r.State.Off {
		r.Off = append(r.Off, string(u))
	}
	if r.State.AtCap {
		r.Off = append(r.Off, "everything")
	}
	return r
}
