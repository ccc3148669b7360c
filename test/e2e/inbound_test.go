package e2e

import (
	"strings"
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestInboundCall: a contact calls from a number that the org stores in another spelling. The record is shown while the
// call rings. After the call, whoever ended it, there is one Task with the right Who, times, direction and subject.
func TestInboundCall(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.1", interop.Kamailio, interop.Sipp)
	for _, c := range []struct{ transport, end, presented string }{
		{"udp", rig.CallerHangsUp, "+14155550132"},
		{"tcp", rig.PhoneHangsUp, "4155550132"},
	} {
		t.Run(c.transport+" "+c.end+" hangs up", func(t *testing.T) {
			d := newDesk(t, c.transport)
			dana := d.person("Dana Whitfield")
			if dana.Stored == c.presented {
				t.Fatalf("stored as %q: the spellings do not differ", dana.Stored)
			}
			began := time.Now()
			customer, ringing := d.rings(rig.Customer{From: `<sip:` + c.presented + `@test.local>`, End: c.end, Talk: 1500 * time.Millisecond})
			rang := time.Now()
			if ringing.Number != dana.Number {
				t.Errorf("rings with %q, want %s", ringing.Number, dana.Number)
			}
			d.await("looked-up", func(e event) bool { return e.Call == ringing.Call && e.State == "one" })
			shown := d.app.call(ringing.Call)
			if shown.Phase != "ringing" || shown.Name != "Dana Whitfield" || shown.Company != dana.Company || shown.Lookup.Record.ID != dana.ID {
				t.Errorf("shown while it rings: %+v", shown)
			}

			asked := time.Now()
			d.do("answer")
			d.await("answered", of(ringing.Call))
			if c.end == rig.PhoneHangsUp {
				time.AfterFunc(1500*time.Millisecond, func() { _, _ = d.try("hangup") })
			}
			d.endsWell(customer)
			d.await("ended", of(ringing.Call))
			most := int(time.Since(asked).Seconds()) + 1
			task := d.logged(ringing.Call)

			if task.WhoID != dana.ID || task.CallType != "Inbound" || !task.Closed {
				t.Errorf("Task %+v, want who %s, Inbound, closed", task, dana.ID)
			}
			if task.ActivityDate != began.Format(time.DateOnly) && task.ActivityDate != time.Now().Format(time.DateOnly) {
				t.Errorf("Task is of %s, want today", task.ActivityDate)
			}
			if !strings.Contains(task.Subject, "Dana Whitfield") && !strings.Contains(task.Subject, "555") {
				t.Errorf("subject %q names nobody", task.Subject)
			}
			r := d.row(ringing.Call)
			if r.Outcome != "answered" || r.Direction != "Inbound" || r.Log != "logged" || r.Task.ID != task.ID || r.Who.ID != dana.ID {
				t.Errorf("history %+v, Task %+v", r, task)
			}
			for who, seconds := range map[string]int{"Task": task.Duration, "history": r.Seconds} {
				if seconds < 1 || seconds > most { // 1.5 s, plus the delay of a busy machine
					t.Errorf("the %s says %d s, want 1 to %d", who, seconds, most)
				}
			}
			if r.Started.Before(began.Add(-time.Second)) || r.Started.After(rang.Add(time.Second)) {
				t.Errorf("started %v, called at %v, rang by %v", r.Started, began, rang)
			}
		})
	}
}
