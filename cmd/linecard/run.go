package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"linecard/app/instance"
	"linecard/app/settings"
)

// start runs the app, or brings the running one forward and hands it the link.
func start(ctx context.Context, o *options, link string) error {
	log := newLog(o)
	if !o.demo {
		if err := handOver(ctx, o.dir(), link); !errors.Is(err, instance.ErrNotRunning) {
			return err
		}
	}
	run := runWindow
	if o.headless {
		run = runHeadless
	}
	err := run(ctx, o, log, link)
	if errors.Is(err, instance.ErrRunning) && !o.demo { // it started a moment before us
		return handOver(ctx, o.dir(), link)
	}
	return err
}

// handOver brings the running app forward; instance.ErrNotRunning when there is none.
func handOver(ctx context.Context, dir, link string) error {
	r := instance.Request{Verb: "show"}
	if link != "" {
		r = instance.Request{Verb: "open", Args: map[string]string{"link": link}}
	}
	return instance.Call(ctx, dir, r, nil)
}

// world is the engine with what it stands on: the demo's PBX and org, or nothing but the real ones; and the control socket.
type world struct {
	*engine
	server *instance.Server
	gate   *gate
}

// newWorld builds everything but the face. The data directory is taken first, so that of two starts at once one becomes the
// app and the other hands over to it.
func newWorld(ctx context.Context, o *options, log *slog.Logger, c engineConfig) (_ *world, err error) {
	c.dir, c.log = o.dir(), log
	w := &world{gate: &gate{open: make(chan struct{})}}
	defer func() {
		if err != nil {
			w.shut()
		}
	}()
	if o.demo {
		if c.demo, err = startDemo(ctx, o.data, log); err != nil {
			return nil, err
		}
		c.dir = c.demo.data
		log.Info("demo", "data", c.dir, "org", c.demo.orgURL, "pbx", c.demo.pbx.Addr())
	}
	if w.server, err = instance.Listen(c.dir, w.gate.handle); err == nil {
		w.engine, err = newEngine(ctx, c)
	}
	if err != nil && c.demo != nil {
		c.demo.close()
	}
	return w, err
}

// open starts to answer the command line and goes out to the network.
func (w *world) open(ctx context.Context, f face) {
	w.gate.handler = control{w.engine, f, w.server.Hush}.handle
	close(w.gate.open)
	w.start(ctx)
}

// shut takes everything down, the face being gone. No request is taken any more, so that a start at this moment waits and is
// the next app. The data directory is given free last: nobody else is to open the journal while this one still writes.
func (w *world) shut() {
	if w.server != nil {
		w.server.Hush()
	}
	if w.engine != nil {
		w.close()
		if w.demo != nil {
			w.demo.close()
		}
	}
	if w.server != nil {
		_ = w.server.Close()
	}
}

// gate keeps requests waiting until there is somebody to answer them.
type gate struct {
	open    chan struct{}
	handler instance.Handler
}

func (g *gate) handle(ctx context.Context, r instance.Request, reply func(any) error) error {
	select {
	case <-g.open:
		return g.handler(ctx, r, reply)
	case <-ctx.Done():
		return errors.New("Linecard is just ending")
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

// settled is when starting up is surely over.
const settled = 4 * time.Second

// small makes an app that idles all day keep little memory: a heap that does not grow to twice of what lives, and no pages
// that only starting up has touched.
func small(ctx context.Context) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
	go func() {
		select {
		case <-time.After(settled):
			debug.FreeOSMemory()
			trim()
		case <-ctx.Done():
		}
	}()
}

// loadSettings reads the settings. A file that was torn is moved aside, and the agent told.
func loadSettings(dir string, log *slog.Logger) (settings.Settings, []string) {
	s, err := settings.Load(dir)
	notices := s.Notices()
	for _, n := range notices {
		log.Warn("settings", "notice", n)
	}
	if err != nil {
		log.Error("settings", "err", err)
		notices = append(notices, err.Error())
	}
	return s, notices
}
