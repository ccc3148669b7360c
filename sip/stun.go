package sip

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"linecard/fault"
	"linecard/sip/media"
	"linecard/sip/stun"
)

// Where an account asks for it, calls name the address at which a STUN server sees their ports. Nothing waits for that server: a line has a pair of
// ports in reserve, about which it has asked ahead, and the next call takes that. An answer that comes later is in the call's next offer or answer;
// where there is none the call goes on with the own address.

// STUNChanged tells how an account's STUN server sees this machine, or why that is not known. It comes with each change.
type STUNChanged struct {
	Account string `json:"account,omitempty"`
	STUN
}

// STUN is what is known of an account's STUN server.
type STUN struct {
	Server string      `json:"server,omitempty"` // as the account has it; "" for none
	Seen   netip.Addr  `json:"seen,omitzero"`    // the address that it sees; not valid while nothing is known
	Reason fault.Fault `json:"reason,omitzero"`  // why nothing is known; the zero Fault while it is asked
}

func (STUNChanged) event() {}

// reserve is a pair of ports that a STUN server is asked about, until a call has it and from then on.
type reserve struct {
	socket *media.Socket
	local  netip.Addr
	seen   media.Seen
	stop   func() // reading answers
	call   *call  // that has taken it; nil before
}

// reflexion is what a line does about its STUN server. It belongs to Phone.queue.
type reflexion struct {
	l       *line
	told    STUN
	servers []netip.AddrPort // the best first
	local   netip.Addr       // that they were looked up for, or are being
	retries bool             // it is tried again later
	next    int              // which of them is asked
	era     int              // counts changes: what began in an earlier one is over
	looking bool
	waiting []asking // for the servers
	ports   *reserve
	reopens bool // ports are opened later, since there were none
}

// asking is a call that is to be asked about, once there are servers.
type asking struct {
	c     *call
	offer bool
}

const stunLookup = 5 * time.Second

// stunRetried is the pause after a server was not found, did not answer, or no ports were free to ask it about.
var stunRetried = 30 * time.Second // a variable for tests only

// prepare sees to a pair of ports at the address that packets to the account's server leave from.
func (r *reflexion) prepare() {
	l := r.l
	if l.account.STUN == "" || l.ua == nil || l.p.closed || r.looking {
		return
	}
	local, ok := l.ua.LocalIP()
	if !ok || r.ports != nil && r.ports.local == local {
		return
	}
	r.drop()
	switch {
	case r.local != local, len(r.servers) == 0 && !r.retries:
		r.find(local)
	case len(r.servers) > 0:
		r.open()
	}
}

func (r *reflexion) find(local netip.Addr) {
	p, server, era := r.l.p, r.l.account.STUN, r.era
	r.looking, r.servers, r.local = true, nil, local
	p.media.Go(func() {
		ctx, cancel := context.WithTimeout(p.ctx, stunLookup)
		defer cancel()
		servers, err := stun.Servers(ctx, p.cfg.Resolver, server, local)
		p.queue.Put(func() {
			if r.era != era || p.closed {
				return
			}
			r.looking = false
			if err != nil {
				p.log.Info("STUN server not found", "account", r.l.account.ID(), "error", err)
				r.fail("sip.stun.name")
				return
			}
			r.servers = servers
			r.prepare() // the address may be another one by now
			waiting := r.waiting
			r.waiting = nil
			for _, a := range waiting {
				a.c.askSTUN(a.offer)
			}
		})
	})
}

// open opens a pair of ports and asks about it.
func (r *reflexion) open() {
	p := r.l.p
	socket, err := media.Listen(r.local, p.cfg.RTPPorts[0], p.cfg.RTPPorts[1])
	if err != nil {
		p.log.Info("no ports to ask a STUN server about", "account", r.l.account.ID(), "error", err)
		r.reopen() // calls will say so
		return
	}
	ports := &reserve{socket: socket, local: r.local, stop: socket.Answers()}
	r.ports = ports
	socket.Ask(r.server(), func(seen media.Seen, ok bool) {
		p.queue.Put(func() { r.answered(ports, seen, ok) })
	})
}

// reopen tries to open a pair of ports later.
func (r *reflexion) reopen() {
	if r.reopens {
		return
	}
	r.reopens = true
	era := r.era
	r.l.p.after(stunRetried, func() {
		if r.era == era {
			r.reopens = false
			r.prepare()
		}
	})
}

func (r *reflexion) server() netip.AddrPort { return r.servers[r.next%len(r.servers)] }

// answered is what the server says of a pair of ports.
func (r *reflexion) answered(ports *reserve, seen media.Seen, ok bool) {
	ports.seen = seen
	switch c := ports.call; {
	case c != nil && ok:
		if c.ports() == ports.socket { // and not others that it has by now
			c.seenAt(seen, false)
		}
	case r.ports != ports || r.l.p.closed:
	case ok:
		r.tell(STUN{Server: r.l.account.STUN, Seen: seen.RTP.Addr()})
	default:
		r.next++
		r.fail("sip.stun.silent")
	}
}

