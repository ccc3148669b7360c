package program

import (
	"context"
	"errors"
	"slices"

	"linecard/app"
	"linecard/app/settings"
	"linecard/fault"
	"linecard/sip"
)

// Reconnect registers an account now instead of at the next try; "" is every account.
func (p *Program) Reconnect(account string) error {
	p.accounts.changed() // one that waits for its password
	return p.phone.Reconnect(account)
}

// PasswordSaved reports whether an account's password is kept.
func (p *Program) PasswordSaved(ctx context.Context, a settings.Account) bool {
	if _, known := p.accounts.password(a.ID()); known {
		return true
	}
	_, err := p.secrets.Get(ctx, settings.SIPKey(a.User, a.Server))
	return err == nil
}

// SetAccount keeps an account and registers it at once. It takes the place of the account with the id replaces, or with "" of the one
// that has its own id, if there is any. A nil password keeps the one that is there. Keyring, file and phone change together: when one of
// them refuses, the others stay as they were.
func (p *Program) SetAccount(ctx context.Context, replaces string, account settings.Account, password *string) (err error) {
	a := &p.accounts
	a.changing.Lock()
	defer a.changing.Unlock()
	ctx, cancel := context.WithTimeout(ctx, keyringTime)
	defer cancel()
	if err := CheckAccount(account); err != nil {
		return err
	}
	before := p.set.Get()
	old, replaced := before.Account(replaces)
	if replaced && old.ID() != account.ID() {
		if err := p.forwards.stopped(old); err != nil {
			return err
		}
	}
	secret, err := p.saved(ctx, account, old, replaced, password)
	if err != nil {
		return err
	}
	undo, err := p.keep(ctx, account, secret)
	if err != nil {
		return fault.Err(err, "program.password-not-kept", "why", fault.Of(err))
	}
	defer func() {
		if err != nil {
			undo()
		}
	}()
	err = p.set.Change(func(s *settings.Settings) {
		if i := slices.IndexFunc(s.Accounts, func(b settings.Account) bool { return replaced && b.ID() == replaces }); i >= 0 {
			s.Accounts[i] = account
			return
		}
		s.SetAccount(account)
	})
	if err != nil {
		return err
	}
	if err = a.again(account.ID()); err != nil {
		if undone := p.set.Change(func(s *settings.Settings) { s.Accounts = slices.Clone(before.Accounts) }); undone != nil {
			p.log.Error("the account was not taken back", "err", undone)
		}
		return err
	}
	if replaced && old.ID() != account.ID() {
		p.forget(ctx, old)
	}
	p.forwards.again(account.ID())
	return nil
}

// saved is the password of an account that will be kept.
func (p *Program) saved(ctx context.Context, account, old settings.Account, replaced bool, given *string) (string, error) {
	if given != nil {
		return *given, nil
	}
	from := account
	if replaced {
		from = old
	}
	if password, known := p.accounts.password(from.ID()); known {
		return password, nil
	}
	password, err := p.secrets.Get(ctx, settings.SIPKey(from.User, from.Server))
	if errors.Is(err, settings.ErrNotFound) {
		return "", fault.Err(nil, "program.password-needed", "user", from.User)
	}
	return password, err
}

// keep puts a password into the keyring, and returns how to put back what was there.
func (p *Program) keep(ctx context.Context, account settings.Account, password string) (undo func(), err error) {
	key := settings.SIPKey(account.User, account.Server)
	before, err := p.secrets.Get(ctx, key)
	had := err == nil
	if err != nil && !errors.Is(err, settings.ErrNotFound) {
		return nil, err
	}
	if err := p.secrets.Set(ctx, key, password); err != nil {
		return nil, err
	}
	wasKnown, known := p.accounts.know(account.ID(), password)
	return func() {
		ctx, cancel := context.WithTimeout(context.Background(), keyringTime)
		defer cancel()
		restore := func() error { return p.secrets.Delete(ctx, key) }
		if had {
			restore = func() error { return p.secrets.Set(ctx, key, before) }
		}
		if err := restore(); err != nil {
			p.log.Error("the earlier password was not put back", "account", account.ID(), "err", err)
		}
		if known {
			p.accounts.know(account.ID(), wasKnown)
		} else {
			p.accounts.unlearn(account.ID())
		}
		p.accounts.changed()
	}, nil
}

// know takes note of a password, and returns the one before.
func (a *accounts) know(id, password string) (before string, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before, known = a.passwords[id]
	a.passwords[id] = password
	delete(a.missing, id)
	return before, known
}

func (a *accounts) unlearn(id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.passwords, id)
}

// given are the accounts that the phone has.
func (a *accounts) given() []sip.Account {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.on
}

// again hands the accounts to the phone; the one with the id registers again even when nothing about it has changed.
func (a *accounts) again(id string) error {
	before := a.given()
	if err := a.hand(); err != nil {
		return err
	}
	for _, b := range before {
		if b.ID() == id && slices.ContainsFunc(a.given(), b.Equal) { // the phone leaves an account alone that has not changed
			if err := a.p.phone.Reconnect(id); err != nil {
				return err
			}
		}
	}
	a.p.desk.NoticeAbout(app.AboutAccount, a.lacking())
	return nil
}

// RemoveAccount signs an account off and forgets it with its password.
func (p *Program) RemoveAccount(ctx context.Context, id string) error {
	a := &p.accounts
	a.changing.Lock()
	defer a.changing.Unlock()
	account, err := p.set.Get().FindAccount(id)
	if err != nil {
		return err
	}
	if err := p.forwards.stopped(account); err != nil {
		return err
	}
	if err := p.set.Change(func(s *settings.Settings) { s.RemoveAccount(account.ID()) }); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, keyringTime)
	defer cancel()
	p.forget(ctx, account)
	return a.hand()
}

// TrustCaller has an account take calls from an address, or a network, from now on, as from its server. account is an id,
// a label or an extension; "" is the first. The error is a [*settings.KeyError] for what is no address.
func (p *Program) TrustCaller(account, network string) error {
	a := &p.accounts
	a.changing.Lock()
	defer a.changing.Unlock()
	one, err := p.set.Get().TrustCaller(account, network)
	if err != nil {
		return err
	}
	if err := p.set.Change(func(s *settings.Settings) { s.SetAccount(one) }); err != nil {
		return err
	}
	return a.hand()
}

// forget drops an account's password.
func (p *Program) forget(ctx context.Context, account settings.Account) {
	p.accounts.unlearn(account.ID())
	if err := p.secrets.Delete(ctx, settings.SIPKey(account.User, account.Server)); err != nil {
		p.log.Warn("the password of an account that is gone stays in the keyring", "account", account.ID(), "err", err)
	}
}
