package dialog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
	"golang.org/x/time/rate"

	"linecard/inorder"
	"linecard/sip/internal/globals"
)

// Resolver is what the user agent asks the DNS; *net.Resolver is one.
type Resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupSRV(ctx context.Context, service, proto, name string) (string, []*net.SRV, error)
}

// Config is what a user agent is made of.
type Config struct {
	Account   Account
	Listen    string // address to bind; "" means every interface, and each message names the one it leaves from
	Port      int    // UDP and TCP port; 0 means any free one
	UserAgent string // User-Agent and Server header
	Instance  string // instance id of RFC 5626 §4.1, "urn:uuid:…"; "" leaves it out
	Log       *slog.Logger
	Resolver  Resolver // nil means net.DefaultResolver
	Clock     Clock    // nil means the system's

	// Queue is where all signalling runs. The user agent's methods must be called on it, and every callback is made on
	// it. It must outlive the user agent: close the user agent first.
	Queue *inorder.Queue[func()]

	Registration func(Status) // every change of the registration
	Incoming     func(*Call)  // a call for us; it must be told Ring, Accept, Reject or Redirect before returning, or soon after

	// Unfit is told a call of the account's own server that can only be refused, as it requires an extension that we do not know. It must be told
	// Reject, with the code, before Unfit returns or soon after. Where Unfit is nil such a call is refused without a word, as that of
	// somebody else always is.
	Unfit func(*Call, Unfit)

	// Seen is told every message that was sent, or came from somebody whom the account listens to, as it was on the wire; remote is the other end's
	// address. It is called from any goroutine, must not wait, and must not keep text. It may be nil.
	Seen func(sent bool, network, remote string, text []byte)

	// Notified is told what the account's own server says without having been asked, such as message-summary: the event package, the media type and the body, which
	// must not be kept. It may be nil.
	Notified func(event, mediaType string, body []byte)

	// Uninvited is told the address of every call that was not looked at, because nobody of the account's calls from
	// there: once, however often its INVITE is repeated. It may be nil.
	Uninvited func(netip.Addr)
}

// ErrPortInUse says that the port asked for is taken by another program.
var ErrPortInUse = errors.New("port in use")

// UA is a SIP user agent for one account: its sockets, transactions, registration and calls.
//
// Every method must be called on Config.Queue, except Listen and Close.
type UA struct {
	cfg   Config
	log   *slog.Logger
	queue *inorder.Queue[func()]

	tp      *sip.TransportLayer
	parser  *sip.Parser
	udp     *net.UDPConn
	tcp     *listener
	bound   netip.AddrPort // as bound; the address may be unspecified
	network network        // what the account's server is reached by
	udpConn sip.Connection // of the pool: what every datagram leaves by

	proved *handover // TLS connections on their way to sipgo
	called *handover // TCP connections to strangers, the same

	framing   framing
	dialing   map[netip.AddrPort][]waiter               // TLS connections that are being made, and who waits for them
	back      map[netip.AddrPort][]func(*stream, error) // TCP connections that are being made to strangers, and who waits for them
	proofs    map[netip.AddrPort]proof                  // what the last TLS connection to each address has shown
	shown     int                                       // how often one was kept
	streams   map[*sip.TCPConnection]*stream
	clients   map[string]*clientTx
	servers   map[string]*serverTx
	early     map[string]time.Time // INVITE transactions whose CANCEL came first (S8)
	calls     map[string]*Call     // by dialogKey
	subs      subscriptions
	reg       *registration
	auth      authenticator
	hops      hopCache
	addresses func() ([]net.Addr, error) // of this machine
	way       func(to netip.AddrPort) (from netip.Addr, ok bool)
	strangers *rate.Limiter // requests from addresses that are not our server's
	trusted   atomic.Pointer[trusted]

	turnedAway turnedAway

	ctx      context.Context // ends with Close: DNS, connects
	stop     context.CancelFunc
	serving  sync.WaitGroup
	writing  sync.WaitGroup // TCP streams
	closed   sync.Once
	closeErr error

	closing bool
	idle    func() // called when the last call is gone
}

// Listen binds the sockets and starts serving. Nothing is sent until Register.
func Listen(cfg Config) (*UA, error) {
	globals.Set()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Resolver == nil {
		cfg.Resolver = net.DefaultResolver
	}
	if cfg.Clock == nil {
		cfg.Clock = systemClock{}
	}
	if system, ok := cfg.Resolver.(*net.Resolver); ok {
		cfg.Resolver = systemDNS{system}
	}
	if cfg.Account.Expires <= 0 {
		cfg.Account.Expires = 5 * time.Minute
	}
	ua := &UA{
		cfg:       cfg,
		log:       cfg.Log,
		queue:     cfg.Queue,
		parser:    newParser(),
		streams:   make(map[*sip.TCPConnection]*stream),
		clients:   make(map[string]*clientTx),
		dialing:   make(map[netip.AddrPort][]waiter),
		back:      make(map[netip.AddrPort][]func(*stream, error)),
		proofs:    make(map[netip.AddrPort]proof),
		servers:   make(map[string]*serverTx),
		early:     make(map[string]time.Time),
		calls:     make(map[string]*Call),
		addresses: net.InterfaceAddrs,
		strangers: rate.NewLimiter(strangerRate, strangerBurst),
	}
	if ua.network, _ = networkNamed(cfg.Account.Transport); cfg.Account.Encrypted() {
		ua.network = overTLS
	}
	ua.way = ua.askedWay
	ua.subs = subscriptions{ua: ua, byDialog: make(map[string]*Subscription), stopHold: func() {}}
	ua.auth = newAuthenticator(cfg.Account)
	ua.reg = newRegistration(ua)
	ua.retrust()
	ua.ctx, ua.stop = context.WithCancel(context.Background())
	if err := ua.bind(); err != nil {
		ua.stop()
		return nil, err
	}
	ua.serve()
	return ua, nil
}

