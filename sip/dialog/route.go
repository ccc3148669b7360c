package dialog

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/emiago/sipgo/sip"
)

// preloaded is the Route of a REGISTER: the outbound proxy, when there is one.
func (ua *UA) preloaded() []sip.Uri {
	if ua.cfg.Account.Proxy == "" {
		return nil
	}
	t := ua.server()
	u := sip.Uri{Scheme: ua.scheme(), Host: t.host, Port: t.port}
	if t.network != overUDP {
		u.UriParams.Add("transport", t.network.String())
	}
	u.UriParams.Add("lr", "")
	return []sip.Uri{u}
}

// routeSet is the Route of every other request outside a dialog: the outbound proxy, and behind it what the registrar
// named in Service-Route (RFC 3608 §6.1), which often begins with the same proxy.
func (ua *UA) routeSet() []sip.Uri {
	routes := ua.preloaded()
	services := ua.reg.services
	if len(routes) > 0 && len(services) > 0 && ua.nextHop(routes[0]) == ua.nextHop(services[0]) {
		services = services[1:]
	}
	return append(routes, services...)
}

// firstHop is where a request outside a dialog goes that has this Request-URI and Route.
func (ua *UA) firstHop(uri sip.Uri, routes []sip.Uri) target {
	switch {
	case ua.cfg.Account.Proxy != "":
		return ua.server()
	case len(routes) > 0:
		return ua.nextHop(routes[0])
	case strings.EqualFold(uri.Host, ua.domain().Host) && uri.Port == ua.domain().Port:
		return ua.server()
	}
	return ua.nextHop(uri)
}

// route is a hop that the registrar named in Service-Route or Path, and where its name leads.
type route struct {
	uri   sip.Uri
	addrs []netip.Addr // the last answer of the DNS; none before one came
	waits bool         // to be looked up again
}

// learnRoutes takes what a 200 to a REGISTER says of the way: Service-Route is the way of our requests from now on,
// none of it ends the one before (RFC 3608 §5), and calls come from where Path leads (RFC 3327). Names are looked up each time,
// as a name may move, and what one meant last serves for as long as the name service says nothing.
func (r *registration) learnRoutes(res *sip.Response) {
	r.services = routeURIs(res, "Service-Route")
	before := r.routes
	r.routes = nil
	for _, uri := range append(routeURIs(res, "Path"), r.services...) {
		i := slices.IndexFunc(before, func(old *route) bool { return old.uri.String() == uri.String() })
		if i < 0 {
			r.routes = append(r.routes, &route{uri: uri})
			continue
		}
		r.routes = append(r.routes, before[i])
	}
	for _, way := range r.routes {
		r.locate(way)
	}
	r.ua.retrust()
}

// locateAgain is the pause before a hop whose name had no answer is looked up again.
const locateAgain = 5 * time.Second

// locate finds out where a hop of the registrar's is.
func (r *registration) locate(way *route) {
	r.ua.resolve(r.ua.nextHop(way.uri), func(hops []hop, err error) {
		if !slices.Contains(r.routes, way) {
			return
		}
		if err != nil {
			r.ua.log.Warn("a hop that the registrar named is not found", "error", err)
			if len(way.addrs) == 0 && !way.waits {
				way.waits = true
				r.ua.after(locateAgain, func() {
					way.waits = false
					if len(way.addrs) == 0 && slices.Contains(r.routes, way) {
						r.locate(way)
					}
				})
			}
			return
		}
		now := make([]netip.Addr, len(hops))
		for i, h := range hops {
			now[i] = h.addr.Addr()
		}
		for _, old := range way.addrs {
			if !slices.Contains(now, old) {
				r.leaves(old)
			}
		}
		way.addrs = now
		r.ua.retrust()
	})
}

// routed are the addresses of the hops that the registrar named.
func (r *registration) routed() (all []netip.Addr) {
	for _, way := range r.routes {
		all = append(all, way.addrs...)
	}
	return all
}

// maxRoutes bounds how many hops are taken from a registrar; real ones name three at most.
const maxRoutes = 8

// routeURIs are the hops a header of an answer names, in its order. What cannot be read is left out.
func routeURIs(res *sip.Response, name string) []sip.Uri {
	var list []sip.Uri
	for _, v := range headerValues(res, name) {
		_, v, _ = strings.Cut(v, "<")
		v, _, ok := strings.Cut(v, ">")
		var uri sip.Uri
		if ok && sip.ParseUri(v, &uri) == nil && uri.Host != "" && len(list) < maxRoutes {
			list = append(list, uri)
		}
	}
	return list
}
