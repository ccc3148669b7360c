package journal

import (
	"errors"

	"linecard/fault"
)

// Unsaved is what only memory holds: calls with changes that the disk refused. They are lost with the process.
type Unsaved struct {
	Calls int
	Kind  error // why: ErrFull or ErrBusy; nil without calls
}

// Fault is what to tell somebody about to quit, the zero Fault when every call is saved.
func (u Unsaved) Fault() fault.Fault {
	switch {
	case u.Calls == 0:
		return fault.Fault{}
	case errors.Is(u.Kind, ErrBusy):
		return fault.New(KeptBusy, "count", u.Calls)
	}
	return fault.New(KeptFull, "count", u.Calls)
}

// Unsaved tells what would be lost if the process ended now, and after [Journal.Close] what was. It waits for nothing.
func (j *Journal) Unsaved() Unsaved {
	if u := j.unsaved.Load(); u != nil {
		return *u
	}
	return Unsaved{}
}

// tally counts what is kept in memory after something came of trying to write; the caller has the turn.
func (j *Journal) tally(err error) {
	calls := map[string]bool{}
	for _, c := range j.backlog {
		calls[c.call] = true
	}
	u := Unsaved{Calls: len(calls)}
	switch {
	case u.Calls == 0:
	case errors.Is(err, ErrBusy):
		u.Kind = ErrBusy
	case Kept(err):
		u.Kind = ErrFull
	default: // nothing new about the disk
		u.Kind = j.Unsaved().Kind
	}
	j.unsaved.Store(&u)
}
