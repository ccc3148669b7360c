package rig

import (
	"bytes"
	_ "embed" // the configuration
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"linecard/test/ports"
)

//go:embed kamailio/kamailio.cfg
var kamailioConfig string

// Kamailio is a registrar and proxy with digest authentication over UDP and TCP.
type Kamailio struct {
	Addr    string // host:port
	Gateway string // address to which it sends calls to public numbers: a test listens there
	t       testing.TB
	process *Process
	config  string
}

// StartKamailio starts a Kamailio for users (password by name). When one branch of a forked call answers, it cancels
// the others with `Reason: SIP;cause=200;text="Call completed elsewhere"`, which its tm module adds.
func StartKamailio(t testing.TB, users map[string]string) *Kamailio {
	t.Helper()
	return StartKamailioAt(t, host(), users)
}

// StartKamailioAt starts it on another address of the loopback interface, so that 127.0.0.1 is not the server's.
func StartKamailioAt(t testing.TB, ip string, users map[string]string) *Kamailio {
	t.Helper()
	k := &Kamailio{t: t, Addr: fmt.Sprintf("%s:%d", ip, ports.Free(t)), Gateway: fmt.Sprintf("127.0.0.1:%d", ports.Free(t))}
	var text bytes.Buffer
	err := template.Must(template.New("").Parse(kamailioConfig)).Execute(&text, map[string]any{
		"Addr": k.Addr, "Gateway": k.Gateway, "Users": users, "ModulePath": kamailioModules(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	k.config = filepath.Join(Dir(t), "kamailio.cfg")
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
