package e2e

import (
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestCallsNotTalked: how calls that were not answered are shown to the agent afterwards.
func TestCallsNotTalked(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.15", interop.Kamailio, interop.Baresip)
	interop.Proves(t, "S8.1", interop.Kamailio, interop.Baresip, interop.Sipp)
	d := newDesk(t, "udp")
	ended := func(id, outcome string) {
		t.Helper()
		if e := d.await("ended", of(id)); e.State != outcome {
			t.Errorf("ended %q, want %q", e.State, outcome)
		}
		if r := d.row(id); r.Outcome != outcome || r.Seconds != 0 {
			t.Errorf("history says %q, %d s, want %q", r.Outcome, r.Seconds, outcome)
		}
	}
	dial := func() string { return d.dial(d.person("Dana Whitfield").Number) }

	t.Run("declined", func(t *testing.T) {
		customer, ringing := d.rings(rig.Customer{End: rig.PhoneRefuses, Code: 486})
		d.do("decline")
		d.endsWell(customer)
		ended(ringing.Call, "declined")
	})
	t.Run("missed", func(t *testing.T) {
		before := d.status().Missed
		customer, ringing := d.rings(rig.Customer{End: rig.CallerGivesUp, Talk: 300 * time.Millisecond})
		d.endsWell(customer)
		ended(ringing.Call, "missed")
		rig.Until(t, "it counts as missed", func() bool { return d.status().Missed == before+1 })
	})
	t.Run("answered elsewhere", func(t *testing.T) {
		// A second phone of the same extension: Kamailio calls both and cancels the slower one.
		other := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:" + extension + "@" + d.kamailio.Addr + ">;auth_pass=" + password + ";regint=60"})
		other.Registered()
		before := d.status().Missed
		customer, ringing := d.rings(rig.Customer{End: rig.CallerHangsUp, Talk: 300 * time.Millisecond})
		other.Await("CALL_INCOMING")
		other.Do("accept")
		d.endsWell(customer)
		ended(ringing.Call, "answered elsewhere")
		if after := d.status().Missed; after != before {
			t.Errorf("counted as missed")
		}
		other.Do("uareg 0") // otherwise its registration would also get the calls of the following tests
	})
	t.Run("cancelled", func(t *testing.T) {
		gateway := d.kamailio.Ring(t)
		id := dial()
		d.await("progress", of(id))
		d.do("hangup")
		if err := gateway.Wait(); err != nil {
			t.Errorf("the gateway did not see the call cancelled: %v", err)
		}
		ended(id, "cancelled")
	})
	for _, c := range []struct {
		outcome string
		code    int
	}{{"busy", 486}, {"no answer", 480}, {"declined", 603}} {
		t.Run("outbound "+c.outcome, func(t *testing.T) {
			gateway := d.kamailio.Answer(t, 100*time.Millisecond, c.code)
			id := dial()
			if err := gateway.Wait(); err != nil {
				t.Errorf("gateway: %v", err)
			}
			ended(id, c.outcome)
		})
	}
}

// TestOutboundCall: dial calls the other side, both talk, the agent hangs up, and one Task is written.
func TestOutboundCall(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.1", interop.Kamailio, interop.Sipp)
	interop.Proves(t, "S7.1", interop.Kamailio)
	d := newDesk(t, "udp")
	dana := d.person("Dana Whitfield")
	gateway := d.kamailio.Answer(t, time.Second, 200) // long enough that the proxy's workers do not let the 200 overtake the 180
	id := d.dial("(415) 555-0132")                    // as written in an e-mail
	d.await("progress", of(id))
	d.await("answered", of(id))
	d.await("looked-up", func(e event) bool { return e.Call == id && e.State == "one" })
	if shown := d.app.call(id); shown.Phase != "talking" || shown.Name != dana.Name {
		t.Errorf("shown: %+v", shown)
	}
	d.do("hangup")
	if err := gateway.Wait(); err != nil {
		t.Errorf("the gateway was not hung up on: %v", err)
	}
	task := d.logged(id)
	if task.WhoID != dana.ID || task.CallType != "Outbound" || !task.Closed {
		t.Errorf("Task %+v", task)
	}
}

// TestHostileCaller: a name that is made to break terminals, scripts and markup is shown as text, on its own line.
func TestHostileCaller(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S8.6", interop.Kamailio, interop.Sipp)
	d := newDesk(t, "udp")
	customer, ringing := d.rings(rig.Customer{From: `"<b>$(reboot)</b> %s" <sip:+14155550198@test.local>`, End: rig.CallerGivesUp, Talk: 200 * time.Millisecond})
	d.endsWell(customer)
	if ringing.Name != "" && ringing.Name != "<b>$(reboot)</b> %s" {
		t.Errorf("name %q", ringing.Name)
	}
	if e := d.await("ended", of(ringing.Call)); e.State != "missed" {
		t.Errorf("ended %q", e.State)
	}
}
