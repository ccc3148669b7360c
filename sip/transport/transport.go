// Package transport names the transports that Linecard sends SIP by. It imports nothing of Linecard, so that the phone, the settings
// and what is shown of them share the one list.
package transport

import "strings"

// TLS is the transport that encrypts.
const TLS = "tls"

// All are the transports an account may have, the default one first.
func All() []string { return []string{"udp", "tcp", TLS} }

// Secure reports whether a server is given as sips:, and what stands behind that.
func Secure(server string) (rest string, secure bool) {
	const scheme = "sips:"
	if len(server) >= len(scheme) && strings.EqualFold(server[:len(scheme)], scheme) {
		return server[len(scheme):], true
	}
	return server, false
}

// Encrypted reports whether a server is reached by TLS: sips: in front of it says so whatever the transport.
func Encrypted(server, transport string) bool {
	_, secure := Secure(server)
	return secure || transport == TLS
}
