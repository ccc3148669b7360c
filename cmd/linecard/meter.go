package main

import (
	"cmp"
	"io"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/meter"
	"linecard/crm"
	"linecard/fault"
)

// requestCount is the line of status about requests to Salesforce.
type requestCount struct {
	Today      int        `json:"today"`         // that count against an org's
	Cap        int        `json:"cap"`           // 0 for none
	Off        []string   `json:"off,omitempty"` // what is left off now
	Reason     string     `json:"reason,omitempty"`
	ReasonCode fault.Code `json:"reasonCode,omitempty"`
}

func answerRequests(r meter.Report) requestCount {
	return requestCount{r.Used, r.Cap, r.Off, catalogue.Say(r.State.Why), r.State.Why.Code}
}

func requestsLine(r requestCount) string {
	if r.Cap > 0 {
		return catalogue.Text("cmd.meter.today-of", "used", r.Today, "cap", r.Cap)
	}
	return catalogue.Text("cmd.meter.today", "used", r.Today)
}

type meterAnswer struct {
	meter.Report
	Names      map[string]string `json:"names,omitempty"` // of the linked orgs, by id
	Reason     string            `json:"reason,omitempty"`
	ReasonCode fault.Code        `json:"reasonCode,omitempty"`
}

func answerMeter(r meter.Report, orgs []crm.LinkStatus) meterAnswer {
	a := meterAnswer{Report: r, Names: map[string]string{}, Reason: catalogue.Say(r.State.Why), ReasonCode: r.State.Why.Code}
	for _, o := range orgs {
		if o.OrgID != "" {
			a.Names[o.OrgID] = app.OrgTitle(o)
		}
	}
	return a
}

// callsShown is how many calls are listed for people.
const callsShown = 10

var showMeter = shows(func(w io.Writer, v meterAnswer) {
	t := newTable(w)
	defer t.end()
	t.row(catalogue.Text("cmd.status.requests"), requestsLine(requestCount{Today: v.Used, Cap: v.Cap}))
	if v.Reason != "" {
		t.row("", v.Reason)
	}
	for _, o := range v.Orgs {
		name := cmp.Or(v.Names[o.Org], o.Org, catalogue.Text("cmd.meter.login"))
		gauge := ""
		if o.Gauge != nil {
			gauge = catalogue.Text("cmd.meter.gauge", "used", o.Gauge.Used, "limit", o.Gauge.Limit)
		}
		t.row(name, facts(append(o.ByKind(), gauge)...))
	}
	for i, c := range v.Calls {
		if i == callsShown {
			break
		}
		t.row(catalogue.Text("cmd.meter.call", "call", c.ID), facts(c.ByKind()...))
	}
})
