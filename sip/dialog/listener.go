package dialog

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Connections from addresses that the account does not know are few and short: each costs a descriptor and a buffer, and a
// program that has used up its descriptors takes no call.
const (
	maxUninvited        = 16 // of all addresses together
	maxUninvitedAddress = 4  // of one address
	uninvitedLife       = 30 * time.Second
)

// listener accepts TCP connections. One from our server's addresses stays for as long as the server wants; any other is
// closed after uninvitedLife, unless a direct call came by it.
type listener struct {
	*net.TCPListener
	ua     *UA
	accept func() (*net.TCPConn, error)

	mu        sync.Mutex
	uninvited map[netip.AddrPort]*uninvitedConn
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
		if l.ua.trusted.Load().knows(hop{network: overTCP, addr: from}) {
			return c, nil
		}
		if u := l.admit(c, from); u != nil {
			return u, nil
		}
		_ = c.Close()
	}
}

func (l *listener) admit(c *net.TCPConn, from netip.AddrPort) *uninvitedConn {
	l.mu.Lock()
	defer l.mu.Unlock()
	same := 0
	for at := range l.uninvited {
		if at.Addr() == from.Addr() {
			same++
		}
	}
	if same >= maxUninvitedAddress || len(l.uninvited) >= maxUninvited {
		return nil
	}
	if err := c.SetReadDeadline(time.Now().Add(uninvitedLife)); err != nil {
		return nil
	}
	u := &uninvitedConn{TCPConn: c, l: l, from: from}
	l.uninvited[from] = u
	return u
}

// keep lets the connection from an address stay: a direct call came by it.
func (l *listener) keep(source string) {
	from, err := netip.ParseAddrPort(source)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if u := l.uninvited[netip.AddrPortFrom(from.Addr().Unmap(), from.Port())]; u != nil {
		_ = u.SetReadDeadline(time.Time{}) // of a read that waits as well
	}
}

// uninvitedConn counts against the limits until it is closed.
type uninvitedConn struct {
	*net.TCPConn
	l    *listener
	from netip.AddrPort
}

// Close closes the connection.
func (u *uninvitedConn) Close() error {
	u.l.mu.Lock()
	if u.l.uninvited[u.from] == u {
		delete(u.l.uninvited, u.from)
	}
	u.l.mu.Unlock()
	return u.TCPConn.Close()
}
