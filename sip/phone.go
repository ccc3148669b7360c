package sip

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/google/uuid"

	"linecard/sip/dialog"
	"linecard/sip/internal/inorder"
)

// Config is what a phone is made of. Audio and Events are required.
type Config struct {
	Account   Account
	Listen    string      // address of ours for signalling and audio; "" means whichever the packet leaves by
	Port      int         // signalling port, UDP and TCP; 0 means any free one
	RTPPorts  [2]int      // lowest and highest UDP port for audio; zeros leave the choice to the system
	Events    func(Event) // called in order, from one goroutine; it may take its time
	Audio     Audio
	Log       *slog.Logger // nil discards
	UserAgent string
	Instance  string        // UUID of this installation, the same at each start (RFC 5626 §4.1); "" draws one
	NewID     func() string // makes call ids; nil makes UUIDv7s
	Resolver  dialog.Resolver
}

// Phone is a telephone. All methods may be called from any goroutine, but Close not from Config.Events or Config.Audio.
type Phone struct {
	cfg Config
	log *slog.Logger

	queue  *inorder.Queue // signalling
	events *inorder.Queue
	sound  *inorder.Queue

	// What follows belongs to queue.
	ua      *dialog.UA          // nil: no account, or being changed
	agents  map[*dialog.UA]bool // every user agent not closed yet: ua, and old accounts on their way out
	opening int                 // which change of account is current
	calls   []*call             // in the order they began
	lament  *tone               // that a call came to nothing; nil when it is over
	dnd     bool
	status  RegistrationChanged
	closed  bool

	closing sync.Once
	retire  sync.WaitGroup // user agents being closed
	media   sync.WaitGroup // sessions on their way out
}

// retryBind is the pause before a port that was taken is tried again.
const retryBind = 2 * time.Second

// New makes a phone. Nothing happens until Start.
func New(cfg Config) (*Phone, error) {
	if cfg.Audio == nil || cfg.Events == nil {
		return nil, errors.New("sip: Config.Audio and Config.Events are required")
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.NewID == nil {
		cfg.NewID = func() string { return uuid.Must(uuid.NewV7()).String() }
	}
	if cfg.Instance == "" {
		cfg.Instance = uuid.NewString()
	}
	if err := cfg.Account.Check(); err != nil {
		return nil, err
	}
	p := &Phone{cfg: cfg, log: cfg.Log, agents: make(map[*dialog.UA]bool)}
	broken := func(where string) func(error) {
		return func(err error) { p.log.Error("phone: "+where, "error", err) }
	}
	p.queue = inorder.New(broken("signalling"))
	p.events = inorder.New(broken("events"))
	p.sound = inorder.New(broken("sound"))
	p.status = RegistrationChanged{State: Unregistered}
	return p, nil
}

// Start binds the sockets and signs on, if there is an account. What comes of it is told by RegistrationChanged.
func (p *Phone) Start() error {
	return p.do(func() error {
		p.opening++
		p.open(p.opening)
		return nil
	})
}

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

// Close hangs up, signs off and ends everything the phone started; a call that rings is told 480 Temporarily Unavailable
// and ends as missed, with EndCancelled. ctx bounds the wait for the registrar. Every call still up has had its CallEnded
// when Close returns.
func (p *Phone) Close(ctx context.Context) error {
	var err error
	p.closing.Do(func() {
		var agents []*dialog.UA
		p.queue.Do(func() {
			p.closed = true
			agents = slices.Collect(maps.Keys(p.agents))
			p.stopRinging()
			p.endLament()
			for _, c := range slices.Clone(p.calls) {
				c.d.Hangup()
			}
		})
		errs := make([]error, len(agents))
		for i, ua := range agents {
			p.retire.Go(func() { errs[i] = ua.Close(ctx) })
		}
		p.retire.Wait()
		err = errors.Join(errs...)
		p.queue.Close()
		p.sound.Close()
		p.media.Wait()
		p.events.Close()
	})
	return err
}

// do runs a command on the queue and gives back what it says.
func (p *Phone) do(f func() error) error {
	var err error
	if !p.queue.Do(func() {
		if p.closed {
			err = ErrClosed
			return
		}
		err = f()
	}) {
		return ErrClosed
	}
	return err
}

// after runs f on the queue in d, if the phone is still there.
func (p *Phone) after(d time.Duration, f func()) (stop func()) {
	stopped := false
	t := time.AfterFunc(d, func() {
		p.queue.Post(func() {
			if !stopped && !p.closed {
				f()
			}
		})
	})
	return func() {
		stopped = true
		t.Stop()
	}
}

// tell hands an event to the desk.
func (p *Phone) tell(e Event) {
	p.events.Post(func() { p.cfg.Events(e) })
}

// SetDND turns do not disturb on or off. While it is on every call is told busy.
func (p *Phone) SetDND(on bool) error {
	return p.do(func() error {
		p.dnd = on
		return nil
	})
}

// Registration is where the account stands now.
func (p *Phone) Registration() RegistrationChanged {
	st := RegistrationChanged{State: Unregistered}
	p.queue.Do(func() { st = p.status })
	return st
}

// Check says what is wrong with an account, in a sentence. One without a server is no account, and fine.
func (a Account) Check() error {
	switch {
	case a.Server == "":
		return nil
	case a.User == "":
		return sentence("The account has no user. Enter the extension in Settings > Phone.")
	case a.Transport != "" && a.Transport != "udp" && a.Transport != "tcp":
		return sentencef("The transport %q is not known. Choose udp or tcp in Settings > Phone.", a.Transport)
	case strings.ContainsFunc(a.User+a.AuthUser+a.DisplayName, unicode.IsControl):
		return sentence("The account has characters that cannot be typed. Enter it anew in Settings > Phone.")
	case strings.ContainsAny(a.Server+a.Proxy, " \t\r\n<>\"@;/"):
		return sentence("The server name has characters a name cannot have. Check it in Settings > Phone.")
	case !isAddress(a.Server):
		return notAnAddress("server", a.Server)
	case a.Proxy != "" && !isAddress(a.Proxy):
		return notAnAddress("proxy", a.Proxy)
	case a.Port < 0 || a.Port > 65535:
		return sentencef("There is no port %d. Choose one from 1 to 65535 in Settings > Phone, or leave it empty.", a.Port)
	}
	return nil
}

func notAnAddress(what, text string) error {
	return sentencef("The %s %s is no address. Enter its name, with a port if need be: pbx.example.com or pbx.example.com:5060.", what, text)
}

// isAddress reports whether a text is a host or host:port. A "sip:" before it would else be taken for the host.
func isAddress(text string) bool {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		host, port = strings.Trim(text, "[]"), "5060"
	}
	if _, err := netip.ParseAddr(host); err != nil && (host == "" || strings.Contains(host, ":")) {
		return false
	}
	n, err := strconv.Atoi(port)
	return err == nil && 1 <= n && n <= 65535
}

func (a Account) lines() int {
	if a.Lines <= 0 {
		return 2
	}
	return a.Lines
}

// splitServer takes host, host:port, an IPv6 address, or [IPv6]:port apart.
func splitServer(server string) (host string, port int) {
	h, portText, err := net.SplitHostPort(server)
	if err != nil {
		return strings.Trim(server, "[]"), 0
	}
	n, err := strconv.Atoi(portText)
	if err != nil || n < 1 || n > 65535 {
		return h, 0
	}
	return h, n
}
