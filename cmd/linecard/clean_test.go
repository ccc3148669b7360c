package main

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/checkup"
	"linecard/app/journal"
	"linecard/clean/cleantest"
	"linecard/crm"
	"linecard/fault"
	"linecard/test/interop"
)

// Whatever a name is made of, what a verb prints gives the terminal nothing to obey, and a row stays one row.
func TestTheTerminalObeysNobody(t *testing.T) {
	interop.Proves(t, "S8.6")
	rapid.Check(t, func(t *rapid.T) {
		s := func() string { return cleantest.Hostile().Draw(t, "text") }
		for verb, print := range map[string]func(w *bytes.Buffer){
			"status": func(w *bytes.Buffer) {
				printStatus(w, statusAnswer{
					Accounts: []phoneAnswer{{Label: s(), Extension: s(), Server: s(), Reason: s()}}, Orgs: []app.OrgView{{LinkStatus: crm.LinkStatus{OrgName: s(), Username: s()}, Reason: s()}},
					Audio: audioAnswer{Microphone: s(), Speaker: s(), Problem: s()}, Outbox: outboxCount{Reason: s()}, Notice: s(), Unsaved: s(),
				})
			},
			"account": func(w *bytes.Buffer) { printAccounts(w, []phoneAnswer{{Account: s(), Label: s(), Reason: s()}}) },
			"calls": func(w *bytes.Buffer) {
				printCalls(w, []callAnswer{{
					ID: s(), Number: s(), Name: s(), Company: s(), Encrypted: s(), Transfer: s(), Lookup: lookupPart{Silent: s()}, Quality: &qualityPart{Words: s()},
					Consult: &consultPart{With: s(), Name: s()}, Connect: &consultPart{With: s(), Name: s()}, Referred: &referredPart{Target: s(), By: s(), Asks: true},
				}})
			},
			"history": func(w *bytes.Buffer) {
				printHistory(w, []historyAnswer{{Number: s(), Name: s(), Company: s(), Error: s(), Outcome: crm.Outcome(s())}})
			},
			"outbox": func(w *bytes.Buffer) {
				printOutbox(w, []outboxAnswer{{ID: s(), Subject: s(), Reason: s(), Elsewhere: true, Username: s(), OrgName: s(), State: journal.State(s())}})
			},
			"lookup": func(w *bytes.Buffer) {
				printLookup(w, lookupAnswer{Silent: s(), Matches: []matchAnswer{{OnOrg: s(), Match: crm.Match{
					Record: crm.Record{Ref: crm.Ref{Object: s(), Name: s(), URL: s()}, Title: s(), Company: s()},
					Why:    crm.Why{PhoneField: crm.PhoneField{Label: s(), Value: s()}, Closeness: crm.Exact},
				}}}})
				printLookup(w, lookupAnswer{Result: crm.Result{Number: crm.Number{Raw: s()}}})
			},
			"doctor": func(w *bytes.Buffer) { printDoctor(w, []checkup.Line{{Check: s(), Detail: s(), Remedy: s()}}) },
			"an error": func(w *bytes.Buffer) {
				w.WriteString(catalogue.Error(fault.Err(nil, "cmd.verb-unknown", "verb", s())) + "\n")
			},
		} {
			var out bytes.Buffer
			print(&out)
			for line := range strings.SplitSeq(out.String(), "\n") {
				if why := cleantest.Dirt(strings.Join(strings.Fields(line), " "), 30_000); why != "" {
					t.Fatalf("%s prints %q, which %s", verb, line, why)
				}
			}
		}
	})
}
