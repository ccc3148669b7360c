//go:build unix

package instance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"linecard/fault"
)

// events is a handler that goes on until its client leaves or the server closes.
func events(started chan<- struct{}, ended chan<- error) Handler {
	return func(ctx context.Context, _ Request, reply func(any) error) error {
		if err := reply("first"); err != nil {
			return err
		}
		started <- struct{}{}
		<-ctx.Done()
		ended <- context.Cause(ctx)
		return ctx.Err()
	}
}

func TestStreamEndsWithTheClient(t *testing.T) {
	dir, started, ended := tempDir(t), make(chan struct{}, 1), make(chan error, 1)
	listenOn(t, dir, events(started, ended))
	ctx, cancel := context.WithCancel(t.Context())
	client := make(chan error, 1)
	go func() { client <- Call(ctx, dir, Request{Verb: "events"}, nil) }()
	await(t, started, "start")
	cancel() // Ctrl+C
	if err := await(t, client, "client"); !errors.Is(err, context.Canceled) {
		t.Errorf("client: %v", err)
	}
	await(t, ended, "handler")
}

func TestStreamEndsWithTheServer(t *testing.T) {
	dir, started, ended := tempDir(t), make(chan struct{}, 1), make(chan error, 1)
	s := listenOn(t, dir, events(started, ended))
	client := make(chan error, 1)
	go func() { client <- Call(t.Context(), dir, Request{Verb: "events"}, nil) }()
	await(t, started, "start")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := await(t, client, "client"); err == nil || !fault.Of(err).Is("instance.closing") {
		t.Errorf("client: %v", err)
	}
	await(t, ended, "handler")
}

// The desk replies to a client that does not read. It must neither wait nor fill the memory.
func TestSlowReaderIsDropped(t *testing.T) {
	dir, result := tempDir(t), make(chan error, 1)
	listenOn(t, dir, func(_ context.Context, _ Request, reply func(any) error) error {
		big := strings.Repeat("x", 64<<10)
		for range 10 * maxBacklog / len(big) {
			if err := reply(big); err != nil {
				result <- err
				return err
			}
		}
		result <- nil
		return nil
	})
	conn, err := net.Dial("unix", filepath.Join(dir, sockName))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := fmt.Fprintln(conn, `{"verb":"events"}`); err != nil {
		t.Fatal(err)
	}
	if err := await(t, result, "handler"); !errors.Is(err, ErrSlow) {
		t.Errorf("handler: %v", err)
	}
}

// One that reads slowly, but reads, gets everything in order.
func TestManyRepliesArriveInOrder(t *testing.T) {
	dir := tempDir(t)
	const n = 20_000
	listenOn(t, dir, func(_ context.Context, _ Request, reply func(any) error) error {
		for i := range n {
			if err := reply(i); err != nil {
				return err
			}
		}
		return nil
	})
	next := 0
	err := Call(t.Context(), dir, Request{Verb: "events"}, func(m json.RawMessage) error {
		if string(m) != fmt.Sprint(next) {
			return fmt.Errorf("got %s, want %d", m, next)
		}
		next++
		return nil
	})
	if err != nil || next != n {
		t.Errorf("%d replies, %v", next, err)
	}
}

func TestManyClients(t *testing.T) {
	dir := tempDir(t)
	var busy, peak atomic.Int64
	listenOn(t, dir, func(_ context.Context, r Request, reply func(any) error) error {
		if now := busy.Add(1); now > peak.Load() {
			peak.Store(now)
		}
		defer busy.Add(-1)
		return reply(r.Args["n"])
	})
	var wg sync.WaitGroup
	for i := range 4 * maxClients {
		wg.Go(func() {
			var got string
			err := Call(t.Context(), dir, Request{Verb: "echo", Args: map[string]string{"n": fmt.Sprint(i)}}, func(m json.RawMessage) error {
				return json.Unmarshal(m, &got)
			})
			if err != nil || got != fmt.Sprint(i) {
				t.Errorf("client %d got %q, %v", i, got, err)
			}
		})
	}
	wg.Wait()
	if peak.Load() > maxClients {
		t.Errorf("%d at once", peak.Load())
	}
}

