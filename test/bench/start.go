package main

import (
	"context"
	"fmt"
	"time"
)

// start measures from the start of the process until its window is mapped and, headless, until its first REGISTER. The
// program's files are in the page cache by then ("warm") because of an earlier run.
func (b *bench) start(ctx context.Context) ([]*row, error) {
	window := &row{name: "start → window mapped, warm", unit: "ms", most: 400, peers: "Linphone 782, Twinkle 149, empty Fyne window 173"}
	register := &row{name: "start → REGISTER, headless", unit: "ms", peers: "baresip 21, linphonec 146"}
	screen, err := startDisplay(ctx)
	if err != nil {
		return []*row{window, register}, err
	}
	defer screen.close()
	if _, err := b.startWindow(ctx, screen); err != nil { // fills the page cache
		return []*row{window, register}, err
	}
	err = b.each(ctx, "start, window", func(ctx context.Context) error {
		took, err := b.startWindow(ctx, screen)
		window.add(millis(took))
		return err
	})
	if err != nil {
		return []*row{window, register}, err
	}
	started, cancel := context.WithTimeoutCause(ctx, 20*time.Second, fmt.Errorf("not within 20 s"))
	ring, err := startKeyring(started)
	cancel()
	if err != nil {
		return []*row{window, register}, err
	}
	defer ring.close()
	err = b.each(ctx, "start, headless", func(ctx context.Context) error {
		took, err := b.startHeadless(ctx, ring)
		register.add(millis(took))
		return err
	})
	return []*row{window, register}, err
}

func (b *bench) startWindow(ctx context.Context, screen *display) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, fmt.Errorf("not within 30 s"))
	defer cancel()
	screen.drain()
	l, err := launch(b.bin, append(screen.env, b.sound.env...))
	if err != nil {
		return 0, err
	}
	defer l.stop()
	at, err := screen.window(ctx)
	if err != nil {
		return 0, fmt.Errorf("%w: %s", err, l.stderr.String())
	}
	// The next start must not compete with this one.
	return at.Sub(l.began), l.ready(ctx)
}

// startHeadless starts the app with an account of an earlier start, whose password it reads from the keyring.
func (b *bench) startHeadless(ctx context.Context, ring *keyring) (time.Duration, error) {
	c := b.headless()
	c.env = append(c.env, ring.env...)
	d, err := b.open(ctx, c)
	if err != nil {
		return 0, err
	}
	defer d.close()
	ctx, cancel := context.WithTimeoutCause(ctx, 30*time.Second, fmt.Errorf("not within 30 s"))
	defer cancel()
	d.end()
	if err := d.run(c.env, "--headless"); err != nil {
		return 0, err
	}
	m, err := d.peer.registered(ctx, d.began)
	if err != nil {
		return 0, err
	}
	return m.at.Sub(d.began), d.ready(ctx)
}
