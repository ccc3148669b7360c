package main

import (
	"context"
	"fmt"
	"time"
)

const ringCalls = 50 // in each run, as for the other phones

// ring measures the time from an INVITE to the phone's 180, with a ring tone on a sound server, which slows other
// phones down. Each call is cancelled 100 ms later.
func (b *bench) ring(ctx context.Context) ([]*row, error) {
	p50 := &row{name: "INVITE in → 180 out, p50", unit: "ms", peers: "baresip 0.26, Twinkle 1.75, Linphone 68"}
	p99 := &row{name: "INVITE in → 180 out, p99", unit: "ms", most: 3, peers: "baresip 0.39 (5811 with sound), Linphone 304, Twinkle 1257"}
	err := b.each(ctx, "ring", func(ctx context.Context) error {
		d, err := b.open(ctx, b.headless())
		if err != nil {
			return err
		}
		defer d.close()
		took, err := d.rings(ctx)
		if err != nil {
			return err
		}
		p50.add(percentile(took, 0.5))
		p99.add(percentile(took, 0.99))
		return nil
	})
	return []*row{p50, p99}, err
}

// rings calls the phone ringCalls times, one call after the other, and returns the milliseconds until each 180.
func (d *desk) rings(ctx context.Context) (took []float64, err error) {
	for i := range ringCalls {
		at, err := d.ringOnce(ctx, number(i), 100*time.Millisecond)
		if err != nil {
			return took, fmt.Errorf("call %d: %w", i+1, err)
		}
		took = append(took, millis(at))
	}
	return took, nil
}

// ringOnce calls the phone and cancels the call after a while. It returns the time until the 180.
func (d *desk) ringOnce(ctx context.Context, number string, length time.Duration) (time.Duration, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, fmt.Errorf("not within 10 s"))
	defer cancel()
	c := d.peer.ring(number, "", d.far.sock.addr())
	took, err := c.rung(ctx, length)
	if err != nil {
		return 0, err
	}
	// The next call is a new one only when this one has also ended on the desk.
	_, err = d.wait(ctx, c.sent, func(e event) bool { return e.Event == "ended" })
	return took, err
}

// lines sends ten INVITEs at once to a phone with two lines, and to one with ten.
func (b *bench) lines(ctx context.Context) ([]*row, error) {
	const calls = 10
	var rows []*row
	for _, lines := range []int{2, calls} {
		rung := &row{name: fmt.Sprintf("10 calls at once, %d lines: that ring", lines), most: float64(lines), exact: true, peers: "baresip 30 of 30, Linphone 10, Twinkle 2"}
		busy := &row{name: fmt.Sprintf("10 calls at once, %d lines: told 486", lines), most: float64(calls - lines), exact: true}
		slowest := &row{name: fmt.Sprintf("10 calls at once, %d lines: slowest answer", lines), unit: "ms"}
		rows = append(rows, rung, busy, slowest)
		err := b.each(ctx, fmt.Sprintf("lines, %d", lines), func(ctx context.Context) error {
			c := b.headless()
			c.account = map[string]string{"lines": fmt.Sprint(lines)}
			d, err := b.open(ctx, c)
			if err != nil {
				return err
			}
			defer d.close()
			return d.atOnce(ctx, calls, rung, busy, slowest)
		})
		if err != nil {
			return rows, err
		}
	}
	return rows, nil
}

func (d *desk) atOnce(ctx context.Context, n int, rung, busy, slowest *row) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 20*time.Second, fmt.Errorf("not within 20 s"))
	defer cancel()
	var calls []*call
	for i := range n {
		calls = append(calls, d.peer.ring(number(i), "", d.far.sock.addr()))
	}
	var ringing []*call
	refused, longest := 0, time.Duration(0)
	for _, c := range calls {
		m, err := c.until(ctx, "INVITE", 180)
		if err != nil {
			return err
		}
		longest = max(longest, m.at.Sub(c.sent))
		switch m.status() {
		case 180:
			ringing = append(ringing, c)
		case 486:
			refused++
			c.ack(m)
		default:
			return fmt.Errorf("the phone answered %s", m.start)
		}
	}
	rung.add(float64(len(ringing)))
	busy.add(float64(refused))
	slowest.add(millis(longest))
	for _, c := range ringing {
		if err := c.cancel(ctx); err != nil {
			return err
		}
	}
	return nil
}
