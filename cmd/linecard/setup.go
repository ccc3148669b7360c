package main

import (
	"context"
	"log/slog"

	"linecard/app/program"
)

// setup is what the app runs on: the parts of this computer, or those of the demo. The faces do not know which.
type setup struct {
	config  program.Config
	joins   bool          // an app that runs on the same data directory is brought forward instead
	appID   string        // what the desktop knows the app by
	banner  string        // printed by the app without a window
	title   func() string // of the window between calls; nil is the program's name
	scenes  []scene       // for the bar in the window and the verb demo-scene
	tryDemo func() error  // starts the demo beside this app; nil in the demo itself

	past  func(context.Context, *program.Program)       // fills the history; nil for nothing
	begin func(context.Context, *program.Program) error // what happens once the program has started; nil for nothing
	close func()                                        // after the program has closed; nil for nothing
}

// atWork is the app with a real phone account and a real org.
func atWork(o *options, log *slog.Logger) setup {
	return setup{
		config: program.Config{Dir: o.dir(), Version: version, Renew: renewCommand, Profiles: installedProfiles(), Log: log}, joins: true, appID: appID, tryDemo: tryDemo,
	}
}

// newSetup makes the setup that the flags ask for.
func newSetup(ctx context.Context, o *options, log *slog.Logger) (setup, error) {
	if !o.demo {
		return atWork(o, log), nil
	}
	d, err := startDemo(ctx, o, log)
	if err != nil {
		return setup{}, err
	}
	return d.setup(log), nil
}

// drop closes a setup that is not run, and returns nil.
func (s setup) drop() error {
	if s.close != nil {
		s.close()
	}
	return nil
}
