package demopbx

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"

	"linecard/fault"
)

// allow lists the methods the PBX understands, for Allow headers.
const allow = "INVITE, ACK, CANCEL, BYE, OPTIONS, REGISTER, REFER, NOTIFY, INFO, UPDATE"

// listen opens UDP and TCP on the same port. With port 0 the free UDP port may be taken on TCP: then another is tried.
func (p *PBX) listen() error {
	want, err := netip.ParseAddrPort(p.cfg.Listen)
	if err != nil {
		return fmt.Errorf("demo PBX: listen address %q: %w", p.cfg.Listen, err)
	}
	if !want.Addr().Is4() || want.Addr().IsUnspecified() { // it stands in every Contact and SDP
		return fmt.Errorf("demo PBX: listen address %q: an IPv4 address of this computer is needed", p.cfg.Listen)
	}
	for try := 0; ; try++ {
		udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(want))
		if err != nil {
			return fmt.Errorf("demo PBX: %w", err)
		}
		addr := udp.LocalAddr().(*net.UDPAddr).AddrPort()
		tcp, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(addr))
		if err == nil {
			p.udp, p.tcp, p.addr = udp, tcp, addr
			return nil
		}
		_ = udp.Close()
		if want.Port() != 0 || !fault.PortTaken(err) || try == 20 {
			return fmt.Errorf("demo PBX: %w", err)
		}
	}
}

// closeSockets ends the readers. Errors do not matter any more.
func (p *PBX) closeSockets() {
	_ = p.udp.Close()
	_ = p.tcp.Close()
}

// serve wires the handlers and starts the readers.
func (p *PBX) serve() error {
	quiet := slog.New(slog.DiscardHandler)
	ua, err := sipgo.NewUA(
		sipgo.WithUserAgent("Linecard demo PBX"),
		sipgo.WithUserAgentHostname(p.addr.Addr().String()),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet)),
		sipgo.WithUserAgentTransactionLayerOptions(
			sip.WithTransactionLayerLogger(quiet),
			sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {}), // late repetitions
		))
	if err != nil {
		return fmt.Errorf("demo PBX: %w", err)
	}
	p.ua = ua
	if p.server, err = sipgo.NewServer(ua, sipgo.WithServerLogger(quiet)); err != nil {
		return fmt.Errorf("demo PBX: %w", err)
	}
	if p.client, err = sipgo.NewClient(ua, sipgo.WithClientLogger(quiet), sipgo.WithClientAddr(p.Addr()), sipgo.WithClientNAT()); err != nil {
		return fmt.Errorf("demo PBX: %w", err)
	}
	for method, handle := range map[sip.RequestMethod]handler{
		sip.REGISTER: p.onRegister,
		sip.INVITE:   p.onInvite,
		sip.ACK:      p.onAck,
		sip.CANCEL:   p.onCancel,
		sip.BYE:      p.onBye,
		sip.REFER:    p.onRefer,
		sip.INFO:     p.onInfo,
		sip.UPDATE:   p.onUpdate,
		sip.NOTIFY:   p.onNotify,
		sip.OPTIONS:  p.onOptions,
	} {
		p.server.OnRequest(method, p.guard(handle))
	}
	p.server.OnNoRoute(p.guard(func(req *sip.Request, tx sip.ServerTransaction) {
		p.respond(req, tx, 405, "Method Not Allowed", header("Allow", allow))
	}))

	udp := p.udp
	if p.cfg.Wire != nil {
		udp = watched{p.udp, p.cfg.Wire}
	}
	p.work.Go(func() { _ = p.server.ServeUDP(udp) }) // returns when closeSockets closes the socket
	p.work.Go(func() { _ = p.server.ServeTCP(p.tcp) })
	return p.waitPool()
}

// watched shows what passes through a socket to wire, which may withhold it.
type watched struct {
	net.PacketConn
	wire func(sent bool, datagram []byte) bool
}

