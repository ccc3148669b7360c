package crm_test

import (
	"testing"

	"pgregory.net/rapid"

	"linecard/crm"
	"linecard/crm/crmtest"
)

func TestJudge(t *testing.T) {
	in, out := crm.Inbound, crm.Outbound
	all := crmtest.LogAll()
	ask, never, colleagues, none := all, all, all, crm.Rules{}
	ask.Ask, never.Never, colleagues.Colleagues = true, true, true
	tests := []struct {
		name  string
		rules crm.Rules
		facts crm.Facts
		want  crm.Log
	}{
		{"an answered inbound call", all, crm.Facts{Direction: in, Outcome: crm.Answered}, crm.LogYes},
		{"an answered outbound call", all, crm.Facts{Direction: out, Outcome: crm.Answered}, crm.LogYes},
		{"a missed call", all, crm.Facts{Direction: in, Outcome: crm.Missed}, crm.LogYes},
		{"a declined call", all, crm.Facts{Direction: in, Outcome: crm.Declined}, crm.LogYes},
		{"an unanswered outbound call", all, crm.Facts{Direction: out, Outcome: crm.NoAnswer}, crm.LogYes},
		{"forwarded", all, crm.Facts{Direction: in, Outcome: crm.Forwarded}, crm.LogNo},
		{"answered elsewhere", all, crm.Facts{Direction: in, Outcome: crm.AnsweredElsewhere}, crm.LogNo},
		{"a failed call", all, crm.Facts{Direction: out, Outcome: crm.Failed}, crm.LogNo},
		{"a colleague called", all, crm.Facts{Direction: in, Outcome: crm.Answered, Extension: true}, crm.LogNo},
		{"a colleague called, and colleagues are logged", colleagues, crm.Facts{Direction: in, Outcome: crm.Answered, Extension: true}, crm.LogYes},
		{"every kind is off", none, crm.Facts{Direction: in, Outcome: crm.Missed}, crm.LogNo},
		{"ask", ask, crm.Facts{Direction: in, Outcome: crm.Answered}, crm.LogAsk},
		{"ask, but Save was pressed", ask, crm.Facts{Direction: in, Outcome: crm.Answered, Word: crm.LogIt}, crm.LogYes},
		{"ask with a colleague", ask, crm.Facts{Direction: in, Outcome: crm.Answered, Extension: true}, crm.LogNo},
		{"never", never, crm.Facts{Direction: in, Outcome: crm.Answered}, crm.LogNo},
		{"never, but the agent logs it", never, crm.Facts{Direction: in, Outcome: crm.Answered, Word: crm.LogIt}, crm.LogYes},
		{"the agent pressed Don't log", all, crm.Facts{Direction: in, Outcome: crm.Answered, Word: crm.DontLog}, crm.LogNo},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.rules.Judge(tt.facts).Log; got != tt.want {
				t.Errorf("log %q, want %q", got, tt.want)
			}
		})
	}
}

func TestOnlyInboundCallsPop(t *testing.T) {
	r := crm.Rules{Pop: crm.PopRing}
	if got := r.Judge(crm.Facts{Direction: crm.Inbound}).Pop; got != crm.PopRing {
		t.Errorf("inbound: %q", got)
	}
	if got := r.Judge(crm.Facts{Direction: crm.Outbound}).Pop; got != crm.PopNever {
		t.Errorf("outbound: %q", got)
	}
}

// The agent's word overrides every rule.
func TestTheAgentsWordDecides(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		r := crm.Rules{
			Ask: flag("ask"), Never: flag("never"), Inbound: flag("inbound"), Outbound: flag("outbound"),
			Missed: flag("missed"), Unanswered: flag("unanswered"), Colleagues: flag("colleagues"),
		}
		f := crm.Facts{
			Direction: rapid.SampledFrom([]crm.Direction{crm.Inbound, crm.Outbound}).Draw(t, "direction"),
			Outcome:   rapid.SampledFrom([]crm.Outcome{crm.Answered, crm.Missed, crm.Failed, crm.AnsweredElsewhere}).Draw(t, "outcome"),
			Extension: flag("extension"),
		}
		f.Word = crm.LogIt
		if got := r.Judge(f).Log; got != crm.LogYes {
			t.Fatalf("log it: %q", got)
		}
		f.Word = crm.DontLog
		if got := r.Judge(f).Log; got != crm.LogNo {
			t.Fatalf("don't log: %q", got)
		}
	})
}
