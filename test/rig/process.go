package rig

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Command is a program to run.
type Command struct {
	Path     string
	Args     []string
	Dir      string
	Env      []string // added to the environment
	Stdin    io.Reader
	Ready    string     // Start returns once the program prints a line that contains this; "" means immediately
	Lifeline bool       // its input is empty and ends when the program must end: for programs that signals do not reach, under sudo
	Files    []*os.File // passed on as file descriptors from 3
	Session  bool       // it has a session of its own: Linux gives processor time to sessions first, and to processes within theirs
	Logs     []string   // files that it writes; a failed test logs them together with its output
}

// Process is a running peer.
type Process struct {
	t    testing.TB
	name string
	cmd  *exec.Cmd
	line *os.File      // the other end of its input, with Lifeline
	done chan struct{} // closed when it has ended and its output has been read
	err  error         // how it ended; read it after done

	mu    sync.Mutex
	lines []string
	said  chan struct{} // closed and replaced with every line
}

// grace is how long a peer may take to end after a signal.
const grace = 4 * time.Second

// Start runs a peer until the test ends.
func Start(t testing.TB, c Command) *Process {
	t.Helper()
	p := &Process{t: t, name: c.Path[strings.LastIndex(c.Path, "/")+1:], done: make(chan struct{}), said: make(chan struct{})}
	p.cmd = exec.Command(c.Path, c.Args...)
	p.cmd.Dir, p.cmd.Stdin = c.Dir, c.Stdin
	p.cmd.Env = append(os.Environ(), c.Env...)
	inGroup(p.cmd, c.Session) // so that its children can be ended too
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.ExtraFiles = in, in, c.Files
	var stdin *os.File
	if c.Lifeline {
		if stdin, p.line, err = os.Pipe(); err != nil {
			t.Fatal(err)
		}
		p.cmd.Stdin = stdin
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("%s: %v", p.name, err)
	}
	_, _ = in.Close(), stdin.Close() // closing a nil file does nothing
	go p.read(out)
	t.Cleanup(func() {
		p.Stop()
		if !t.Failed() {
			return
		}
		t.Logf("%s %s said at last:\n%s", p.name, strings.Join(c.Args, " "), p.tail(40))
		for _, file := range c.Logs {
			text, _ := os.ReadFile(file)
			t.Logf("%s: %s", filepath.Base(file), text[max(0, len(text)-4000):])
		}
	})
	if c.Ready != "" {
		p.WaitLine(c.Ready)
	}
	return p
}

// read records the output of the process until all writers have closed it.
func (p *Process) read(out *os.File) {
	ended := make(chan error, 1)
	go func() {
		ended <- p.cmd.Wait()
		// A daemon that it started may hold the pipe open without end.
		_ = out.SetReadDeadline(time.Now().Add(time.Second))
	}()
	scan := bufio.NewScanner(out)
	scan.Buffer(nil, 1<<20)
	for scan.Scan() {
		p.mu.Lock()
		p.lines = append(p.lines, scan.Text())
		close(p.said)
		p.said = make(chan struct{})
		p.mu.Unlock()
	}
	_, _ = io.Copy(io.Discard, out) // drains the rest after a line that is too long
	_ = out.Close()
	p.err = <-ended
	close(p.done)
}

// WaitLine returns the first line that contains part, and waits for it.
func (p *Process) WaitLine(part string) string {
	p.t.Helper()
	line, _ := p.waitLine(0, part)
	return line
}

// waitLine is WaitLine from the line with a number on; it tells the number of the one behind.
func (p *Process) waitLine(next int, part string) (line string, behind int) {
	p.t.Helper()
	deadline := time.NewTimer(Patience)
	defer deadline.Stop()
	for {
		p.mu.Lock()
		lines, said := p.lines, p.said
		p.mu.Unlock()
		for ; next < len(lines); next++ {
			if strings.Contains(lines[next], part) {
				return lines[next], next + 1
			}
		}
		select {
		case <-said:
		case <-p.done:
			p.t.Fatalf("%s ended (%v) without saying %q:\n%s", p.name, p.err, part, p.tail(40))
		case <-deadline.C:
			p.t.Fatalf("%s did not say %q:\n%s", p.name, part, p.tail(40))
		}
	}
}

// alive fails the test if the process has ended: for use in Until, which would otherwise wait in vain.
func (p *Process) alive() {
	p.t.Helper()
	select {
	case <-p.done:
		p.t.Fatalf("%s ended (%v):\n%s", p.name, p.err, p.tail(40))
	default:
	}
}

// Wait waits until the process has ended, and returns its error.
func (p *Process) Wait() error {
	p.t.Helper()
	select {
	case <-p.done:
		return p.err
	case <-time.After(2 * Patience):
		p.t.Fatalf("%s is still running:\n%s", p.name, p.tail(40))
		return nil
	}
}

// Output returns all of its output so far.
func (p *Process) Output() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n")
}

func (p *Process) tail(n int) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines[max(0, len(p.lines)-n):], "\n")
}

// Done is closed when it has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// PID returns its process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Stop asks it to end, kills it after a while, and waits. A second Stop does no harm.
func (p *Process) Stop() {
	select {
	case <-p.done:
		p.signal(syscall.SIGKILL) // its children
		return
	default:
	}
	_ = p.line.Close()
	p.signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
	}
	p.Kill()
}

// Kill ends it without notice.
func (p *Process) Kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}
