package app

import (
	"context"
	"errors"

	"linecard/app/journal"
)

// inDiskLane runs do on the goroutine that has the journal, after all that the desk was told before, and waits for it. What the agent says of a
// past call must not overtake what was typed about it: on a slow disk that would be written last.
func (d *Desk) inDiskLane(ctx context.Context, do func(ctx context.Context) error) error {
	job := laneJob{do, make(chan error, 1)}
	d.post(laneWanted{d.stamp(), job})
	select {
	case err := <-job.done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-d.ctx.Done():
		return context.Cause(d.ctx)
	}
}

// laneWanted asks for a job in the lane of the disk.
type laneWanted struct {
	stamp
	laneJob
}

func (e laneWanted) next(s state) (state, []effect) { return s, []effect{e.laneJob} }

// laneJob is done on the journal; somebody waits for what comes of it.
type laneJob struct {
	do   func(ctx context.Context) error
	done chan error
}

func (f laneJob) to(d *Desk) { d.disk.Put(f) }

// write tells the agent of a journal in trouble, as any effect does, and whoever waits of the rest.
func (f laneJob) write(ctx context.Context, _ *Desk) error {
	err := f.do(ctx)
	f.done <- err
	if _, trouble := errors.AsType[*journal.Error](err); trouble {
		return err
	}
	return nil
}
