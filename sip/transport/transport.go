// Package transport names the transports that Linecard sends SIP by. It imports nothing, so that the phone, the settings
// and what is shown of them share the one list.
package transport

// All are the transports an account may have, the default one first.
func All() []string { return []string{"udp", "tcp"} }
