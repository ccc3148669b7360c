package rig

import (
	"bytes"
	"cmp"
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

// What a customer's phone does that no phone does on demand: a scenario each, with what the test has to do. They are over when the phone has hung up.
const (
	OffersLate        = "late"           // no offer in the INVITE, nor in a re-INVITE that follows a key (SIP INFO), and holds
	LosesTheACK       = "lost"           // only the second 200 is acknowledged
	NeverAcknowledges = "unacknowledged" //
	ChangesToo        = "glare"          // it refuses the phone's hold with 491, has had the same of the phone, and holds too in the end
	RefreshesTooSoon  = "brief"          // its session timer of 30 s is refused, and it takes the one that the phone names
	Requires100rel    = "reliable"       // and the phone offers as it rings
)

// What a gateway does: the same.
const (
	WantsLongSessions = "lasting" // half an hour is refused with 422; two hours are not
	ChangesEarly      = "early"   // its 183 is acknowledged by PRACK, and it changes the session by UPDATE: before it answers, and after a key (SIP INFO), to hold
)

// Customer describes a call by sipp through the proxy.
type Customer struct {
	From     string // the From header: `"Dana" <sip:+14155550132@test.local>`
	To       string // the user part
	User     string // user of the trunk, for the proxy's challenge
	Password string
	Headers  []string // further headers of the INVITE
	Does     string   // one of those above; "" is a plain call, which the rest is about
	End      string
	Talk     time.Duration
	Code     int
}

// Call places a call. The process ends with the call, and without an error when the call went as described.
func (k *Kamailio) Call(t testing.TB, c Customer) *Process {
	t.Helper()
	return sipp(t, cmp.Or(c.Does, "caller"), c, k.Addr, ports.Free(t))
}

// Answer waits for one call to a public number at the gateway, lets it ring and then answers with code. After a 200 it
// expects the other side to hang up.
func (k *Kamailio) Answer(t testing.TB, rings time.Duration, code int) *Process {
	t.Helper()
	return k.gateway(t, "gateway", struct {
		Rings time.Duration
		Code  int
	}{rings, code})
}

// Ring waits for one call to a public number at the gateway and rings until it is cancelled.
func (k *Kamailio) Ring(t testing.TB) *Process {
	t.Helper()
	return k.gateway(t, "ringing", nil)
}

// AnswerThat waits for one call to a public number at the gateway, which does one of the things above.
func (k *Kamailio) AnswerThat(t testing.TB, does string) *Process {
	t.Helper()
	return k.gateway(t, does, nil)
}

func (k *Kamailio) gateway(t testing.TB, scenario string, values any) *Process {
	t.Helper()
	return listening(t, k.Gateway, sipp(t, scenario, values, k.Addr, portOf(k.Gateway)))
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
	name := scenario + ".xml"
	parsed, err := template.New(name).Funcs(template.FuncMap{"dict": dict}).ParseFS(scenarios, "sipp/parts.xml", "sipp/"+name)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, values); err != nil {
		t.Fatal(err)
	}
	dir := Dir(t)
	file := filepath.Join(dir, name)
	write(t, file, text.String())
	media, errors := ports.Block(t, 4), filepath.Join(dir, "errors.log")
	var more []string
	if scenario == LosesTheACK {
		more = []string{"-nr"} // otherwise the second 200 is taken for the first one
	}
	return Start(t, Command{
		Path: program(t, "sipp"), Dir: dir,
		Args: append([]string{
			remote, "-sf", file, "-m", "1", "-i", "127.0.0.1", "-p", strconv.Itoa(port), "-mi", "127.0.0.1", "-mp", strconv.Itoa(media),
			"-rtp_echo", "-nostdin",
			// A proxy's workers may let a 200 overtake its 180, or a BYE its ACK, and the sender repeats what was not
			// answered. A message that is not the scenario's next one is ignored, as in RFC 3261, and does not end the
			// call.
			"-default_behaviors", "all,-abortunexp", "-trace_err", "-error_file", errors, "-timeout", fmt.Sprintf("%ds", int((2 * Patience).Seconds())), "-timeout_error",
		}, more...),
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
