package program

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/settings"
	"linecard/fault"
	"linecard/sip"
)

// accounts keeps the phone's accounts as the settings and the keyring have them. An account goes to the phone with its password
// only: while the keyring is locked it waits, because a REGISTER with a wrong password counts against the agent.
type accounts struct {
	p    *Program
	wake chan struct{} // the settings have changed

	changing sync.Mutex // one change by the agent at a time: reading its password may take the keyring a while

	mu        sync.Mutex
	passwords map[string]string      // those known, by account id; an empty one is a password too
	missing   map[string]fault.Fault // why an account has no password yet, by id
	wrong     map[string]fault.Fault // of accounts that the phone refuses, as told
	on        []sip.Account          // what the phone has
}

// saySlow is how long the keyring may take before a notice says that it is waited for.
const saySlow = time.Second

// keyringTime is how long the keyring may take for a change: long enough to type its password.
const keyringTime = 30 * time.Second

func (a *accounts) init(p *Program) {
	a.p, a.wake, a.passwords, a.missing = p, make(chan struct{}, 1), map[string]string{}, map[string]fault.Fault{}
}

// changed tells that the settings have changed. What an account waits for is told here already: the keyring may be asked about another one,
// and not answer for minutes.
func (a *accounts) changed() {
	a.tell()
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
		keyring := a.p.keys.wait()
		if a.signOn() {
			pause = a.p.nextPause(pause)
			again = time.After(pause)
		} else {
			pause = 0
		}
		for waiting := true; waiting; {
			select {
			case <-a.wake:
				a.reread() // not every keyring tells of a secret that was changed in place
				waiting = false
			case <-keyring:
				keyring = a.p.keys.wait()
				a.reread()
				if waiting = !askable(a.p.ctx, a.p.secrets); waiting {
					pause = a.p.lookPause(0)
					again = time.After(pause)
				}
			case <-again:
				if waiting = !askable(a.p.ctx, a.p.secrets); waiting {
					pause = a.p.lookPause(pause)
					again = time.After(pause)
				}
			case <-a.p.ctx.Done():
				return
			}
		}
	}
}

// signOn hands the phone every account whose password can be had. It reports whether an account waits for the keyring. Once its owner has
// refused, no other account asks in this round: each would bring the prompt back that was just put away.
func (a *accounts) signOn() (waits bool) {
	a.tell()
	good, _ := usable(a.p.set.Get().Accounts)
	for _, account := range good {
		again := a.learn(account)
		if waits = waits || again; again && !askable(a.p.ctx, a.p.secrets) {
			break
		}
	}
	err := a.hand()
	switch {
	case a.p.ctx.Err() != nil:
	case err != nil:
		a.p.desk.NoticeAbout(app.AboutAccount, fault.Of(err))
	default:
		a.p.desk.NoticeAbout(app.AboutAccount, a.lacking())
	}
	return waits
}

// wrongAccount is one that the phone would refuse, as it stands in the file.
type wrongAccount struct {
	settings.Account
	why fault.Fault
}

// usable takes the accounts apart that the phone refuses: the others are to work all the same.
func usable(all []settings.Account) (good []settings.Account, wrong []wrongAccount) {
	for _, account := range all {
		switch err := CheckAccount(account); {
		case err != nil:
			wrong = append(wrong, wrongAccount{account, fault.Of(err)})
		case slices.ContainsFunc(good, func(b settings.Account) bool { return b.ID() == account.ID() }):
			wrong = append(wrong, wrongAccount{account, fault.New("sip.account.twice", "account", account.ID())})
		default:
			good = append(good, account)
		}
	}
	return good, wrong
}

// tell tells of each account why it is off, once: it cannot be used, or its password is not known yet. It asks nobody.
func (a *accounts) tell() {
	good, wrong := usable(a.p.set.Get().Accounts)
	has := func(id string) bool {
		return slices.ContainsFunc(good, func(g settings.Account) bool { return g.ID() == id })
	}
	a.mu.Lock()
	told := a.wrong
	a.wrong = map[string]fault.Fault{}
	for _, w := range wrong {
		a.wrong[w.ID()] = w.why
	}
	maps.DeleteFunc(a.missing, func(id string, _ fault.Fault) bool { return !has(id) }) // one that comes back is told of again
	a.mu.Unlock()
	for _, w := range wrong {
		if !told[w.ID()].Is(w.why.Code) && !has(w.ID()) { // the first of two with one id works
			a.p.desk.Heard(sip.RegistrationChanged{Account: w.ID(), State: sip.Unregistered, Extension: w.User, Server: w.Server, Reason: w.why})
		}
	}
	for _, account := range good {
		if a.lacks(account.ID()).IsZero() {
			a.waiting(account, fault.New(waitingForKeyring))
		}
	}
}

// lacking is why the first account that is off is so; the zero Fault when none is.
func (a *accounts) lacking() fault.Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	good, wrong := usable(a.p.set.Get().Accounts)
	if len(wrong) > 0 {
		return wrong[0].why
	}
	for _, account := range good {
		if why := a.missing[account.ID()]; !why.IsZero() {
			return why
		}
	}
	return fault.Fault{}
}

func (a *accounts) lacks(id string) fault.Fault {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.missing[id]
}

