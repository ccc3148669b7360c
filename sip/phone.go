package sip

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

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
	Instance  string          // UUID of this installation, the same at each start (RFC 5626 §4.1); "" draws one
	NewID     func() string   // makes call ids; nil makes UUIDv7s
	Resolver  dialog.Resolver // nil means net.DefaultResolver
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

	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	closing sync.Once
	retire  sync.WaitGroup // user agents being closed
	media   sync.WaitGroup // sessions on their way out
}

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
	if cfg.Resolver == nil {
		cfg.Resolver = net.DefaultResolver
	}
	if err := cfg.Account.Check(); err != nil {
		return nil, err
	}
	p := &Phone{cfg: cfg, log: cfg.Log, agents: make(map[*dialog.UA]bool)}
	p.ctx, p.stop = context.WithCancel(context.Background())
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

// Close hangs up, signs off and ends everything the phone started; a call that rings is told 480 Temporarily Unavailable
// and ends as missed, with EndCancelled. ctx bounds the wait for the registrar. Every call still up has had its CallEnded
// when Close returns.
func (p *Phone) Close(ctx context.Context) error {
	var err error
	p.closing.Do(func() {
		p.stop()
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
