package dialog

import (
	"strings"

	"github.com/emiago/sipgo/sip"
)

// network is what a hop is reached by. The zero network is UDP.
type network uint8

// The networks there are.
const (
	overUDP network = iota
	overTCP
	overTLS
)

// networkNamed is the network with a name as settings, URIs and Vias write it, in any case. "" is UDP, as RFC 3261 has it where
// nothing is said.
func networkNamed(name string) (network, bool) {
	switch strings.ToLower(name) {
	case "", "udp":
		return overUDP, true
	case "tcp":
		return overTCP, true
	case "tls":
		return overTLS, true
	}
	return overUDP, false
}

// networkOf is what a message came by.
func networkOf(msg interface{ Transport() string }) network {
	n, _ := networkNamed(msg.Transport())
	return n
}

// String is the name in a URI, and sipgo's name for its pool of connections.
func (n network) String() string {
	switch n {
	case overTCP:
		return "tcp"
	case overTLS:
		return "tls"
	default:
		return "udp"
	}
}

// inVia is the name in a Via.
func (n network) inVia() string { return strings.ToUpper(n.String()) }

// streamed reports whether the network is made of connections.
func (n network) streamed() bool { return n != overUDP }

// port is where a server listens that names no port (RFC 3261 §19.1.2).
func (n network) port() uint16 {
	if n == overTLS {
		return 5061
	}
	return 5060
}

// service is what SRV records of the network are asked for: _sip._udp, _sip._tcp and _sips._tcp (RFC 3263 §4.1).
func (n network) service() (service, proto string) {
	switch n {
	case overTCP:
		return "sip", "tcp"
	case overTLS:
		return "sips", "tcp"
	default:
		return "sip", "udp"
	}
}

// secure reports whether a URI asks for TLS on the whole way (RFC 3261 §26.2.2).
func secure(uri sip.Uri) bool { return strings.EqualFold(uri.Scheme, "sips") }
