package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

const talkCalls = 10

// talk measures what an agent waits for around a call: from Answer to the first audio packet, and from the caller's
// hang-up to the Task in the org, which answers without a delay here.
func (b *bench) talk(ctx context.Context) ([]*row, error) {
	first := &row{name: "Answer → first RTP, p50", unit: "ms", most: 50}
	firstMost := &row{name: "Answer → first RTP, most", unit: "ms", most: 50}
	task := &row{name: "hang-up → Task id, p50", unit: "ms"}
	taskMost := &row{name: "hang-up → Task id, most", unit: "ms"}
	err := b.each(ctx, "talk", func(ctx context.Context) error {
		o, err := startOrg(0)
		if err != nil {
			return err
		}
		defer o.close()
		c := b.headless()
		c.org = o
		d, err := b.open(ctx, c)
		if err != nil {
			return err
		}
		defer d.close()
		var firstMs, taskMs []float64
		for i := range talkCalls {
			rtp, logged, err := d.talkOnce(ctx, o.People()[i].Number)
			if err != nil {
				return fmt.Errorf("call %d: %w", i+1, err)
			}
			firstMs, taskMs = append(firstMs, millis(rtp)), append(taskMs, millis(logged))
		}
		first.add(percentile(firstMs, 0.5))
		firstMost.add(slices.Max(firstMs))
		task.add(percentile(taskMs, 0.5))
		taskMost.add(slices.Max(taskMs))
		return nil
	})
	return []*row{first, firstMost, task, taskMost}, err
}

// talkOnce makes a call of one second.
func (d *desk) talkOnce(ctx context.Context, number string) (rtp, task time.Duration, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, 15*time.Second, fmt.Errorf("not within 15 s"))
	defer cancel()
	d.far.take()
	c, asked, err := d.talking(ctx, number, "")
	if err != nil {
		return 0, 0, err
	}
	var first time.Time
	select {
	case first = <-d.far.first:
	case <-ctx.Done():
		return 0, 0, fmt.Errorf("no sound came: %w", context.Cause(ctx))
	}
	if err := pause(ctx, time.Second); err != nil {
		return 0, 0, err
	}
	sent, err := c.bye(ctx)
	if err != nil {
		return 0, 0, err
	}
	logged, err := d.wait(ctx, sent, func(e event) bool { return e.Event == "log" && e.State == "logged" && e.Task != nil })
	if err != nil {
		return 0, 0, fmt.Errorf("no Task: %w", err)
	}
	return first.Sub(asked), logged.read.Sub(sent), nil
}
