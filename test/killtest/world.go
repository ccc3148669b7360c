package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
	"linecard/test/ports"
	"linecard/test/rig"
)

// The agent's extension.
const (
	extension = "2041"
	password  = "pass-of-2041"
)

// options are what a run is asked for.
type options struct {
	kills int
	seed  uint64
	aims  []aim
	bin   string
}

// world is everything around the app, and what has happened in it.
type world struct {
	t       testing.TB
	o       options
	bin     string
	dir     string   // the app's data directory
	env     []string // with the session bus
	desktop *rig.Desktop
	keyring *rig.Keyring // as it runs now
	locked  bool         // the keyring, or it has ended while it was to be locked
	org     *demoorg.Org
	url     string
	pbx     *demopbx.PBX
	port    int // the app's own, always the same: a new process replaces the binding of the one before
	people  []demoorg.Person
	seeded  map[string]bool // call ids of the Tasks that the org had before
	strange int             // how many strangers have called

	stretches []stretch
	pace      pace      // of this computer
	torn      int       // processes that were killed before they knew what the org's token endpoint had answered
	fatal     []finding // what was noticed while the app ran

	mu    sync.Mutex
	lives []*life
}

// stretch is a time with one way of logging.
type stretch struct {
	since time.Time
	mode  string
}

// newWorld starts the peers, and the app once, with an account and a link.
func newWorld(t testing.TB, o options) *world {
	t.Helper()
	w := &world{t: t, o: o, bin: o.bin, dir: filepath.Join(rig.Dir(t), "data"), seeded: map[string]bool{"": true}, port: ports.Free(t)}
	if w.bin == "" {
		w.bin = build(t)
	}
	t.Cleanup(w.pace.watch(rig.Dir(t)))
	desktop := rig.StartBus(t)
	w.desktop, w.keyring = desktop, desktop.RunKeyring()
	w.env = append([]string{
		"DISPLAY=", "WAYLAND_DISPLAY=", "PULSE_SERVER=unix:/nonexistent", "LANG=en_US.UTF-8", "LINECARD_SECRETS=",
	}, desktop.Env...)
	w.startOrg()
	w.startPBX()

	l := &life{world: w, random: rand.New(rand.NewPCG(o.seed, 0))}
	w.begin(l)
	l.ready()
	w.command(password+"\n", "account", "set", "--server", w.pbx.Addr(), "--user", extension, "--lines", "4",
		"--local-port", fmt.Sprint(w.port), "--password-stdin")
	w.link()
	l.quit()
	return w
}

// build builds the app as `make build` does.
func build(t testing.TB) string {
	t.Helper()
	bin := filepath.Join(rig.Dir(t), "linecard")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-tags=no_animations", "-o", bin, "linecard/cmd/linecard")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build linecard: %v: %s", err, out)
	}
	return bin
}

func (w *world) startOrg() {
	w.org = demoorg.New(demoorg.Config{AutoApprove: true, Rotate: true, DailyLimit: 10_000_000})
	for _, task := range w.org.Tasks() {
		w.seeded[task.CallObject] = true
	}
	numbers := map[string]bool{}
	for _, p := range w.org.People() {
		if !numbers[p.Number] {
			w.people = append(w.people, p)
		}
		numbers[p.Number] = true
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	server := &http.Server{Handler: w.watchOrg(w.org.Handler()), ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }()
	w.t.Cleanup(func() { _ = server.Close() })
	w.url = "http://" + listener.Addr().String()
}

// watchOrg tells the life of the moments that kills are aimed at.
func (w *world) watchOrg(org http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		write := r.Method != http.MethodGet && (strings.Contains(r.URL.Path, "/sobjects") || strings.Contains(r.URL.Path, "/composite"))
		token := strings.HasSuffix(r.URL.Path, "/oauth2/token")
		if write {
			w.happened(taskAsked)
		}
		l := w.now()
		if token && l != nil {
			l.tokens.Add(1)
		}
		org.ServeHTTP(rw, r)
		switch {
		case write:
			w.happened(taskAnswered)
		case token:
			w.happened(tokenAnswered)
		}
	})
}

func (w *world) startPBX() {
	var customers []demopbx.Person
	for _, p := range w.people {
		customers = append(customers, demopbx.Person{Name: p.Name, Number: p.Number})
	}
	var err error
	w.pbx, err = demopbx.Start(context.Background(), demopbx.Config{
		Users: map[string]string{extension: password}, Directory: customers, Ring: 60 * time.Millisecond, Wire: w.heard,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = w.pbx.Close() })
}

// happened tells the life that runs.
func (w *world) happened(m moment) {
	if l := w.now(); l != nil {
		l.happened(m)
	}
}

// now is the life that runs, or ran last.
func (w *world) now() *life {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.lives) == 0 {
		return nil
	}
	return w.lives[len(w.lives)-1]
}

// link links the org through its authorize page, as a browser with a session does.
func (w *world) link() {
	w.t.Helper()
	deadline := time.Now().Add(rig.Patience)
	for {
		err := w.tryLink()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("link: %v", err)
		}
		time.Sleep(200 * time.Millisecond) // another program may have the three callback ports for a while, and no event tells when it lets go
	}
}

func (w *world) tryLink() error {
	ctx, cancel := context.WithTimeout(context.Background(), rig.Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.bin, "link", "--data", w.dir, "--login-host", w.url, "--client-id", w.org.ClientID(), "--no-browser")
	cmd.Env = append(cmd.Environ(), w.env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	var line strings.Builder
	for b := make([]byte, 1); !strings.HasSuffix(line.String(), "\n"); {
		if _, err := out.Read(b); err != nil {
			break
		}
		line.Write(b)
	}
	if page := strings.TrimSpace(line.String()); page != "" {
		if res, err := http.Get(page); err == nil {
			_ = res.Body.Close()
		}
	}
	_, _ = io.Copy(io.Discard, out)
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("%w: %s", err, said.String())
	}
	return nil
}

// command runs a verb of the command line that must succeed.
func (w *world) command(stdin string, args ...string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), rig.Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.bin, append(args, "--data", w.dir)...)
	cmd.Env, cmd.Stdin = append(cmd.Environ(), w.env...), strings.NewReader(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		w.t.Fatalf("linecard %s: %v: %s", args[0], err, out)
	}
}
