package e2e

import (
	"testing"
	"time"

	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
	"linecard/test/interop"
	"linecard/test/rig"
)

// TestCallWaiting: a second call rings during the first one; answering it holds the first, which is resumed afterwards.
func TestCallWaiting(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S2.11")
	a, pbx := atDemoPBX(t)
	first := calling(t, pbx, demopbx.Caller{Number: "+442079460018", To: extension})
	one := a.await("ringing", nil)
	a.do("answer")
	a.await("answered", of(one.Call))

	mark := a.mark()
	second := calling(t, pbx, demopbx.Caller{Number: "+14155550199", To: extension})
	two := a.awaitAfter(mark, "ringing", nil)
	a.do("answer", "--call", two.Call)
	a.await("answered", of(two.Call))
	a.await("hold", func(e event) bool { return e.Call == one.Call && e.State == "held" })
	if phase := a.call(one.Call).Phase; phase != "held" {
		t.Errorf("the first call is %s", phase)
	}

	a.do("hangup", "--call", two.Call)
	if r := over(t, second); !r.PhoneHungUp || r.Holds != 0 {
		t.Errorf("the second caller saw %+v", r)
	}
	a.do("resume", "--call", one.Call)
	a.await("hold", func(e event) bool { return e.Call == one.Call && e.State == "talking" })
	a.do("hangup", "--call", one.Call)
	if r := over(t, first); !r.PhoneHungUp || r.Holds != 1 {
		t.Errorf("the first caller saw %+v", r)
	}
}

// TestDoNotDisturb: callers hear busy, and the agent finds them among the missed calls; after it is switched off, calls
// ring again.
func TestDoNotDisturb(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.15")
	a, pbx := atDemoPBX(t)
	a.do("dnd", "on")
	a.await("dnd", inState("on"))
	if r := over(t, calling(t, pbx, demopbx.Caller{Number: "+442079460018", To: extension})); r.Outcome != demopbx.Busy {
		t.Errorf("the caller saw %+v", r)
	}
	rig.Until(t, "the call is among the missed", func() bool { return a.status().Missed == 1 })

	a.do("dnd", "off")
	a.await("dnd", inState("off"))
	mark := a.mark()
	done := calling(t, pbx, demopbx.Caller{Number: "+442079460018", To: extension})
	a.awaitAfter(mark, "ringing", nil)
	a.do("decline")
	over(t, done)
}

// TestSlowOrg: the ring never waits for Salesforce. With an org that takes seconds to answer, a call rings, is answered
// and ends before the caller is identified, and is still logged on the right record.
func TestSlowOrg(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "udp")
	const slow = 8 * time.Second // a busy machine takes 3 to ring, answer and hang up
	remove := d.org.Inject(demoorg.Fault{Kind: demoorg.Slow, Delay: slow, Times: demoorg.Always})
	began := time.Now()
	id := d.talk("+14155550132", func(id string) {
		if shown := d.app.call(id); shown.Lookup.State != "pending" {
			t.Errorf("looked up %q, with an org that has not answered", shown.Lookup.State)
		}
	})
	if took := time.Since(began); took > slow {
		t.Errorf("to ring, answer and hang up took %v", took)
	}
	remove()
	if task := d.logged(id); task.WhoID != d.person("Dana Whitfield").ID {
		t.Errorf("Task on %q", task.WhoName)
	}
}
