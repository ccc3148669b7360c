package dialog

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/emiago/sipgo/sip"

	"linecard/fault"
)

// readBuffer is how much the system shall keep of what comes faster than it is read: a burst of some thousand messages.
const readBuffer = 1 << 20

// bind takes one port for UDP and TCP. With port 0 the kernel picks for TCP, and UDP may find it taken: pick again.
func (ua *UA) bind() error {
	host := ua.cfg.Listen
	var err error
	for range 20 {
		var l net.Listener
		l, err = (&net.ListenConfig{}).Listen(ua.ctx, "tcp", net.JoinHostPort(host, fmt.Sprint(ua.cfg.Port)))
		if err == nil {
			ua.tcp = &listener{TCPListener: l.(*net.TCPListener), ua: ua, open: make(map[netip.AddrPort]*accepted)}
			ua.tcp.accept = ua.tcp.AcceptTCP
			addr := ua.tcp.Addr().(*net.TCPAddr)
			ua.udp, err = net.ListenUDP("udp", &net.UDPAddr{IP: addr.IP, Port: addr.Port, Zone: addr.Zone})
			if err == nil {
				_ = ua.udp.SetReadBuffer(readBuffer) // a wish; the system may grant less
				ua.bound = ua.udp.LocalAddr().(*net.UDPAddr).AddrPort()
				return nil
			}
			_ = l.Close()
		}
		if ua.cfg.Port != 0 {
			break
		}
	}
	if fault.PortTaken(err) {
		return fmt.Errorf("bind %s port %d: %w", host, ua.cfg.Port, ErrPortInUse)
	}
	return fmt.Errorf("bind %s port %d: %w", host, ua.cfg.Port, err)
}

// serve hands the sockets to sipgo's transport layer and waits until requests can leave by them: sipgo reports ready
// before the socket is in its pool, and a request sent in between opens a second one (S12).
func (ua *UA) serve() {
	ua.tp = sip.NewTransportLayer(net.DefaultResolver, ua.parser, undialed,
		sip.WithTransportLayerReadFilter(ua.screenRead),
		sip.WithTransportLayerTransports(sip.TransportsConfig{
			TCP: &sip.TransportTCP{WriteTimeout: tcpWriteTimeout},
			TLS: &sip.TransportTLS{TransportTCP: &sip.TransportTCP{WriteTimeout: tcpWriteTimeout}},
		}))
	// The read filter is called by each socket's one reader and hands every message to the queue itself, in the order they arrived.
	// sipgo's own transaction layer would start a goroutine for each (S8, S15); ours takes its place.
	ua.serving.Go(func() {
		if err := ua.tp.ServeUDP(ua.udp); err != nil {
			ua.log.Error("UDP socket lost", "error", err)
		}
	})
	ua.serving.Go(func() { _ = ua.tp.ServeTCP(ua.tcp) }) // returns when the listener is closed
	ua.proved = newHandover(ua.tcp.Addr())
	ua.serving.Go(func() { _ = ua.tp.ServeTLS(ua.proved) })
	ua.called = newHandover(ua.tcp.Addr())
	ua.serving.Go(func() { _ = ua.tp.ServeTCP(ua.called) })
	key := ua.udp.LocalAddr().String()
	for ua.udpConn == nil {
		ua.udpConn = ua.tp.Pool("udp").Get(key)
		if ua.udpConn == nil {
			time.Sleep(50 * time.Microsecond) // no event tells: the pool only answers questions
		}
	}
}

// undialed keeps sipgo from making a TLS connection itself: it would not prove who is there.
var undialed = &tls.Config{MinVersion: tls.VersionTLS12, VerifyConnection: func(tls.ConnectionState) error { return errUnreachable }}

// hop is where a message goes next.
type hop struct {
	network network
	addr    netip.AddrPort
	name    string // what the other side of a TLS connection has to prove; "" is a name of the account's
}

// at reports whether two hops are one place, whatever name led there.
func (h hop) at(other hop) bool { return h.network == other.network && h.addr == other.addr }

func (h hop) String() string { return h.addr.String() }

// localIP is the own address that a packet to the hop leaves from. The kernel is asked each time, which costs
// microseconds and sends nothing, because interfaces come and go under a laptop.
func (ua *UA) localIP(to netip.AddrPort) netip.Addr {
	if a, ok := ua.localTo(to); ok {
		return a
	}
	return netip.AddrFrom4([4]byte{127, 0, 0, 1}) // no route: nobody will read it
}

// localTo is localIP, and false where there is no way to the hop at the moment.
func (ua *UA) localTo(to netip.AddrPort) (netip.Addr, bool) { return ua.way(to) }

func (ua *UA) askedWay(to netip.AddrPort) (netip.Addr, bool) {
	if a := ua.bound.Addr().Unmap(); !a.IsUnspecified() {
		return a, true
	}
	if !to.IsValid() {
		return netip.Addr{}, false
	}
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		return netip.Addr{}, false
	}
	defer func() { _ = c.Close() }()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), true
}

// receive is where every message enters, on the queue, in the order it arrived.
func (ua *UA) receive(msg sip.Message) {
	if ua.closing {
		return
	}
	ua.guard(callIDOf(msg), func() {
		switch msg := msg.(type) {
		case *sip.Request:
			ua.receiveRequest(msg)
		case *sip.Response:
			ua.receiveResponse(msg)
		}
	})
}

// connect calls then with a connection to the hop: at once for UDP and for a connection that is up, otherwise when it is up.
// The request is the one to be sent: sipgo remembers in it the address it found.
func (ua *UA) connect(req *sip.Request, to hop, then func(sip.Connection, error)) {
	req.SetTransport(to.network.inVia())
	req.SetDestination(to.addr.String())
	if !to.network.streamed() {
		local := ua.udp.LocalAddr().(*net.UDPAddr)
		req.Laddr = sip.Addr{IP: local.IP, Port: local.Port} // or it leaves by a new socket (S10)
		conn, err := ua.tp.ClientRequestConnection(ua.ctx, req)
		then(ua.datagramsOf(conn), err)
		return
	}
	if to.network == overTLS {
		ua.ready(to, func(err error) {
			var conn sip.Connection
			if err == nil {
				conn, err = ua.pooled(to)
			}
			then(ua.queued(conn, to.network), err)
		})
		return
	}
	if ua.connected(to) {
		conn, err := ua.tp.ClientRequestConnection(ua.ctx, req)
		then(ua.queued(conn, to.network), err)
		return
	}
	ua.background(func(ctx context.Context) func() {
		ctx, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		conn, err := ua.tp.ClientRequestConnection(ctx, req)
		return func() {
			then(ua.queued(conn, to.network), err)
			if err == nil {
				ua.reg.remade(to)
			}
		}
	})
}

// connectTimeout bounds a TCP connect, with the handshake of TLS.
const connectTimeout = 3 * time.Second

// connected reports whether the TCP or TLS connection to the hop is up. sipgo does not report a lost one.
func (ua *UA) connected(to hop) bool {
	c := ua.tp.Pool(to.network.String()).Get(to.addr.String())
	if c == nil {
		return false
	}
	_, _ = c.TryClose() // gives back the reference that looking took
	return true
}

// disconnect closes the TCP or TLS connection to the hop, if there is one, so that the next message makes a new one.
func (ua *UA) disconnect(to hop) {
	if !to.network.streamed() {
		return
	}
	if c := ua.tp.Pool(to.network.String()).Get(to.addr.String()); c != nil {
		_ = c.Close()
		ua.tp.Pool(to.network.String()).Delete(to.String()) // its reader does so a moment later
	}
}
