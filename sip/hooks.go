package sip

import (
	"sync"
	"time"
)

// A call must be on disk before anyone relies on it: before its INVITE leaves and Dial returns its id, and before the
// caller hears it ring. The desk gets the call's first event ahead of time, by Config.BeforeInvite or Config.BeforeRinging,
// keeps it, and calls proceed, from any goroutine. Both functions must return at once: they run on the queue of
// signalling. A disk that is slow delays a call by as much as follows, and one that hangs does not keep it from going on.
var ( // variables for tests only
	// keptBeforeRinging is how long the 180 waits. The caller hears no ringing until then.
	keptBeforeRinging = 5 * time.Millisecond

	// keptBeforeInvite is how long the INVITE, and Dial, wait. The agent waits for an answer in any case.
	keptBeforeInvite = 2 * time.Second
)

// ringWhenKept sends the 180 once the desk has kept the call, or has taken too long. A CANCEL in between ends the call,
// and then there is no 180.
func (c *call) ringWhenKept(e CallIncoming) {
	if c.p.cfg.BeforeRinging == nil {
		c.d.Ring()
		return
	}
	rung := false
	ring := func() {
		if !rung && c.phase == ringing {
			c.d.Ring()
		}
		rung = true
	}
	c.p.cfg.BeforeRinging(e, func() { c.step(ring) })
	c.p.after(keptBeforeRinging, func() {
		c.d.Guard(func() {
			if !rung && c.phase == ringing {
				c.p.log.Info("call rings before it is on disk", "call", c.id)
			}
			ring()
		})
	})
}

// keep has the desk keep a call before it is told of it. The channel is closed once the desk has.
func (p *Phone) keep(e CallDialing) <-chan struct{} {
	kept := make(chan struct{})
	p.cfg.BeforeInvite(e, sync.OnceFunc(func() { close(kept) }))
	return kept
}

// inviteWhen sends the INVITE once the desk has kept the call, or has taken too long. It waits for that; it must not
// run on the queue. A hang-up in between ends the call, and then no INVITE goes out.
func (c *call) inviteWhen(kept <-chan struct{}) {
	late := time.NewTimer(keptBeforeInvite)
	defer late.Stop()
	select {
	case <-kept:
	case <-late.C:
		c.p.log.Warn("call dialed before it was on disk", "call", c.id)
	case <-c.over:
		return
	case <-c.p.ctx.Done():
	}
	_ = c.p.do(func() error {
		c.d.Guard(c.invite)
		return nil
	})
}
