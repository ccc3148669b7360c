package sip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"linecard/sip/dialog"
)

// retryBind is the pause before a port that was taken is tried again.
const retryBind = 2 * time.Second

// SetAccount signs the phone off from the account it has and on to another. Calls that are up, or being dialed, stay; one
// that rings is told 480 Temporarily Unavailable and ends as missed, with EndCancelled. An Account without a Server just
// signs off.
func (p *Phone) SetAccount(a Account) error {
	if err := a.Check(); err != nil {
		return err
	}
	return p.do(func() error {
		p.cfg.Account = a
		p.opening++
		this, old := p.opening, p.ua
		p.ua = nil
		p.stopRinging()
		if old == nil {
			p.open(this)
			return nil
		}
		p.leave(old, func() {
			if this == p.opening {
				p.open(this)
			}
		})
		return nil
	})
}

// port is the signalling port of ours: the account's own, else the configured one, 0 for any.
func (p *Phone) port() int { return cmp.Or(p.cfg.Account.Port, p.cfg.Port) }

// leave signs a user agent off and closes it when its last call is over. then runs when the registrar has answered.
func (p *Phone) leave(ua *dialog.UA, then func()) {
	ua.SignOff(func() {
		if ua.Calls() > 0 { // its calls stay up, on its sockets
			ua.WhenIdle(func() { p.shut(ua, func() {}) })
			then()
			return
		}
		p.shut(ua, then)
	})
}

func (p *Phone) shut(ua *dialog.UA, then func()) {
	if p.closed {
		return // Close does it
	}
	delete(p.agents, ua)
	p.retire.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if err := ua.Close(ctx); err != nil {
			p.log.Debug("closing the old account", "error", err)
		}
		p.queue.Post(then)
	})
}

// open binds the sockets for the account and registers.
func (p *Phone) open(this int) {
	if p.closed || this != p.opening || p.ua != nil {
		return
	}
	a := p.cfg.Account
	if a.Server == "" {
		p.registration(RegistrationChanged{State: Unregistered})
		return
	}
	ua, err := dialog.Listen(p.dialogConfig(a))
	if err != nil {
		p.log.Warn("sockets not opened", "error", err)
		reason := p.notOpened(err)
		p.registration(RegistrationChanged{State: Unreachable, Reason: reason, RetryAt: time.Now().Add(retryBind)})
		p.after(retryBind, func() { p.open(this) })
		return
	}
	p.ua, p.agents[ua] = ua, true
	ua.Register()
}

// notOpened is the sentence for why there are no sockets.
func (p *Phone) notOpened(err error) string {
	if !errors.Is(err, dialog.ErrPortInUse) {
		return "The network could not be used. Check it and the phone settings; trying again."
	}
	for old := range p.agents {
		if int(old.LocalAddr().Port()) == p.port() {
			return fmt.Sprintf("A call of the account before still uses port %d. The phone signs on when it is over.", p.port())
		}
	}
	return fmt.Sprintf("Port %d is in use by another program. Choose another port in Settings > Phone, or end that program; trying again.", p.port())
}

func (p *Phone) dialogConfig(a Account) dialog.Config {
	host, port := splitServer(a.Server)
	this := p.opening
	return dialog.Config{
		Account: dialog.Account{
			Host: host, Port: port, User: a.User, AuthUser: a.AuthUser, Password: a.Password,
			DisplayName: a.DisplayName, Transport: a.Transport, Proxy: a.Proxy, Expires: a.Expires,
		},
		Listen: p.cfg.Listen, Port: p.port(), UserAgent: p.cfg.UserAgent,
		Instance: "urn:uuid:" + p.cfg.Instance,
		Log:      p.log, Resolver: p.cfg.Resolver, Queue: p.queue,
		Registration: func(s dialog.Status) {
			if this == p.opening { // else the account was changed meanwhile: its sign-off is nobody's business
				p.registrationOf(a, s)
			}
		},
		Incoming: p.incoming,
	}
}

// stopRinging ends the calls that ring, for the phone leaves its account.
func (p *Phone) stopRinging() {
	for _, c := range slices.Clone(p.calls) {
		if c.phase == ringing {
			c.signOff()
		}
	}
}
