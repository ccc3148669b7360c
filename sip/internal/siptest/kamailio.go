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

	"linecard/test/interop"
	"linecard/test/ports"
)

//go:embed kamailio.cfg
var kamailioConfig string

// Kamailio starts a real proxy and registrar with digest on a free port of 127.0.0.1, UDP and TCP, and gives its
// host:port. It knows the users alice, bob and carol with the passwords secret1, secret2 and secret3. It ends with the
// test.
func Kamailio(t testing.TB) string {
	t.Helper()
	return StartKamailio(t, nil).Addr
}

// KamailioTLS is the side of TLS of a [Proxy].
type KamailioTLS struct {
	Issued
	ClientCA string // file of the CA whose certificates phones must show; "" asks for none
}

// Proxy is a real proxy and registrar: see [Kamailio].
type Proxy struct {
	Addr   string // of UDP and TCP
	Secure string // of TLS; "" without

	t       testing.TB
	tls     *KamailioTLS
	program string
	dir     string
	stop    func()
}

// StartKamailio starts a proxy as [Kamailio] does, with a port for TLS too where tls is not nil.
func StartKamailio(t testing.TB, tls *KamailioTLS) *Proxy {
	t.Helper()
	interop.Started(t, interop.Kamailio)
	program, err := exec.LookPath("kamailio")
	if err != nil {
		program = "/usr/sbin/kamailio" // not in an ordinary user's PATH
		if _, err := os.Stat(program); err != nil {
			t.Fatal("siptest: kamailio is not installed; `make test` installs it, or: apt-get install kamailio kamailio-tls-modules")
		}
	}
	dir, err := os.MkdirTemp("", "kamailio") // short: it makes sockets in it, whose names may have 107 octets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	k := &Proxy{t: t, tls: tls, program: program, dir: dir}
	for range 5 {
		k.Addr = fmt.Sprintf("127.0.0.1:%d", ports.Free(t))
		if tls != nil {
			k.Secure = fmt.Sprintf("127.0.0.1:%d", ports.Free(t))
		}
		if k.start() {
			return k
		}
	}
	t.Fatal("siptest: kamailio found its port taken five times")
	return nil
}

// Restart ends the proxy, and starts it again as a server that remembers no phone.
func (k *Proxy) Restart() {
	k.t.Helper()
	k.stop()
	if !k.start() {
		k.t.Fatal("siptest: kamailio found its port taken after its end")
	}
}

// start runs the proxy on ports that were free a moment ago, and reports false when they no longer are.
func (k *Proxy) start() bool {
	t := k.t
	t.Helper()
	var config bytes.Buffer
	err := template.Must(template.New("").Parse(kamailioConfig)).Execute(&config, map[string]any{
		"Addr": k.Addr, "Secure": k.Secure, "TLS": k.tls, "Dir": k.dir, "Modules": modules(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(k.dir, "kamailio.cfg")
	if err := os.WriteFile(file, config.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var log bytes.Buffer
	cmd := exec.CommandContext(ctx, k.program, "-f", file, "-DD", "-E", "-m", "32", "-M", "4", "-Y", k.dir, "-P", filepath.Join(k.dir, "pid"))
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
	k.stop = func() {
		stop()
		<-done
	}
	ended := k.stop
	t.Cleanup(func() {
		ended()
		if t.Failed() {
			t.Logf("kamailio said:\n%s", log.String())
		}
	})
	if awaitAnswer(t, k.Addr, done) {
		return true
	}
	if !strings.Contains(log.String(), "Address already in use") {
		t.Fatal("siptest: kamailio ended") // what it said follows
	}
	return false
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
	for i, end := 0, time.Now().Add(Patience); time.Now().Before(end); i++ { // a busy machine starts it slowly
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
