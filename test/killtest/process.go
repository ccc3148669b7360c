package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"linecard/app/instance"
	"linecard/test/rig"
)

// process is one process of the app.
type process struct {
	cmd   *exec.Cmd
	began time.Time
	ended chan struct{} // closed when it has ended
	log   log
}

// log is what a process wrote.
type log struct {
	mu   sync.Mutex
	text strings.Builder
}

func (g *log) Write(b []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.Write(b)
}

func (g *log) String() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.text.String()
}

// begin starts the app for a life.
func (w *world) begin(l *life) {
	w.t.Helper()
	w.openKeyring()
	p := &process{ended: make(chan struct{})}
	p.cmd = exec.Command(w.bin, "--headless", "-v", "--data", w.dir)
	p.cmd.Env = append(os.Environ(), w.env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.log, &p.log
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is for this program
	p.began = time.Now()
	if err := p.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in ProcessState
		close(p.ended)
	}()
	l.process = p
	w.mu.Lock()
	w.lives = append(w.lives, l)
	w.mu.Unlock()
	w.t.Cleanup(func() { l.kill() })
}

// kill ends the process at once.
func (l *life) kill() {
	l.killing.Do(func() {
		l.mu.Lock()
		l.killed = time.Now()
		l.mu.Unlock()
		_ = l.process.cmd.Process.Signal(syscall.SIGKILL)
	})
}

// over reports whether the process has ended, or is about to.
func (l *life) over() bool {
	select {
	case <-l.process.ended:
		return true
	default:
		return false
	}
}

// ask sends a request through the control socket, as the command line does, without starting a process.
func (w *world) ask(answer any, verb string, args map[string]string) error {
	ctx, cancel := context.WithTimeout(context.Background(), rig.Patience)
	defer cancel()
	return instance.Call(ctx, w.dir, instance.Request{Verb: verb, Args: args}, func(raw json.RawMessage) error {
		if answer == nil {
			return nil
		}
		return json.Unmarshal(raw, answer)
	})
}

// status is what is read of the verb status.
type status struct {
	Phone      struct{ State string }
	Salesforce struct{ State, Reason string }
	Calls      int
	Outbox     struct{ Waiting, Parked int }
	Notice     string
}

// poll is the pause between two looks at a state that no event tells.
const poll = 5 * time.Millisecond

// reaction is how fast an agent's hand follows on what the agent sees.
const reaction = 20 * time.Millisecond

// pause lets as much time pass as a person takes; it is over at once when the process ends. Kills are to meet the app in every
// moment, so time itself is what is waited for, and not an event.
func (l *life) pause(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-l.process.ended:
	}
}

// until waits until ok, the end of the process, or the deadline; it reports whether ok came.
func (l *life) until(patience time.Duration, ok func() bool) bool {
	for deadline := time.Now().Add(patience); !l.over() && time.Now().Before(deadline); l.pause(poll) {
		if ok() {
			return true
		}
	}
	return false
}

// ready waits until the app answers.
func (l *life) ready() {
	l.t.Helper()
	if !l.until(rig.Patience, func() bool { return l.ask(nil, "status", nil) == nil }) {
		l.t.Fatalf("the app does not answer:\n%s", l.process.log.String())
	}
}

// registered waits until calls can come in.
func (l *life) registered() bool {
	return l.until(rig.Patience, func() bool {
		var s status
		return l.ask(&s, "status", nil) == nil && s.Phone.State == "registered"
	})
}

// quit ends the app as an agent does.
func (l *life) quit() {
	l.t.Helper()
	if err := l.ask(nil, "quit", nil); err != nil {
		l.t.Fatalf("quit: %v", err)
	}
	select {
	case <-l.process.ended:
	case <-time.After(rig.Patience):
		l.t.Fatalf("the app does not end:\n%s", l.process.log.String())
	}
	if code := l.process.cmd.ProcessState.ExitCode(); code != 0 {
		l.note("panics", "the app ended with status %d when it was asked to quit", code)
	}
}
