package instance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"linecard/fault"
	"linecard/private"
)

// Handler carries out one request. It may call reply as often as it likes, also from other goroutines until it returns;
// reply does not block, and its error means that nobody listens any more. ctx ends when the client hangs up or the
// server closes. The client gets its error; see [Misuse].
type Handler func(ctx context.Context, r Request, reply func(any) error) error

// Server is the running instance. Close it.
type Server struct {
	uid     int // the only user who is answered
	lock    *flock.Flock
	ln      net.Listener
	handler Handler

	ctx    context.Context
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup // accept loop and clients
	slots  chan struct{}  // one for each client
	lasts  chan struct{}  // one for each request that goes on
	stop   func() error   // closes ln, once
	once   sync.Once
	err    error
}

// Listen makes this process the instance of dir (created when missing, mode 0700) and answers requests with h.
// The error is [ErrRunning] when there is one already.
func Listen(dir string, h Handler) (*Server, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("instance: %w", err)
	}
	if err := private.Folder(dir); err != nil {
		return nil, noFolder(dir, err)
	}
	lock, err := takeLock(dir)
	if err != nil {
		return nil, err
	}
	ln, err := listen(dir)
	if err != nil {
		return nil, errors.Join(noFolder(dir, err), lock.Close())
	}
	return serve(lock, ln, os.Getuid(), h), nil
}

// serve answers the user uid on ln, and owns lock and ln from here on.
func serve(lock *flock.Flock, ln net.Listener, uid int, h Handler) *Server {
	s := &Server{uid: uid, lock: lock, ln: ln, handler: h, slots: make(chan struct{}, maxClients), lasts: make(chan struct{}, maxLasting)}
	s.ctx, s.cancel = context.WithCancelCause(context.Background())
	s.stop = sync.OnceValue(ln.Close) // removes the socket, where it is a file
	s.wg.Go(s.accept)
	return s
}

func noFolder(dir string, err error) error {
	if f := fault.Of(err); !f.IsZero() {
		return err
	}
	return fault.Err(err, "instance.no-folder", "folder", dir)
}

// takeLock takes the lock of dir, which is outside of it where dir takes no file. A client that finds nobody listening holds it, shared, for an instant to learn
// whether somebody is about to (see [Call]), and an instance that ends holds it without listening, so one refusal proves
// nothing yet.
func takeLock(dir string) (*flock.Flock, error) {
	path := filepath.Join(dir, lockName)
	lock := flock.New(path, flock.SetPermissions(0o600))
	deadline := time.Now().Add(changeTime)
	for {
		held, err := lock.TryLock()
		if err != nil {
			other := lockElsewhere(dir, err)
			if other == "" || other == path {
				return nil, errors.Join(noFolder(dir, err), lock.Close())
			}
			_ = lock.Close()
			path, lock = other, flock.New(other, flock.SetPermissions(0o600))
			continue
		}
		if held && !lockedElsewhere(dir, path) {
			return lock, nil
		}
		if held { // by one that could not write dir when it started
			_ = lock.Unlock()
		}
		if serving(dir) || time.Now().After(deadline) {
			return nil, errors.Join(ErrRunning, lock.Close())
		}
		pause(context.Background())
	}
}

// pause lets another process get on: nothing tells when it has.
func pause(ctx context.Context) {
	t := time.NewTimer(5 * time.Millisecond)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// serving reports whether somebody accepts connections for dir.
func serving(dir string) bool {
	conn, err := probe(dir)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// probe connects to the app that runs on a data directory; an error means that there is none.
func probe(dir string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return connect(ctx, dir)
}

func (s *Server) accept() {
	for {
		select {
		case s.slots <- struct{}{}:
		case <-s.ctx.Done():
			return
		}
		conn, err := s.ln.Accept()
		if err != nil {
			<-s.slots
			if errors.Is(err, net.ErrClosed) {
				return
			}
			slog.Warn("control socket", "err", err) // out of file descriptors: it passes
			pause(s.ctx)
			continue
		}
		silent := requestTime
		if len(s.slots) > patientFor { // silent clients must not keep the others out
			silent = hastyTime
		}
		s.wg.Go(func() {
			at := &seat{s.slots, s}
			defer at.leave()
			s.serve(conn, at, silent)
		})
	}
}

// StopAccepting takes no more requests: what they ask for is ending. Those under way go on. The data
// directory stays taken until Close: a client that asks before, or a process that wants to be the next instance, waits
// for that.
func (s *Server) StopAccepting() {
	if err := s.stop(); err != nil {
		slog.Warn("control socket", "err", err)
	}
}

// Close ends all requests, stops answering and gives the data directory free. It returns when no handler runs any more.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.cancel(fault.Err(nil, "instance.closing"))
		closeErr := s.stop()
		s.wg.Wait()
		s.err = errors.Join(closeErr, s.lock.Close())
	})
	return s.err
}
