package rig

import (
	"bytes"
	"embed"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"testing"
	"text/template"
	"time"

	"linecard/test/interop"
	"linecard/test/ports"
)

//go:embed sipp
var scenarios embed.FS

// How a customer's call ends.
const (
	CallerHangsUp = "caller"   // after Talk
	PhoneHangsUp  = "phone"    //
	CallerGivesUp = "gives up" // CANCEL, Talk after the 180
	PhoneRefuses  = "refused"  // the phone refuses with Code
)

// Customer describes a call by sipp through the proxy.
type Customer struct {
	From     string // the From header: `"Dana" <sip:+14155550132@test.local>`
	To       string // the user part
	User     string // user of the trunk, for the proxy's challenge
	Password string
	Headers  []string // further headers of the INVITE
	End      string
	Talk     time.Duration
	Code     int
}

// Call places a call. The process ends with the call, and without an error when the call went as described.
func (k *Kamailio) Call(t testing.TB, c Customer) *Process {
	t.Helper()
	return sipp(t, "caller.xml", c, k.Addr, ports.Free(t))
}

// Answer waits for one call to a public number at the gateway, lets it ring and then answers with code. After a 200 it
// expects the other side to hang up.
func (k *Kamailio) Answer(t testing.TB, rings time.Duration, code int) *Process {
	t.Helper()
	return listening(t, k.Gateway, sipp(t, "gateway.xml", struct {
		Rings time.Duration
		Code  int
	}{rings, code}, k.Addr, portOf(k.Gateway)))
}

// Ring waits for one call to a public number at the gateway and rings until it is cancelled.
func (k *Kamailio) Ring(t testing.TB) *Process {
	t.Helper()
	return listening(t, k.Gateway, sipp(t, "ringing.xml", nil, k.Addr, portOf(k.Gateway)))
}

// sipp runs a scenario once.
func sipp(t testing.TB, scenario string, values any, remote string, port int) *Process {
	t.Helper()
	interop.Started(t, interop.Sipp)
	dict := func(pairs ...any) map[string]any {
		m := map[string]any{}
		for i := 0; i+1 < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	parsed, err := template.New(scenario).Funcs(template.FuncMap{"dict": dict}).ParseFS(scenarios, "sipp/"+scenario)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, values); err != nil {
		t.Fatal(err)
	}
	dir := Dir(t)
	file := filepath.Join(dir, scenario)
	write(t, file, text.String())
	media, errors := ports.Block(t, 4), filepath.Join(dir, "errors.log")
	return Start(t, Command{
		Path: program(t, "sipp"), Dir: dir,
		Args: []string{
			remote, "-sf", file, "-m", "1", "-i", "127.0.0.1", "-p", strconv.Itoa(port), "-mi", "127.0.0.1", "-mp", strconv.Itoa(media),
			"-rtp_echo", "-nostdin",
			// A proxy's workers may let a 200 overtake its 180, or a BYE its ACK, and the sender repeats what was not
			// answered. A message that is not the scenario's next one is ignored, as in RFC 3261, and does not end the
			// call.
			"-default_behaviors", "all,-abortunexp", "-trace_err", "-error_file", errors, "-timeout", fmt.Sprintf("%ds", int((2 * Patience).Seconds())), "-timeout_error",
		},
		Env:  []string{"TERM=dumb"},
		Logs: []string{errors},
	})
}

// listening waits until a process has bound a UDP port, which is when the port is no longer free.
func listening(t testing.TB, addr string, p *Process) *Process {
	t.Helper()
	Until(t, p.name+" listens at "+addr, func() bool {
		p.alive()
		c, err := net.ListenPacket("udp", addr)
		if err == nil {
			_ = c.Close()
		}
		return err != nil
	})
	return p
}

func portOf(addr string) int {
	var port int
	_, _ = fmt.Sscanf(addr, "127.0.0.1:%d", &port)
	return port
}
