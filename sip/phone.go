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

	"linecard/fault"
	"linecard/inorder"
	"linecard/sip/dialog"
	"linecard/sip/media"
)

// Config is what a phone is made of. Audio and Events are required.
type Config struct {
	Listen    string      // own address for signalling and audio; "" means the one each packet leaves by
	Port      int         // signalling port, UDP and TCP; 0 means any free one
	RTPPorts  [2]int      // lowest and highest UDP port for audio; zeros leave the choice to the system
	Events    func(Event) // called in order, from one goroutine; it may take its time
	Audio     Audio
	Log       *slog.Logger // nil discards
	UserAgent string
	Instance  string        // UUID of this installation, the same at each start (RFC 5626 §4.1); "" draws one
	NewID     func() string // makes call ids; nil makes UUIDv7s

	// BeforeRinging, BeforeRefusing and BeforeInvite let the desk put a call on disk first; see hooks.go. nil is none.
	BeforeRinging  func(e CallIncoming, proceed func())
	BeforeRefusing func(e CallIncoming, why fault.Fault, proceed func())
	BeforeInvite   func(e CallDialing, proceed func())

	// DialPlan is what is sent for a number that an account calls or transfers to; nil is the number itself. It must not wait.
	DialPlan func(account, number string) string

	// SameNumber reports whether a number that an account's server has told and one that calls are sent on to are the same, however each is
	// spelled; nil compares the letters. It must not wait.
	SameNumber func(account, told, to string) bool

	// Colleague reports whether a number that the other side of a call wants called at an account's server is a colleague's, so that it may be called
	// without the agent; nil takes none for one. It is asked of numbers, and not of names. It must not wait.
	Colleague func(account, number string) bool

	// Spells reports whether sent is another way to write a number that was dialed from an account; nil takes none for one. It must not wait.
	Spells func(account, number, sent string) bool

	// Emergency reports whether a number that is dialed from an account calls for help; nil takes none for one. It must not wait.
	Emergency func(account, number string) bool

	// Seen is told every message that an account's user agent sent, or got from somebody it listens to; see [dialog.Config].Seen. It may be nil.
	Seen func(account string, sent bool, network, remote string, text []byte)

	// Leg is told under which Call-ID a call is said, before the phone sends anything of that: several ones, where the other side transfers it or another
	// phone takes it over. It is called on the queue of signalling and must not wait. It may be nil.
	Leg func(call, callID string)

	Resolver dialog.Resolver // nil means net.DefaultResolver
	Clock    dialog.Clock    // what signalling waits by; nil means the system's
}

// Phone is a telephone. All methods may be called from any goroutine, but Close not from Config.Events or Config.Audio.
type Phone struct {
	cfg Config
	log *slog.Logger

	queue  *inorder.Queue[func()] // signalling
	events *inorder.Queue[func()]
	sound  *inorder.Queue[func()]

	// What follows belongs to queue.
	lines      []*line              // one an account, in the order of SetAccounts
	agents     map[*dialog.UA]*line // every user agent not closed yet, those of accounts that were changed or removed among them
	colleagues []Colleague          // whose phones are watched
	calls      []*call              // in the order they began
	codes      []*codeCall          // that are under way
	refused    []*refusedCall       // that wait to be told as missed
	failure    *tone                // of a call that failed; nil when it is over
	dnd        bool
	music      map[string]*media.Music // on hold, by account
	closed     bool

	certificate *media.Certificate // shown in the handshakes of all its calls

	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	closing sync.Once
	retire  sync.WaitGroup // user agents being closed
	media   sync.WaitGroup // sessions on their way out
}

// New makes a phone without accounts; [Phone.SetAccounts] gives it some.
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
	certificate, err := media.NewCertificate()
	if err != nil {
		return nil, err
	}
	if cfg.Clock == nil {
		cfg.Clock = dialog.SystemClock()
	}
	p := &Phone{cfg: cfg, log: cfg.Log, agents: make(map[*dialog.UA]*line), certificate: certificate}
	p.ctx, p.stop = context.WithCancel(context.Background())
	broken := func(where string) func(error) {
		return func(err error) { p.log.Error("phone: "+where, "error", err) }
	}
	p.queue = inorder.Functions(broken("signalling"))
	p.events = inorder.Functions(broken("events"))
	p.sound = inorder.Functions(broken("sound"))
	return p, nil
}

// Close hangs up, removes the registrations and ends everything the phone started; a call that rings is told 480 Temporarily Unavailable
// and ends as missed, with EndCancelled. ctx bounds the wait for the registrar. Every call still up has had its CallEnded
// when Close returns.
func (p *Phone) Close(ctx context.Context) error {
	var err error
	p.closing.Do(func() {
		p.stop()
		var agents []*dialog.UA
		inorder.Do(p.queue, func() {
			p.closed = true
			agents = slices.Collect(maps.Keys(p.agents))
			for _, l := range p.lines {
				l.stopRinging()
				l.stun.drop()
			}
			p.endFailureTone()
			p.tellAllRefused()
			p.eachCall(func(c *call) { c.d.Hangup() })
			p.endCodes()
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
	err := error(ErrFault) // stays when f panics
	if !inorder.Do(p.queue, func() {
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

// now is the time by the phone's clock.
func (p *Phone) now() time.Time { return p.cfg.Clock.Now() }

// after runs f on the queue in d, if the phone is still there.
func (p *Phone) after(d time.Duration, f func()) {
	p.cfg.Clock.AfterFunc(d, func() {
		p.queue.Put(func() {
			if !p.closed {
				f()
			}
		})
	})
}

// tell hands an event to the desk.
func (p *Phone) tell(e Event) {
	p.events.Put(func() { p.cfg.Events(e) })
}

// SetDND turns do not disturb on or off. While it is on every call is told busy.
func (p *Phone) SetDND(on bool) error {
	return p.do(func() error {
		p.dnd = on
		return nil
	})
}
