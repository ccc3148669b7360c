package dialog

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/emiago/sipgo/sip"
)

// TLS connections are made here, and given to sipgo when the server is proved, as a listener gives what it accepts: sipgo's own
// would ask every server for the certificate of its address (S17). Nothing of SIP is written before that. A request is built
// when its connection is there, for the connection is what its Contact names: requests of the other side come by it, and there is
// no port to listen on for others (RFC 5626 §4.3).

// closeTime bounds how long the farewell of a connection may take that is closed.
const closeTime = 200 * time.Millisecond

// secured is a TLS connection to a server that was proved.
type secured struct {
	*tls.Conn
	raw   *farewell
	proof proof
	broke func(error) // told the first error of a read
	told  atomic.Bool
}

func (c *secured) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err != nil && !c.told.Swap(true) {
		c.broke(err)
	}
	return n, err
}

// Close takes leave of the other side, and of one that does not read what it is sent after closeTime.
func (c *secured) Close() error {
	c.told.Store(true)
	c.raw.leaving.Store(true)
	return c.Conn.Close()
}

// handshakeTime bounds the handshake, once the server has taken the connection. A REGISTER is waited for no longer than patience.
const handshakeTime = 2 * time.Second

// farewell is the connection below TLS.
type farewell struct {
	net.Conn
	leaving atomic.Bool
}

// SetWriteDeadline is SetDeadline of net.Conn. TLS asks for five seconds to take leave, which the queue of signalling has not.
func (f *farewell) SetWriteDeadline(t time.Time) error {
	if most := time.Now().Add(closeTime); f.leaving.Load() && t.After(most) {
		t = most
	}
	return f.Conn.SetWriteDeadline(t)
}

// proof is what the other side of a TLS connection has shown.
type proof struct {
	cert  Certificate
	leaf  *x509.Certificate
	order int // of its making
}

// isForAny reports whether it proves one of the names.
func (p proof) isForAny(names []string) bool {
	return p.leaf != nil && slices.ContainsFunc(names, func(name string) bool { return isFor(p.leaf, name) })
}

// waiter is a request that waits for the TLS connection to a hop.
type waiter struct {
	to   hop
	then func(error)
}

// ready calls then when the hop can be written to: at once but for a TLS connection that has to be made first. Requests that wait
// for the same one are called in their order. A connection that was proved for another name than is asked for now is not written
// to: the DNS can lead any name to any address.
func (ua *UA) ready(to hop, then func(error)) {
	if to.network != overTLS {
		then(nil)
		return
	}
	names, account, at := ua.namesOf(to), ua.cfg.Account, to.addr
	waiting, dialing := ua.dialing[at]
	if !dialing && ua.connected(to) && ua.proofs[at].isForAny(names) {
		then(nil)
		return
	}
	ua.dialing[at] = append(waiting, waiter{to, then})
	if dialing {
		return
	}
	mine := ua.ownNames()
	ua.background(func(ctx context.Context) func() {
		ctx, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		c, err := ua.dialSecured(ctx, to, names, mine, account)
		if err == nil {
			ua.disconnect(to) // what was proved for another name
			if !ua.proved.give(c) {
				_ = c.Close()
				err = errClosed
			}
		}
		return func() {
			if err == nil {
				ua.keepProof(at, c.proof)
				ua.reg.flowMade(to)
				ua.retrust()
			}
			waiting := ua.dialing[at]
			delete(ua.dialing, at)
			for _, w := range waiting {
				if w.to == to {
					w.then(err)
				} else {
					ua.ready(w.to, w.then)
				}
			}
			if err == nil {
				ua.reg.remade(to)
			}
		}
	})
}

// mostProofs bounds what is remembered of the other sides of TLS connections, and with it how many connections to others than the account's
// server are kept open: whoever is called may name another address each time.
const mostProofs = 32

