package app

import (
	"context"

	"linecard/crm"
)

// What is remembered of callers is written on a lane of its own: a copy of an org's people that is being written or deleted
// may hold the file for seconds, and no call's story in the journal waits for that.

// memoryEffect is carried out on the goroutine that writes what is remembered of callers.
type memoryEffect interface {
	keep(ctx context.Context, d *Desk) error
}

type (
	// remember keeps the record that the agent picked for a number.
	remember struct {
		org    string
		number crm.Number
		record crm.Match
	}
	// unpick drops the record that the agent picked for a number.
	unpick struct {
		org    string
		number crm.Number
	}
	// rememberAnswer keeps what the org said of a number.
	rememberAnswer struct {
		org    string
		result crm.Result
	}
	// passed is closed once what was to be remembered before is.
	passed chan struct{}
)

func (f remember) to(d *Desk)       { d.memory.Put(f) }
func (f unpick) to(d *Desk)         { d.memory.Put(f) }
func (f rememberAnswer) to(d *Desk) { d.memory.Put(f) }

func (f remember) keep(ctx context.Context, d *Desk) error {
	return d.cfg.Memory.Remember(ctx, f.org, f.number, f.record, true)
}

func (f unpick) keep(ctx context.Context, d *Desk) error {
	return d.cfg.Memory.Unpick(ctx, f.org, f.number)
}

func (f rememberAnswer) keep(ctx context.Context, d *Desk) error {
	return d.cfg.Memory.RememberAnswer(ctx, f.org, f.result)
}

func (f passed) keep(context.Context, *Desk) error {
	close(f)
	return nil
}

// memorize carries out an effect on what is remembered, also while the desk closes. When it fails, the next call is a little
// slower, no more.
func (d *Desk) memorize(f memoryEffect) {
	if _, done := f.(passed); !done && d.rules().NoNames {
		return
	}
	if err := f.keep(context.WithoutCancel(d.ctx), d); err != nil {
		d.cfg.Log.Warn("not remembered", "err", err)
	}
	if d.cfg.Written != nil {
		d.cfg.Written()
	}
}
