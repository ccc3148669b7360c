package e2e

import (
	"slices"
	"strings"
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestTransfersAtAsterisk: calls are transferred at Asterisk 22 by each of the three who are in it: by the agent, by a colleague to the
// agent, and by the phone system, which has the agent's phone go on with somebody else.
func TestTransfersAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.5", interop.Asterisk, interop.Baresip)
	interop.Proves(t, "S3.6", interop.Asterisk, interop.Baresip)
	interop.Proves(t, "S3.7", interop.Asterisk, interop.Baresip)
	const colleague = "2042"
	pbx := rig.StartAsterisk(t, map[string]string{extension: password, colleague: "pass-of-2042", "2043": "pass-of-2043"})
	org, url := newOrg(t)
	d := &desk{app: newApp(t), org: org, orgURL: url}
	d.account(pbx.Addr, extension, password)
	d.account(pbx.Addr, "2043", "pass-of-2043")
	d.link(url, org)
	for _, user := range []string{extension, "2043"} {
		d.await("registration", func(e event) bool { return e.Account == user+"@"+pbx.Addr && e.State == "registered" })
	}
	dana := d.person("Dana Whitfield")
	newColleague := func(t *testing.T) *rig.Baresip {
		b := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:2042@" + pbx.Addr + ">;auth_pass=pass-of-2042;regint=60"})
		b.Registered()
		return b
	}
	answered := func() string {
		mark := d.mark()
		pbx.Call(dana.Number, "D Whitfield", extension, false)
		ringing := d.awaitAfter(mark, "ringing", nil)
		d.do("answer")
		d.await("answered", of(ringing.Call))
		return ringing.Call
	}
	// handedOn is a call of the customer's that the agent has transferred to the colleague: one Task, which says so.
	handedOn := func(t *testing.T, call string) {
		d.await("transfer", func(e event) bool { return e.Call == call && e.State == "done" })
		d.await("ended", of(call))
		if task := d.logged(call); task.WhoID != dana.ID || !strings.Contains(task.Description, "Transferred To: "+colleague) {
			t.Errorf("Task %+v", task)
		}
		rig.Until(t, "the customer talks to the colleague", func() bool {
			return strings.Contains(pbx.CLI("core show channels concise"), "PJSIP/"+colleague)
		})
		pbx.HangUp()
	}

	t.Run("blind, by the agent", func(t *testing.T) {
		b := newColleague(t)
		call := answered()
		d.do("transfer", "--blind", colleague)
		b.Await("CALL_INCOMING")
		b.Do("accept")
		handedOn(t, call)
		b.Await("CALL_CLOSED")
	})
	t.Run("attended, by the agent", func(t *testing.T) {
		b := newColleague(t)
		call := answered()
		var consultation struct{ Call string }
		d.json(&consultation, "transfer", "--consult", colleague)
		if e := d.await("dialing", of(consultation.Call)); e.With != call {
			t.Errorf("dialing %+v", e)
		}
		b.Await("CALL_INCOMING")
		b.Do("accept")
		d.await("answered", of(consultation.Call))
		mark := d.mark()
		d.do("swap")
		d.awaitAfter(mark, "hold", func(e event) bool { return e.Call == call && e.State == "talking" })
		mark = d.mark()
		d.do("swap")
		d.awaitAfter(mark, "hold", func(e event) bool { return e.Call == consultation.Call && e.State == "talking" })
		d.do("transfer", "--complete")
		d.await("ended", of(consultation.Call))
		handedOn(t, call)
		b.Await("CALL_CLOSED")
	})
	for name, second := range map[string]func(t *testing.T, b *rig.Baresip) string{
		"with a colleague whom the agent has dialed": func(t *testing.T, b *rig.Baresip) string {
			id := d.dial(colleague)
			b.Await("CALL_INCOMING")
			b.Do("accept")
			d.await("answered", of(id))
			return id
		},
		"with a colleague who has called": func(t *testing.T, b *rig.Baresip) string {
			mark := d.mark()
			b.Do("dial sip:" + extension + "@" + pbx.Addr)
			ringing := d.awaitAfter(mark, "ringing", nil)
			d.do("answer", "--call", ringing.Call)
			d.await("answered", of(ringing.Call))
			return ringing.Call
		},
		"with a colleague on another account of the same server": func(t *testing.T, b *rig.Baresip) string {
			id := d.dial(colleague, "--account", "2043@"+pbx.Addr)
			b.Await("CALL_INCOMING")
			b.Do("accept")
			d.await("answered", of(id))
			return id
		},
	} {
		t.Run("connected by the agent "+name, func(t *testing.T) {
			b := newColleague(t)
			call := answered()
			mark := d.mark()
			d.do("hold")
			d.awaitAfter(mark, "hold", func(e event) bool { return e.Call == call && e.State == "held" })
			other := second(t, b)
			b.Await("CALL_ESTABLISHED")
			d.do("transfer", "--attended", "--call", call, "--to-call", other)
			if e := d.await("transfer", func(e event) bool { return e.Call == call && e.State == "asked" }); e.With != other {
				t.Errorf("transfer %+v", e)
			}
			d.await("ended", of(other))
			handedOn(t, call)
			b.Await("CALL_CLOSED")
		})
	}
	t.Run("completed while it rings", func(t *testing.T) {
		b := newColleague(t)
		call := answered()
		var consultation struct{ Call string }
		d.json(&consultation, "transfer", "--consult", colleague)
		d.await("progress", of(consultation.Call))
		d.do("transfer", "--complete")
		d.await("ended", of(consultation.Call))
		rig.Until(t, "the colleague's phone is answered for the customer", func() bool {
			b.Do("accept") // of nothing, where the call is not there yet
			return slices.ContainsFunc(strings.Split(pbx.CLI("core show channels concise"), "\n"), func(channel string) bool {
				return strings.HasPrefix(channel, "PJSIP/"+colleague+"-") && strings.Contains(channel, "!Up!")
			})
		})
		handedOn(t, call)
	})
	t.Run("in vain, and back", func(t *testing.T) {
		call := answered()
		d.do("transfer", "--consult", "601") // busy
		if e := d.await("transfer", func(e event) bool { return e.Call == call && e.State == "failed" }); !strings.Contains(e.Reason, "busy") {
			t.Errorf("the agent is told %q", e.Reason)
		}
		d.await("hold", func(e event) bool { return e.Call == call && e.State == "talking" })
		d.do("transfer", "--consult", "600")
		d.await("hold", func(e event) bool { return e.Call == call && e.State == "held" })
		mark := d.mark()
		d.do("transfer", "--cancel")
		d.awaitAfter(mark, "hold", func(e event) bool { return e.Call == call && e.State == "talking" })
		d.do("hangup", "--call", call)
		d.await("ended", of(call))
	})
	t.Run("blind, by a colleague", func(t *testing.T) {
		b := newColleague(t)
		pbx.Call(dana.Number, "D Whitfield", colleague, false)
		b.Await("CALL_INCOMING")
		b.Do("accept")
		b.Await("CALL_ESTABLISHED")
		mark := d.mark()
		b.Do("transfer sip:" + extension + "@" + pbx.Addr)
		ringing := d.awaitAfter(mark, "ringing", nil)
		if ringing.Number != dana.Number {
			t.Errorf("rings with %q", ringing.Number)
		}
		d.do("answer")
		d.await("answered", of(ringing.Call))
		d.do("hangup")
		d.await("ended", of(ringing.Call))
	})
	t.Run("by the phone system", func(t *testing.T) {
		id := d.dial("608")
		d.await("answered", of(id))
		d.await("referred", func(e event) bool { return e.Call == id && e.State == "asked" && e.Target == "606" })
		d.do("transfer", "--follow") // an account that says nothing asks
		d.await("referred", func(e event) bool { return e.Call == id && e.State == "done" && e.Target == "606" })
		if e := d.await("identity", of(id)); e.Number != "606" {
			t.Errorf("goes on with %+v", e)
		}
		d.do("hangup")
		d.await("ended", of(id))
	})
}

