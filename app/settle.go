package app

import "context"

// Settle waits until what the desk was told before is drawn and on disk, or ctx ends. Whoever confirms an agent's word to
// somebody else, such as the command line, waits for it first: a word that was confirmed outlives a crash.
func (d *Desk) Settle(ctx context.Context) {
	done := make(chan struct{})
	d.post(settling{d.stamp(), done})
	select {
	case <-done:
	case <-d.ctx.Done():
	case <-ctx.Done():
	}
}

// settling asks to be told once everything before it is done.
type settling struct {
	stamp
	done chan struct{}
}

func (e settling) next(s state) (state, []effect) { return s, []effect{tellSettled{e.done}} }

// tellSettled ends a wait of Settle.
type tellSettled struct{ done chan struct{} }

func (f tellSettled) to(d *Desk) { d.disk.Put(f) }

// write passes it on to the lane of what is remembered, where what was told before is before it.
func (f tellSettled) write(_ context.Context, d *Desk) error {
	d.memory.Put(passed(f.done))
	return nil
}
