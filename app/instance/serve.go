package instance

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"runtime/debug"
	"time"

	"linecard/fault"
)

// errInternal is all a client learns of a handler that panicked.
var errInternal = fault.Err(nil, "instance.unexpected")

// serve answers one connection, whose client may be silent for so long before it begins to ask.
func (s *Server) serve(conn net.Conn, at *seat, silent time.Duration) {
	defer func() { _ = conn.Close() }()
	if uid, err := peerUID(conn); err != nil || uid != s.uid {
		slog.Warn("control socket: another user was turned away", "uid", uid, "err", err)
		return
	}
	out := newOutlet(conn)
	defer out.close()

	begun := time.Now()
	_ = conn.SetReadDeadline(begun.Add(silent))
	stop := context.AfterFunc(s.ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
	defer stop()
	in := bufio.NewReaderSize(conn, maxRequest)
	if _, err := in.Peek(1); err != nil {
		out.finish(Misuse(fault.Err(err, "instance.request-unreadable")))
		return
	}
	if _ = conn.SetReadDeadline(begun.Add(requestTime)); s.ctx.Err() != nil {
		_ = conn.SetReadDeadline(time.Now())
	}
	req, err := readRequest(in)
	if err != nil {
		out.finish(Misuse(err))
		return
	}

	ctx, cancel := context.WithCancelCause(s.ctx)
	defer cancel(nil)
	if s.ctx.Err() == nil {
		_ = conn.SetReadDeadline(time.Time{})
	}
	gone := make(chan struct{})
	go func() { // ends when the client hangs up, the server closes, or the request is done
		defer close(gone)
		_, _ = io.Copy(io.Discard, conn) // a client has nothing more to say
		cancel(errors.New("the client hung up"))
	}()
	err = s.handle(context.WithValue(ctx, seatKey{}, at), req, out.reply)
	if err != nil && s.ctx.Err() != nil {
		err = context.Cause(s.ctx)
	}
	out.finish(err)
	_ = conn.SetReadDeadline(time.Now())
	<-gone
}

// handle runs the handler. A panic fails the request and nothing else.
func (s *Server) handle(ctx context.Context, r Request, reply func(any) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("control request panicked", "verb", r.Verb, "panic", p, "stack", string(debug.Stack()))
			err = errInternal
		}
	}()
	return s.handler(ctx, r, reply)
}

func readRequest(in *bufio.Reader) (r Request, err error) {
	doc, err := in.ReadSlice('\n')
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return r, fault.Err(err, "instance.request-too-long", "bytes", maxRequest)
	case err != nil:
		return r, fault.Err(err, "instance.request-unreadable")
	}
	if err := json.Unmarshal(doc, &r); err != nil {
		return r, fault.Err(err, "instance.request-unreadable")
	}
	if r.Verb == "" {
		return r, fault.Err(nil, "instance.request-without-verb")
	}
	if r.Args == nil {
		r.Args = map[string]string{}
	}
	return r, nil
}
