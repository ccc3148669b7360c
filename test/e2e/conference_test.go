package e2e

import (
	"strings"
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestConferenceAtAsterisk: the agent brings a customer and a colleague together in a ConfBridge of Asterisk 22. All three are in the agent's own room, the customer
// hears the colleague, and both stay when the agent leaves. The customer's call is one Task; the room is none.
func TestConferenceAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.12", interop.Asterisk)
	const colleague, room = "2042", "32041"
	pbx := rig.StartAsterisk(t, map[string]string{extension: password, colleague: "pass-of-2042"})
	org, url := newOrg(t)
	d := &desk{app: newApp(t), org: org, orgURL: url}
	d.account(pbx.Addr, extension, password, "--conference", "3{user}")
	d.link(url, org)
	d.registered()
	dana := d.person("Dana Whitfield")
	// inRoom waits until so many are in a room.
	inRoom := func(t *testing.T, want int) string {
		t.Helper()
		var list string
		rig.Until(t, "they are in the room", func() bool {
			list = pbx.CLI("confbridge list " + room)
			return strings.Count(list, "PJSIP/")+strings.Count(list, "Local/") == want
		})
		return list
	}
	// two are a customer on the line and the colleague who is consulted.
	two := func(t *testing.T) (customer, consultation string, b *rig.Baresip) {
		t.Helper()
		b = rig.StartBaresip(t, rig.BaresipConfig{Account: "<sip:" + colleague + "@" + pbx.Addr + ">;auth_pass=pass-of-2042;regint=60"})
		b.Registered()
		mark := d.mark()
		pbx.Call(dana.Number, "D Whitfield", extension, false)
		customer = d.awaitAfter(mark, "ringing", nil).Call
		d.do("answer")
		d.await("answered", of(customer))
		var dialed struct{ Call string }
		d.json(&dialed, "transfer", "--consult", colleague)
		b.Await("CALL_INCOMING")
		b.Do("accept")
		d.await("answered", of(dialed.Call))
		return customer, dialed.Call, b
	}
	t.Run("all three", func(t *testing.T) {
		customer, consultation, b := two(t)
		var meeting struct{ Call, Number string }
		d.json(&meeting, "conference")
		if meeting.Number != room {
			t.Errorf("the room is %+v", meeting)
		}
		d.await("answered", of(meeting.Call))
		for _, id := range []string{customer, consultation} {
			d.await("transfer", func(e event) bool { return e.Call == id && e.State == "done" && e.With == meeting.Call })
			d.await("conference", func(e event) bool { return e.Call == id && e.State == "in" && e.With == meeting.Call })
		}
		list := inRoom(t, 3)
		for _, who := range []string{"PJSIP/" + extension, "PJSIP/" + colleague, "Local/"} {
			if !strings.Contains(list, who) {
				t.Errorf("%s is not in the room:\n%s", who, list)
			}
		}
		if c := d.call(customer); c.Phase != "talking" || c.Number != "(415) 555-0132" {
			t.Errorf("the customer's call is %+v", c)
		}
		if out, err := d.try("transfer", "--call", customer, "600"); err == nil {
			t.Errorf("one of the conference is handed on: %s", out)
		}

		d.do("hangup") // leaves it
		for _, id := range []string{customer, meeting.Call} {
			d.await("ended", of(id))
		}
		inRoom(t, 2)
		if task := d.logged(customer); task.WhoID != dana.ID || !strings.Contains(task.Description, "Conference: "+room) || strings.Contains(task.Description, "Transferred To") {
			t.Errorf("Task %+v", task)
		}
		pbx.HangUp()
		b.Await("CALL_CLOSED")
	})
	// A room that the server does not have leaves both calls, and the agent talks on with the colleague.
	t.Run("no such room", func(t *testing.T) {
		d.account(pbx.Addr, extension, password, "--conference", "699")
		d.registered()
		customer, consultation, _ := two(t)
		mark := d.mark()
		d.do("conference")
		for _, id := range []string{customer, consultation} {
			if e := d.awaitAfter(mark, "transfer", func(e event) bool { return e.Call == id && e.State == "failed" }); !strings.Contains(e.Reason, "699") {
				t.Errorf("the agent is told %q", e.Reason)
			}
		}
		d.awaitAfter(mark, "hold", func(e event) bool { return e.Call == consultation && e.State == "talking" })
		pbx.HangUp()
		d.await("ended", of(customer))
	})
}