// fail tells once that there is no answer, and tries again later.
func (r *reflexion) fail(why fault.Code) {
	r.tell(STUN{Server: r.l.account.STUN, Reason: fault.New(why, "server", r.l.account.STUN)})
	if r.retries {
		return
	}
	r.retries = true
	era := r.era
	r.l.p.after(stunRetried, func() {
		if r.era != era {
			return
		}
		if r.retries = false; !r.told.Reason.IsZero() {
			r.local = netip.Addr{} // its name may lead elsewhere by now
			r.drop()
			r.prepare()
		}
	})
}

func (r *reflexion) tell(now STUN) {
	if now.Server == r.told.Server && now.Seen == r.told.Seen && now.Reason.Code == r.told.Reason.Code {
		return
	}
	r.told = now
	if !now.Reason.IsZero() {
		r.l.p.log.Warn("STUN server does not answer", "account", r.l.account.ID(), "why", now.Reason.Code)
	}
	r.l.p.tell(STUNChanged{r.l.account.ID(), now})
}

// take gives a call that has an own address the ports that were asked about, and sees to others; nil where there are none.
func (r *reflexion) take(c *call, local netip.Addr) *reserve {
	ports := r.ports
	if ports == nil || ports.local != local {
		return nil
	}
	r.ports, ports.call = nil, c
	ports.stop()
	r.prepare()
	return ports
}

// drop closes the ports that no call has.
func (r *reflexion) drop() {
	if ports := r.ports; ports != nil {
		r.ports = nil
		ports.stop()
		_ = ports.socket.Close()
	}
}

// forget ends what there is, since the account has changed or goes.
func (r *reflexion) forget() {
	r.drop()
	r.era++
	r.looking, r.retries, r.reopens, r.waiting, r.servers, r.next = false, false, false, nil, nil, 0
	r.tell(STUN{})
}

// seenAt has the call's next offer or answer name the address that a STUN server sees; false where that is not wanted, or no news. By ICE the other side has seen for itself,
// unless the call has moved or no way was found yet.
func (c *call) seenAt(seen media.Seen, moved bool) bool {
	if c.phase == ended || c.sdp == nil || c.params.ICE != nil && c.way && !moved {
		return false
	}
	c.seek(c.ports(), seen)
	return c.sdp.Move(seenAs(seen))
}

// seenAs is how a description names what a STUN server sees. A port for reports that is not known, or elsewhere, is left to the rule: the next one.
func seenAs(seen media.Seen) (netip.AddrPort, uint16) {
	if seen.RTCP.Addr() != seen.RTP.Addr() {
		return seen.RTP, 0
	}
	return seen.RTP, seen.RTCP.Port()
}

// askSTUN asks about the ports of a call that has not had the reserve: its line has just begun, or it has moved to another network. There what is
// seen is offered at once, for the other side knows an address at which nothing is heard. Where a server says nothing the next one is asked.
func (c *call) askSTUN(offer bool) { c.askServer(offer, 0) }

// asksSTUN reports whether there is a server that a call can ask now.
func (c *call) asksSTUN() bool {
	_, ok := c.line.stun.serverFor(c.local)
	return ok && c.line.account.STUN != ""
}

// askServer asks the next server, after so many that were silent.
func (c *call) askServer(offer bool, silent int) {
	r, local := c.line.stun, c.local
	if c.phase == ended || c.line.account.STUN == "" {
		return
	}
	if r.looking || len(r.servers) == 0 {
		r.waiting = append(slices.DeleteFunc(r.waiting, func(a asking) bool { return a.c == c || a.c.phase == ended }), asking{c, offer})
		return
	}
	i, ok := r.serverFor(local)
	if !ok {
		return
	}
	server, ports := r.servers[i], c.ports()
	told := func(seen media.Seen, ok bool) {
		c.step(func() {
			switch {
			case c.local != local, c.ports() != ports:
			case !ok:
				if next, found := r.serverFor(local); found && r.servers[next] == server {
					r.next = next + 1
				}
				if silent+1 < len(r.servers) {
					c.askServer(offer, silent+1)
				}
			default:
				if c.seenAt(seen, offer) && offer {
					c.moved, c.offered = true, 0
				}
				if offer && c.moved { // what waits for this
					c.sync()
				}
			}
		})
	}
	switch {
	case c.audio != nil:
		c.audio.Ask(server, told)
	case c.socket != nil:
		c.socket.Ask(server, told)
	}
}

// serverFor is the next server that is asked from an address, an index of servers.
func (r *reflexion) serverFor(local netip.Addr) (i int, ok bool) {
	for n := range r.servers {
		i = (r.next + n) % len(r.servers)
		if r.servers[i].Addr().Is4() == local.Unmap().Is4() {
			return i, true
		}
	}
	return 0, false
}
