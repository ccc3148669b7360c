package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"linecard/sip/demopbx"
	"linecard/test/rig"
)

// TestLookUpAgainIsPressed: in a real window, nobody is found for the caller; a contact is made in the browser, and the button under the
// card is pressed with the mouse. The window names the contact, and the Task is on it.
func TestLookUpAgainIsPressed(t *testing.T) {
	t.Parallel()
	d, pbx, mouse := newWindow(t)
	a := d.app

	ctx, end := context.WithCancel(t.Context())
	defer end()
	go func() {
		_, _ = pbx.Call(ctx, demopbx.Caller{Number: "+14155550199", To: extension})
	}()
	id := a.await("ringing", nil).Call
	a.do("answer")
	a.await("answered", of(id))
	if e := a.await("looked-up", of(id)); e.State != "no match" {
		t.Fatalf("looked up: %q", e.State)
	}
	contact := d.creates("Newcomer", "(415) 555-0199")
	d.pressUpwards(mouse, id)
	rig.Until(t, "the window names the contact", func() bool { return strings.HasPrefix(mouse.Title(), "Newcomer, in call") })
	a.do("hangup")
	a.await("ended", of(id))
	if task := d.logged(id); task.WhoID != contact {
		t.Errorf("Task on %q %q, want on the new contact", task.WhoID, task.WhoName)
	}
}

// pressUpwards presses in the middle of the pane of records, from below, until the call is looked up once more: the button is the lowest
// thing there, wherever it stands.
func (d *desk) pressUpwards(mouse *rig.Keyboard, id string) {
	d.t.Helper()
	width, height := mouse.Size()
	const pane, status, step = 284, 40, 16
	mark := d.mark()
	for y := height - status; y > height/4; y -= step {
		mouse.Click(width-pane/2, y)
		if e, ok := d.awaitWithin(time.Second, mark, "looked-up", of(id)); ok {
			if e.State != "one" {
				d.t.Errorf("looked up again: %q", e.State)
			}
			return
		}
	}
	d.t.Fatal("no press in the pane of records looks the caller up again")
}

// newWindow starts the app with its window at a demo PBX, linked to an org.
func newWindow(t *testing.T) (*desk, *demopbx.PBX, *rig.Keyboard) {
	t.Helper()
	pbx, err := demopbx.Start(t.Context(), demopbx.Config{Users: map[string]string{extension: password}, Ring: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pbx.Close() })
	org, url := newOrg(t)
	desktop := rig.StartBus(t)
	desktop.StartScreen()
	a := prepareApp(t, desktop.Env...)
	a.env = append(a.env, "DBUS_SESSION_BUS_ADDRESS=", "LINECARD_SECRETS=memory", "BROWSER=true")
	a.window = true
	a.start()
	t.Cleanup(a.stop)
	a.account(pbx.Addr(), extension, password)
	a.link(url, org)
	a.registered()
	return &desk{app: a, org: org, orgURL: url}, pbx, rig.NewKeyboard(t, desktop)
}
