package main

import (
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

// Mirage ACD, "Salesforce connection": the status with its reason, the connected org's id, one user for each org, Refresh.
func TestTheConnectionPageOfMirage(t *testing.T) {
	w := newPageWalk(t, "B")
	if w == nil {
		return
	}
	w.point("B1")
	w.sees("No org linked")
	w.press("No org linked")
	w.point("B3")
	w.sees("No org is linked", "calls are not logged")
	w.picture("B3-inactive-first")

	w.point("B4")
	w.link()
	w.press("Yes")
	w.sees("Linked to", "Org id", w.demo.org.ID())
	w.press("Copy org id")
	w.until("the org's id is copied", func() bool { return w.clipboard() == w.demo.org.ID() })
	if status := w.verb("status", "--json"); !strings.Contains(status, w.demo.org.ID()) {
		t.Errorf("status says %s", status)
	}
	w.press("What is written")
	w.sees("{org id}", w.demo.org.ID())
	w.picture("B4-org-id")

	w.point("B2")
	w.press("Check-up")
	w.press("Check again")
	w.sees("What works", "API access", "as riley.morgan@acme-demo.example")
	w.picture("B2-rights")

	w.point("B5")
	w.press("Salesforce")
	w.logIn(demoorg.OtherUser)
	w.press("Link again")
	w.press("Link org")
	w.sees("Sam Okoro", "and as riley.morgan@acme-demo.example before", "No, unlink it")
	w.picture("B5-another-user")
	w.press("Yes")
	w.until("the first user's link is revoked", func() bool { return w.demo.org.Approvals() == 1 })

	w.point("B3")
	w.demo.org.RevokeGrants()
	w.demo.org.ExpireSessions()
	w.press("Check link")
	w.sees("The link is broken", "Link again")
	w.picture("B3-inactive-again")
	w.point("B1")
	w.press("Back to calls")
	w.sees("Org link broken")
	w.press("Org link broken")
	w.point("B6")
	w.press("Link again")
	w.sees("Linked to")
	w.press("Yes")
	w.press("Check link")
	w.sees("Linked to")
	w.picture("B6-active")

	w.point("B7")
	w.verb("settings", "set", "numbers.outside_prefix", "0")
	w.verb("settings", "set", "numbers.country", "DE")
	if n := w.run.program.Settings().Get().Numbers; n.OutsidePrefix != "0" || n.Country != "DE" {
		t.Errorf("numbers are read by %+v", n)
	}
}
