package dialog

import (
	"context"
	"net"
	"net/netip"
	"sync"

	"github.com/emiago/sipgo/sip"
)

// A call rings for minutes, and its TCP or TLS connection may be lost meanwhile. What is said to the caller then goes by another one
// (RFC 3261 §18.2.2): one that the caller has sent something by since, or one that is made to where the request came from and says that its
// sender listens. TLS is only made to a server that proves who it is.

// wayBack is what the answers to one request leave by that came by a connection: sipgo's transaction keeps it as its connection.
type wayBack struct {
	ua    *UA
	req   *sip.Request
	call  bool   // the request has made a call that was not refused at once
	lasts bool   // the call is not over
	free  func() // gives up the connection that the call holds; nil where it holds none

	mu      sync.Mutex // sipgo's timers write, too
	first   *stream    // the connection that the request came by; nil where it was gone at once
	to      *stream    // the connection in use; nil before there was one
	waiting []sip.Message
	opening bool
}

// wayBack is the connection that answers to the request leave by; nil where there is none, and none is made for whoever sent it.
func (ua *UA) wayBack(req *sip.Request) sip.Connection {
	if !networkOf(req).streamed() {
		ua.udpConn.Ref(1)
		return ua.datagramsOf(ua.udpConn)
	}
	w := &wayBack{ua: ua, req: req}
	if w.to = ua.streamTo(sourceOf(req)); w.to == nil && !ua.knows(req) {
		return nil
	}
	w.first = w.to
	return w
}

// streamTo is the connection to a hop, if there is one.
func (ua *UA) streamTo(to hop) *stream {
	conn := ua.tp.Pool(to.network.String()).Get(to.String())
	if conn == nil {
		return nil
	}
	_, _ = conn.TryClose() // gives back the reference that looking took
	s, _ := ua.queued(conn, to.network).(*stream)
	return s
}

// up reports whether a connection is the one in the pool, and has not failed.
func (s *stream) up() bool {
	if s == nil || s.broken.Load() != nil {
		return false
	}
	now := s.ua.tp.Pool(s.over.String()).Get(s.RemoteAddr().String())
	if now == nil {
		return false
	}
	_, _ = now.TryClose()
	return now == sip.Connection(s.TCPConnection)
}

// mostWaiting is how many answers wait for a connection; the oldest make room. A 200 comes again by itself, and whoever repeats a request gets
// the last answer to it again.
const mostWaiting = 8

// WriteMsg sends an answer, now or once there is a connection. That none can be made is for the other side to notice, as that an answer is lost.
func (w *wayBack) WriteMsg(msg sip.Message) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.opening || !w.to.up() || w.misnamed(msg) || w.to.answer(msg, w.again) != nil {
		w.wait(msg)
	}
	return nil
}

// again sends what a connection has not got out.
func (w *wayBack) again(msg sip.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wait(msg)
}

func (w *wayBack) wait(msg sip.Message) { w.waitFor(msg, w.ways) }

// waitFor keeps a message until there is a connection by one of some ways.
func (w *wayBack) waitFor(msg sip.Message, ways func() []hop) {
	if res, ok := msg.(*sip.Response); ok {
		msg = res.Clone() // its owner may change it
	}
	w.waiting = append(w.waiting, msg)
	w.waiting = w.waiting[max(0, len(w.waiting)-mostWaiting):]
	if !w.opening {
		w.opening = true
		w.ua.queue.Put(func() {
			if !w.ua.closing {
				w.open(ways())
			}
		})
	}
}