// keepProof remembers what the connection to an address has shown. Where there are too many, the oldest are forgotten and disconnected. Who is
// reached again has to prove itself again.
func (ua *UA) keepProof(at netip.AddrPort, p proof) {
	ua.shown++
	p.order = ua.shown
	ua.proofs[at] = p
	for len(ua.proofs) > mostProofs {
		old, ok := ua.oldestProof(at)
		if !ok {
			return
		}
		delete(ua.proofs, old)
		ua.disconnect(hop{network: overTLS, addr: old})
	}
}

// oldestProof is the address whose proof is forgotten first: of those that are not the account's, or else of all. The one that has just been made, the
// registration's and those of calls are none of them.
func (ua *UA) oldestProof(but netip.AddrPort) (oldest netip.AddrPort, ok bool) {
	used := map[netip.AddrPort]bool{but: true, ua.reg.reached.addr: true}
	for _, c := range ua.calls {
		if !c.over {
			used[c.source.addr] = true
			if c.d != nil {
				used[c.d.reached.addr] = true
			}
		}
	}
	own := ua.ownNames()
	for _, ours := range []bool{false, true} {
		for at, p := range ua.proofs {
			if !used[at] && p.isForAny(own) == ours && (!ok || p.order < ua.proofs[oldest].order) {
				oldest, ok = at, true
			}
		}
		if ok {
			break
		}
	}
	return oldest, ok
}

// dialSecured makes a connection to a hop that proves to have one of the names. The phone's own certificate tells who works here,
// and is shown to who proves one of mine alone.
func (ua *UA) dialSecured(ctx context.Context, to hop, names, mine []string, account Account) (*secured, error) {
	with, err := readCredentials(account)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	if own := ua.bound.Addr().Unmap(); !own.IsUnspecified() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(own, 0))
	}
	tcp, err := d.DialContext(ctx, "tcp", to.addr.String())
	if err != nil {
		return nil, err
	}
	c := &secured{raw: &farewell{Conn: tcp}}
	var asked atomic.Bool
	had := with.client != nil
	c.Conn = tls.Client(c.raw, &tls.Config{
		MinVersion:         tls.VersionTLS12,
		ServerName:         names[0],
		InsecureSkipVerify: true, // VerifyConnection does it, by the rules of SIP
		VerifyConnection: func(state tls.ConnectionState) (err error) {
			if c.proof.cert, err = prove(state.PeerCertificates, with.roots, names, ua.now()); err == nil {
				c.proof.leaf = state.PeerCertificates[0]
			}
			return err
		},
		GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			asked.Store(true)
			if with.client == nil || !c.proof.isForAny(mine) {
				return &tls.Certificate{}, nil
			}
			return with.client, nil
		},
	})
	c.broke = func(err error) {
		if doubt := doubtOf(err, names[0], asked.Load(), had); doubt != nil && (doubt.Doubt == ClientWanted || doubt.Doubt == ClientRefused) {
			ua.queue.Put(func() {
				if !ua.closing {
					ua.reg.doubted(to, doubt)
				}
			})
		}
	}
	within, cancel := context.WithTimeout(ctx, handshakeTime)
	defer cancel()
	if err := c.HandshakeContext(within); err != nil {
		_ = tcp.Close()
		switch {
		case ctx.Err() != nil:
			return nil, errors.Join(err, ctx.Err())
		case within.Err() != nil: // as a port that takes SIP without TLS waits for the end of the message
			return nil, &TLSError{Doubt: NotTLS, Name: names[0], Err: err}
		}
		if doubt := doubtOf(err, names[0], asked.Load(), had); doubt != nil {
			return nil, doubt
		}
		return nil, err
	}
	return c, nil
}

// accountNames are the names that people entered: what the account's server may prove to have, the one first that it is asked for.
func (ua *UA) accountNames() []string {
	names := []string{ua.server().host}
	if domain := ua.domain().Host; !strings.EqualFold(domain, names[0]) {
		names = append(names, domain)
	}
	return names
}