func (w watched) ReadFrom(b []byte) (int, net.Addr, error) {
	for {
		n, from, err := w.PacketConn.ReadFrom(b)
		if err != nil || w.wire(false, b[:n]) {
			return n, from, err
		}
	}
}

func (w watched) WriteTo(b []byte, to net.Addr) (int, error) {
	if !w.wire(true, b) {
		return len(b), nil
	}
	return w.PacketConn.WriteTo(b, to)
}

// waitPool waits until sipgo's reader has put the UDP socket in its pool: a request sent before that would leave from
// another socket. sipgo tells of it in no other way than the pool itself, hence the polling.
func (p *PBX) waitPool() error {
	deadline := time.Now().Add(2 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for p.ua.TransportLayer().Pool("udp").Get(p.Addr()) == nil {
		if time.Now().After(deadline) {
			return errors.New("demo PBX: the UDP reader did not start")
		}
		<-tick.C
	}
	return nil
}

type handler = func(*sip.Request, sip.ServerTransaction)

// guard makes a handler safe to run: counted so that Close waits for it, shielded from messages that lack what every
// handler reads (RFC 3261 §8.1.1; sipgo passes them on), and from bringing the process down.
func (p *PBX) guard(h handler) handler {
	return func(req *sip.Request, tx sip.ServerTransaction) {
		if !p.begin() {
			p.late()
			return
		}
		defer p.work.Done()
		defer func() {
			if r := recover(); r != nil {
				p.log.Error("demo PBX: handler failed", "method", req.Method, "panic", r)
			}
		}()
		if req.From() == nil || req.To() == nil || req.CallID() == nil || req.CSeq() == nil || req.Via() == nil {
			p.respond(req, tx, 400, "Missing Header")
			return
		}
		h(req, tx)
	}
}

// late clears up after a request that comes to its handler when the PBX is closed. sipgo reads it, starts a goroutine for
// it, and that one finds the PBX's socket gone and opens another (S12), perhaps after Close has emptied the pool.
func (p *PBX) late() {
	if err := p.ua.TransportLayer().Close(); err != nil {
		p.log.Debug("demo PBX: socket of a late request", "error", err)
	}
}

// respond answers a request; an answer that cannot be sent will be asked for again by the peer.
func (p *PBX) respond(req *sip.Request, tx sip.ServerTransaction, code int, reason string, headers ...sip.Header) {
	res := sip.NewResponseFromRequest(req, code, reason, nil)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if err := tx.Respond(res); err != nil {
		p.log.Debug("demo PBX: answer not sent", "code", code, "error", err)
	}
}

// send sends a request in a transaction of its own and returns the final response.
func (p *PBX) send(ctx context.Context, req *sip.Request) (*sip.Response, error) {
	tx, err := p.client.TransactionRequest(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("demo PBX: send %s: %w", req.Method, err)
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
		case <-tx.Done():
			return nil, fmt.Errorf("demo PBX: %s: %w", req.Method, tx.Err())
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// newRequest starts a request that leaves from our own socket to addr, and not where its URI points: phones are reached where
// they were last heard of.
func (p *PBX) newRequest(method sip.RequestMethod, uri sip.Uri, transport, addr string) *sip.Request {
	req := sip.NewRequest(method, uri)
	req.SetTransport(transport)
	req.SetDestination(addr)
	if transport == "UDP" { // on TCP sipgo finds the phone's own connection by its address
		req.Laddr = sip.Addr{IP: p.addr.Addr().AsSlice(), Port: int(p.addr.Port())}
	}
	return req
}

// contact is where requests within a dialog reach us.
func (p *PBX) contact(user, transport string) *sip.ContactHeader {
	uri := p.uri(user)
	if transport != "UDP" {
		uri.UriParams.Add("transport", "tcp")
	}
	return &sip.ContactHeader{Address: uri}
}

// uri is an address of record at this PBX.
func (p *PBX) uri(user string) sip.Uri {
	return sip.Uri{Scheme: "sip", User: user, Host: p.addr.Addr().String(), Port: int(p.addr.Port())}
}

func header(name, value string) sip.Header { return sip.NewHeader(name, value) }
