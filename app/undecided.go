package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"linecard/crm"
)

// An org that has too many records with digits like those of a number cannot tell whether anybody has it. Callers with such a number, a
// toll-free one mostly, come in numbers; the org, which would say the same and needs two searches for it, is not asked again for a minute.

const (
	undecidedFor  = time.Minute
	mostUndecided = 256
)

// undecided are the numbers of which orgs could not tell.
type undecided struct {
	mu  sync.Mutex
	all map[undecidedKey]undecidedAnswer
}

// undecidedKey is a number that a user of an org asked for.
type undecidedKey struct{ org, user, number string }

type undecidedAnswer struct {
	at  time.Time
	err error
}

func (u *undecided) get(k undecidedKey, now time.Time) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	a, ok := u.all[k]
	if !ok || now.Sub(a.at).Abs() >= undecidedFor { // the clock may have been set
		return nil
	}
	return a.err
}

func (u *undecided) put(k undecidedKey, now time.Time, err error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for old, a := range u.all {
		if now.Sub(a.at).Abs() >= undecidedFor {
			delete(u.all, old)
		}
	}
	if u.all == nil || len(u.all) >= mostUndecided {
		u.all = map[undecidedKey]undecidedAnswer{}
	}
	u.all[k] = undecidedAnswer{now, err}
}

// forget is for when the orgs are searched in another way.
func (u *undecided) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.all = nil
}

// whoHas asks an org who has a number, unless it could not tell a moment ago. With again it is asked all the same.
func (d *Desk) whoHas(ctx context.Context, org string, n crm.Number, again bool) (crm.Result, error) {
	k := undecidedKey{org, d.now.Load().linkOf(org).UserID, n.E164}
	if err := d.undecided.get(k, d.cfg.Clock.Now()); err != nil && !again {
		return crm.Result{}, err
	}
	r, err := d.cfg.Directory.Lookup(ctx, org, n)
	if tooManyFound(err) {
		d.undecided.put(k, d.cfg.Clock.Now(), err)
	}
	return r, err
}

// tooManyFound reports whether an org cannot tell if anybody has a number.
func tooManyFound(err error) bool {
	var ce *crm.Error
	return errors.As(err, &ce) && ce.Code == crm.CodeTooManyFound
}
