package dialog

import (
	"net/netip"
	"slices"
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
	r.local = ua.localIP(to.addr)
	before := r.contact
	r.contact = ua.contactOf(to)
	if to.network == overTLS && r.bound && r.stale == nil && before != nil && !r.isThis(before) { // it named a connection that is gone
		r.stale = before
	}
	if r.stale != nil && !r.isThis(r.stale) { // the binding names an address that we no longer have
		old := binding(r.stale, 0)
		old.Params.Remove("reg-id") // it would be the new one's, which takes its place by it
		req.AppendHeader(old)
	}
	if ua.cfg.Instance != "" {
		r.contact.Params.Add("+sip.instance", `"<`+ua.cfg.Instance+`>"`)
	}
	can := supported + ", path"
	if r.outbound.offers(to.network, ua.cfg.Instance) {
		r.contact.Params.Add("reg-id", regID)
		can += ", " + optionOutbound
	}
	req.AppendHeader(binding(r.contact, expires))
	req.AppendHeader(sip.NewHeader("Expires", strconv.Itoa(int(expires/time.Second))))
	req.AppendHeader(sip.NewHeader("Allow", allowed))
	req.AppendHeader(sip.NewHeader("Supported", can))
	return req
}

// binding is a Contact with the life asked for it; 0 removes it.
func binding(c *sip.ContactHeader, life time.Duration) *sip.ContactHeader {
	c = c.Clone()
	c.Params.Add("expires", strconv.Itoa(int(life/time.Second)))
	return c
}

// granted is the life of our own binding, as a 2xx tells it; other devices of the same user are listed beside it (RFC 3261
// §10.2.4). A 2xx means that we are registered, whatever it lists: border controllers give our Contact another address,
// take its parameters away, or leave it out. Ours is then found by what they have left. 0 means that the binding has ended.
func (r *registration) granted(res *sip.Response) time.Duration {
	ended := func(c *sip.ContactHeader) bool { return r.told(c, res) <= 0 }
	all := contacts(res)
	list := slices.DeleteFunc(slices.Clone(all), ended)
	for _, ours := range []func(*sip.ContactHeader) bool{r.isThis, r.isInstance} {
		for _, c := range list {
			if ours(c) {
				return r.life(c, res)
			}
		}
	}
	if len(list) == 0 {
		if slices.ContainsFunc(all, r.isThis) {
			return 0
		}
		return r.life(&sip.ContactHeader{}, res)
	}
	// What names another device is not ours. Of the rest, what names our user is more likely ours.
	for _, likely := range []func(*sip.ContactHeader) bool{
		func(c *sip.ContactHeader) bool { return instance(c) == "" && r.isUser(c) },
		func(c *sip.ContactHeader) bool { return instance(c) == "" },
	} {
		if some := slices.DeleteFunc(slices.Clone(list), func(c *sip.ContactHeader) bool { return !likely(c) }); len(some) > 0 {
			return r.shortest(some, res)
		}
	}
	if seconds, ok := seconds(header(res, "Expires")); ok && seconds > 0 {
		return r.life(&sip.ContactHeader{}, res)
	}
	return r.shortest(list, res)
}

// leastUnsure is the least life of a binding that is ours by guess only: another device's that is about to end must not
// have us register again and again.
const leastUnsure = 10 * time.Second

// shortest is the life of our binding where one of several is ours: to refresh too early does no harm.
func (r *registration) shortest(list []*sip.ContactHeader, res *sip.Response) time.Duration {
	life := r.life(list[0], res)
	for _, c := range list[1:] {
		life = min(life, r.life(c, res))
	}
	if len(list) > 1 || instance(list[0]) != "" {
		life = max(life, leastUnsure)
	}
	return life
}

// longestLife bounds what a registrar may say of a binding's life, where no longer one was asked for: a phone that
// believes in years never notices that it is not registered any more.
const longestLife = time.Hour

// life is what the Contact says, or the Expires header, or what was asked for.
func (r *registration) life(c *sip.ContactHeader, res *sip.Response) time.Duration {
	return min(r.told(c, res), max(longestLife, r.expires))
}

