package main

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"time"

	"linecard/app/instance"
	"linecard/app/program"
	"linecard/app/steps"
	"linecard/fault"
)

// start runs the app. Where one runs already, that one comes forward and gets the link.
func start(ctx context.Context, o *options, link string) error {
	s, err := newSetup(ctx, o, newLog(o))
	if err != nil {
		return err
	}
	if s.joins {
		if err := handOver(ctx, s.config.Dir, link); !errors.Is(err, instance.ErrNotRunning) {
			return errors.Join(err, s.drop())
		}
	}
	run := runWindow
	if o.headless {
		run = runHeadless
	}
	err = run(ctx, o, s, link)
	if errors.Is(err, instance.ErrRunning) && s.joins { // the other one started a moment earlier
		return handOver(ctx, s.config.Dir, link)
	}
	return err
}

// handOver brings the running app forward. It returns instance.ErrNotRunning when there is none.
func handOver(ctx context.Context, dir, link string) error {
	r := instance.Request{Verb: "show"}
	if link != "" {
		r = instance.Request{Verb: "open", Args: map[string]string{"link": link}}
	}
	for range mostGone {
		err := instance.Call(ctx, dir, r, nil)
		if !fault.Of(err).Is("instance.went-away") {
			return err
		}
	}
	return instance.Call(ctx, dir, r, nil)
}

// mostGone is how often an app may end just as it is asked, after a crash for example, before it counts as in trouble.
const mostGone = 3

// running is the program with the control socket, and without a face.
type running struct {
	setup
	program *program.Program
	server  *instance.Server
	gate    *gate
}

// run builds everything but the face. The data directory is taken first: when two starts come at the same time, one
// becomes the app and the other hands over to it.
func (s setup) run(ctx context.Context) (_ *running, err error) {
	r := &running{setup: s, gate: &gate{open: make(chan struct{})}}
	start := steps.Steps{Before: beforeStep, After: afterStep}
	err = start.Do("control-socket", func() (err error) {
		r.server, err = instance.Listen(s.config.Dir, r.gate.handle)
		return err
	}, nil, "")
	if err == nil {
		s.config.Before, s.config.After = beforeStep, afterStep
		r.program, err = program.New(ctx, s.config)
	}
	if err != nil {
		r.shut()
		return nil, err
	}
	return r, nil
}

// beforeStep is called before each step of a start, and afterStep once it is done. Tests make each step fail with them.
var beforeStep, afterStep func(step string) error

// step does one step of a start that the caller takes down itself.
func step(name string, do func() error) error {
	start := steps.Steps{Before: beforeStep, After: afterStep}
	return start.Do(name, do, nil, "")
}

// open starts to answer the command line and connects to the network.
func (r *running) open(f face) {
	r.gate.handler = control{r, f}.handle
	close(r.gate.open)
	r.program.Start()
}

// shut takes everything down once the face is gone. No more requests are taken, so that a start at this moment waits and
// becomes the next app. The data directory is released last: nobody else may open the journal while this one still writes.
func (r *running) shut() {
	r.stopAccepting()
	if r.program != nil {
		r.program.Close()
	}
	if r.close != nil {
		r.close()
	}
	if r.server != nil {
		_ = r.server.Close()
	}
}

// stopAccepting takes no more requests.
func (r *running) stopAccepting() {
	if r.server != nil {
		r.server.StopAccepting()
	}
}

// gate makes requests wait until the program can answer them.
type gate struct {
	open    chan struct{}
	handler instance.Handler
}

func (g *gate) handle(ctx context.Context, r instance.Request, reply func(any) error) error {
	select {
	case <-g.open:
		return g.handler(ctx, r, reply)
	case <-ctx.Done():
		return fault.Err(nil, "cmd.shutting-down")
	}
}

// newLog writes to standard error: warnings, and with -v everything.
func newLog(o *options) *slog.Logger {
	level := slog.LevelWarn
	if o.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(o.errs, &slog.HandlerOptions{Level: level}))
}

// settled is the time after which the start is over.
const settled = 4 * time.Second

// growth is how large the memory may become during the start before garbage is collected, in bytes.
const growth = 64 << 20

// small keeps the memory of an app small that idles all day. No garbage is collected during the start: nearly all that a start makes is
// kept, and collecting in between takes a fifth of the time until the first REGISTER. After it the heap does not grow to twice of what
// is in use, and pages that only the start has touched are given back.
func small(ctx context.Context) {
	chosen := os.Getenv("GOGC") != ""
	if !chosen {
		debug.SetMemoryLimit(growth)
		debug.SetGCPercent(-1)
	}
	go func() {
		select {
		case <-time.After(settled):
			if !chosen {
				debug.SetGCPercent(50)
				debug.SetMemoryLimit(math.MaxInt64)
			}
			debug.FreeOSMemory()
			trim()
		case <-ctx.Done():
		}
	}()
}
