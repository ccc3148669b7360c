package program

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"linecard/app/alert"
	"linecard/app/settings"
	"linecard/crm/salesforce"
)

// keyChanges tells whoever waits for the keyring that it may give or take now what it did not before.
type keyChanges struct {
	tells atomic.Bool // the keyring tells of its changes
	mu    sync.Mutex
	next  chan struct{}
}

// wait returns a channel that is closed at the next change. Take it before looking, so that no change is lost.
func (k *keyChanges) wait() <-chan struct{} {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.next == nil {
		k.next = make(chan struct{})
	}
	return k.next
}

func (k *keyChanges) tell() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.next != nil {
		close(k.next)
		k.next = nil
	}
}

// followKeyring passes on what the keyring tells of itself, until the program ends.
func (p *Program) followKeyring() {
	k, ok := p.secrets.(interface {
		Follow(ctx context.Context, changed func())
	})
	if ok {
		k.Follow(p.ctx, func() {
			p.keys.tells.Store(true)
			p.keyringChanged()
		})
		p.keys.tells.Store(false)
	}
}

// keyringChanged has all look again that went by what the keyring gave before: accounts and links, and notices, which are held where a password is missing.
func (p *Program) keyringChanged() {
	p.keys.tell()
	p.troubles.each((*alert.Watch).Look)
}

// keepLinks takes up the links that wait for the keyring, and has the keyring keep what it could not take: when it tells of a
// change, and as a fallback from time to time.
func (p *Program) keepLinks() {
	pause, changed := p.lookPause(0), p.keys.wait() // soon: it may have told before this, and after the links were read
	for {
		select {
		case <-changed:
			pause, changed = 0, p.keys.wait() // before the look, so that none is lost
		case <-time.After(pause):
		case <-p.ctx.Done():
			return
		}
		if k, ok := p.secrets.(interface{ Found(context.Context) bool }); ok && k.Found(p.ctx) {
			p.keyringChanged() // the accounts have looked into the memory
		}
		if !askable(p.ctx, p.secrets) {
			pause = p.lookPause(pause)
			continue
		}
		var asked sync.WaitGroup
		for _, c := range p.links.All() {
			asked.Go(func() {
				if err := c.KeyringChanged(p.ctx); err != nil && !errors.Is(err, salesforce.ErrNoSecret) {
					p.log.Debug("a link is not taken up yet", "err", err)
				}
			})
		}
		asked.Wait()
		pause = p.nextPause(pause)
	}
}

// reread looks for passwords that somebody has changed in the keyring while the program runs. One that was taken out stays in
// use until the program ends: the account would otherwise be signed off, and a keyring that was started again may have lost it
// for a moment only.
func (a *accounts) reread() {
	if !askable(a.p.ctx, a.p.secrets) {
		return
	}
	a.changing.Lock()
	defer a.changing.Unlock()
	for _, account := range a.p.set.Get().Accounts {
		before, known := a.password(account.ID())
		if !known {
			continue
		}
		now, err := a.p.secrets.Get(a.p.ctx, settings.SIPKey(account.User, account.Server))
		if err != nil && !errors.Is(err, settings.ErrNotFound) {
			return // it was locked meanwhile, or hangs: the other accounts are not to wait for it as well
		}
		if err == nil && now != before {
			a.know(account.ID(), now)
		}
	}
}
