package e2e

import (
	"testing"
	"time"

	"linecard/crm/demoorg"
	"linecard/test/rig"
)

// TestSalesforceDown: when the org is unreachable during a whole call, the Task is written once the org is back, on the
// right record.
func TestSalesforceDown(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "udp")
	dana := d.person("Dana Whitfield")
	d.org.SetDown(true)
	id := d.talk(dana.Number, nil)
	d.await("log", func(e event) bool { return e.Call == id && e.State == "queued" })
	if e := d.await("looked-up", of(id)); e.State != "failed" {
		t.Errorf("looked up with the org away: %q", e.State)
	}
	rig.Until(t, "the call waits in the outbox", func() bool { return d.status().Outbox.Waiting == 1 })
	if n := len(d.org.TasksFor(id)); n != 0 {
		t.Fatalf("%d Tasks in an org that is away", n)
	}
	d.org.SetDown(false)
	if task := d.logged(id); task.WhoID != dana.ID {
		t.Errorf("Task on %q", task.WhoID)
	}
	if s := d.status(); s.Outbox.Waiting != 0 || s.Outbox.Parked != 0 {
		t.Errorf("outbox afterwards: %+v", s.Outbox)
	}
}

// TestKilled: an app that is killed between the hang-up and the confirmation of the Task writes it exactly once, after
// its next start, with the account and the link from the keyring.
func TestKilled(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		before func(*demoorg.Org)              // what happens before the call ends
		ready  func(*desk, string) func() bool // reports when to kill
		after  func(*demoorg.Org)
	}{
		"before the write": {
			before: func(o *demoorg.Org) { o.SetDown(true) },
			ready:  func(d *desk, id string) func() bool { return func() bool { return true } },
			after:  func(o *demoorg.Org) { o.SetDown(false) },
		},
		"after the write, before the answer": {
			before: func(o *demoorg.Org) {
				o.Inject(demoorg.Fault{Kind: demoorg.SlowBody, Method: "POST", Delay: time.Minute, Times: demoorg.Always})
			},
			ready: func(d *desk, id string) func() bool { return func() bool { return len(d.org.TasksFor(id)) == 1 } },
			after: func(o *demoorg.Org) { o.ClearFaults() },
		},
	} {
		t.Run(name, func(t *testing.T) {
			desktop := rig.StartBus(t)
			desktop.RunKeyring()
			d := newDesk(t, "udp", append(desktop.Env, "LINECARD_SECRETS=")...)
			d.do("settings", "set", "logging.settle_seconds", "2") // the interrupted attempt may have arrived
			dana := d.person("Dana Whitfield")
			id := d.talk(dana.Number, func(id string) {
				d.await("looked-up", of(id))
				c.before(d.org)
			})
			rig.Until(t, "it is time to kill", c.ready(d, id))
			d.kill()
			c.after(d.org)

			d.start()
			rig.Until(t, "the phone is registered again", func() bool { return d.status().Phone.State == "registered" })
			rig.Until(t, "the call is logged", func() bool { return d.row(id).Log == "logged" })
			tasks := d.org.TasksFor(id)
			if len(tasks) != 1 || tasks[0].WhoID != dana.ID {
				t.Errorf("%d Tasks: %+v", len(tasks), tasks)
			}
			if s := d.status(); s.Outbox.Waiting != 0 || s.Outbox.Parked != 0 || s.Salesforce.State != "Linked" {
				t.Errorf("afterwards: %+v", s)
			}
		})
	}
}

// TestKilledInACall: a call that was ringing or answered when the app died is in the history after the next start, as
// missed or answered, and logged once.
func TestKilledInACall(t *testing.T) {
	t.Parallel()
	desktop := rig.StartBus(t)
	desktop.RunKeyring()
	d := newDesk(t, "udp", append(desktop.Env, "LINECARD_SECRETS=")...)
	dana := d.person("Dana Whitfield")
	for _, outcome := range []string{"missed", "answered"} {
		t.Run(outcome, func(t *testing.T) {
			_, ringing := d.rings(rig.Customer{End: rig.PhoneHangsUp}) // the customer's side does not end before the test
			d.await("kept", of(ringing.Call))
			if outcome == "answered" {
				d.do("answer")
				d.await("answered", of(ringing.Call))
			}
			d.kill()
			d.start()
			rig.Until(t, "the phone is registered again", func() bool { return d.status().Phone.State == "registered" })
			if r := d.row(ringing.Call); r.Outcome != outcome {
				t.Errorf("the history says %q, want %q", r.Outcome, outcome)
			}
			rig.Until(t, "the call is logged", func() bool { return d.row(ringing.Call).Log == "logged" })
			if tasks := d.org.TasksFor(ringing.Call); len(tasks) != 1 || tasks[0].WhoID != dana.ID {
				t.Errorf("Tasks: %+v", tasks)
			}
		})
	}
}

// TestAnotherOrg: when another org is linked, it gets none of the first org's calls, which wait; when the first is
// linked again, it gets them.
func TestAnotherOrg(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "udp")
	first, firstURL := d.org, d.orgURL
	dana := d.person("Dana Whitfield")
	d.org.SetDown(true)
	id := d.talk(dana.Number, nil)
	rig.Until(t, "the call waits in the outbox", func() bool { return d.status().Outbox.Waiting == 1 })

	second, secondURL := startOrg(t, demoorg.Config{Instance: "d2", Name: "Another", Seed: 2})
	d.link(secondURL, second)
	rig.Until(t, "the call waits for its org", func() bool { return d.row(id).Log == "waits for its org" })
	d.do("outbox", "retry", id) // Retry does not change the org that a call belongs to
	if s := d.status().Outbox; s.Waiting != 1 || s.Elsewhere != 1 || s.Parked != 0 {
		t.Errorf("the outbox: %+v", s)
	}
	if n := len(second.TasksFor(id)); n != 0 {
		t.Errorf("%d Tasks in an org the call is not of", n)
	}

	first.SetDown(false)
	d.link(firstURL, first)
	if task := d.logged(id); task.WhoID != dana.ID {
		t.Errorf("Task on %q", task.WhoID)
	}
}
