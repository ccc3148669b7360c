package dialog

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// request builds a REGISTER that asks for a binding of some life; 0 removes it.
func (r *registration) request(to hop, expires time.Duration) *sip.Request {
	ua := r.ua
	r.seq++
	self := ua.self()
	from := &sip.FromHeader{DisplayName: quotable(ua.cfg.Account.DisplayName), Address: self}
	from.Params.Add("tag", r.fromTag)
	req := ua.newRequest(sip.REGISTER, ua.domain(), from, &sip.ToHeader{Address: self}, r.callID, r.seq)
	for _, u := range ua.preloaded() {
		req.AppendHeader(&sip.RouteHeader{Address: u})
	}
	if r.stale != nil { // the address of ours the binding names is no more
		req.AppendHeader(binding(r.stale, 0))
	}
	r.local = ua.localIP(to.addr)
	r.contact = ua.contact(to)
	if ua.cfg.Instance != "" {
		r.contact.Params.Add("+sip.instance", `"<`+ua.cfg.Instance+`>"`)
	}
	req.AppendHeader(binding(r.contact, expires))
	req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(expires/time.Second))))
	req.AppendHeader(sip.NewHeader("Allow", allowed))
	req.AppendHeader(sip.NewHeader("Supported", supported+", path"))
	return req
}

// binding is a Contact with the life asked for it; 0 removes it.
func binding(c *sip.ContactHeader, life time.Duration) *sip.ContactHeader {
	c = c.Clone()
	c.Params.Add("expires", strconv.Itoa(int(life/time.Second)))
	return c
}

// granted is the life of our own binding in the 200; other devices of the same user are listed beside it
// (RFC 3261 §10.2.4). Registrars that rewrite the Contact behind NAT keep the instance id.
func (r *registration) granted(res *sip.Response) time.Duration {
	def, hasDefault := seconds(header(res, "Expires"))
	contacts := res.GetHeaders("Contact")
	for _, h := range contacts {
		c, ok := h.(*sip.ContactHeader)
		if !ok || !r.isOurs(c) {
			continue
		}
		if v, ok := param(c.Params, "expires"); ok {
			if n, ok := seconds(v); ok {
				return time.Duration(n) * time.Second
			}
		}
		if hasDefault {
			return time.Duration(def) * time.Second
		}
		return r.expires
	}
	if len(contacts) == 0 || !r.instanceKept(contacts) { // some list none, some rewrite what we would know it by
		if hasDefault {
			return time.Duration(def) * time.Second
		}
		if len(contacts) == 1 {
			if c, ok := contacts[0].(*sip.ContactHeader); ok {
				if v, ok := param(c.Params, "expires"); ok {
					if n, ok := seconds(v); ok {
						return time.Duration(n) * time.Second
					}
				}
			}
		}
		return r.expires
	}
	return 0
}

func (r *registration) isOurs(c *sip.ContactHeader) bool {
	if v, ok := param(c.Params, "+sip.instance"); ok && r.ua.cfg.Instance != "" {
		return strings.EqualFold(strings.Trim(v, `"<>`), r.ua.cfg.Instance)
	}
	a, b := c.Address, r.contact.Address
	return a.User == b.User && a.Host == b.Host && a.Port == b.Port
}

// instanceKept reports whether the registrar gives instance ids back at all.
func (r *registration) instanceKept(contacts []sip.Header) bool {
	for _, h := range contacts {
		if c, ok := h.(*sip.ContactHeader); ok {
			if _, ok := param(c.Params, "+sip.instance"); ok {
				return true
			}
		}
	}
	return false
}

// natSettles is how long a learned address is kept whatever else is seen: a NAT that gives every packet another port
// would have us register without end.
const natSettles = 10 * time.Second

// translated learns the address a NAT gives us, from the Via of an answer over UDP (RFC 3581 §4): where the registrar
// reaches us is where the Contact has to lead. It reports whether that is news.
func (r *registration) translated(res *sip.Response) bool {
	via := res.Via()
	if r.reached.network != "udp" || via == nil {
		return false
	}
	host, ok := param(via.Params, "received")
	if !ok {
		return false
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		return false
	}
	port := r.ua.bound.Port()
	if text, ok := param(via.Params, "rport"); ok && text != "" {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return false
		}
		port = uint16(n)
	}
	seen := netip.AddrPortFrom(ip.Unmap(), port)
	if seen == netip.AddrPortFrom(r.local, r.ua.bound.Port()) {
		seen = netip.AddrPort{} // no NAT in between
	}
	if seen == r.public || time.Since(r.publicAt) < natSettles {
		return false
	}
	r.public, r.publicAt = seen, time.Now()
	return true
}
