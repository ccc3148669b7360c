// Package demopbx is a small, real PBX on the loopback: what `linecard --demo` registers at, and what tests call from.
//
// It speaks SIP over UDP and TCP on one port, RTP (PCMU) and RTCP over UDP, so the phone it serves runs exactly the code it runs
// at work. Nothing is short-circuited: registrations are challenged, calls are retransmitted, audio is paced.
//
// # What it does
//
//   - Registers the extensions of Config.Users with digest authentication (RFC 3261 §10, §22), a binding per contact, each
//     with its own expiry; challenges every call an extension places with 407.
//
//   - Places calls to a registered extension or to the queue: see [PBX.Call]. The caller has a name, a number, a voice that
//     is heard and patience that ends; it follows hold and blind transfer.
//
//   - Takes calls from an extension:
//
//     number            what happens
//     600, *43          echo: what is said comes back
//     601               busy: 486
//     602               rings until nobody answers: 480
//     603               rings, then declines: 603
//     604               answers and, a step later, transfers the caller to 600 by REFER
//     605               answers, holds the caller for a step, resumes
//     606               answers as Reception and, a step later, hands the caller on to the directory's first person
//     607               answers and refuses every hold: 488
//     608               a conference room, see [Room]
//     2001              the queue: rings the other registered extensions
//     an extension      rings the phones registered for it
//     the directory's   rings a moment, then a voice answers
//     anything else     404
//
// # What it does not do
//
// No proxying: it is the other end of every dialog (a call between two extensions is two dialogs and a relay of the audio).
// No Record-Route, no TLS, no SRTP, one codec. It answers every request to where it came from, so a phone behind NAT on the
// same machine works and one behind a proxy does not.
//
// The transactions and the parser are sipgo's, the dialogs are its own: sipgo's lose calls (RFC 3261 §9.1 CANCEL crossing
// 200, §13.3.1.4 repetition of 200), and a test peer that loses calls proves nothing about the phone.
package demopbx

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/emiago/sipgo"

	"linecard/resources/voices"
	"linecard/sip/internal/globals"
)

// Config says who may register, and whom they can call. The zero value of every field but Users is usable.
type Config struct {
	Listen string            // "ip:port" (IPv4) for UDP and TCP both; port 0 takes a free one; "" means 127.0.0.1:0
	Users  map[string]string // password by extension
	Realm  string            // of the digest challenges; "" means "demo.linecard"
	Queue  string            // the queue's number; "" means 2001

	// Directory lists whom an extension can call, besides the service numbers: customers of the demo.
	Directory []Person
	Exact     bool // the people of Directory are known by their numbers as they are written there alone

	// Code is asked about numbers that begin with *; it reports whether that is a code. A code is answered, and hung up a moment later. It must not block.
	Code func(from, number string) bool

	// Voice is what people say, PCMU at 8 kHz, played in a loop; nil means voices.Customer.
	Voice []byte

	// Algorithms of the digest challenge, most wanted first (RFC 8760): "MD5", "SHA-256", "SHA-512-256".
	// nil means MD5 alone, what PBXs in the field ask for.
	Algorithms []string

	MinExpires time.Duration // a REGISTER asking for less is told 423; 0 means 5 s
	MaxExpires time.Duration // one asking for more gets this; 0 means 1 hour

	Ring     time.Duration // how long a person's phone rings before it is answered; 0 means 1.5 s
	NoAnswer time.Duration // how long 602 rings; 0 means 20 s
	Step     time.Duration // pause between two steps of 604, 605 and 606, and before Caller.HandsOn; 0 means 3 s

	// Wire, when set, is shown every UDP datagram that arrives and, with sent, every one before it leaves; it reports
	// whether the datagram goes on its way. It must not block.
	Wire func(sent bool, datagram []byte) (pass bool)

	Log *slog.Logger // nil means none. Never passwords; names and numbers at debug level only
}

// Person is somebody an extension can call.
type Person struct {
	Name   string
	Number string // any spelling: only the digits count, with or without the country's code
}

// ErrClosed is returned by a PBX that has been closed.
var ErrClosed = errors.New("the demo PBX is closed")

// PBX is a running PBX. Its methods may be called from any goroutine.
type PBX struct {
	cfg  Config
	log  *slog.Logger
	addr netip.AddrPort

	ua     *sipgo.UserAgent
	server *sipgo.Server
	client *sipgo.Client
	udp    net.PacketConn
	tcp    net.Listener

	nonces nonces
	reg    registrar
	early  earlyCancels

	ctx     context.Context // ends when the PBX closes; every call hangs on it
	stop    context.CancelFunc
	mu      sync.Mutex // guards closed and dialogs
	closed  bool
	dialogs map[dialogKey]*dialog
	work    sync.WaitGroup // handlers, calls, streams
}

// Start opens the sockets and serves until Close is called or ctx ends.
func Start(ctx context.Context, cfg Config) (*PBX, error) {
	p := &PBX{cfg: cfg.withDefaults(), dialogs: map[dialogKey]*dialog{}}
	p.log = p.cfg.Log
	p.nonces.init(rand.Reader)
	globals.Set()
	p.reg.init()
	if err := p.listen(); err != nil {
		return nil, err
	}
	p.ctx, p.stop = context.WithCancel(ctx)
	if err := p.serve(); err != nil {
		p.stop()
		p.closeSockets()
		return nil, err
	}
	context.AfterFunc(p.ctx, p.closeSockets) // no more requests once it is closing
	return p, nil
}

// Addr is the "ip:port" phones register at, for UDP and TCP.
func (p *PBX) Addr() string { return p.addr.String() }

// Close hangs up every call, closes the sockets and waits until all work has ended.
func (p *PBX) Close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	open := make([]*dialog, 0, len(p.dialogs))
	for _, d := range p.dialogs {
		open = append(open, d)
	}
	p.mu.Unlock()

	for _, d := range open {
		d.bye() // best effort: said before the socket goes
	}
	p.stop()
	p.work.Wait()
	if err := p.ua.Close(); err != nil {
		return fmt.Errorf("demo PBX: close: %w", err)
	}
	return nil
}

// begin counts work that Close waits for; it reports false once the PBX closes, and then nothing may be started.
func (p *PBX) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.work.Add(1)
	return true
}

func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Realm == "" {
		c.Realm = "demo.linecard"
	}
	if c.Queue == "" {
		c.Queue = "2001"
	}
	if c.Voice == nil {
		c.Voice = voices.Customer()
	}
	if c.Algorithms == nil {
		c.Algorithms = []string{"MD5"}
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	def(&c.MinExpires, 5*time.Second)
	def(&c.MaxExpires, time.Hour)
	def(&c.Ring, 1500*time.Millisecond)
	def(&c.NoAnswer, 20*time.Second)
	def(&c.Step, 3*time.Second)
	return c
}
