package e2e

import (
	"strings"
	"testing"
	"time"

	"linecard/test/rig"
)

// TestNotification: a ringing call is shown on the agent's desktop by a real notification daemon. The actions of the
// notification work, and it disappears once the call is answered or has ended. A missed call leaves a separate notice.
// A caller's name is shown as text and not as markup.
func TestNotification(t *testing.T) {
	t.Parallel()
	desktop := rig.StartBus(t)
	desktop.StartScreen()
	desktop.StartDunst()
	d := newDesk(t, "udp", append(desktop.Env, "DISPLAY=")...)

	t.Run("Answer", func(t *testing.T) {
		customer, ringing := d.rings(rig.Customer{End: rig.PhoneHangsUp})
		d.await("looked-up", of(ringing.Call))
		rig.Until(t, "the notification is shown", func() bool { return desktop.Notices() == 1 })
		desktop.Invoke("Answer")
		d.await("answered", of(ringing.Call))
		rig.Until(t, "the notification is withdrawn", func() bool { return desktop.Notices() == 0 })
		if n := desktop.History(); len(n) == 0 || n[0].Summary != "Dana Whitfield" || !strings.Contains(n[0].Body, "Acme Corp") {
			t.Errorf("dunst showed %+v", n)
		}
		d.do("hangup")
		d.endsWell(customer)
		d.logged(ringing.Call)
	})
	t.Run("Decline", func(t *testing.T) {
		customer, ringing := d.rings(rig.Customer{End: rig.PhoneRefuses, Code: 486})
		rig.Until(t, "the notification is shown", func() bool { return desktop.Notices() == 1 })
		desktop.Invoke("Decline")
		d.endsWell(customer)
		if e := d.await("ended", of(ringing.Call)); e.State != "declined" {
			t.Errorf("ended %q", e.State)
		}
		rig.Until(t, "the notification is withdrawn", func() bool { return desktop.Notices() == 0 })
	})
	t.Run("missed", func(t *testing.T) {
		customer, ringing := d.rings(rig.Customer{From: `"<b>$(id)</b>" <sip:+14155550198@test.local>`, End: rig.CallerGivesUp, Talk: 500 * time.Millisecond})
		rig.Until(t, "the notification is shown", func() bool { return desktop.Notices() == 1 })
		d.endsWell(customer)
		d.await("ended", of(ringing.Call))
		rig.Until(t, "a notice of the missed call stays", func() bool { return desktop.Notices() == 1 && len(desktop.History()) == 3 })
		desktop.CloseNotices()
		rig.Until(t, "dunst has put it away", func() bool { return len(desktop.History()) == 4 })
		shown := desktop.History()
		if shown[0].Summary != "Missed call from <b>$(id)</b>" || shown[1].Summary != "<b>$(id)</b>" {
			t.Errorf("dunst showed %+v", shown)
		}
	})
}
