package e2e

import (
	"net/http"
	"strings"
	"testing"

	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
	"linecard/test/rig"
)

// keyringDesk is an app whose account and link are in a real gnome-keyring.
type keyringDesk struct {
	*app
	desktop *rig.Desktop
	keyring *rig.Keyring
	key     string // of the account's password
}

// withKeyring sets account and link, and quits the app. The keyring stays open.
func withKeyring(t *testing.T) *keyringDesk {
	t.Helper()
	pbx, err := demopbx.Start(t.Context(), demopbx.Config{Users: map[string]string{extension: password}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pbx.Close() })
	org := demoorg.New(demoorg.Config{AutoApprove: true, Rotate: true})
	url, err := org.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = org.Close() })
	d := &keyringDesk{desktop: rig.StartBus(t), key: "sip:" + extension + "@" + pbx.Addr()}
	d.keyring = d.desktop.RunKeyring()
	d.app = prepareApp(t, append([]string{"LINECARD_SECRETS="}, d.desktop.Env...)...)
	d.app.start()
	d.account(pbx.Addr(), extension, password)
	d.registered()
	d.link(url, org)
	d.stop()
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	return d
}

// waits is what the app shows while the keyring does not answer.
func (d *keyringDesk) waits() {
	d.t.Helper()
	rig.Until(d.t, "account and link wait for the keyring", func() bool {
		s := d.status()
		return s.Phone.State == "unregistered" && strings.Contains(s.Phone.Reason, "keyring") && s.Salesforce.State == "Waiting" && strings.Contains(s.Salesforce.Reason, "keyring")
	})
	if out, err := d.try("doctor"); err == nil || !strings.Contains(out, "Waiting for this computer's keyring") {
		d.t.Errorf("the doctor (%v):\n%s", err, out)
	}
}

// works waits until the account is registered and the link is taken up. The app asks a keyring that tells of its changes every two minutes
// only, and soon after it has told of one: so it must have heard of the change.
func (d *keyringDesk) works() {
	d.t.Helper()
	rig.Until(d.t, "registered and linked", func() bool {
		s := d.status()
		return s.Phone.State == "registered" && s.Salesforce.State == "Linked"
	})
	for _, line := range strings.Split(d.process.Output(), "\n") {
		if strings.Contains(line, "refused the password") || strings.Contains(line, "state=refused") {
			d.t.Errorf("a wrong password was sent: %s", line)
		}
	}
}

func TestKeyringIsLockedAndOpensLater(t *testing.T) {
	t.Parallel()
	d := withKeyring(t)
	d.keyring.Lock()
	d.app.start()
	t.Cleanup(d.stop)
	d.waits()
	d.keyring.Unlock()
	d.works()
}

func TestKeyringHangs(t *testing.T) {
	t.Parallel()
	d := withKeyring(t)
	d.keyring.Hang()
	t.Cleanup(d.keyring.Wake)
	d.app.start()
	t.Cleanup(d.stop)
	d.waits()
	d.keyring.Wake()
	d.works()
}

// The service is killed while the app waits for it, and started again; then it is killed while all is well, which changes
// nothing.
func TestKeyringIsKilledAndStartedAgain(t *testing.T) {
	t.Parallel()
	d := withKeyring(t)
	d.keyring.Hang()
	d.app.start()
	t.Cleanup(d.stop)
	d.waits()
	d.keyring.Kill()
	d.keyring = d.desktop.RunKeyring()
	d.works()
	d.keyring.Kill()
	d.keyring = d.desktop.RunLockedKeyring()
	d.works()
}

// At a login the app may start before the keyring's service.
func TestKeyringStartsLate(t *testing.T) {
	t.Parallel()
	d := withKeyring(t)
	d.keyring.Kill()
	d.app.start()
	t.Cleanup(d.stop)
	rig.Until(t, "the app lacks the password", func() bool { return strings.Contains(d.status().Notice, "password") })
	d.keyring = d.desktop.RunKeyring()
	d.works()
}

// The owner of the keyring takes the password out, which signs nobody off, and then puts another one in its place, which is used.
func TestPasswordChangesInTheKeyring(t *testing.T) {
	t.Parallel()
	d := withKeyring(t)
	d.app.start()
	t.Cleanup(d.stop)
	d.works()
	d.keyring.Change(d.key, "another password")
	rig.Until(t, "the other password is refused", func() bool { return d.status().Phone.State == "refused" })
	d.keyring.Change(d.key, password)
	rig.Until(t, "registered", func() bool { return d.status().Phone.State == "registered" })
	d.keyring.Remove(d.key)
	d.do("account", "set", "--server", strings.TrimPrefix(d.key, "sip:"+extension+"@"), "--user", extension, "--lines", "3") // it registers again
	rig.Until(t, "registered with the password that was there", func() bool { return d.status().Phone.State == "registered" })
}
