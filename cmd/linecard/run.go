package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
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
	if o.headless {
		return runHeadless(ctx, o, log)
	}
	return runWindow(ctx, o, log, link)
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
}

// newWorld builds everything but the face.
func newWorld(ctx context.Context, o *options, log *slog.Logger, c engineConfig) (*world, error) {
	c.dir, c.log = o.dir(), log
	if o.demo {
		d, err := startDemo(ctx, log)
		if err != nil {
			return nil, err
		}
		c.demo = d
		if o.data == "" { // a directory named is kept
			c.dir = filepath.Join(d.dir, "data")
		}
		log.Info("demo", "data", c.dir, "org", d.orgURL, "pbx", d.pbx.Addr())
	}
	e, err := newEngine(ctx, c)
	if err != nil {
		if c.demo != nil {
			c.demo.close()
		}
		return nil, err
	}
	return &world{engine: e}, nil
}

// open starts to answer the command line and goes out to the network.
func (w *world) open(ctx context.Context, f face) error {
	var err error
	w.server, err = instance.Listen(w.dir, control{w.engine, f}.handle)
	if err != nil {
		return err
	}
	w.start(ctx)
	return nil
}

// shut takes everything down, the face being gone.
func (w *world) shut() {
	if w.server != nil {
		_ = w.server.Close()
	}
	w.close()
	if w.demo != nil {
		w.demo.close()
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
	if err != nil {
		log.Error("settings", "err", err)
		notices = append(notices, err.Error())
	}
	return s, notices
}
