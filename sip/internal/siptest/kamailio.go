package siptest

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"linecard/test/ports"
)

//go:embed kamailio.cfg
var kamailioConfig string

// Kamailio starts a real proxy and registrar with digest on a free port of 127.0.0.1, UDP and TCP, and gives its
// host:port. It knows the users alice, bob and carol with the passwords secret1, secret2 and secret3. It ends with the
// test.
func Kamailio(t testing.TB) string {
	t.Helper()
	program, err := exec.LookPath("kamailio")
	if err != nil {
		program = "/usr/sbin/kamailio" // not in an ordinary user's PATH
		if _, err := os.Stat(program); err != nil {
			t.Fatal("siptest: kamailio is not installed; `make test` installs it, or: apt-get install kamailio")
		}
	}
	dir, err := os.MkdirTemp("", "kamailio") // short: it makes sockets in it, whose names may have 107 octets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for range 5 {
		if addr, ok := startKamailio(t, program, dir); ok {
			return addr
		}
	}
	t.Fatal("siptest: kamailio found its port taken five times")
	return ""
}

// startKamailio runs the proxy on a port that was free a moment ago, and reports false when it no longer is.
func startKamailio(t testing.TB, program, dir string) (addr string, ok bool) {
	t.Helper()
	addr = fmt.Sprintf("127.0.0.1:%d", ports.Free(t))
	var config bytes.Buffer
	err := template.Must(template.New("").Parse(kamailioConfig)).Execute(&config, struct{ Addr, Dir, Modules string }{addr, dir, modules(t)})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "kamailio.cfg")
	if err := os.WriteFile(file, config.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var log bytes.Buffer
	cmd := exec.CommandContext(ctx, program, "-f", file, "-DD", "-E", "-m", "32", "-M", "4", "-Y", dir, "-P", filepath.Join(dir, "pid"))
	cmd.Stdout, cmd.Stderr = &log, &log
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) } // so that it ends its children
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		stop()
		<-done
		if t.Failed() {
			t.Logf("kamailio said:\n%s", log.String())
		}
	})
	if awaitAnswer(t, addr, done) {
		return addr, true
	}
	if !strings.Contains(log.String(), "Address already in use") {
		t.Fatal("siptest: kamailio ended") // what it said follows
	}
	return "", false
}

func modules(t testing.TB) string {
	t.Helper()
	found, err := filepath.Glob("/usr/lib/*/kamailio/modules/tm.so")
	if more, _ := filepath.Glob("/usr/lib*/kamailio/modules/tm.so"); err == nil {
		found = append(found, more...)
	}
	if len(found) == 0 {
		t.Fatal("siptest: kamailio's modules are not where they should be, /usr/lib/*/kamailio/modules")
	}
	return filepath.Dir(found[0]) + "/"
}

// awaitAnswer asks with OPTIONS until the proxy answers: it does not say when it is ready. It reports false when it died.
func awaitAnswer(t testing.TB, addr string, died <-chan struct{}) bool {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	buf := make([]byte, 4096)
	for i := range 100 {
		_, _ = fmt.Fprint(conn, CRLF(fmt.Sprintf("OPTIONS sip:%s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-up%d;rport\nMax-Forwards: 70\n"+
			"From: <sip:test@%s>;tag=1\nTo: <sip:%s>\nCall-ID: up%d\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n", addr, conn.LocalAddr(), i, addr, addr, i)))
		_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		n, err := conn.Read(buf)
		if err == nil && strings.HasPrefix(string(buf[:n]), "SIP/2.0 200") {
			return true
		}
		select {
		case <-died:
			return false
		case <-time.After(50 * time.Millisecond): // a port nobody listens on refuses at once
		}
	}
	t.Fatal("siptest: kamailio does not answer")
	return false
}
