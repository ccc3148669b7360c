package e2e

import (
	"testing"

	"linecard/crm/demoorg"
	"linecard/test/rig"
)

// The account of the second line, at Asterisk.
const (
	secondExtension = "3041"
	secondPassword  = "pass-of-3041"
)

// lines are two PBXs, Kamailio and Asterisk, and two orgs, one for the calls of each.
type lines struct {
	t                   *testing.T
	kamailio            *rig.Kamailio
	asterisk            *rig.Asterisk
	first, second       *demoorg.Org // for Kamailio's calls, and for Asterisk's
	firstURL, secondURL string
}

func startLines(t *testing.T) *lines {
	t.Helper()
	l := &lines{
		t: t, kamailio: rig.StartKamailio(t, map[string]string{extension: password, trunk: trunkPass}),
		asterisk: rig.StartAsterisk(t, map[string]string{secondExtension: secondPassword}),
	}
	l.first, l.firstURL = newOrg(t)
	l.second, l.secondURL = startOrg(t, demoorg.Config{Instance: "d2", Name: "Another", Seed: 2})
	return l
}

// firstRings makes a person of the first org call through Kamailio. The process ends well when the call went as
// expected: the agent hangs up.
func (l *lines) firstRings(p demoorg.Person) *rig.Process {
	l.t.Helper()
	return l.kamailio.Call(l.t, rig.Customer{
		From: "<sip:" + p.Number + "@test.local>", To: extension, User: trunk, Password: trunkPass, End: rig.PhoneHangsUp,
	})
}

// secondRings makes a person of the second org call through Asterisk, until the agent hangs up.
func (l *lines) secondRings(p demoorg.Person) {
	l.t.Helper()
	l.asterisk.Call(p.Number, p.Name, secondExtension, false)
}

// people returns a person of the first org and another one of the second, each the only one with their number. Both
// orgs know both people, with different ids.
func (l *lines) people() (ofFirst, ofSecond demoorg.Person) {
	l.t.Helper()
	count := map[string]int{}
	for _, p := range l.second.People() {
		count[p.Number]++
	}
	ofFirst, ok := l.first.Caller("Dana Whitfield")
	for _, p := range l.second.People() {
		if ok && p.Object == "Contact" && p.Number != ofFirst.Number && count[p.Number] == 1 {
			return ofFirst, p
		}
	}
	l.t.Fatal("the orgs do not know two people with numbers of their own")
	panic("unreachable")
}

// loggedOnce checks that a call has one Task in its own org, on that person, and none in the other org.
func (l *lines) one(call string, who demoorg.Person, own, other *demoorg.Org) {
	l.t.Helper()
	rig.Until(l.t, "the call is logged in its org", func() bool { return len(own.TasksFor(call)) > 0 })
	if tasks := own.TasksFor(call); len(tasks) != 1 || tasks[0].WhoID != who.ID {
		l.t.Errorf("Tasks of call %s in its org, want one on %s: %+v", call, who.ID, tasks)
	}
	if n := len(other.TasksFor(call)); n != 0 {
		l.t.Errorf("%d Tasks of call %s in an org that it is not of", n, call)
	}
}

// TestTwoAgents: two apps run at the same time, one at Kamailio and linked to one org, one at Asterisk and linked to
// another, each with a call. Each call is logged in its own agent's org.
func TestTwoAgents(t *testing.T) {
	t.Parallel()
	l := startLines(t)
	ofFirst, ofSecond := l.people()
	one, two := newApp(t), newApp(t)
	one.account(l.kamailio.Addr, extension, password)
	two.account(l.asterisk.Addr, secondExtension, secondPassword)
	one.link(l.firstURL, l.first)
	two.link(l.secondURL, l.second)
	one.registered()
	two.registered()

	customer := l.firstRings(ofFirst)
	l.secondRings(ofSecond)
	here, there := one.await("ringing", nil), two.await("ringing", nil)
	if here.Number != ofFirst.Number || there.Number != ofSecond.Number {
		t.Errorf("%s and %s ring, want %s and %s", here.Number, there.Number, ofFirst.Number, ofSecond.Number)
	}
	for a, ringing := range map[*app]event{one: here, two: there} {
		a.do("answer")
		a.await("answered", of(ringing.Call))
		a.await("looked-up", func(e event) bool { return e.Call == ringing.Call && e.State == "one" })
	}
	one.do("hangup")
	two.do("hangup")
	if err := customer.Wait(); err != nil {
		t.Errorf("the first customer's call failed: %v", err)
	}
	l.one(here.Call, ofFirst, l.first, l.second)
	l.one(there.Call, ofSecond, l.second, l.first)
}
