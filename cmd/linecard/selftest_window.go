package main

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"linecard/fault"
)

// selftestInWindow plays the demo with a real window in front of it.
func selftestInWindow(ctx context.Context, o *options, s setup, d *demo) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	f, err := openWindow(s.appID)
	if err != nil {
		return errors.Join(err, s.drop())
	}
	s.config.Raise = f.show
	r, err := s.run(ctx)
	if err != nil {
		return err
	}
	defer r.shut()
	if err := step("draw", func() error { return f.draw(r) }); err != nil {
		return err
	}
	defer f.undraw()
	result := make(chan error, 1)
	go func() {
		p := newSelftestRun(o.out, r, d)
		p.title = f.win.Title
		result <- p.play(ctx)
		f.quit()
	}()
	f.app.Run()
	select {
	case err := <-result:
		return err
	default:
		return fault.Err(nil, "cmd.selftest.window-closed")
	}
}

// shown waits until the window's title, which is drawn last, names the caller.
func (p *selftestRun) shown(ctx context.Context) error {
	title := func() (s string) {
		fyne.DoAndWait(func() { s = p.title() })
		return s
	}
	want := p.demo.people[0].Name
	return p.poll(ctx, func() bool { return len(title()) >= len(want) && title()[:len(want)] == want })
}
