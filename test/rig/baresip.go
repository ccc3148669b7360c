package rig

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/ports"
)

// Baresip is a softphone that is controlled over its TCP control port.
type Baresip struct {
	t       testing.TB
	process *Process
	conn    net.Conn

	mu     sync.Mutex
	events []BaresipEvent
	said   chan struct{}
}

// BaresipEvent is an event that baresip sends: "CALL_INCOMING", "CALL_RINGING", "CALL_ESTABLISHED", "CALL_CLOSED"…
type BaresipEvent struct {
	Type  string `json:"type"`
	Class string `json:"class"`
	Peer  string `json:"peeruri"`
	Param string `json:"param"`
}

// BaresipConfig configures the phone.
type BaresipConfig struct {
	Account string // as in its accounts file: `"Name" <sip:bob@host>;auth_pass=…;regint=60`, with mediaenc=srtp-mand for SRTP, mediaenc=dtls_srtp for DTLS, medianat=ice for ICE
	Session bool   // as [Command] has it
	Pulse   *Pulse // its sound, FarMicrophone and FarSpeaker; nil: it sends back what it receives
}

// StartBaresip starts the phone and returns once it can be controlled.
func StartBaresip(t testing.TB, c BaresipConfig) *Baresip {
	t.Helper()
	interop.Started(t, interop.Baresip)
	dir := Dir(t)
	control := fmt.Sprintf("127.0.0.1:%d", ports.Free(t))
	modules, _ := filepath.Glob("/usr/lib/*/baresip/modules")
	modules = append(modules, "/usr/lib/baresip/modules")
	source, player, env := "aubridge,nowhere", "aubridge,nowhere", []string{"HOME=" + dir}
	if c.Pulse != nil {
		source, player, env = "alsa,far_mic", "alsa,far_spk", c.Pulse.Env
	}
	media := ports.Block(t, 21)
	var text strings.Builder
	for _, line := range []string{
		"poll_method epoll", fmt.Sprintf("sip_listen %s:%d", host(), ports.Free(t)), "call_local_timeout 120", "call_max_calls 8",
		"audio_player " + player, "audio_source " + source, "audio_alert aubridge,nowhere", "audio_level no",
		"ausrc_format s16", "auplay_format s16", "auenc_format s16", "audec_format s16", "audio_buffer 20-160",
		fmt.Sprintf("rtp_ports %d-%d", media, media+20), "jitter_buffer_type fixed", "jitter_buffer_delay 2-10",
		"module_path " + modules[0], "module g711.so", "module alsa.so", "module aubridge.so", "module srtp.so", "module dtls_srtp.so", "module stun.so", "module ice.so",
		"module_tmp uuid.so", "module_tmp account.so", "module_app menu.so", "module_app ctrl_tcp.so", "ctrl_tcp_listen " + control,
	} {
		text.WriteString(line + "\n")
	}
	write(t, filepath.Join(dir, "config"), text.String())
	write(t, filepath.Join(dir, "accounts"), c.Account+"\n")
	write(t, filepath.Join(dir, "contacts"), "")
	p := Start(t, Command{Path: program(t, "baresip"), Args: []string{"-f", dir}, Dir: dir, Env: env, Session: c.Session, Ready: "baresip is ready"})
	b := &Baresip{t: t, process: p, said: make(chan struct{})}
	Until(t, "baresip takes commands", func() bool {
		p.alive()
		conn, err := net.Dial("tcp", control)
		b.conn = conn
		return err == nil
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		b.read()
	}()
	t.Cleanup(func() {
		_ = b.conn.Close()
		<-done
	})
	return b
}

// read reads netstrings of JSON ("12:{…},") until the connection closes.
func (b *Baresip) read() {
	r := bufio.NewReader(b.conn)
	for {
		size, err := r.ReadString(':')
		if err != nil {
			return
		}
		n, err := strconv.Atoi(strings.TrimSuffix(size, ":"))
		if err != nil {
			return
		}
		text := make([]byte, n+1) // and the comma
		if _, err := io.ReadFull(r, text); err != nil {
			return
		}
		var e BaresipEvent
		if json.Unmarshal(text[:n], &e) != nil {
			continue
		}
		b.mu.Lock()
		b.events = append(b.events, e)
		close(b.said)
		b.said = make(chan struct{})
		b.mu.Unlock()
	}
}

// Do sends a command: "dial sip:2041@…", "accept", "transfer sip:2041@…", "hangup", "quit".
func (b *Baresip) Do(command string) {
	b.t.Helper()
	name, params, _ := strings.Cut(command, " ")
	text, err := json.Marshal(map[string]string{"command": name, "params": params})
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(b.conn, "%d:%s,", len(text), text); err != nil {
		b.t.Fatalf("baresip %s: %v", command, err)
	}
}

// PID is the process id of the phone.
func (b *Baresip) PID() int { return b.process.PID() }

// Registered waits until the phone is registered. It registers before its control port answers, so this reads a line it
// prints.
func (b *Baresip) Registered() {
	b.t.Helper()
	b.process.WaitLine("200 OK")
}

// Forget forgets the events so far, so that Await waits for later ones.
func (b *Baresip) Forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events = nil
}

// Await returns the first event with the type.
func (b *Baresip) Await(what string) BaresipEvent {
	b.t.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	for {
		b.mu.Lock()
		events, said := b.events, b.said
		b.mu.Unlock()
		for _, e := range events {
			if e.Type == what {
				return e
			}
		}
		select {
		case <-said:
		case <-deadline.C:
			b.t.Fatalf("baresip did not tell %s, only %+v", what, events)
		}
	}
}
