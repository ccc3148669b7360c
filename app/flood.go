package app

import (
	"context"
	"slices"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// Whoever can make the phone ring, from a forged address or through the PBX, can make it ring all day, each time under
// another number. Each such call would cost the org a Task and some API requests. So there is a bound (Rules.MissedPerHour):
// once an hour has had as many inbound calls in which nobody talked, the journal holds the entries of further ones until the
// agent sends or drops them, and a caller is looked up in memory while the call rings, and in the org when it is answered.

// lookupSpared is why the org is not asked who rings, or whose call was forwarded at once.
const lookupSpared fault.Code = "desk.lookup-spared"

// missedCall is an inbound call in which nobody talked.
type missedCall struct {
	org string
	end time.Time
}

// missedOne is s after such a call has ended. It remembers no more calls than it takes to be flooded.
func (s state) missedOne(c *call) state {
	lately := slices.Clone(s.lately)
	lately = slices.DeleteFunc(lately, func(m missedCall) bool { return c.ended.Sub(m.end) >= time.Hour })
	s.lately = append(lately, missedCall{c.org, c.ended})
	if extra := len(s.lately) - (len(s.links)+1)*s.rules.MissedPerHour; extra > 0 {
		s.lately = s.lately[extra:]
	}
	return s
}

// flooded reports whether an org's inbound calls are not looked up before they are answered.
func (s state) flooded(org string, now time.Time) bool {
	n := 0
	for _, m := range s.lately {
		if m.org == org && now.Sub(m.end) < time.Hour {
			n++
		}
	}
	return s.rules.MissedPerHour > 0 && n >= s.rules.MissedPerHour
}

// nobodyTalked reports whether an ended call counts against the bound.
func (c *call) nobodyTalked() bool {
	return c.direction == crm.Inbound && c.answered.IsZero() && c.outcome() != crm.AnsweredElsewhere
}

// wasSpared reports whether the org has not been asked about a call that rang during a flood.
func (c *call) wasSpared() bool { return c.lookup.Why.Is(lookupSpared) }

// tellHeld tells the agent, once for each time there are more, how many calls are held.
func (d *Desk) tellHeld(held int) {
	switch {
	case held == 0 && d.held > 0:
		d.NoticeAbout(AboutFlood, fault.Fault{})
	case held > d.held:
		d.NoticeAbout(AboutFlood, fault.New(HeldBack, "count", held))
	}
	d.held = held
}

// HeldBack is the notice that calls wait for [Desk.SendHeld] or [Desk.DropHeld].
const HeldBack fault.Code = "desk.held-back"

// SendHeld logs every call that was held because the hour had too many in which nobody talked, and tells how many there
// were. It writes the disk.
func (d *Desk) SendHeld() (int, error) { return d.settleHeld(d.cfg.Journal.SendHeld) }

// DropHeld gives the logs of those calls up; the history keeps the calls. It writes the disk.
func (d *Desk) DropHeld() (int, error) { return d.settleHeld(d.cfg.Journal.DropHeld) }

func (d *Desk) settleHeld(settle func(context.Context) (int, error)) (int, error) {
	n, err := settle(d.ctx)
	d.disk.Put(readHistory{})
	return n, err
}

// heldState is LogHeld for an entry that waits as queued and is held.
func heldState(s LogState, reason fault.Fault) LogState {
	if s == LogQueued && reason.Is(journal.Held) {
		return LogHeld
	}
	return s
}
