package dialog

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// maxRedirects bounds how often a call is sent on, over all its redirections.
const maxRedirects = 5

// Redirect is an address that whoever is called, or a server on the way, sends a call on to (3xx).
type Redirect struct {
	User string // whom it names, %-decoded; it came over the network, and may have anything in it
	Host string // "" at the account's own server
}

// Onward is what becomes of a call that is sent on.
type Onward int

// What a [Handler] may answer to a [Redirect].
const (
	NotThere  Onward = iota // the address is passed over; where none is left, the 3xx is the end of the call
	AtOnce                  // it is called
	WhenAsked               // it is called by [Call.GoOn]; until then, or until Hangup, the call waits
)

// redirects is where a call was sent on to: RFC 3261 §8.1.3.4.
type redirects struct {
	first   sip.Uri         // what was called
	targets []sip.Uri       // not tried yet, best first
	waits   *sip.Uri        // the one that GoOn calls; no INVITE is under way then
	tried   map[string]bool // no address is called twice: that is how loops end
	count   int
}

// redirect takes the addresses of a 3xx and calls the first. It reports false when there is none to call.
func (c *Call) redirect(res *sip.Response) bool {
	var more []sip.Uri
	for _, contact := range contactsOf(res) {
		if uri, ok := c.sentOnTo(contact); ok {
			more = append(more, uri)
		}
	}
	c.out.targets = append(more, c.out.targets...)
	return c.callNext()
}

// callNext calls the next address that is left and that the handler lets be called, or has it wait. It reports false when there is none.
func (c *Call) callNext() bool {
	r := &c.out.redirects
	for len(r.targets) > 0 && !c.over && !c.out.gaveUp && r.count < maxRedirects {
		uri := r.targets[0]
		r.targets = r.targets[1:]
		if r.tried[targetKey(uri)] {
			continue
		}
		how := c.h.SentOn(c.ua.redirect(uri))
		if how == NotThere {
			continue
		}
		if r.count++; how == WhenAsked {
			r.waits = &uri
		} else {
			c.invite(uri)
		}
		return true
	}
	return false
}

// GoOn calls the address that [Handler].SentOn has answered WhenAsked to.
func (c *Call) GoOn() {
	if uri := c.out.waits; uri != nil && !c.over && !c.answered {
		c.out.waits = nil
		c.invite(*uri)
	}
}

// Calls is the address of an outbound call that was called last.
func (c *Call) Calls() Redirect { return c.ua.redirect(c.out.uri) }

// redirect is an address as the handler is asked about it.
func (ua *UA) redirect(uri sip.Uri) Redirect {
	to := Redirect{User: userOf(uri)}
	if !ua.ours(uri) {
		to.Host = uri.Host
	}
	return to
}

// notFollowed is the most wanted address of a 3xx that was not called; the zero Redirect where it names none.
func (c *Call) notFollowed(res *sip.Response) Redirect {
	if res.StatusCode < 300 || res.StatusCode > 399 {
		return Redirect{}
	}
	for _, contact := range contactsOf(res) {
		var uri sip.Uri
		if sip.ParseUri(contact, &uri) != nil {
			continue
		}
		if own, ok := c.sentOnTo(contact); ok {
			uri = own
		}
		switch to := c.ua.redirect(uri); {
		case to.User == "" || c.out.tried[targetKey(uri)]:
		case strings.EqualFold(uri.Scheme, "tel"):
			return Redirect{User: to.User}
		case strings.EqualFold(uri.Scheme, "sip"), strings.EqualFold(uri.Scheme, "sips"):
			return to
		}
	}
	return Redirect{}
}

// called notes that an address is being called.
func (r *redirects) called(uri sip.Uri) {
	if r.tried == nil {
		r.tried, r.first = make(map[string]bool), uri
	}
	r.tried[targetKey(uri)] = true
}

func targetKey(uri sip.Uri) string {
	return Unescape(uri.User) + "@" + strings.ToLower(uri.Host) + ":" + strconv.Itoa(uri.Port)
}

// sentOnTo is what an address of a 3xx is called by. An address outside our domain is not followed, unless it is where the call was placed outside: whom a call goes to, and
// who pays for it, is our server's to decide and not that of whoever was called. A tel: address names no server, so that it is
// called at ours, as every number is. What is followed is the user alone: a port, maddr or transport would lead elsewhere.
func (c *Call) sentOnTo(contact string) (sip.Uri, bool) {
	var uri sip.Uri
	if sip.ParseUri(contact, &uri) != nil {
		return sip.Uri{}, false
	}
	switch uri.Scheme {
	case "tel":
		own, ok := c.ua.domain(), false
		if secure(c.out.first) {
			own.Scheme = c.out.first.Scheme
		}
		own.User, ok = telNumber(uri)
		return own, ok
	case "sip", c.ua.scheme(), c.out.first.Scheme:
		return c.within(uri)
	}
	return sip.Uri{}, false
}

// telNumber is the number of a tel: address as our server is asked for it. It is false where it is none, and might name a server.
func telNumber(uri sip.Uri) (user string, ok bool) {
	number := userOf(uri)
	if strings.Trim(number, "+0123456789*#ABCDabcd") != "" || strings.Trim(number, "+") == "" {
		return "", false
	}
	return escapeUser(number), true
}

// within is an address of our domain as our server is asked for it.
func (c *Call) within(uri sip.Uri) (sip.Uri, bool) {
	own, first := c.ua.domain(), c.out.first
	if secure(first) { // what was called by TLS on the whole way goes on so
		own.Scheme = first.Scheme
	}
	switch {
	case uri.User == "":
		return sip.Uri{}, false
	case c.ua.ours(uri):
		own.User = uri.User
		return own, true
	case strings.EqualFold(uri.Host, first.Host): // of a call to an address outside; the handler hears that it is there
		return sip.Uri{Scheme: first.Scheme, User: uri.User, Host: first.Host, Port: first.Port}, true
	}
	return sip.Uri{}, false
}

// contactsOf are the URIs of the Contact headers of a message, the most wanted first (RFC 3261 §20.10: a q from 0 to 1; one
// without it is wanted most).
func contactsOf(res *sip.Response) []string {
	type contact struct {
		uri string
		q   float64
	}
	var all []contact
	for _, v := range headerValues(res, "Contact", "m") {
		var uri, params string
		if open := strings.IndexByte(v, '<'); open >= 0 {
			inside, after, ok := strings.Cut(v[open+1:], ">")
			if !ok {
				continue
			}
			uri, params = inside, after
		} else {
			uri, params, _ = strings.Cut(v, ";")
		}
		one := contact{strings.TrimSpace(uri), 1}
		for _, p := range strings.Split(params, ";") {
			if k, v, _ := strings.Cut(p, "="); strings.EqualFold(strings.TrimSpace(k), "q") {
				if q, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil {
					one.q = q
				}
			}
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b contact) int { return cmp.Compare(b.q, a.q) })
	uris := make([]string, len(all))
	for i, one := range all {
		uris[i] = one.uri
	}
	return uris
}
