package dialog

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Connections cost a descriptor and a buffer each, and a program that has used up its descriptors takes no call. From addresses that the
// account does not know they are few and short. From known ones there may be as many as any phone system needs, and the one that has been
// silent the longest makes room for a new one.
const (
	maxUninvited        = 16 // of all addresses together
	maxUninvitedAddress = 4  // of one address
	mostKnown           = 64 // of all known addresses together
	mostOfKnown         = 16 // of one of them
)

// uninvitedLife is how long a connection stays that nobody calls by; one of a known address stays once a message has come by it. A variable
// for tests only.
var uninvitedLife = 30 * time.Second

// listener accepts TCP connections, and makes those to whoever the account does not know.
type listener struct {
	*net.TCPListener
	ua     *UA
	accept func() (*net.TCPConn, error)

	mu   sync.Mutex
	open map[netip.AddrPort]*accepted
}

// acceptAgain is the pause after a connection could not be accepted. A variable for tests only.
var acceptAgain = 500 * time.Millisecond

// Accept waits for a connection that may stay. Its error ends the listener for good, and so there is none but that it was closed: a
// program that has used up its descriptors has some again in a moment.
func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return nil, err
			}
			l.ua.log.Warn("a TCP connection is not accepted", "error", err)
			select {
			case <-l.ua.ctx.Done():
				return nil, net.ErrClosed
			case <-time.After(acceptAgain):
			}
			continue
		}
		from := c.RemoteAddr().(*net.TCPAddr).AddrPort()
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		if a := l.admit(c, from, l.ua.trusted.Load().knows(hop{network: overTCP, addr: from})); a != nil {
			return a, nil
		}
		_ = c.Close()
	}
}

// admit takes a connection in, and for that closes a silent one of a known address that no call needs. It returns nil for one too many of
// strangers, and where each of the known ones has a call. Where c is nil it only keeps the place of one to a stranger.
func (l *listener) admit(c *net.TCPConn, from netip.AddrPort, known bool) *accepted {
	l.mu.Lock()
	defer l.mu.Unlock()
	all, same := 0, 0
	var silent, silentSame *accepted
	for at, a := range l.open {
		if a.known != known {
			continue
		}
		all++
		silent = moreSilent(silent, a)
		if at.Addr() == from.Addr() {
			same++
			silentSame = moreSilent(silentSame, a)
		}
	}
	switch {
	case !known && (same >= maxUninvitedAddress || all >= maxUninvited),
		known && same >= mostOfKnown && silentSame == nil,
		known && all >= mostKnown && silent == nil:
		return nil
	case known && same >= mostOfKnown:
		l.drop(silentSame)
	case known && all >= mostKnown:
		l.drop(silent)
	}
	a := &accepted{TCPConn: c, l: l, from: from, known: known, heard: time.Now()}
	if c != nil && a.limit() != nil {
		return nil
	}
	l.open[from] = a
	return a
}

// moreSilent is whichever of two has been silent for longer, of those that no call needs. a may be nil.
func moreSilent(a, b *accepted) *accepted {
	if b.calls > 0 || a != nil && !b.heard.Before(a.heard) {
		return a
	}
	return b
}

var errTooMany = errors.New("too many connections with whom the account does not know")

// callBack makes a connection to a stranger. It counts as one that was made by them, and stays no longer.
func (l *listener) callBack(ctx context.Context, own netip.Addr, to netip.AddrPort) (*accepted, error) {
	a := l.admit(nil, netip.AddrPortFrom(to.Addr().Unmap(), to.Port()), false)
	if a == nil {
		return nil, errTooMany
	}
	var d net.Dialer
	if !own.IsUnspecified() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(own, 0))
	}
	c, err := d.DialContext(ctx, "tcp", to.String())
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		a.TCPConn = c.(*net.TCPConn)
		if err = a.limit(); err == nil {
			return a, nil
		}
		_ = c.Close()
	}
	if l.open[a.from] == a {
		delete(l.open, a.from)
	}
	return nil, err
}

func (l *listener) drop(a *accepted) {
	delete(l.open, a.from)
	_ = a.TCPConn.Close() // its reader sees it
}

// at is the connection with an address, if there is one.
func (l *listener) at(source netip.AddrPort) *accepted {
	a := l.open[netip.AddrPortFrom(source.Addr().Unmap(), source.Port())]
	if a == nil || a.TCPConn == nil { // it is being made
		return nil
	}
	return a
}

// message notes that a message, or a ping, has come from an address.
func (l *listener) message(source netip.AddrPort) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.at(source)
	if a == nil {
		return
	}
	a.heard = time.Now()
	was := a.stays()
	a.used, a.known = true, l.ua.trusted.Load().knows(hop{network: overTCP, addr: a.from}) // which may have changed since it was accepted
	a.settle(was)
}

// stays reports whether a connection may be silent for as long as it likes.
func (a *accepted) stays() bool { return a.known && a.used || a.calls > 0 }

// settle gives a connection its deadline, or takes it away, where it was not to stay before and is now, or the other way round.
func (a *accepted) settle(was bool) {
	switch {
	case was == a.stays():
	case was:
		_ = a.limit()
	default:
		a.until = time.Time{}
		_ = a.SetReadDeadline(a.until) // of a read that waits as well
	}
}

// limit gives a connection its deadline.
func (a *accepted) limit() error {
	a.until = time.Now().Add(uninvitedLife)
	return a.SetReadDeadline(a.until)
}

// hold lets the connection from an address stay for as long as a call needs it, which came by it and was let in. release is called when
// the call is over, or goes by another one.
func (l *listener) hold(source netip.AddrPort) (release func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a := l.at(source)
	if a == nil {
		return func() {}
	}
	was := a.stays()
	a.calls++
	a.settle(was)
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		a.calls--
		a.settle(true)
	})
}

// accepted is a connection that counts against the limits until it is closed, accepted or made to a stranger. Its listener's mutex guards it.
type accepted struct {
	*net.TCPConn
	l     *listener
	from  netip.AddrPort
	known bool // its address was one of the account's when a message came by it last, or when it was accepted
	used  bool // a message has come by it
	heard time.Time
	calls int       // that hold it
	until time.Time // its deadline; zero when it may be silent for as long as it likes
}

// Close closes the connection.
func (a *accepted) Close() error {
	a.l.mu.Lock()
	if a.l.open[a.from] == a {
		delete(a.l.open, a.from)
	}
	a.l.mu.Unlock()
	return a.TCPConn.Close()
}
