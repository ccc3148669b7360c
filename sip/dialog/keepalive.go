package dialog

import (
	"cmp"
	"math/rand/v2"
	"time"

	"github.com/emiago/sipgo/sip"

	"linecard/sip/stun"
)

// A router on the way forgets a flow on which nothing was sent for a while, often after 30 seconds for UDP, and then no
// call gets through until the next REGISTER. A keepalive is sent in between.
//
// On TCP it is the ping of RFC 5626 §4.4.1, two CRLFs, which RFC 3261 §7.5 has every receiver skip. On UDP it is the same
// bytes: STUN, which §4.4.2 asks for, is understood by few registrars, while Asterisk, Kamailio and FreeSWITCH drop a
// datagram of line ends in silence. Where the registrar does Outbound it is STUN. No answer is waited for: REGISTER finds out about a dead flow. On
// TCP a server that has answered a ping before and does not answer this one in ten seconds is gone, or the connection is (§4.4.1). That it says how
// often it wants one does not show that all on the way answer: a connection is given up for proof alone.
//
// Over UDP the binding itself is refreshed every 20 to 25 s, which keeps the flow open too: a server that restarts loses
// its bindings without a word, and it would answer an OPTIONS as before. Keepalives come in between when the account asks for
// more of them.

const (
	// keepaliveBytes is what is sent.
	keepaliveBytes = "\r\n\r\n"

	// keepaliveDefault is the pause of an account that asks for none; RFC 5626 §4.4.2 has 24 to 29 s over UDP.
	keepaliveDefault = 25 * time.Second
)

// keepAlive sends keepalives on the registration's flow until the registration is renewed, fails or ends.
func (r *registration) keepAlive() {
	r.stopKeep()
	pause := cmp.Or(r.ua.cfg.Account.Keepalive, keepaliveDefault)
	if wanted := r.outbound.timer; wanted > 0 {
		pause = min(pause, wanted)
	}
	if !r.reached.network.streamed() && pause >= keepaliveDefault {
		return // the refresh is one
	}
	r.stopKeep = r.ua.after(spread(pause), func() {
		r.ping(pongPatience)
		r.keepAlive()
	})
}

// spread is 80 to 100 % of a pause, so that the phones of a site do not send all at the same time (RFC 5626 §4.4).
func spread(pause time.Duration) time.Duration { return pause - rand.N(pause/5+1) }

// ping sends one keepalive on the flow that the last REGISTER took. wait is how long its answer may take.
func (r *registration) ping(wait time.Duration) {
	ua, to := r.ua, r.reached
	if !to.network.streamed() {
		data := []byte(keepaliveBytes)
		if r.outbound.granted {
			data = stun.NewQuestion().Bytes() // its answer is let go
		}
		if _, err := ua.udp.WriteToUDPAddrPort(data, to.addr); err != nil {
			ua.log.Debug("keepalive not sent", "error", err)
		}
		return
	}
	c := ua.tp.Pool(to.network.String()).Get(to.addr.String())
	if c == nil {
		return // watch sees that the connection is gone, and registers again
	}
	if s, ok := ua.queued(c, to.network).(*stream); ok {
		sent := ua.now()
		if err := s.put(outgoing{data: []byte(keepaliveBytes)}); err != nil {
			ua.log.Debug("keepalive not sent", "error", err)
		}
		ua.after(wait, func() { r.unanswered(to, c, sent) })
	}
	_, _ = c.TryClose() // gives back the reference that looking took
}

// pongPatience is how long a ping may stay without an answer (RFC 5626 §4.4.1).
const pongPatience = 10 * time.Second

// unanswered gives a connection up on which nothing has come since a ping, and registers on a new one.
func (r *registration) unanswered(to hop, c sip.Connection, sent time.Time) {
	ua := r.ua
	if to != r.reached || r.busy || r.status.State != Registered || !ua.framing.silentSince(c, to, sent) {
		return
	}
	ua.log.Info("no answer to a ping: the connection is given up", "server", to)
	ua.disconnect(to)
	r.stopNext()
	r.stopNext = ua.after(goneAfter, r.attempt)
}

// goneAfter is how long sipgo may take to forget a connection that was closed.
const goneAfter = 100 * time.Millisecond