// ownNames are those of all who belong to the account: of its server, its proxy and the hops that the registrar has named.
func (ua *UA) ownNames() []string {
	names := ua.accountNames()
	for _, way := range ua.reg.routes {
		names = append(names, ua.nextHop(way.uri).host)
	}
	return names
}

// named are the hops of a target with the name that they have to prove, which is the target's own (RFC 5922 §4) and never one that
// the DNS has given. The account's server has the account's names, wherever a name of somebody else leads.
func (ua *UA) named(t target, hops []hop) []hop {
	if t.network != overTLS || slices.ContainsFunc(ua.accountNames(), func(n string) bool { return strings.EqualFold(n, t.host) }) {
		return hops
	}
	hops = slices.Clone(hops)
	for i := range hops {
		if !slices.Contains(ua.reg.hops, hops[i]) {
			hops[i].name = strings.ToLower(t.host)
		}
	}
	return hops
}

// namesOf are the names that a hop may prove to have, the one first that it is asked for. Who proves a name of the account's is its
// server by any name, as one of several that give their addresses in Contact.
func (ua *UA) namesOf(to hop) []string {
	names := ua.accountNames()
	if to.name != "" {
		names = slices.Insert(names, 0, to.name)
	}
	return names
}

// endOf is our own end of a connection.
func endOf(c sip.Connection) (netip.AddrPort, bool) {
	own, err := netip.ParseAddrPort(c.LocalAddr().String())
	return netip.AddrPortFrom(own.Addr().Unmap(), own.Port()), err == nil
}

// flowTo is our own end of the TCP or TLS connection that a hop is reached by, or, where there is none and the hop is the account's
// server, of the one that the registration uses: calls follow it there.
func (ua *UA) flowTo(to hop) (netip.AddrPort, bool) {
	at := func(to hop) (netip.AddrPort, bool) {
		c := ua.tp.Pool(to.network.String()).Get(to.String())
		if c == nil {
			return netip.AddrPort{}, false
		}
		defer c.TryClose() //nolint:errcheck // gives back the reference that looking took
		return endOf(c)
	}
	if own, ok := at(to); ok {
		return own, true
	}
	if ua.reg.reached.network == to.network && ua.reg.servesAddr(to.addr.Addr()) {
		return at(ua.reg.reached)
	}
	return netip.AddrPort{}, false
}

// pooled is the TLS connection to a hop.
func (ua *UA) pooled(to hop) (sip.Connection, error) {
	c := ua.tp.Pool(to.network.String()).Get(to.String())
	if c == nil {
		return nil, fmt.Errorf("%w: the connection is gone", errUnreachable)
	}
	return c, nil
}

// handover gives connections to sipgo as a listener would.
type handover struct {
	given  chan given
	closed chan struct{}
	taken  chan struct{} // closed when sipgo has put the last one into its pool; of Accept alone
	addr   net.Addr
}

type given struct {
	conn  net.Conn
	taken chan struct{}
}

func newHandover(addr net.Addr) *handover {
	return &handover{given: make(chan given), closed: make(chan struct{}), addr: addr}
}

// give returns when the connection is in the pool, and false when nobody takes it any more.
func (h *handover) give(c net.Conn) bool {
	g := given{c, make(chan struct{})}
	select {
	case h.given <- g:
	case <-h.closed:
		return false
	}
	<-g.taken
	return true
}

// Accept is asked for the next connection when sipgo has taken the one before.
func (h *handover) Accept() (net.Conn, error) {
	if h.taken != nil {
		close(h.taken)
		h.taken = nil
	}
	select {
	case g := <-h.given:
		h.taken = g.taken
		return g.conn, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

// Close ends the handover. It is called once.
func (h *handover) Close() error {
	close(h.closed)
	return nil
}

// Addr is the address of the signalling port.
func (h *handover) Addr() net.Addr { return h.addr }