// LocalAddr is the address the sockets are bound to, the same port for UDP and TCP.
func (ua *UA) LocalAddr() netip.AddrPort { return ua.bound }

// Calls is how many calls are not over, ringing ones included.
func (ua *UA) Calls() int {
	n := 0
	for _, c := range ua.calls {
		if !c.over {
			n++
		}
	}
	return n
}

// SignOff removes our binding at the registrar and ends the subscriptions, and calls done when that is answered, or is not in a second. Calls stay
// up; no new ones come.
func (ua *UA) SignOff(done func()) {
	waiting := 2
	one := func() {
		if waiting--; waiting == 0 {
			done()
		}
	}
	ua.subs.end(one)
	ua.reg.close(one)
}

// WhenIdle calls f once no call is left, at once when there is none.
func (ua *UA) WhenIdle(f func()) {
	ua.idle = f
	ua.checkIdle()
}

func (ua *UA) checkIdle() {
	if f := ua.idle; f != nil && len(ua.calls) == 0 {
		ua.idle = nil
		f()
	}
}

// hangupPatience is how long Close waits for the other sides to confirm that their calls are over. A BYE may have to be
// sent twice, with credentials.
const hangupPatience = 500 * time.Millisecond

// Close hangs up, removes the registration and closes the sockets. It returns when nothing of the user agent runs any more; ctx bounds
// the wait for answers, which is short anyway. It may be called again, and must not be called on the queue.
func (ua *UA) Close(ctx context.Context) error {
	ua.closed.Do(func() { ua.closeErr = ua.close(ctx) })
	return ua.closeErr
}

func (ua *UA) close(ctx context.Context) error {
	answered := make(chan struct{})
	posted := ua.queue.Put(func() {
		for _, c := range ua.calls {
			if c.inbound && !c.answered {
				c.Reject(sip.StatusTemporarilyUnavailable) // the phone leaves; it is not busy, and the agent has not declined
				continue
			}
			c.Hangup()
		}
		waiting := 2
		done := func() {
			if waiting--; waiting == 0 {
				close(answered)
			}
		}
		once := sync.OnceFunc(done)
		ua.WhenIdle(once)
		ua.after(hangupPatience, once)
		ua.SignOff(done)
	})
	var err error
	if posted {
		select {
		case <-answered:
		case <-ctx.Done():
			err = fmt.Errorf("sign off: %w", ctx.Err())
		}
	}
	ua.stop()
	inorder.Do(ua.queue, func() {
		ua.closing = true
		for _, tx := range ua.clients {
			tx.tx.Terminate()
		}
		for _, tx := range ua.servers {
			tx.tx.Terminate()
		}
		for _, c := range ua.calls {
			c.stopTimers()
		}
		ua.subs.stopTimers()
		ua.reg.stopTimers()
		ua.reg.stopFlow()
		ua.reg.stopLeft()
	})
	written := make(chan struct{})
	go func() {
		ua.writing.Wait()
		close(written)
	}()
	select { // the last answers are to get out
	case <-written:
	case <-ctx.Done():
	}
	_ = ua.udp.Close()
	_ = ua.tcp.Close()
	_ = ua.proved.Close()
	_ = ua.called.Close()
	_ = ua.tp.Close() // closes what is closed above a second time, and says so
	ua.serving.Wait()
	_ = ua.tp.Close() // what was accepted at that moment
	<-written
	return err
}

// after runs f on the queue in d, unless the returned stop is called first, on the queue.
func (ua *UA) after(d time.Duration, f func()) (stop func()) {
	stopped := false
	halt := ua.cfg.Clock.AfterFunc(d, func() {
		ua.queue.Put(func() {
			if !stopped && !ua.closing {
				f()
			}
		})
	})
	return func() {
		stopped = true
		halt()
	}
}

func (ua *UA) now() time.Time { return ua.cfg.Clock.Now() }

// background runs f off the queue, and then on it what f returned.
func (ua *UA) background(f func(context.Context) (then func())) {
	if ua.closing {
		return
	}
	ua.serving.Go(func() {
		then := f(ua.ctx)
		ua.queue.Put(func() {
			if !ua.closing {
				then()
			}
		})
	})
}
