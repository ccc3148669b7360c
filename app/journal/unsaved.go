package journal

import (
	"errors"
	"fmt"
)

// Unsaved is what only memory holds: calls with changes that the disk refused. They are lost with the process.
type Unsaved struct {
	Calls int
	Kind  error // why: ErrFull or ErrBusy; nil without calls
}

// String is one plain sentence with the remedy for somebody about to quit, "" when every call is saved.
func (u Unsaved) String() string {
	why, remedy := "the disk is full or can't be written", "Free some space"
	if errors.Is(u.Kind, ErrBusy) {
		why, remedy = "another program holds the call journal open", "Close it"
	}
	switch u.Calls {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("1 call could not be saved because %s. %s first, or it is lost.", why, remedy)
	}
	return fmt.Sprintf("%d calls could not be saved because %s. %s first, or they are lost.", u.Calls, why, remedy)
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
	case kept(err):
		u.Kind = ErrFull
	default: // nothing new about the disk
		u.Kind = j.Unsaved().Kind
	}
	j.unsaved.Store(&u)
}
