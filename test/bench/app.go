package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"linecard/app/instance"
)

// linecard is the running binary under test.
type linecard struct {
	bin    string
	dir    string
	cmd    *exec.Cmd
	began  time.Time // just before the process was started
	stderr bytes.Buffer
	ended  chan struct{}

	watch   *exec.Cmd     // see the function watch
	watched chan struct{} // closed when all that it wrote was read

	mu     sync.Mutex
	events []event
	fresh  chan struct{} // closed and replaced with every event
}

// event is a line of `linecard events` with the time when it was read.
type event struct {
	read time.Time

	Event  string `json:"event"`
	Call   string `json:"call"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	Name   string `json:"name"`
	Task   *struct {
		ID string `json:"id"`
	} `json:"task"`
}

// launch starts the app in a new data directory. args are its flags, such as "--headless"; env is added to the
// environment.
func launch(bin string, env []string, args ...string) (*linecard, error) {
	dir, err := os.MkdirTemp("", "lcb-")
	if err != nil {
		return nil, err
	}
	l := &linecard{bin: bin, dir: dir, fresh: make(chan struct{})}
	if err := l.run(env, args...); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return l, nil
}

// run starts the process: the first one or, after end, another one with the same data.
func (l *linecard) run(env []string, args ...string) error {
	l.ended = make(chan struct{})
	l.cmd = exec.Command(l.bin, append(args, "--data", l.dir)...)
	l.cmd.Env = append(os.Environ(), "LINECARD_SECRETS=memory", "HOME="+l.dir, "LANG=en_US.UTF-8")
	l.cmd.Env = append(l.cmd.Env, env...)
	l.cmd.Stderr = &l.stderr
	l.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	l.began = time.Now()
	if err := l.cmd.Start(); err != nil {
		return err
	}
	raiseGroupPriority(l.cmd.Process.Pid)
	go func(cmd *exec.Cmd, ended chan struct{}) {
		_ = cmd.Wait() // an error of the process shows in missing events
		close(ended)
	}(l.cmd, l.ended)
	return nil
}

// ready waits for the control socket and then reads events.
func (l *linecard) ready(ctx context.Context) error {
	for {
		if err := l.ask(ctx, "status", nil, nil); err == nil {
			break
		} else if !errors.Is(err, instance.ErrNotRunning) {
			return err
		}
		select {
		case <-l.ended:
			return fmt.Errorf("linecard ended at its start: %s", strings.TrimSpace(l.stderr.String()))
		case <-ctx.Done():
			return fmt.Errorf("linecard does not answer: %w", context.Cause(ctx))
		case <-time.After(5 * time.Millisecond): // the socket appears without an event
		}
	}
	l.forget()
	if err := l.startWatch(); err != nil {
		return err
	}
	_, err := l.wait(ctx, time.Time{}, func(e event) bool { return e.Event == "listening" })
	return err
}

// wait waits for an event that was read after the time.
func (l *linecard) wait(ctx context.Context, after time.Time, is func(event) bool) (event, error) {
	next := 0
	for {
		l.mu.Lock()
		for ; next < len(l.events); next++ {
			if e := l.events[next]; e.read.After(after) && is(e) {
				l.mu.Unlock()
				return e, nil
			}
		}
		fresh := l.fresh
		l.mu.Unlock()
		select {
		case <-fresh:
		case <-l.ended:
			return event{}, fmt.Errorf("linecard ended: %s", strings.TrimSpace(l.stderr.String()))
		case <-ctx.Done():
			return event{}, fmt.Errorf("the event did not come: %w", context.Cause(ctx))
		}
	}
}

// forget drops the events so far, so that wait stays fast after thousands of calls.
func (l *linecard) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = nil
}

// ask sends a request through the control socket, as the command line does, but without starting a process.
func (l *linecard) ask(ctx context.Context, verb string, args map[string]string, answer any) error {
	return instance.Call(ctx, l.dir, instance.Request{Verb: verb, Args: args}, func(raw json.RawMessage) error {
		if answer == nil {
			return nil
		}
		return json.Unmarshal(raw, answer)
	})
}

// account sets the app's account at the peer and waits until it is registered.
func (l *linecard) account(ctx context.Context, p *peer, more map[string]string) error {
	args := map[string]string{"server": p.sock.addr().String(), "user": "2041", "password": "secret"}
	for name, value := range more {
		args[name] = value
	}
	if err := l.ask(ctx, "account-set", args, nil); err != nil {
		return err
	}
	_, err := l.wait(ctx, time.Time{}, func(e event) bool { return e.Event == "registration" && e.State == "registered" })
	return err
}

// stop ends the app and removes its data.
func (l *linecard) stop() {
	l.end()
	_ = os.RemoveAll(l.dir)
}

// end stops the app and waits for it.
func (l *linecard) end() {
	l.endWatch()
	_ = l.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-l.ended:
	case <-time.After(15 * time.Second):
		_ = l.cmd.Process.Kill()
		<-l.ended
	}
}

// build builds the binary under test as `make build` does.
func build(ctx context.Context) (string, func(), error) {
	dir, err := os.MkdirTemp("", "lcb-bin-")
	if err != nil {
		return "", nil, err
	}
	bin := filepath.Join(dir, "linecard")
	if err := compile(ctx, "", bin); err != nil {
		os.RemoveAll(dir)
		return "", nil, err
	}
	return bin, func() { os.RemoveAll(dir) }, nil
}

// compile builds the source in a folder; "" is the current one.
func compile(ctx context.Context, source, bin string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", bin, "./cmd/linecard")
	cmd.Dir = source
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build linecard: %w: %s", err, out)
	}
	return nil
}
