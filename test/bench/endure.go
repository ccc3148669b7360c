package main

import (
	"context"
	"fmt"
	"time"
)

// endure has thousands of calls in a row, each answered, talked in and logged in the org, and looks whether anything grows.
// What is there at the end is compared with what is there after half: by then everything that lives for a while after a call,
// which at this rate is some five hundred calls at a time, has reached its full number.
func (b *bench) endure(ctx context.Context) ([]*row, error) {
	title := fmt.Sprintf("%d calls in a row: ", b.calls)
	failed := &row{name: title + "failed", aim: "0"}
	goroutines := &row{name: title + "goroutines at the end less those after half", aim: "flat"}
	private := &row{name: title + "private memory at the end less that after half", unit: "MiB", aim: "flat"}
	end := &row{name: title + "private memory at the end", unit: "MiB"}
	rows := []*row{failed, goroutines, private, end}
	o, err := startOrg(0)
	if err != nil {
		return rows, err
	}
	defer o.close()
	c := b.headless()
	c.org = o
	d, err := b.open(ctx, c)
	if err != nil {
		return rows, err
	}
	defer d.close()
	var early health
	lost := 0
	for i := range b.calls {
		if err := d.endureOnce(ctx, number(i)); err != nil {
			if lost++; lost > 10 {
				return rows, fmt.Errorf("call %d: %w", i+1, err)
			}
			fmt.Fprintf(b.say, "  endure: call %d: %v\n", i+1, err)
		}
		d.forget()
		if i+1 == b.calls/2 {
			if early, err = d.settled(ctx); err != nil {
				return rows, err
			}
		}
		if (i+1)%500 == 0 {
			now, err := d.health(ctx)
			if err != nil {
				return rows, err
			}
			fmt.Fprintf(b.say, "  endure: %d calls, %d goroutines, %.1f MiB private, load %s\n", i+1, now.goroutines, now.anon, load())
		}
	}
	late, err := d.settled(ctx)
	if err != nil {
		return rows, err
	}
	failed.add(float64(lost))
	goroutines.add(float64(late.goroutines - early.goroutines))
	private.add(late.anon - early.anon)
	end.add(late.anon)
	return rows, nil
}

type health struct {
	goroutines int
	anon       float64
}

// settled is the health once the last call has been forgotten: RFC 3261's timers keep transactions for up to 32 s.
func (d *desk) settled(ctx context.Context) (health, error) {
	if err := pause(ctx, 35*time.Second); err != nil {
		return health{}, err
	}
	return d.health(ctx)
}

func (d *desk) health(ctx context.Context) (health, error) {
	var status struct {
		Goroutines int `json:"goroutines"`
	}
	if err := d.ask(ctx, "status", nil, &status); err != nil {
		return health{}, err
	}
	u, err := measure(d.cmd.Process.Pid)
	return health{status.Goroutines, u.anon}, err
}

func (d *desk) endureOnce(ctx context.Context, number string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 15*time.Second, fmt.Errorf("not within 15 s"))
	defer cancel()
	d.far.take()
	c, _, err := d.talking(ctx, number, "")
	if err != nil {
		return err
	}
	select {
	case <-d.far.first:
	case <-ctx.Done():
		return fmt.Errorf("no sound came: %w", context.Cause(ctx))
	}
	sent, err := c.bye(ctx)
	if err != nil {
		return err
	}
	_, err = d.wait(ctx, sent, func(e event) bool { return e.Event == "ended" })
	return err
}
