package main

import (
	"context"
	"log/slog"
)

// runHeadless is the app without a window: the same desk, steered from the command line.
func runHeadless(ctx context.Context, o *options, log *slog.Logger, _ string) error {
	small(ctx)
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	w, err := newWorld(ctx, o, log, engineConfig{opener: openInBrowser})
	if err != nil {
		return err
	}
	defer w.shut()
	w.open(ctx, noFace{quit})
	if w.demo != nil {
		if err := w.demo.enter(ctx, w.engine); err != nil {
			return err
		}
		w.demo.ring(w.demo.dana())
	}
	<-ctx.Done()
	return nil
}

// noFace is the face of the headless app.
type noFace struct{ end func() }

func (noFace) show()          {}
func (noFace) askDial(string) {} // there is nobody to ask, and a link never dials by itself
func (f noFace) quit()        { f.end() }
