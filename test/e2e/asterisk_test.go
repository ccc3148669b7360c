package e2e

import (
	"strings"
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestAsterisk: the phone at Asterisk 22: it registers with digest, is called by a customer, calls, and is in a queue.
func TestAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.1", interop.Asterisk)
	interop.Proves(t, "S2.1", interop.Asterisk, interop.Baresip)
	interop.Proves(t, "S3.2", interop.Asterisk)
	interop.Proves(t, "S3.9", interop.Asterisk)
	interop.Proves(t, "S8.1", interop.Asterisk, interop.Baresip)
	pbx := rig.StartAsterisk(t, map[string]string{extension: password, "2042": "pass-of-2042"})
	org, url := newOrg(t)
	d := &desk{app: newApp(t), org: org, orgURL: url}
	d.account(pbx.Addr, extension, password)
	d.link(url, org)
	d.registered()
	dana := d.person("Dana Whitfield")

	t.Run("registered", func(t *testing.T) {
		if out := pbx.CLI("pjsip show contacts"); !strings.Contains(out, extension+"/sip:"+extension+"@127.0.0.1") {
			t.Errorf("Asterisk knows these contacts:\n%s", out)
		}
	})
	for _, c := range []struct {
		name  string
		brief bool
	}{{"the customer hangs up", true}, {"the agent hangs up", false}} {
		t.Run(c.name, func(t *testing.T) {
			mark := d.mark()
			pbx.Call("4155550132", "D Whitfield", extension, c.brief)
			ringing := d.awaitAfter(mark, "ringing", nil)
			if ringing.Number != dana.Number {
				t.Errorf("rings with %q", ringing.Number)
			}
			d.do("answer")
			d.await("answered", of(ringing.Call))
			if !c.brief {
				d.do("hangup")
			}
			d.await("ended", of(ringing.Call))
			if task := d.logged(ringing.Call); task.WhoID != dana.ID || task.CallType != "Inbound" {
				t.Errorf("Task %+v", task)
			}
		})
	}
	t.Run("dials out, holds, resumes", func(t *testing.T) {
		id := d.dial(dana.Number)
		d.await("answered", of(id))
		for _, step := range []struct{ verb, state string }{{"hold", "held"}, {"resume", "talking"}} {
			d.do(step.verb)
			d.await("hold", func(e event) bool { return e.Call == id && e.State == step.state })
		}
		d.do("hangup")
		if task := d.logged(id); task.WhoID != dana.ID || task.CallType != "Outbound" {
			t.Errorf("Task %+v", task)
		}
	})
	t.Run("hung up by the PBX", func(t *testing.T) {
		id := d.dial("600")
		d.await("answered", of(id))
		pbx.HangUp()
		d.await("ended", of(id))
	})
	t.Run("busy", func(t *testing.T) {
		id := d.dial("601")
		if e := d.await("ended", of(id)); e.State != "busy" {
			t.Errorf("ended %q", e.State)
		}
	})
	t.Run("queue, answered elsewhere", func(t *testing.T) {
		colleague := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:2042@" + pbx.Addr + ">;auth_pass=pass-of-2042;regint=60"})
		colleague.Registered()
		missed, mark := d.status().Missed, d.mark()
		pbx.Call("4155550132", "D Whitfield", "queue", true)
		ringing := d.awaitAfter(mark, "ringing", nil)
		colleague.Await("CALL_INCOMING")
		// The app reports a call up to 5 ms before its 180 leaves. An Asterisk that has not received it cancels without
		// a reason.
		rig.Until(t, "the PBX knows that both phones ring", func() bool {
			return strings.Count(pbx.CLI("core show channels concise"), "!Ringing!") >= 2
		})
		colleague.Do("accept")
		if e := d.await("ended", of(ringing.Call)); e.State != "answered elsewhere" {
			t.Errorf("ended %q", e.State)
		}
		if now := d.status().Missed; now != missed {
			t.Error("counted as missed")
		}
		colleague.Await("CALL_CLOSED")
	})
	t.Run("a colleague hands a customer on", func(t *testing.T) {
		mark := d.mark()
		pbx.HandOn("2050", "Reception", extension)
		ringing := d.awaitAfter(mark, "ringing", nil)
		if ringing.Number != "2050" {
			t.Errorf("rings with %q", ringing.Number)
		}
		d.do("answer")
		d.await("answered", of(ringing.Call))
		if e := d.await("identity", of(ringing.Call)); e.Number != dana.Number {
			t.Errorf("the call is with %q", e.Number)
		}
		d.do("hangup")
		if task := d.logged(ringing.Call); task.WhoID != dana.ID || !strings.Contains(task.Description, "Earlier: Reception (2050)") {
			t.Errorf("Task %+v", task)
		}
	})
	t.Run("the switchboard transfers a customer by a feature code", func(t *testing.T) {
		mark := d.mark()
		pbx.Switchboard(dana.Number, "D Whitfield", extension)
		ringing := d.awaitAfter(mark, "ringing", nil)
		if ringing.Number != "2050" {
			t.Errorf("rings with %q", ringing.Number)
		}
		d.do("answer")
		d.await("answered", of(ringing.Call))
		if e := d.await("identity", of(ringing.Call)); e.Number != dana.Number {
			t.Errorf("the call is with %q", e.Number)
		}
		d.do("hangup")
		if task := d.logged(ringing.Call); task.WhoID != dana.ID || !strings.Contains(task.Description, "Earlier: Reception (2050)") {
			t.Errorf("Task %+v", task)
		}
	})
	t.Run("unregisters at quit", func(t *testing.T) {
		d.do("quit")
		if err := d.process.Wait(); err != nil {
			t.Errorf("the app ended badly: %v", err)
		}
		if out := pbx.CLI("pjsip show contacts"); strings.Contains(out, extension+"/sip:") {
			t.Errorf("still registered after quit:\n%s", out)
		}
	})
}