// learn finds out an account's password. It reports whether the keyring has to be asked again.
func (a *accounts) learn(account settings.Account) (again bool) {
	if _, known := a.password(account.ID()); known {
		return false
	}
	slow := time.AfterFunc(saySlow, func() { a.say(account.ID(), fault.New(waitingForKeyring)) })
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
		none := fault.New("program.no-password", "user", account.User)
		a.waiting(account, none)
		a.say(account.ID(), none)
		return false
	}
	a.p.log.Warn("no SIP password", "account", account.ID(), "err", err)
	a.waiting(account, fault.New(waitingForKeyring))
	a.say(account.ID(), fault.New(waitingForKeyring))
	return true
}

const waitingForKeyring fault.Code = "program.waiting-for-keyring"

// waiting tells that an account is not registered because its password is not known.
func (a *accounts) waiting(account settings.Account, why fault.Fault) {
	a.mu.Lock()
	_, known := a.passwords[account.ID()]
	same := a.missing[account.ID()].Is(why.Code)
	if _, here := a.p.set.Get().Account(account.ID()); here && !known {
		a.missing[account.ID()] = why
	}
	a.mu.Unlock()
	if known || same || a.p.ctx.Err() != nil {
		return
	}
	a.p.desk.Heard(sip.RegistrationChanged{Account: account.ID(), State: sip.Unregistered, Extension: account.User, Server: account.Server, Reason: why})
}

// say puts why an account waits into the notice. The account's own state has it at once; a keyring that answers soon is not
// worth a notice.
func (a *accounts) say(id string, why fault.Fault) {
	if _, known := a.password(id); !known && a.p.ctx.Err() == nil {
		a.p.desk.NoticeAbout(app.AboutAccount, why)
	}
}

func (a *accounts) password(id string) (password string, known bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	password, known = a.passwords[id]
	return password, known
}

// hand gives the phone the accounts whose passwords are known; those it has already are not touched. One that the phone refuses
// is left out.
func (a *accounts) hand() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var want []sip.Account
	good, _ := usable(a.p.set.Get().Accounts)
	for _, account := range good {
		if password, known := a.passwords[account.ID()]; known {
			want = append(want, phoneAccount(account, password))
		}
	}
	if slices.EqualFunc(want, a.on, sip.Account.Equal) {
		return nil
	}
	if err := a.p.phone.SetAccounts(want); err != nil {
		return err
	}
	a.on = want
	for _, account := range want {
		a.p.forwards.registered(account.ID()) // what is told by codes may have waited for this
	}
	return nil
}

// handed reports whether the phone reaches an account's server as it is set.
func (a *accounts) handed(account settings.Account) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	to := phoneAccount(account, "")
	return slices.ContainsFunc(a.on, func(on sip.Account) bool {
		return on.ID() == to.ID() && on.Server == to.Server && on.Proxy == to.Proxy && on.Transport == to.Transport
	})
}

// phoneAccount is an account as the phone takes it.
func phoneAccount(a settings.Account, password string) sip.Account {
	return sip.Account{
		Server: a.Server, User: a.User, AuthUser: a.AuthUser, Password: password, DisplayName: a.DisplayName, CallerID: a.CallerID, CallerIDs: a.CallerIDs, CallerIDIn: a.CallerIDIn, Headers: a.Headers,
		Transport: a.Transport, Encryption: a.Encryption, EncryptionBy: a.EncryptionBy, TLSCA: a.TLSCA, TLSCert: a.TLSCert, TLSKey: a.TLSKey, Port: a.LocalPort, Proxy: a.Proxy, Expires: time.Duration(a.Expires) * time.Second,
		Keepalive: time.Duration(a.RegisterInterval) * time.Second, SessionTimer: time.Duration(a.SessionTimer) * time.Second, ReliableRinging: a.ReliableRinging, Lines: a.Lines, Trust: trustOf(a), Follow: a.Transfers, Redirects: a.Redirects, DTMF: a.DTMF, Forward: forwardHere(a), AutoAnswer: a.AutoAnswer, Mailbox: a.Voicemail != "", Conference: a.Conference,
		STUN: a.STUN, ICE: a.ICE,
	}
}

// forwardOf is where the calls of an account go that are not taken here.
func forwardOf(a settings.Account) sip.Forward {
	return sip.Forward{Always: a.ForwardAlways, Busy: a.ForwardBusy, NoAnswer: a.ForwardNoAnswer, After: time.Duration(a.ForwardSeconds()) * time.Second}
}

// forwardHere is the same, as far as this phone forwards them.
func forwardHere(a settings.Account) sip.Forward {
	if a.ForwardsByPBX() {
		return sip.Forward{}
	}
	return forwardOf(a)
}

// trustOf is whom an account takes calls from, besides its server.
func trustOf(a settings.Account) sip.Trust {
	t := sip.Trust{Direct: a.AcceptDirect}
	for _, text := range a.Trusted {
		if network, err := settings.Network(text); err == nil { // what is none was told when the settings were read
			t.From = append(t.From, network)
		}
	}
	return t
}

// CheckAccount says what is wrong with an account.
func CheckAccount(a settings.Account) error { return phoneAccount(a, "").Check() }
