//go:build unix

package instance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/app/catalogue"
	"linecard/fault"
	"linecard/test/wait"
)

const childEnv = "LINECARD_INSTANCE_CHILD_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" { // an instance to be killed
		if _, err := Listen(dir, func(context.Context, Request, func(any) error) error { return nil }); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("listening")
		select {}
	}
	wait.Main(m)
}

// patient is how long something that must happen may take on a busy machine.
const patient = 20 * time.Second

func await[T any](t *testing.T, c <-chan T, what string) (v T) {
	t.Helper()
	select {
	case v = <-c:
	case <-time.After(patient):
		t.Fatalf("waited in vain: %s", what)
	}
	return v
}

// tempDir is a folder with a name short enough for a socket.
func tempDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func listenOn(t *testing.T, dir string, h Handler) *Server {
	t.Helper()
	s, err := Listen(dir, h)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestRequestAndReplies(t *testing.T) {
	dir := tempDir(t)
	listenOn(t, dir, func(ctx context.Context, r Request, reply func(any) error) error {
		switch r.Verb {
		case "count":
			for i := range 3 {
				if err := reply(map[string]any{"n": i, "ok": true, "error": r.Args["text"]}); err != nil {
					return err
				}
			}
			return nil
		case "refuse":
			return errors.New("No call to answer.")
		case "misuse":
			return fmt.Errorf("dial: %w", Misuse(errors.New("say which number")))
		case "silent":
			return errors.New("")
		case "panic":
			panic("boom")
		}
		return reply(r)
	})
	ask := func(r Request) (replies []string, err error) {
		err = Call(t.Context(), dir, r, func(m json.RawMessage) error {
			replies = append(replies, string(m))
			return nil
		})
		return replies, err
	}
	if got, err := ask(Request{Verb: "count", Args: map[string]string{"text": "a\n\"b\" €"}}); err != nil || len(got) != 3 ||
		got[2] != `{"error":"a\n\"b\" €","n":2,"ok":true}` {
		t.Errorf("count: %q, %v", got, err)
	}
	if got, err := ask(Request{Verb: "echo"}); err != nil || len(got) != 1 || got[0] != `{"verb":"echo"}` {
		t.Errorf("echo: %q, %v", got, err)
	}
	for verb, want := range map[string]struct {
		text   string
		misuse bool
	}{
		"refuse": {"No call to answer.", false},
		"misuse": {"dial: say which number", true},
		"silent": {catalogue.Error(errInternal), false},
		"panic":  {catalogue.Error(errInternal), false},
	} {
		if _, err := ask(Request{Verb: verb}); err == nil || catalogue.Error(err) != want.text || IsMisuse(err) != want.misuse {
			t.Errorf("%s: %v, misuse %v", verb, err, IsMisuse(err))
		}
	}
	stop := errors.New("enough")
	if err := Call(t.Context(), dir, Request{Verb: "count"}, func(json.RawMessage) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a client that has enough: %v", err)
	}
	if err := Call(t.Context(), dir, Request{Verb: "count"}, nil); err != nil {
		t.Errorf("a client that wants no replies: %v", err)
	}
}

func TestNobodyThere(t *testing.T) {
	for name, dir := range map[string]string{
		"empty folder": tempDir(t), "no folder": filepath.Join(tempDir(t), "none"),
		"no folder, long name": filepath.Join(tempDir(t), strings.Repeat("x", 150)),
	} {
		if err := Call(t.Context(), dir, Request{Verb: "status"}, nil); !errors.Is(err, ErrNotRunning) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := tempDir(t)
	if _, ok := Abandoned(dir); ok {
		t.Error("a folder where nobody was yet is abandoned")
	}
	s := listenOn(t, dir, nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Call(t.Context(), dir, Request{Verb: "status"}, nil); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, sockName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
}

// Ten start at once: one runs, nine say so.
func TestOneInstance(t *testing.T) {
	dir := filepath.Join(tempDir(t), "made on demand")
	var mu sync.Mutex
	var running []*Server
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			s, err := Listen(dir, func(_ context.Context, _ Request, reply func(any) error) error { return reply("here") })
			if err != nil {
				if !errors.Is(err, ErrRunning) {
					t.Error(err)
				}
				// The one that runs answers, however early it is asked.
				if err := Call(t.Context(), dir, Request{Verb: "show"}, nil); err != nil {
					t.Error(err)
				}
				return
			}
			mu.Lock()
			defer mu.Unlock()
			running = append(running, s)
		})
	}
	wg.Wait()
	if len(running) != 1 {
		t.Fatalf("%d run", len(running))
	}
	for path, want := range map[string]os.FileMode{dir: 0o700, filepath.Join(dir, sockName): 0o600, filepath.Join(dir, lockName): 0o600} {
		if st, err := os.Stat(path); err != nil || st.Mode().Perm() != want {
			t.Errorf("%s: mode %v, %v; want %v", path, st.Mode(), err, want)
		}
	}
	if err := running[0].Close(); err != nil {
		t.Fatal(err)
	}
	listenOn(t, dir, nil) // free again
}

