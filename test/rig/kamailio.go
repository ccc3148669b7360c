package rig

import (
	"bytes"
	"embed"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"linecard/test/interop"
	"linecard/test/ports"
)

//go:embed kamailio
var kamailioFiles embed.FS

// Kamailio is a registrar and proxy with digest authentication over UDP and TCP.
type Kamailio struct {
	Addr    string // host:port
	Gateway string // address to which it sends calls to public numbers: a test listens there
	t       testing.TB
	process *Process
	config  string
}

// KamailioConfig is what a Kamailio is beside the usual one.
type KamailioConfig struct {
	Host    string            // an address of the loopback interface; "" is 127.0.0.1
	Users   map[string]string // password by name
	Beside  []string          // host:port of servers in whose place it takes requests, as one of a pair
	Service string            // what it names in Service-Route, as the URI of an edge in front of it; it takes the edge's Path then
	Forks   []string          // host:port of phones which all ring for numbers that begin with 800
}

// StartKamailio starts a Kamailio for users (password by name). When one branch of a forked call answers, it cancels
// the others with `Reason: SIP;cause=200;text="Call completed elsewhere"`, which its tm module adds.
func StartKamailio(t testing.TB, users map[string]string) *Kamailio {
	t.Helper()
	return StartKamailioWith(t, KamailioConfig{Users: users})
}

// StartKamailioAt starts it on another address of the loopback interface, so that 127.0.0.1 is not the server's.
func StartKamailioAt(t testing.TB, ip string, users map[string]string) *Kamailio {
	t.Helper()
	return StartKamailioWith(t, KamailioConfig{Host: ip, Users: users})
}

// StartKamailioWith starts it as it is told.
func StartKamailioWith(t testing.TB, c KamailioConfig) *Kamailio {
	t.Helper()
	return startKamailio(t, kamailioAt(t, c.Host), "kamailio.cfg", c)
}

// StartKamailioPair starts two that stand in for each other: each passes on the requests of the other one's calls. Neither knows whom the
// other one has registered.
func StartKamailioPair(t testing.TB, users map[string]string) (pair [2]*Kamailio) {
	t.Helper()
	at := [2]string{kamailioAt(t, ""), kamailioAt(t, "")}
	for i := range pair {
		pair[i] = startKamailio(t, at[i], "kamailio.cfg", KamailioConfig{Users: users, Beside: []string{at[1-i]}})
	}
	return pair
}

// EdgeService is the parameter of the Service-Route by which the registrar behind an edge names it.
const EdgeService = "service=edge"

// StartKamailioEdge starts a registrar at 127.0.0.6, and a second Kamailio in front of it at 127.0.0.1, which adds Path to a REGISTER and Record-Route to a call, and asks for
// no password itself. The edge prints a line for each request that it passes on, and for each answer to a REGISTER.
func StartKamailioEdge(t testing.TB, users map[string]string) (edge, registrar *Kamailio) {
	t.Helper()
	at := kamailioAt(t, "")
	registrar = StartKamailioWith(t, KamailioConfig{Host: "127.0.0.6", Users: users, Service: "sip:" + at + ";lr;" + EdgeService})
	return startKamailio(t, at, "edge.cfg", KamailioConfig{Beside: []string{registrar.Addr}}), registrar
}

func kamailioAt(t testing.TB, ip string) string {
	t.Helper()
	if ip == "" {
		ip = host()
	}
	return fmt.Sprintf("%s:%d", ip, ports.Free(t))
}

// startKamailio fills in a configuration and starts it.
func startKamailio(t testing.TB, at, config string, c KamailioConfig) *Kamailio {
	t.Helper()
	interop.Started(t, interop.Kamailio)
	k := &Kamailio{t: t, Addr: at, Gateway: fmt.Sprintf("127.0.0.1:%d", ports.Free(t))}
	var text bytes.Buffer
	err := template.Must(template.ParseFS(kamailioFiles, "kamailio/"+config)).Execute(&text, map[string]any{
		"Addr": k.Addr, "Gateway": k.Gateway, "ModulePath": kamailioModules(t), "Config": c,
	})
	if err != nil {
		t.Fatal(err)
	}
	k.config = filepath.Join(Dir(t), config)
	write(t, k.config, text.String())
	k.Start()
	return k
}

// Start starts it again after Stop, on the same port, without the earlier registrations.
func (k *Kamailio) Start() {
	k.t.Helper()
	dir := filepath.Dir(k.config)
	// -DD: stay in the foreground but fork the workers; -Y: the folder for its run-time files
	k.process = Start(k.t, Command{Path: program(k.t, "kamailio"), Args: []string{"-DD", "-f", k.config, "-Y", dir, "-w", dir, "-m", "32", "-M", "4"}})
	Until(k.t, "Kamailio answers OPTIONS", func() bool {
		k.process.alive()
		return answersOptions(k.Addr)
	})
}

// Stop ends it, so that the registrar is unreachable.
func (k *Kamailio) Stop() { k.process.Stop() }

// Kill ends all of its processes without notice.
func (k *Kamailio) Kill() { k.process.Kill() }

// Await waits for a line that it prints.
func (k *Kamailio) Await(part string) {
	k.t.Helper()
	k.process.WaitLine(part)
}

func kamailioModules(t testing.TB) []string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/*/kamailio/modules/tm.so")
	if len(found) == 0 {
		t.Fatal("Kamailio's modules are not installed; run: test/setup.sh test")
	}
	return []string{filepath.Dir(found[0]) + string(os.PathSeparator)}
}

// answersOptions reports whether a SIP server answers OPTIONS within a moment.
func answersOptions(addr string) bool {
	c, err := net.Dial("udp", addr)
	if err != nil {
		return false
	}
	defer c.Close()
	fmt.Fprintf(c, "OPTIONS sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bK%d\r\nMax-Forwards: 70\r\n"+
		"From: <sip:rig@%s>;tag=1\r\nTo: <sip:%s>\r\nCall-ID: %d@rig\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n",
		addr, c.LocalAddr(), time.Now().UnixNano(), addr, addr, time.Now().UnixNano())
	_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	answer := make([]byte, 2000)
	n, err := c.Read(answer)
	return err == nil && strings.HasPrefix(string(answer[:n]), "SIP/2.0 200")
}
