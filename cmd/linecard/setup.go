package main

import (
	"context"
	"log/slog"

	"linecard/app/program"
)

// setup is what the app runs on: this computer's own parts, or the demo's. The faces show what it holds and ask no further.
type setup struct {
	config  program.Config
	joins   bool         // an app that runs on the same data directory is brought forward instead
	appID   string       // what the desktop knows the app by
	banner  string       // printed by the app without a window
	scenes  []scene      // situations that can be played, for a bar in the window
	tryDemo func() error // starts the demo beside this; nil where there is no reason to

	past  func(context.Context, *program.Program)       // gives the history a past; nil gives none
	begin func(context.Context, *program.Program) error // what happens once the program has started; nil for nothing
	close func()                                        // after the program has closed; nil for nothing
}

// atWork is the app as it is used.
func atWork(o *options, log *slog.Logger) setup {
	return setup{
		config: program.Config{Dir: o.dir(), Version: version, Log: log}, joins: true, appID: appID, tryDemo: tryDemo,
	}
}

// newSetup makes what the command line asks for.
func newSetup(ctx context.Context, o *options, log *slog.Logger) (setup, error) {
	if !o.demo {
		return atWork(o, log), nil
	}
	d, err := startDemo(ctx, o.data, log)
	if err != nil {
		return setup{}, err
	}
	return d.setup(log), nil
}

// drop gives up a setup that is not run, and returns nil.
func (s setup) drop() error {
	if s.close != nil {
		s.close()
	}
	return nil
}