func TestKilledInstanceLeavesNothingInTheWay(t *testing.T) {
	dir := tempDir(t)
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "listening\n" {
		t.Fatal(line, err)
	}
	if _, err := Listen(dir, nil); !errors.Is(err, ErrRunning) {
		t.Errorf("while it runs: %v", err)
	}
	if _, ok := Abandoned(dir); ok {
		t.Error("abandoned while it runs")
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if _, err := os.Stat(filepath.Join(dir, sockName)); err != nil {
		t.Fatalf("kill -9 leaves the socket behind: %v", err)
	}
	if err := Call(t.Context(), dir, Request{Verb: "status"}, nil); !errors.Is(err, ErrNotRunning) {
		t.Errorf("after kill -9: %v", err)
	}
	release, ok := Abandoned(dir)
	if !ok {
		t.Fatal("not abandoned after kill -9")
	}
	if _, again := Abandoned(dir); again {
		t.Error("abandoned to two at once")
	}
	release()
	listenOn(t, dir, func(context.Context, Request, func(any) error) error { return nil })
	if err := Call(t.Context(), dir, Request{Verb: "status"}, nil); err != nil {
		t.Error(err)
	}
}

func TestLongFolderNames(t *testing.T) {
	for name, runtimeDir := range map[string]string{"runtime folder": tempDir(t), "none": "", "relative": "run"} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", runtimeDir)
			t.Setenv("TMPDIR", tempDir(t))
			dir := filepath.Join(tempDir(t), strings.Repeat("long ", 30))
			listenOn(t, dir, func(_ context.Context, _ Request, reply func(any) error) error { return reply(1) })
			t.Setenv("XDG_RUNTIME_DIR", "/elsewhere") // a client of cron or sudo has another one
			if err := Call(t.Context(), dir, Request{Verb: "status"}, nil); err != nil {
				t.Error(err)
			}
			if _, err := Listen(dir, nil); !errors.Is(err, ErrRunning) {
				t.Errorf("a second one: %v", err)
			}
		})
	}
}

// The folder of the user's own in /tmp may be someone else's trap.
func TestForeignTemporaryFolderIsRefused(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "")
	tmp := tempDir(t)
	t.Setenv("TMPDIR", tmp)
	own := filepath.Join(tmp, fmt.Sprintf("linecard-%d", os.Getuid()))
	if err := errors.Join(os.Mkdir(own, 0o700), os.Chmod(own, 0o755)); err != nil {
		t.Fatal(err)
	}
	_, err := Listen(filepath.Join(tempDir(t), strings.Repeat("x", 120)), nil)
	if err == nil || !strings.Contains(catalogue.Error(err), "not a folder of yours alone") {
		t.Errorf("a folder others can enter: %v", err)
	}
}

// A client that asks while the instance is starting waits for it.
func TestAskedWhileStarting(t *testing.T) {
	dir := tempDir(t)
	lock, err := takeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() { answered <- Call(t.Context(), dir, Request{Verb: "show"}, nil) }()
	ln, err := listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(lock, ln, os.Getuid(), func(context.Context, Request, func(any) error) error { return nil })
	if err := await(t, answered, "answer"); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// An instance that ends answers what it was asked before and nothing more; who comes then is not swallowed by it.
func TestAskedWhileEnding(t *testing.T) {
	dir, asked, goOn := tempDir(t), make(chan struct{}), make(chan struct{})
	s := listenOn(t, dir, func(_ context.Context, r Request, reply func(any) error) error {
		asked <- struct{}{}
		<-goOn
		return reply("the old one")
	})
	call := func() <-chan error {
		answered := make(chan error, 1)
		go func() { answered <- Call(t.Context(), dir, Request{Verb: "show"}, nil) }()
		return answered
	}
	before := call()
	await(t, asked, "request")
	s.StopAccepting()
	after := call()
	close(goOn)
	if err := await(t, before, "answer"); err != nil {
		t.Errorf("asked before: %v", err)
	}
	select {
	case err := <-after:
		t.Errorf("asked after: %v, while the folder is still taken", err)
	case <-time.After(50 * time.Millisecond): // an answer that must not come has no event
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := await(t, after, "answer"); !errors.Is(err, ErrNotRunning) {
		t.Errorf("asked after: %v", err)
	}

	s = listenOn(t, dir, nil)
	s.StopAccepting()
	next := make(chan error, 1)
	go func() {
		s, err := Listen(dir, nil)
		if err == nil {
			err = s.Close()
		}
		next <- err
	}()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := await(t, next, "the next instance"); err != nil {
		t.Errorf("started while the old one ended: %v", err)
	}
}

func TestAnInstanceThatHangsIsSaid(t *testing.T) {
	dir := tempDir(t)
	lock, err := takeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	if err := Call(ctx, dir, Request{Verb: "show"}, nil); err == nil || !strings.Contains(catalogue.Error(err), "does not answer") {
		t.Errorf("%v", err)
	}
}

func TestOtherUsersAreTurnedAway(t *testing.T) {
	dir := tempDir(t)
	lock, err := takeLock(dir)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(lock, ln, os.Getuid()+1, func(context.Context, Request, func(any) error) error { // as if somebody else ran it
		t.Error("another user's request was carried out")
		return nil
	})
	defer func() { _ = s.Close() }()
	if err := Call(t.Context(), dir, Request{Verb: "status"}, nil); err == nil || !fault.Of(err).Is("instance.went-away") {
		t.Errorf("another user: %v", err)
	}
}
