package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
)

// errNobodyToAsk is what a link comes to where there is no window.
var errNobodyToAsk = errors.New("Linecard runs without a window here, so nobody can be asked about the link. To call it: linecard dial NUMBER")

// runHeadless is the app without a window: the same desk, steered from the command line.
func runHeadless(ctx context.Context, o *options, log *slog.Logger, link string) error {
	if link != "" {
		return errNobodyToAsk
	}
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
		fmt.Fprintf(o.out, "The demo's data directory, for the other commands: --data %s\n", w.dir)
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

func (noFace) show()                {}
func (noFace) askDial(string) error { return errNobodyToAsk }
func (f noFace) quit()              { f.end() }
