package sip

import (
	"cmp"
	"context"
	"errors"
	"time"

	"linecard/fault"
	"linecard/sip/dialog"
)

// retryBind is the pause before a port that was taken is tried again.
const retryBind = 2 * time.Second

// line is one account of the phone: the user agent that registers it, and where it stands. Everything in it belongs to
// Phone.queue. A line lives until its account is removed; a change of the account gives it another user agent.
type line struct {
	p       *Phone
	account Account
	ua      *dialog.UA // nil: no sockets yet, or the account is being changed
	opening int        // counts changes of the account: which one is current
	status  RegistrationChanged
	failed  string // how the registration failed last, as the log has it

	colleagues map[string]*watchedPhone // who are watched, by extension
	messages   *Messages                // that wait, as they were told last; nil before the server has said anything
	asked      bool                     // by the subscription to the mailbox, and not unasked
	mailbox    *dialog.Subscription     // nil while the server is not asked for them

	shakes bool // the server takes encrypted sound by a handshake alone: see learnsHandshake

	uninvited *uninvited
	stun      *reflexion
}

func (p *Phone) newLine(a Account) *line {
	l := &line{p: p, account: a, status: RegistrationChanged{Account: a.ID(), State: Unregistered}}
	l.uninvited, l.stun = &uninvited{l: l}, &reflexion{l: l}
	return l
}

// update gives the line the new values of its account. Whom calls are taken from, how many, whether the next ones are encrypted,
// which transfers and redirections are followed, how keys are sent, where calls are forwarded to, which are answered at once, who callees see, where conferences meet, whether ways are looked for by ICE and whether the mailbox is asked for changes without the registrar hearing of it.
func (l *line) update(a Account) {
	if l.account.Mailbox && !a.Mailbox {
		defer l.forgetMessages()
	}
	quiet := l.account
	quiet.Trust, quiet.Lines, quiet.Follow, quiet.Redirects, quiet.Encryption, quiet.EncryptionBy = a.Trust, a.Lines, a.Follow, a.Redirects, a.Encryption, a.EncryptionBy
	quiet.DTMF, quiet.Forward, quiet.AutoAnswer = a.DTMF, a.Forward, a.AutoAnswer
	quiet.Mailbox, quiet.Conference = a.Mailbox, a.Conference
	quiet.Headers, quiet.ICE = a.Headers, a.ICE
	quiet.CallerID, quiet.CallerIDs, quiet.CallerIDIn = a.CallerID, a.CallerIDs, a.CallerIDIn
	if !quiet.Equal(a) {
		l.change(a)
		return
	}
	l.account = a
	if l.ua != nil {
		l.ua.SetTrust(a.Trust)
	}
	l.watchMessages()
}

// change gives the line another account, or the same one to register again. then runs when the one before has left.
func (l *line) change(a Account) {
	l.stopRinging()
	l.account = a
	l.shakes = false
	l.stun.forget()
	l.opening++
	this, old := l.opening, l.ua
	l.ua = nil
	l.mailbox = nil
	l.unwatchColleagues()
	if old == nil {
		l.open(this)
		return
	}
	l.p.leave(old, func() { l.open(this) })
}

// remove signs the line off for good. Its calls that are up stay. then runs when the registrar has answered.
func (l *line) remove(then func()) {
	l.stopRinging()
	l.stun.forget()
	l.opening++
	old := l.ua
	l.ua = nil
	l.mailbox = nil
	l.unwatchColleagues()
	l.told(RegistrationChanged{State: Unregistered, Removed: true})
	if old == nil {
		then()
		return
	}
	l.p.leave(old, then)
}

// port is the signalling port to bind: the account's, or the configured one, 0 for any.
func (l *line) port() int { return cmp.Or(l.account.Port, l.p.cfg.Port) }

// calls is how many calls of the account are not over. Those from before the account was removed and added again count too.
func (l *line) calls() int {
	n := 0
	for _, c := range l.p.calls {
		if c.account == l.account.ID() && !c.aside {
			n++
		}
	}
	return n
}

// full reports whether one more call would be one too many.
func (l *line) full() bool { return l.calls() >= l.account.lines() }

// lastFree reports whether one line is free, of several: it is kept for the server's calls.
func (l *line) lastFree() bool { return l.account.lines() > 1 && l.calls() >= l.account.lines()-1 }

// open binds the sockets for the account and registers, unless the account has been changed since.
func (l *line) open(this int) {
	if l.p.closed || this != l.opening || l.ua != nil {
		return
	}
	ua, err := dialog.Listen(l.dialogConfig())
	if err != nil {
		l.p.log.Warn("sockets not opened", "account", l.account.ID(), "error", err)
		l.told(RegistrationChanged{State: Unreachable, Reason: l.notOpened(err), RetryAt: l.p.now().Add(retryBind)})
		l.p.after(retryBind, func() { l.open(this) })
		return
	}
	l.ua, l.p.agents[ua] = ua, l
	ua.Register()
	l.watchMessages()
	l.watchColleagues()
}

// notOpened is why there are no sockets.
func (l *line) notOpened(err error) fault.Fault {
	if !errors.Is(err, dialog.ErrPortInUse) {
		return fault.New("sip.registration.no-network")
	}
	for ua, owner := range l.p.agents {
		switch {
		case int(ua.LocalAddr().Port()) != l.port():
		case owner != l && owner.ua == ua:
			return fault.New("sip.registration.same-port", "other", owner.account.User, "user", l.account.User, "port", l.port())
		default:
			return fault.New("sip.registration.own-call-on-port", "user", l.account.User, "port", l.port())
		}
	}
	return fault.New("sip.registration.port-in-use", "user", l.account.User, "port", l.port())
}

func (l *line) dialogConfig() dialog.Config {
	p, this := l.p, l.opening
	return dialog.Config{
		Seen:    p.seenBy(l.account.ID()),
		Account: dialog.Account(l.account), Listen: p.cfg.Listen, Port: l.port(), UserAgent: p.cfg.UserAgent,
		Instance: "urn:uuid:" + p.cfg.Instance,
		Log:      p.log, Resolver: p.cfg.Resolver, Clock: p.cfg.Clock, Queue: p.queue,
		Registration: func(s dialog.Status) {
			if this == l.opening { // otherwise the account was changed, and this status no longer matters
				l.registered(s)
			}
		},
		Incoming: func(d *dialog.Call) { l.incoming(d) },
		Unfit:    func(d *dialog.Call, u dialog.Unfit) { l.unfit(d, u) },
		Notified: func(event, mediaType string, body []byte) {
			if this == l.opening {
				l.unasked(event, mediaType, body)
			}
		},
		Uninvited: l.uninvited.count,
	}
}

// stopRinging ends the line's calls that ring, because the phone leaves its account. One that the agent has taken stays like those that are up,
// unless the phone closes.
func (l *line) stopRinging() {
	l.p.eachCall(func(c *call) {
		if c.line == l && (c.untaken() || l.p.closed && c.phase == ringing) {
			c.signOff()
		}
	})
}

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
		p.queue.Put(then)
	})
}

// eachCall runs f for every call; f may end it.
func (p *Phone) eachCall(f func(*call)) {
	for _, c := range append([]*call(nil), p.calls...) {
		f(c)
	}
}

// seenBy is Config.Seen for the messages of an account, nil without one.
func (p *Phone) seenBy(account string) func(sent bool, network, remote string, text []byte) {
	if p.cfg.Seen == nil {
		return nil
	}
	return func(sent bool, network, remote string, text []byte) { p.cfg.Seen(account, sent, network, remote, text) }
}
