package e2e

import (
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestSignsOffItselfOnly: quitting removes the app's own binding from the registrar and keeps that of the agent's other
// phone.
func TestSignsOffItselfOnly(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.18", interop.Kamailio)
	d := newDesk(t, "udp")
	other := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:" + extension + "@" + d.kamailio.Addr + ">;auth_pass=" + password + ";regint=60;answermode=auto"})
	other.Registered()
	d.do("quit")
	if err := d.process.Wait(); err != nil {
		t.Errorf("the app ended badly: %v", err)
	}
	customer := d.kamailio.Call(t, rig.Customer{
		From: "<sip:+14155550132@test.local>", To: extension, User: trunk, Password: trunkPass, End: rig.CallerHangsUp, Talk: 100 * time.Millisecond,
	})
	other.Await("CALL_ESTABLISHED")
	d.endsWell(customer)
}

// TestDemo: soon after its start the demo rings, with a customer that the org knows, and the call ends in a Task. It
// does not check that the demo rings within 3 s, which holds only for an idle machine and a build without the race detector.
func TestDemo(t *testing.T) {
	t.Parallel()
	a := prepareApp(t)
	a.flags = []string{"--demo"}
	began := time.Now()
	a.start()
	t.Cleanup(a.stop)
	rig.Until(t, "the demo rings", func() bool { return a.status().Calls == 1 })
	t.Logf("rings %v after its start, built with the race detector", time.Since(began).Round(time.Millisecond))
	a.do("answer")
	answered := a.await("answered", nil)
	a.do("hangup")
	ended := a.await("ended", of(answered.Call))
	if ended.Record == nil || ended.Record.Object != "Contact" || ended.Record.Name != "Dana Whitfield" {
		t.Errorf("the call was with %+v", ended.Record)
	}
	logged := a.await("log", func(e event) bool { return e.Call == answered.Call && e.State == "logged" })
	if logged.Task == nil || logged.Task.ID == "" {
		t.Errorf("logged: %+v", logged)
	}
}

// TestSelftest: the self-test that we ask users to run passes.
func TestSelftest(t *testing.T) {
	t.Parallel()
	p := rig.Start(t, rig.Command{Path: linecard, Args: []string{"selftest"}, Env: []string{"LINECARD_SECRETS=memory", "DBUS_SESSION_BUS_ADDRESS=", "PULSE_SERVER=unix:/nonexistent", gorace, "HOME=" + rig.Dir(t)}})
	if err := p.Wait(); err != nil {
		t.Errorf("selftest: %v", err)
	}
	p.WaitLine(" 0 failed")
}