// Programs that only listen must not keep others from asking, however many there are.
func TestListenersLeaveRoomForRequests(t *testing.T) {
	dir, started := tempDir(t), make(chan struct{}, maxLasting+1)
	listenOn(t, dir, func(ctx context.Context, r Request, _ func(any) error) error {
		if r.Verb != "events" {
			return nil
		}
		if err := Lasting(ctx); err != nil {
			return err
		}
		if err := Lasting(ctx); err != nil { // once more costs nothing
			return err
		}
		started <- struct{}{}
		<-ctx.Done()
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	var listeners sync.WaitGroup
	for range maxLasting {
		listeners.Go(func() { _ = Call(ctx, dir, Request{Verb: "events"}, nil) })
	}
	for range maxLasting {
		await(t, started, "listener")
	}
	for range maxClients + 1 { // as many as would fill the rest, were they counted together
		if err := Call(t.Context(), dir, Request{Verb: "events"}, nil); !fault.Of(err).Is("instance.too-many-listeners") {
			t.Fatalf("one too many: %v", err)
		}
		if err := Call(t.Context(), dir, Request{Verb: "status"}, nil); err != nil {
			t.Fatalf("status: %v", err)
		}
	}
	cancel()
	listeners.Wait()
	again, stop := context.WithCancel(t.Context())
	listeners.Go(func() { // the server learns a moment later that they left
		for fault.Of(Call(again, dir, Request{Verb: "events"}, nil)).Is("instance.too-many-listeners") {
		}
	})
	await(t, started, "a listener after the others left")
	stop()
	listeners.Wait()
}

func TestHostileRequests(t *testing.T) {
	dir := tempDir(t)
	listenOn(t, dir, func(context.Context, Request, func(any) error) error {
		t.Error("carried out")
		return nil
	})
	for name, request := range map[string]string{
		"no JSON":       "hello\n",
		"half a line":   `{"verb":"dial"`,
		"nothing":       "",
		"no verb":       "{}\n",
		"another shape": `{"verb":["dial"]}` + "\n",
		"deep":          strings.Repeat("[", 20_000) + "\n",
		"too long":      `{"verb":"` + strings.Repeat("x", 2*maxRequest) + `"}` + "\n",
		"zeros":         strings.Repeat("\x00", 100) + "\n",
	} {
		conn, err := net.Dial("unix", filepath.Join(dir, sockName))
		if err != nil {
			t.Fatal(err)
		}
		go func() { // the server may stop reading before all is written
			_, _ = conn.Write([]byte(request))
			_ = conn.(*net.UnixConn).CloseWrite()
		}()
		var l line
		if err := json.NewDecoder(conn).Decode(&l); err != nil || l.OK || l.Error == "" || !l.Misuse {
			t.Errorf("%s: answered %+v, %v", name, l, err)
		}
		_ = conn.Close()
	}
}

// Clients that connect and say nothing keep nobody out: where there are many, they are sent away soon, the few that came first last.
func TestSilentClientsAreSentAway(t *testing.T) {
	dir := tempDir(t)
	listenOn(t, dir, func(context.Context, Request, func(any) error) error { return nil })
	ended := make(chan int, maxClients)
	for i := range maxClients {
		conn, err := net.Dial("unix", filepath.Join(dir, sockName))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		go func() {
			_, _ = io.Copy(io.Discard, conn)
			ended <- i
		}()
	}
	if err := Call(t.Context(), dir, Request{Verb: "status"}, nil); err != nil {
		t.Error(err)
	}
	if first := await(t, ended, "somebody is sent away"); first < patientFor {
		t.Errorf("the client that came as number %d is sent away first", first)
	}
}
