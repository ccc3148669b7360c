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
)

//go:embed sipp
var scenarios embed.FS

// How a customer's call ends.
const (
	CallerHangsUp = "caller"   // after Talk
	PhoneHangsUp  = "phone"    //
	CallerGivesUp = "gives up" // CANCEL, Talk after 180
	PhoneRefuses  = "refused"  // with Code
)

// Customer is a call by sipp through the proxy.
type Customer struct {
	From     string // the From header: `"Dana" <sip:+14155550132@test.local>`
	To       string // user part
	User     string // of the trunk, for the proxy's challenge
	Password string
	Headers  []string // further headers of the INVITE
	End      string
	Talk     time.Duration
	Code     int
}

// Call places a call. The process ends when the call is over; it ends well when the call went as it was to go.
func (k *Kamailio) Call(t testing.TB, c Customer) *Process {
	t.Helper()
	return sipp(t, "caller.xml", c, k.Addr, Port(t))
}

// Answer waits for one call to a public number at the gateway, lets it ring and then answers with code. A call it answers
// with 200 it expects to be hung up from the other side.
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

// sipp plays a scenario once.
func sipp(t testing.TB, scenario string, values any, remote string, port int) *Process {
	t.Helper()
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
	media, errors := evenPort(t), filepath.Join(dir, "errors.log")
	return Start(t, Command{
		Path: program(t, "sipp"), Dir: dir,
		Args: []string{
			remote, "-sf", file, "-m", "1", "-i", "127.0.0.1", "-p", strconv.Itoa(port), "-mi", "127.0.0.1", "-mp", strconv.Itoa(media),
			"-rtp_echo", "-nostdin",
			// A proxy's workers may let a 200 overtake its 180, or a BYE its ACK, and whoever was kept waiting repeats: what
			// is not the scenario's next message is passed over, as RFC 3261 has it, and is no reason to give up the call.
			"-default_behaviors", "all,-abortunexp", "-trace_err", "-error_file", errors, "-timeout", fmt.Sprint(2 * Patience), "-timeout_error",
		},
		Env:  []string{"TERM=dumb"},
		Logs: []string{errors},
	})
}

// listening waits until a process has bound a UDP port, which is when it can no longer be had.
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
