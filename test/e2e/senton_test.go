package e2e

import (
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestACallIsSentOn: a phone behind a proxy forwards its calls by 302, which the proxy passes on: the caller's phone calls where it leads, at once or when the
// agent says so.
func TestACallIsSentOn(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.4", interop.Kamailio)
	const forwards, friend = "2042", "2043"
	d := &desk{kamailio: rig.StartKamailio(t, map[string]string{extension: password, forwards: password, friend: password})}
	d.app = newApp(t)
	d.account(d.kamailio.Addr, extension, password)
	d.account(d.kamailio.Addr, forwards, password, "--forward-always", friend)
	for _, user := range []string{extension, forwards} {
		d.await("registration", func(e event) bool { return e.Account == user+"@"+d.kamailio.Addr && e.State == "registered" })
	}
	b := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:" + friend + "@" + d.kamailio.Addr + ">;auth_pass=" + password + ";regint=60"})
	b.Registered()
	answered := func(call string) {
		t.Helper()
		b.Await("CALL_INCOMING")
		b.Do("accept")
		d.await("redirected", func(e event) bool { return e.Call == call && e.State == "done" && e.Target == friend })
		if e := d.await("identity", of(call)); e.Number != friend {
			t.Errorf("it is with %+v", e)
		}
		d.await("answered", of(call))
		d.do("hangup", "--call", call)
		d.await("ended", of(call))
		b.Await("CALL_CLOSED")
	}

	call := d.dial(forwards)
	d.await("redirected", func(e event) bool { return e.Call == call && e.State == "following" && e.Target == friend })
	answered(call)

	d.account(d.kamailio.Addr, extension, password, "--redirects", "ask")
	call = d.dial(forwards)
	d.await("redirected", func(e event) bool { return e.Call == call && e.State == "asked" })
	d.do("transfer", "--follow")
	answered(call)

	call = d.dial(forwards)
	d.await("redirected", func(e event) bool { return e.Call == call && e.State == "asked" })
	d.do("transfer", "--refuse")
	if e := d.await("ended", of(call)); e.State != "cancelled" {
		t.Errorf("ended %+v", e)
	}

	d.account(d.kamailio.Addr, extension, password, "--redirects", "never")
	call = d.dial(forwards)
	if e := d.await("ended", of(call)); e.State != "failed" || e.Reason != forwards+" sends calls on to "+friend+", and the call did not go there. Call "+friend+" yourself if you want to." {
		t.Errorf("ended %+v", e)
	}
}
