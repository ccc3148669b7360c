package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// endure makes thousands of consecutive calls, each of them answered, talked in and logged in the org, and checks
// whether anything grows. It compares the end with the half: by then everything that is kept for a while after a call,
// which at this rate is some hundreds of calls, has reached its full number. The runs go on in parallel, as in
// registrar: load may slow them but does not make them grow.
func (b *bench) endure(ctx context.Context) ([]*row, error) {
	title := fmt.Sprintf("%d calls in a row: ", b.calls)
	failed := &row{name: title + "failed", exact: true}
	goroutines := &row{name: title + "goroutines at the end less those after half", most: 2, aim: "flat"}
	private := &row{name: title + "private memory at the end less that after half", unit: "MiB", most: 2, aim: "flat: ≤ 2 MiB"}
	end := &row{name: title + "private memory at the end", unit: "MiB"}
	fmt.Fprintf(b.say, "  endure: %d runs side by side, load %s\n", b.runs, load())
	var mu sync.Mutex
	var errs []error
	var all sync.WaitGroup
	for i := range b.runs {
		all.Go(func() {
			lost, early, late, err := b.endureRun(ctx, i+1)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				errs = append(errs, fmt.Errorf("run %d: %w", i+1, err))
				return
			}
			failed.add(float64(lost))
			goroutines.add(float64(late.goroutines - early.goroutines))
			private.add(late.anon - early.anon)
			end.add(late.anon)
		})
	}
	all.Wait()
	return []*row{failed, goroutines, private, end}, errors.Join(errs...)
}

// endureRun makes one phone's calls. It returns how many failed, and the phone's health after half of them and after
// all.
func (b *bench) endureRun(ctx context.Context, run int) (lost int, early, late health, err error) {
	d, done, err := b.linked(ctx)
	if err != nil {
		return 0, early, late, err
	}
	defer done()
	for i := range b.calls {
		if err := d.endureOnce(ctx, number(i)); err != nil {
			if lost++; lost > 10 {
				return lost, early, late, fmt.Errorf("call %d: %w", i+1, err)
			}
			fmt.Fprintf(b.say, "  endure: run %d, call %d: %v\n", run, i+1, err)
		}
		d.forget()
		if i+1 == b.calls/2 {
			if early, err = d.settled(ctx); err != nil {
				return lost, early, late, err
			}
		}
		if (i+1)%500 == 0 {
			now, err := d.health(ctx)
			if err != nil {
				return lost, early, late, err
			}
			fmt.Fprintf(b.say, "  endure: run %d: %d calls, %d goroutines, %.1f MiB private, load %s\n", run, i+1, now.goroutines, now.anon, load())
		}
	}
	late, err = d.settled(ctx)
	return lost, early, late, err
}

// linking lets one phone link at a time, since all apps use the same three callback ports.
var linking sync.Mutex

// linked starts a headless phone that is linked to its own org.
func (b *bench) linked(ctx context.Context) (d *desk, done func(), err error) {
	linking.Lock()
	defer linking.Unlock()
	o, err := startOrg(0)
	if err != nil {
		return nil, nil, err
	}
	c := b.headless()
	c.org = o
	if d, err = b.open(ctx, c); err != nil {
		o.close()
		return nil, nil, err
	}
	return d, func() { d.close(); o.close() }, nil
}

type health struct {
	goroutines int
	anon       float64
}

// settled returns the health once the last call has been cleaned up: RFC 3261's timers keep transactions for up to 32
// s.
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
