package main

import (
	"context"
	"errors"
	"log/slog"

	"fyne.io/fyne/v2"

	"linecard/app/ui"
)

// selftestInWindow plays the demo with a real window in front of it.
func selftestInWindow(ctx context.Context, o *options, log *slog.Logger) error {
	if !display(ctx) {
		return errNoDisplay
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	a := newFyneApp(true)
	f := &windowFace{app: a, win: a.NewWindow("Linecard")}
	w, err := newWorld(ctx, o, log, engineConfig{opener: func(string) error { return nil }, raise: f.show})
	if err != nil {
		return err
	}
	defer w.shut()
	f.ui = ui.New(w.windowConfig(f))
	unsubscribe := w.desk.Subscribe(f.ui.SetView)
	f.win.SetMaster()
	f.win.Show()
	result := make(chan error, 1)
	go func() {
		p := newPlay(o.out, w)
		p.title = f.win.Title
		result <- p.run(ctx)
		f.quit()
	}()
	a.Run()
	unsubscribe()
	f.ui.Close()
	select {
	case err := <-result:
		return err
	default:
		return errors.New("the window was closed before the self-test was over")
	}
}

// shown waits until the window's title, which is drawn last, names the caller.
func (p *play) shown(ctx context.Context) error {
	title := func() (s string) {
		fyne.DoAndWait(func() { s = p.title() })
		return s
	}
	want := p.demo.people[0].Name
	return p.poll(ctx, func() bool { return len(title()) >= len(want) && title()[:len(want)] == want })
}
