package dialog

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// preloaded is the Route of a REGISTER: the outbound proxy, when there is one.
func (ua *UA) preloaded() []sip.Uri {
	if ua.cfg.Account.Proxy == "" {
		return nil
	}
	t := ua.server()
	u := sip.Uri{Scheme: "sip", Host: t.host, Port: t.port}
	if t.network != "udp" {
		u.UriParams.Add("transport", t.network)
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

// learnRoutes takes what a 200 to a REGISTER says of the way: Service-Route is the way of our requests from now on,
// none of it ends the one before (RFC 3608 §5), and calls come from where Path leads (RFC 3327).
func (r *registration) learnRoutes(res *sip.Response) {
	r.services = routeURIs(res, "Service-Route")
	routes := append(routeURIs(res, "Path"), r.services...)
	if slices.EqualFunc(routes, r.routes, func(a, b sip.Uri) bool { return a.String() == b.String() }) {
		return
	}
	r.routes, r.routed = routes, nil
	r.routing++
	this := r.routing
	for _, uri := range routes {
		r.ua.resolve(r.ua.nextHop(uri), func(hops []hop, err error) {
			if err != nil {
				r.ua.log.Warn("a hop that the registrar named is not found", "error", err)
			}
			for _, h := range hops {
				if this != r.routing {
					return
				}
				r.routed = append(r.routed, h.addr.Addr())
			}
			r.ua.retrust()
		})
	}
	r.ua.retrust()
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
