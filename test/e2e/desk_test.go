package e2e

import (
	"testing"

	"linecard/crm/demoorg"
	"linecard/test/rig"
)

// The agent's account at every PBX, and the trunk through which customers call.
const (
	extension = "2041"
	password  = "pass-of-2041"
	trunk     = "trunk"
	trunkPass = "pass-of-the-trunk"
)

// desk is a working agent: an app that is registered at Kamailio and linked to an org.
type desk struct {
	*app
	kamailio *rig.Kamailio
	org      *demoorg.Org
	orgURL   string
}

// newDesk starts everything and waits until a call could come in.
func newDesk(t *testing.T, transport string, env ...string) *desk {
	t.Helper()
	d := &desk{kamailio: rig.StartKamailio(t, map[string]string{extension: password, trunk: trunkPass})}
	d.org, d.orgURL = newOrg(t)
	d.app = newApp(t, env...)
	d.account(d.kamailio.Addr, extension, password, "--transport", transport)
	d.link(d.orgURL, d.org)
	d.registered()
	return d
}

// newOrg starts a Salesforce org that consents without a page.
func newOrg(t *testing.T) (*demoorg.Org, string) {
	t.Helper()
	return startOrg(t, demoorg.Config{})
}

func startOrg(t *testing.T, c demoorg.Config) (*demoorg.Org, string) {
	t.Helper()
	c.AutoApprove = true
	org := demoorg.New(c)
	url, err := org.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = org.Close() })
	return org, url
}

// person finds a person in the org.
func (d *desk) person(name string) demoorg.Person {
	d.t.Helper()
	p, ok := d.org.Caller(name)
	if !ok {
		d.t.Fatalf("the org does not know %s", name)
	}
	return p
}

// rings makes a customer call, and returns sipp and the ringing event.
func (d *desk) rings(c rig.Customer) (*rig.Process, event) {
	d.t.Helper()
	if c.From == "" {
		c.From = `"Dana" <sip:` + d.person("Dana Whitfield").Number + `@test.local>`
	}
	c.To, c.User, c.Password = extension, trunk, trunkPass
	mark := d.mark()
	customer := d.kamailio.Call(d.t, c)
	return customer, d.awaitAfter(mark, "ringing", nil)
}

// endsWell checks that the customer's call went as scripted.
func (d *desk) endsWell(customer *rig.Process) {
	d.t.Helper()
	if err := customer.Wait(); err != nil {
		d.t.Errorf("the customer's call failed: %v", err)
	}
}

// logged waits until the call is in the org and returns its only Task.
func (d *desk) logged(call string) demoorg.Task {
	d.t.Helper()
	d.await("log", func(e event) bool { return e.Call == call && e.State == "logged" })
	tasks := d.org.TasksFor(call)
	if len(tasks) != 1 {
		d.t.Fatalf("%d Tasks of call %s in the org, want one: %+v", len(tasks), call, tasks)
	}
	return tasks[0]
}

// dial calls a number and returns the call's id.
func (a *app) dial(number string, flags ...string) string {
	a.t.Helper()
	var dialed struct{ Call string }
	a.json(&dialed, append([]string{"dial", number}, flags...)...)
	return dialed.Call
}
