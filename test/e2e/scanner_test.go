package e2e

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/ports"
	"linecard/test/rig"
)

// TestScanners: sipvicious, which finds phones for those who want to call at their expense, comes by. Its address, 127.0.0.1, is
// not the server's. Nothing rings, no row is kept, nobody is searched and nothing is logged; a call of the server's rings
// after it.
func TestScanners(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S8.3", interop.Sipvicious)
	k := rig.StartKamailioAt(t, "127.0.0.5", map[string]string{extension: password, trunk: trunkPass})
	org, url := newOrg(t)
	d := &desk{app: newApp(t), kamailio: k, org: org, orgURL: url}
	port := fmt.Sprint(ports.Free(t))
	d.account(k.Addr, extension, password, "--local-port", port)
	d.link(url, org)
	d.registered()
	interop.Started(t, interop.Sipvicious)
	home := t.TempDir()
	mark := d.mark()
	for _, scan := range [][]string{
		{"svmap", "-m", "INVITE", "-e", extension},
		{"svmap"},
		{"svmap", "-m", "REGISTER"},
		{"svwar", "-m", "INVITE", "-e", "2038-2044"},
		{"svwar", "-m", "INVITE", "-e", "2038-2044", "--force"},
		{"svwar", "-e", "2038-2044", "--force"},
		{"svwar", "-m", "OPTIONS", "-e", "2038-2044", "--force"},
	} {
		args := append(scan[1:len(scan):len(scan)], "-p", port, "127.0.0.1")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, scan[0], args...)
		cmd.Env = append(os.Environ(), "HOME="+home)
		cmd.Dir = home
		out, err := cmd.CombinedOutput()
		cancel()
		if cmd.ProcessState == nil || ctx.Err() == context.DeadlineExceeded {
			t.Fatalf("%q did not run: %v\n%s", scan, err, out)
		}
	}
	d.awaitAfter(mark, "uninvited", nil) // they have got here
	var calls []call
	d.json(&calls, "calls")
	var rows []row
	d.json(&rows, "history")
	if len(calls) > 0 || len(rows) > 0 {
		t.Errorf("calls %+v, history %+v", calls, rows)
	}
	if n := org.Count("", "/search") + org.Count("", "/parameterizedSearch"); n > 0 {
		t.Errorf("%d searches", n)
	}
	if n := org.Count("POST", "/sobjects/Task"); n > 0 {
		t.Errorf("%d Tasks", n)
	}
	d.logged(d.talk("+14155550132", nil))
}
