package e2e

import (
	"slices"
	"testing"

	"linecard/crm/demoorg"
	"linecard/test/interop"
	"linecard/test/rig"
)

// accountsStatus is the part of `status --json` about accounts and orgs.
type accountsStatus struct {
	Accounts []struct{ Account, Org, State string }
	Orgs     []struct{ OrgID, State string }
}

// outboxRow is a line of `outbox --json`.
type outboxRow struct {
	ID, Org   string
	Elsewhere bool
}

// TestTwoAccounts: one app has an account at Kamailio and one at Asterisk, each with its own org. Calls come in on both
// lines at the same time, and each is logged in its own org. While one org is not linked, its calls wait, and the calls
// of the other line are still logged.
func TestTwoAccounts(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.17", interop.Asterisk, interop.Kamailio)
	l := startLines(t)
	ofFirst, ofSecond := l.people()
	a := newApp(t)
	a.account(l.kamailio.Addr, extension, password)
	a.account(l.asterisk.Addr, secondExtension, secondPassword) // another server and user: a second account
	one, two := extension+"@"+l.kamailio.Addr, secondExtension+"@"+l.asterisk.Addr
	a.link(l.firstURL, l.first)
	a.link(l.secondURL, l.second, "--add")
	a.do("settings", "set", "accounts["+one+"].org", l.first.ID())
	a.do("settings", "set", "accounts["+two+"].org", l.second.ID())
	for _, id := range []string{one, two} {
		a.await("registration", func(e event) bool { return e.Account == id && e.State == "registered" })
	}
	a.checkStatus(map[string]*demoorg.Org{one: l.first, two: l.second})

	t.Run("calls on both lines", func(t *testing.T) {
		mark := a.mark()
		customer := l.firstRings(ofFirst)
		l.secondRings(ofSecond)
		first := a.awaitAfter(mark, "ringing", on(one))
		second := a.awaitAfter(mark, "ringing", on(two))
		if first.Number != ofFirst.Number || second.Number != ofSecond.Number {
			t.Errorf("%s and %s ring, want %s and %s", first.Number, second.Number, ofFirst.Number, ofSecond.Number)
		}
		for _, ringing := range []event{first, second} {
			a.await("looked-up", func(e event) bool { return e.Call == ringing.Call && e.State == "one" })
		}
		a.do("answer", "--call", first.Call)
		a.await("answered", of(first.Call))
		a.do("answer", "--call", second.Call)
		a.await("answered", of(second.Call))
		a.await("hold", func(e event) bool { return e.Call == first.Call && e.State == "held" }) // only one call is talked on, on any line
		a.do("hangup", "--call", second.Call)
		a.do("hangup", "--call", first.Call)
		if err := customer.Wait(); err != nil {
			t.Errorf("the first customer's call failed: %v", err)
		}
		a.saved(first.Call)
		a.saved(second.Call)
		l.one(first.Call, ofFirst, l.first, l.second)
		l.one(second.Call, ofSecond, l.second, l.first)
	})
	t.Run("one org unlinked for a while", func(t *testing.T) {
		mark := a.mark()
		l.secondRings(ofSecond)
		waits := a.awaitAfter(mark, "ringing", on(two))
		a.do("answer", "--call", waits.Call)
		a.await("answered", of(waits.Call))
		a.do("unlink", "--org", l.second.ID())
		a.do("hangup", "--call", waits.Call)
		a.saved(waits.Call)
		rig.Until(t, "the call waits for its org", func() bool { return a.waitsFor(waits.Call, l.second) })

		mark = a.mark()
		customer := l.firstRings(ofFirst)
		goesOn := a.awaitAfter(mark, "ringing", on(one))
		a.do("answer", "--call", goesOn.Call)
		a.await("answered", of(goesOn.Call))
		a.do("hangup", "--call", goesOn.Call)
		if err := customer.Wait(); err != nil {
			t.Errorf("the first customer's call failed: %v", err)
		}
		a.saved(goesOn.Call)
		l.one(goesOn.Call, ofFirst, l.first, l.second) // the writer has run, and did not touch the other entry
		if n := len(l.first.TasksFor(waits.Call)) + len(l.second.TasksFor(waits.Call)); n != 0 {
			t.Errorf("%d Tasks of a call whose org is not linked", n)
		}
		if !a.waitsFor(waits.Call, l.second) {
			t.Errorf("the call does not wait for its org any more: %+v", a.row(waits.Call))
		}

		a.link(l.secondURL, l.second, "--org", l.second.ID())
		l.one(waits.Call, ofSecond, l.second, l.first)
		a.checkStatus(map[string]*demoorg.Org{one: l.first, two: l.second})
	})
}

// onAccount matches the events of one account.
func on(account string) func(event) bool {
	return func(e event) bool { return e.Account == account }
}

// saved saves the call's wrap-up once it has begun.
func (a *app) saved(call string) {
	a.t.Helper()
	a.await("ended", of(call))
	a.do("save", "--call", call)
}

// waitsFor reports whether a call is in the outbox and waits until its org is linked.
func (a *app) waitsFor(call string, org *demoorg.Org) bool {
	a.t.Helper()
	var entries []outboxRow
	a.json(&entries, "outbox")
	return slices.Contains(entries, outboxRow{call, org.ID(), true})
}

// checkStatus checks that status lists the accounts and orgs, each with its own state.
func (a *app) checkStatus(orgs map[string]*demoorg.Org) {
	a.t.Helper()
	var s accountsStatus
	a.json(&s, "status")
	if len(s.Accounts) != len(orgs) || len(s.Orgs) != len(orgs) {
		a.t.Fatalf("status tells %+v", s)
	}
	for _, account := range s.Accounts {
		org := orgs[account.Account]
		if org == nil || account.Org != org.ID() || account.State != "registered" {
			a.t.Errorf("account %+v", account)
			continue
		}
		if !slices.ContainsFunc(s.Orgs, func(o struct{ OrgID, State string }) bool { return o.OrgID == org.ID() && o.State == "Linked" }) {
			a.t.Errorf("org %s is not linked: %+v", org.ID(), s.Orgs)
		}
	}
}
