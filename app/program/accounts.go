package program

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/settings"
	"linecard/sip"
)

// accounts keeps the phone's accounts as the settings and the keyring have them. An account goes to the phone with its password
// only: while the keyring is locked it waits, because a REGISTER with a wrong password counts against the agent.
type accounts struct {
	p    *Program
	wake chan struct{} // the settings have changed

	changing sync.Mutex // one change by the agent at a time: reading its password may take the keyring a while

	mu        sync.Mutex
	passwords map[string]string // those known, by account id; an empty one is a password too
	missing   map[string]string // why an account has no password yet, by id
	on        []sip.Account     // what the phone has
}

// saySlow is how long the keyring may take before the agent is told that it is waited for.
const saySlow = time.Second

// keyringTime is how long the keyring may take for a change: long enough to type its password.
const keyringTime = 30 * time.Second

func (a *accounts) init(p *Program) {
	a.p, a.wake, a.passwords, a.missing = p, make(chan struct{}, 1), map[string]string{}, map[string]string{}
}

// changed tells that the settings have changed.
func (a *accounts) changed() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// run signs the accounts on until the program ends.
func (a *accounts) run() {
	pause := time.Duration(0)
	for {
		var again <-chan time.Time
		if a.signOn() {
			pause = nextPause(pause)
			again = time.After(pause)
		} else {
			pause = 0
		}
		for waiting := true; waiting; {
			select {
			case <-a.wake:
				waiting = false
			case <-again:
				if waiting = !askable(a.p.ctx, a.p.secrets); waiting {
					pause = nextPause(pause)
					again = time.After(pause)
				}
			case <-a.p.ctx.Done():
				return
			}
		}
	}
}

// signOn hands the phone every account whose password can be had. It reports whether an account waits for the keyring.
func (a *accounts) signOn() (waits bool) {
	for _, account := range a.p.set.Get().Accounts {
		waits = a.learn(account) || waits
	}
	err := a.hand()
	switch {
	case a.p.ctx.Err() != nil:
	case err != nil:
		a.p.desk.NoticeAbout(app.AboutAccount, err.Error())
	default:
		a.p.desk.NoticeAbout(app.AboutAccount, a.lacking())
	}
	return waits
}

// lacking is why the first account that waits does so; "" when none does.
func (a *accounts) lacking() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, account := range a.p.set.Get().Accounts {
		if why := a.missing[account.ID()]; why != "" {
			return why
		}
	}
	return ""
}

// learn finds out an account's password. It reports whether the keyring has to be asked again.
func (a *accounts) learn(account settings.Account) (again bool) {
	if _, known := a.password(account.ID()); known {
		return false
	}
	slow := time.AfterFunc(saySlow, func() { a.waiting(account, waitingForKeyring) })
	password, err := a.p.secrets.Get(a.p.ctx, settings.SIPKey(account.User, account.Server))
	slow.Stop()
	switch {
	case err == nil:
		a.mu.Lock()
		defer a.mu.Unlock()
		if _, known := a.passwords[account.ID()]; !known { // else the agent has entered it in the meantime
			a.passwords[account.ID()] = password
		}
		delete(a.missing, account.ID())
		return false
	case errors.Is(err, settings.ErrNotFound):
		a.waiting(account, fmt.Sprintf("The password of %s is not saved on this computer. Enter it in Settings > Phone.", account.User))
		return false
	}
	a.p.log.Warn("no SIP password", "account", account.ID(), "err", err)
	a.waiting(account, waitingForKeyring)
	return true
}

const waitingForKeyring = "Waiting for this computer's keyring, which has the password. Unlock it."

// waiting tells that an account is not signed on because its password is not known.
func (a *accounts) waiting(account settings.Account, why string) {
	a.mu.Lock()
	_, known := a.passwords[account.ID()]
	if !known {
		a.missing[account.ID()] = why
	}
	a.mu.Unlock()
	if known || a.p.ctx.Err() != nil {
		return
	}
	a.p.desk.NoticeAbout(app.AboutAccount, why)
	a.p.desk.Heard(sip.RegistrationChanged{State: sip.Unregistered, Extension: account.User, Server: account.Server, Reason: why})
}

func (a *accounts) password(id string) (password string, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	password, known = a.passwords[id]
	return password, known
}

// hand gives the phone the accounts whose passwords are known; those it has already are not touched.
func (a *accounts) hand() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var want []sip.Account
	for _, account := range a.p.set.Get().Accounts {
		if password, known := a.passwords[account.ID()]; known {
			want = append(want, phoneAccount(account, password))
		}
	}
	if slices.Equal(want, a.on) {
		return nil
	}
	if err := a.phone(want); err != nil {
		return err
	}
	a.on = want
	return nil
}

// phone sets the phone's accounts.
func (a *accounts) phone(list []sip.Account) error {
	if len(list) == 0 {
		return a.p.phone.SetAccount(sip.Account{})
	}
	return a.p.phone.SetAccount(list[0])
}

// phoneAccount is an account as the phone takes it.
func phoneAccount(a settings.Account, password string) sip.Account {
	return sip.Account{
		Server: a.Server, User: a.User, AuthUser: a.AuthUser, Password: password, DisplayName: a.DisplayName,
		Transport: a.Transport, Port: a.LocalPort, Proxy: a.Proxy, Expires: time.Duration(a.Expires) * time.Second, Lines: a.Lines,
	}
}

// CheckAccount says what is wrong with an account, in a sentence.
func CheckAccount(a settings.Account) error { return phoneAccount(a, "").Check() }

// Reconnect registers every account now instead of at the next try.
func (p *Program) Reconnect() error {
	p.accounts.mu.Lock()
	p.accounts.on = nil
	p.accounts.mu.Unlock()
	p.accounts.changed()
	return nil
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
	secret, err := p.saved(ctx, account, old, replaced, password)
	if err != nil {
		return err
	}
	undo, err := p.keep(ctx, account, secret)
	if err != nil {
		return fmt.Errorf("the password could not be saved in the keyring: %w", err)
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
	return nil
}

// saved is the password of an account that is to be kept.
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
		return "", fmt.Errorf("the password of %s is not saved on this computer; enter it too", from.User)
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

// again hands the accounts to the phone; the one with the id registers anew even when nothing about it has changed.
func (a *accounts) again(id string) error {
	a.mu.Lock()
	a.on = slices.DeleteFunc(slices.Clone(a.on), func(b sip.Account) bool { return b.User+"@"+b.Server == id })
	a.mu.Unlock()
	if err := a.hand(); err != nil {
		return err
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
	if err := p.set.Change(func(s *settings.Settings) { s.RemoveAccount(account.ID()) }); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, keyringTime)
	defer cancel()
	p.forget(ctx, account)
	return a.hand()
}

// forget drops an account's password.
func (p *Program) forget(ctx context.Context, account settings.Account) {
	p.accounts.unlearn(account.ID())
	if err := p.secrets.Delete(ctx, settings.SIPKey(account.User, account.Server)); err != nil {
		p.log.Warn("the password of an account that is gone stays in the keyring", "account", account.ID(), "err", err)
	}
}