// heard notes that something of the same sender has come by another connection, by which the answers can go where theirs is lost.
func (w *wayBack) heard(req *sip.Request) {
	if w == nil || sourceIP(req.Source()) != sourceIP(w.req.Source()) || networkOf(req) != networkOf(w.req) {
		return // keys that came by TLS do not leave in the clear
	}
	if networkOf(req) == overTLS && !w.ua.knows(req) {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.to.up() {
		if s := w.ua.streamTo(sourceOf(req)); s != nil {
			w.to = s
			w.hold()
		}
	}
}

// ways are where another connection may be made to, the best first. For somebody else than the account's server none is made but for a call.
func (w *wayBack) ways() (all []hop) {
	ua, source := w.ua, sourceOf(w.req)
	if !ua.knows(w.req) && !w.call {
		return nil
	}
	all = append(all, source) // the server's port, where the connection was made by us
	if source.network == overTCP {
		port := uint16(w.req.Via().Port)
		if port == 0 {
			port = source.network.port()
		}
		if sentBy := (hop{network: source.network, addr: netip.AddrPortFrom(source.addr.Addr(), port)}); sentBy != source {
			all = []hop{sentBy}
			if ua.reg.reached.at(source) {
				all = []hop{source, sentBy}
			}
		}
	}
	if at := ua.reg.reached; at.network == source.network && ua.reg.servesAddr(source.addr.Addr()) && !at.at(all[0]) {
		all = append(all, at)
	}
	return all
}

// open sends what waits by a connection to the first of some hops that has one or takes one.
func (w *wayBack) open(ways []hop) {
	w.mu.Lock()
	if w.to.up() { // somebody was heard
		defer w.mu.Unlock()
		w.flush(ways)
		return
	}
	w.mu.Unlock()
	if len(ways) == 0 {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.ua.log.Debug("no way back for an answer")
		w.waiting, w.opening = nil, false
		return
	}
	if s := w.ua.streamTo(ways[0]); s != nil && s.broken.Load() != nil { // what failed a moment ago is still in the pool
		w.ua.disconnect(ways[0])
	}
	if !w.ua.knows(w.req) && ways[0].network == overTCP {
		w.ua.callBack(ways[0], func(s *stream, err error) { w.opened(s, err, ways) })
		return
	}
	carrier := sip.NewRequest(sip.OPTIONS, sip.Uri{Scheme: "sip", Host: ways[0].addr.Addr().String()}) // never sent: sipgo wants one
	w.ua.stamp(carrier, ways[0], newBranch())
	w.ua.connect(carrier, ways[0], func(conn sip.Connection, err error) {
		s, _ := conn.(*stream)
		if err == nil && s != nil {
			_, _ = s.TryClose() // a reference given back
		}
		w.opened(s, err, ways)
	})
}

// opened sends what waits by a connection to the first of some hops, or goes on to the next of them where there is none.
func (w *wayBack) opened(s *stream, err error, ways []hop) {
	if err != nil || s == nil || s.broken.Load() != nil {
		w.open(ways[1:])
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to = s
	w.hold()
	w.flush(ways[1:])
}

// callBack calls then with a TCP connection to a stranger, once there is one.
func (ua *UA) callBack(to hop, then func(*stream, error)) {
	if s := ua.streamTo(to); s.up() {
		then(s, nil)
		return
	}
	waiting, dialing := ua.back[to.addr]
	ua.back[to.addr] = append(waiting, then)
	if dialing {
		return
	}
	own := ua.bound.Addr().Unmap()
	ua.background(func(ctx context.Context) func() {
		ctx, cancel := context.WithTimeout(ctx, connectTimeout)
		defer cancel()
		c, err := ua.tcp.callBack(ctx, own, to.addr)
		if err == nil && !ua.called.give(c) {
			_ = c.Close()
			err = errClosed
		}
		return func() {
			waiting := ua.back[to.addr]
			delete(ua.back, to.addr)
			for _, then := range waiting {
				then(ua.streamTo(to), err)
			}
		}
	})
}

// carries notes that the request has made a call, whose connection stays for as long as it lasts.
func (w *wayBack) carries() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.call, w.lasts = true, true
	w.hold()
}

// rests notes that the call is over. What is said to the caller still goes by a connection that nothing holds.
func (w *wayBack) rests() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.lasts = false; w.free != nil {
		w.free()
	}
}

// hold has the call hold the connection in use, and no other.
func (w *wayBack) hold() {
	if w.free != nil {
		w.free()
		w.free = nil
	}
	if w.lasts && w.to != nil && w.to.over == overTCP {
		if at, err := netip.ParseAddrPort(w.to.RemoteAddr().String()); err == nil {
			w.free = w.ua.tcp.hold(at)
		}
	}
}

// flush sends what waits by the connection in use. What that does not get out goes by the ways that are left, of which there are fewer each time.
func (w *wayBack) flush(left []hop) {
	waiting := w.waiting
	w.waiting, w.opening = nil, false
	again := func(msg sip.Message) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.waitFor(msg, func() []hop { return left })
	}
	for i, msg := range waiting {
		w.named(msg)
		if err := w.to.answer(msg, again); err != nil {
			w.ua.log.Debug("answers not sent", "error", err)
			for _, msg := range waiting[i:] {
				w.waitFor(msg, func() []hop { return left })
			}
			return
		}
	}
}

// misnamed reports whether our Contact in an answer may name a TLS connection that is gone, as in a 200 that is repeated.
func (w *wayBack) misnamed(msg sip.Message) bool {
	res, ok := msg.(*sip.Response)
	return ok && w.to.over == overTLS && w.to != w.first && res.StatusCode < 300
}

// named has our Contact in an answer name the TLS connection that it goes by: the one before is gone, and with it the way to us.
func (w *wayBack) named(msg sip.Message) {
	res, ok := msg.(*sip.Response)
	if !ok || w.to.over != overTLS || res.StatusCode >= 300 {
		return
	}
	if c := res.Contact(); c != nil {
		to := hop{network: overTLS, addr: sourceOf(w.req).addr}
		res.ReplaceHeader(w.ua.contactFor(to, secure(c.Address)))
	}
}

// LocalAddr is the phone's address.
func (w *wayBack) LocalAddr() net.Addr { return w.ua.tcp.Addr() }

// Ref counts nothing: a connection stays for as long as the other side lets it.
func (w *wayBack) Ref(int) int { return 1 }

// TryClose closes nothing.
func (w *wayBack) TryClose() (int, error) { return 1, nil }

// Close closes nothing.
func (w *wayBack) Close() error { return nil }
