package main

import (
	"context"
	"errors"
	"fmt"

	"linecard/fault"
)

// errNobodyToAsk answers a link where there is no window.
var errNobodyToAsk error = fault.Err(nil, "cmd.nobody-to-ask")

// runHeadless is the app without a window: the same desk, controlled from the command line.
func runHeadless(ctx context.Context, o *options, s setup, link string) error {
	if link != "" {
		return errors.Join(errNobodyToAsk, s.drop())
	}
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	s.config.OpenURL = openInBrowser
	r, err := s.run(ctx)
	if err != nil {
		return err
	}
	defer r.shut()
	r.open(noFace{quit})
	if s.banner != "" {
		fmt.Fprintln(o.out, s.banner)
	}
	if s.begin != nil {
		if err := step("begin", func() error { return s.begin(ctx, r.program) }); err != nil {
			return err
		}
	}
	<-ctx.Done()
	return nil
}

// noFace is the face of the headless app.
type noFace struct{ end func() }

func (noFace) show()                {}
func (noFace) askDial(string) error { return errNobodyToAsk }
func (f noFace) quit()              { f.end() }
