package e2e

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/ports"
	"linecard/test/rig"
)

// TestRegistrationTrouble: status and doctor explain a wrong account in one sentence with the remedy.
func TestRegistrationTrouble(t *testing.T) {
	t.Parallel()
	k := rig.StartKamailio(t, map[string]string{extension: password})
	a := newApp(t)
	nobody := fmt.Sprintf("127.0.0.1:%d", ports.Free(t))
	for _, c := range []struct {
		name, server, user, secret, state, sentence string
		flags                                       []string
	}{
		{"wrong password", k.Addr, extension, "not-the-password", "refused", "The phone server refused the password for 2041. Check it in Settings > Phone.", nil},
		{"wrong registrar, udp", nobody, extension, password, "unreachable", "Can't reach " + nobody + ": no ", nil},
		{"wrong registrar, tcp", nobody, extension, password, "unreachable", "Can't reach " + nobody + ": no connection", []string{"--transport", "tcp"}},
		{"unknown server name", "pbx.invalid", extension, password, "unreachable", "Can't find the phone server pbx.invalid", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			mark := a.mark()
			a.account(c.server, c.user, c.secret, c.flags...)
			defer a.do("account", "remove", c.user+"@"+c.server) // so that the next account is the only one
			e := a.awaitAfter(mark, "registration", func(e event) bool { return strings.HasPrefix(e.Reason, c.sentence) })
			if e.State != c.state || !strings.Contains(e.Reason, "Settings > Phone") {
				t.Errorf("%s: %q\nwant %s: %q…", e.State, e.Reason, c.state, c.sentence)
			}
			if s := a.status(); !strings.HasPrefix(s.Phone.Reason, c.sentence) {
				t.Errorf("status says %q", s.Phone.Reason)
			}
			if out, err := a.try("doctor"); err == nil || !strings.Contains(out, c.sentence) {
				t.Errorf("doctor says %q, %v; want it to fail with the sentence", out, err)
			}
		})
	}
	t.Run("corrected account", func(t *testing.T) {
		mark := a.mark()
		a.account(k.Addr, extension, password)
		a.awaitAfter(mark, "registration", inState("registered"))
	})
}

// TestPortsInUse: another program uses the ports that the app needs.
func TestPortsInUse(t *testing.T) {
	t.Parallel()
	k := rig.StartKamailio(t, map[string]string{extension: password})
	a := newApp(t)
	t.Run("phone port", func(t *testing.T) {
		taken, err := net.ListenPacket("udp", "0.0.0.0:0")
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		port := taken.LocalAddr().(*net.UDPAddr).Port
		_, err = a.tryWith(strings.NewReader(password+"\n"), "account", "set", "--server", k.Addr, "--user", extension, "--local-port", fmt.Sprint(port), "--password-stdin")
		said := fmt.Sprint(err)
		if err == nil {
			said = a.await("registration", func(e event) bool { return e.Reason != "" }).Reason
		}
		if !strings.Contains(said, fmt.Sprint(port)) || !strings.Contains(said, "use") {
			t.Errorf("the user reads %q, want the port and that it is in use", said)
		}
	})
	t.Run("callback ports", func(t *testing.T) {
		// In its own namespace: there are only three such ports on the machine, and other tests link too.
		ns := rig.StartNamespace(t)
		a := newAppWithin(t, ns.Run)
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		run := append(slices.Clone(ns.Run), self)
		rig.Start(t, rig.Command{Path: run[0], Args: run[1:], Env: []string{holdPorts + "=47117,47118,47119"}, Lifeline: true, Ready: "holding"})
		_, err = a.try("link", "--login-host", "http://127.0.0.1:9", "--client-id", "3MVG9key", "--no-browser")
		if err == nil || !strings.Contains(err.Error(), "47117") {
			t.Errorf("the user reads %v, want which ports are in use", err)
		} else {
			t.Logf("the user reads: %v", err)
		}
	})
}

// TestRegistrarAway: the phone registers again by itself soon after the registrar's return.
func TestRegistrarAway(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.15", interop.Kamailio)
	k := rig.StartKamailio(t, map[string]string{extension: password})
	a := newApp(t)
	a.account(k.Addr, extension, password, "--expires", "10")
	a.registered()
	k.Stop()
	mark := a.mark()
	a.awaitAfter(mark, "registration", inState("unreachable"))
	mark = a.mark()
	k.Start()
	back := time.Now()
	a.awaitAfter(mark, "registration", inState("registered"))
	t.Logf("registered %v after the registrar's return", time.Since(back).Round(time.Millisecond)) // make bench measures it
}