func (r *registration) told(c *sip.ContactHeader, res *sip.Response) time.Duration {
	if v, ok := param(c.Params, "expires"); ok {
		if n, ok := seconds(v); ok {
			return time.Duration(n) * time.Second
		}
	}
	if n, ok := seconds(header(res, "Expires")); ok {
		return time.Duration(n) * time.Second
	}
	return r.expires
}

func contacts(res *sip.Response) []*sip.ContactHeader {
	var list []*sip.ContactHeader
	for _, h := range res.GetHeaders("Contact") {
		if c, ok := h.(*sip.ContactHeader); ok && !c.Address.Wildcard {
			list = append(list, c)
		}
	}
	return list
}

// isThis reports whether a Contact is the one we asked for.
func (r *registration) isThis(c *sip.ContactHeader) bool {
	a, b := c.Address, r.contact.Address
	return a.User == b.User && a.Host == b.Host && a.Port == b.Port
}

// isUser reports whether a Contact names our user, whatever its address.
func (r *registration) isUser(c *sip.ContactHeader) bool {
	return Unescape(c.Address.User) == r.ua.cfg.Account.User
}

// isInstance reports whether a Contact is this installation's, by the instance id: the registrar may have rewritten the
// address behind a NAT.
func (r *registration) isInstance(c *sip.ContactHeader) bool {
	return r.ua.cfg.Instance != "" && strings.EqualFold(instance(c), r.ua.cfg.Instance)
}

// instance is the +sip.instance of a Contact, bare.
func instance(c *sip.ContactHeader) string {
	v, _ := param(c.Params, "+sip.instance")
	return strings.Trim(v, `"<>`)
}

// former finds a binding of this installation under another address, left by a run that could not remove it. Calls to it
// reach nothing, and a proxy that forks would wait for it.
func (r *registration) former(res *sip.Response) *sip.ContactHeader {
	list := contacts(res)
	if !slices.ContainsFunc(list, r.isThis) {
		return nil
	}
	for _, c := range list {
		if r.isInstance(c) && !r.isThis(c) {
			return c
		}
	}
	return nil
}

// flowMade forgets what a NAT made of the connection before this one.
func (r *registration) flowMade(to hop) {
	if to == r.reached {
		r.public, r.publicAt = netip.AddrPort{}, time.Time{}
	}
}

// natSettles is how long a learned address is kept even if another is seen: behind a NAT that gives
// every packet another port we would register without end.
const natSettles = 10 * time.Second

// translated learns the address a NAT gives us, from the Via of an answer over UDP or TLS (RFC 3581 §4): where the registrar
// reaches us is where the Contact has to lead. It reports whether that is news.
func (r *registration) translated(res *sip.Response) bool {
	if r.reached.network == overTCP {
		return false
	}
	own := netip.AddrPortFrom(r.local, r.ua.bound.Port())
	if r.reached.network == overTLS {
		var up bool
		if own, up = r.ua.flowTo(r.reached); !up {
			return false
		}
	}
	seen, ok := seenFrom(res, own.Port())
	if !ok {
		return false
	}
	if seen == own {
		seen = netip.AddrPort{} // no NAT in between
	}
	if seen == r.public || r.ua.now().Sub(r.publicAt) < natSettles {
		return false
	}
	r.public, r.publicAt = seen, r.ua.now()
	return true
}

// seenFrom is where an answer says that its request came from (RFC 3581 §4). port is for a server that does not say which.
func seenFrom(res *sip.Response, port uint16) (netip.AddrPort, bool) {
	via := res.Via()
	if via == nil {
		return netip.AddrPort{}, false
	}
	host, _ := param(via.Params, "received")
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	if err != nil {
		return netip.AddrPort{}, false
	}
	if text, _ := param(via.Params, "rport"); text != "" {
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 {
			return netip.AddrPort{}, false
		}
		port = uint16(n)
	}
	return netip.AddrPortFrom(ip.Unmap(), port), true
}