// TestTransfersBehindProxy: where a proxy only passes requests on, the other phone itself transfers the call and is transferred. Baresip
// takes a REFER and sends one.
func TestTransfersBehindProxy(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.6", interop.Kamailio, interop.Baresip)
	interop.Proves(t, "S3.7", interop.Baresip)
	d := &desk{kamailio: rig.StartKamailio(t, map[string]string{extension: password, "2042": password, "2043": password})}
	d.app = newApp(t)
	d.account(d.kamailio.Addr, extension, password, "--transfers", "server")
	d.registered()
	phone := func(t *testing.T, user string) *rig.Baresip {
		b := rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:" + user + "@" + d.kamailio.Addr + ">;auth_pass=" + password + ";regint=60"})
		b.Registered()
		return b
	}
	t.Run("by the other side", func(t *testing.T) {
		bob, carol := phone(t, "2042"), phone(t, "2043")
		mark := d.mark()
		bob.Do("dial sip:" + extension + "@" + d.kamailio.Addr)
		ringing := d.awaitAfter(mark, "ringing", nil)
		d.do("answer")
		d.await("answered", of(ringing.Call))
		bob.Await("CALL_ESTABLISHED")
		bob.Do("transfer sip:2043@" + d.kamailio.Addr)
		carol.Await("CALL_INCOMING")
		carol.Do("accept")
		d.await("referred", func(e event) bool { return e.Call == ringing.Call && e.State == "done" && e.Target == "2043" })
		if e := d.await("identity", of(ringing.Call)); e.Number != "2043" {
			t.Errorf("goes on with %+v", e)
		}
		bob.Await("CALL_CLOSED")
		carol.Do("hangup")
		d.await("ended", of(ringing.Call))
	})
	t.Run("by the agent", func(t *testing.T) {
		bob, carol := phone(t, "2042"), phone(t, "2043")
		id := d.dial("2042")
		bob.Await("CALL_INCOMING")
		bob.Do("accept")
		d.await("answered", of(id))
		d.do("transfer", "--blind", "2043")
		carol.Await("CALL_INCOMING")
		carol.Do("accept")
		d.await("transfer", func(e event) bool { return e.Call == id && e.State == "done" })
		d.await("ended", of(id))
		carol.Await("CALL_ESTABLISHED")
	})
}
