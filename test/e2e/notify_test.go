package e2e

import (
	"strings"
	"testing"
	"time"

	"linecard/test/rig"
)

// TestNotification: a ringing call is on the agent's desktop, by a real notification daemon; its Answer answers, and it is
// gone from the screen once the call is answered or over. A missed call leaves a notice of its own.
func TestNotification(t *testing.T) {
	t.Parallel()
	desktop := rig.StartBus(t)
	desktop.StartScreen()
	desktop.StartDunst()
	d := newDesk(t, "udp", append(desktop.Env, "DISPLAY=")...)

	t.Run("answered from the notification", func(t *testing.T) {
		customer, ringing := d.rings(rig.Customer{End: rig.PhoneHangsUp})
		d.await("looked-up", of(ringing.Call))
		rig.Until(t, "the notification is shown", func() bool { return desktop.Notices() == 1 })
		desktop.Invoke("Answer")
		d.await("answered", of(ringing.Call))
		rig.Until(t, "the notification is withdrawn", func() bool { return desktop.Notices() == 0 })
		if n := desktop.History(); len(n) == 0 || !strings.Contains(n[0].Summary+n[0].Body, "Dana Whitfield") {
			t.Errorf("dunst showed %+v", n)
		}
		d.do("hangup")
		d.ends(customer)
		d.logged(ringing.Call)
	})
	t.Run("missed", func(t *testing.T) {
		customer, ringing := d.rings(rig.Customer{From: `"<b>bold</b>" <sip:+14155550198@test.local>`, End: rig.CallerGivesUp, Talk: 500 * time.Millisecond})
		rig.Until(t, "the notification is shown", func() bool { return desktop.Notices() == 1 })
		d.ends(customer)
		d.await("ended", of(ringing.Call))
		rig.Until(t, "what is left on the screen tells of the missed call", func() bool {
			n := desktop.History()
			return len(n) >= 2 && desktop.Notices() == 1
		})
		if n := desktop.History()[0]; strings.Contains(n.Summary+n.Body, "<b>") && !strings.Contains(n.Body, "&lt;b&gt;") && n.Summary == "" {
			t.Errorf("markup in a caller's name reached the screen: %+v", n)
		}
	})
}
