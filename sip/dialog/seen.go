package dialog

import (
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// came tells Config.Seen of what came from a hop, unless nobody listens to it: strangers could push out of the log what support needs.
func (ua *UA) came(from hop, text []byte) {
	if ua.cfg.Seen != nil && ua.trusted.Load().hears(from) {
		ua.cfg.Seen(false, from.network.inVia(), netip.AddrPortFrom(from.addr.Addr().Unmap(), from.addr.Port()).String(), text)
	}
}

func (ua *UA) went(over network, to string, text []byte) {
	if ua.cfg.Seen != nil {
		ua.cfg.Seen(true, over.inVia(), to, text)
	}
}

// datagrams is the UDP connection; it tells of what leaves by it.
type datagrams struct {
	sip.Connection
	ua *UA
}

// datagramsOf is a connection of the pool that tells of what leaves by it; a nil one stays nil.
func (ua *UA) datagramsOf(conn sip.Connection) sip.Connection {
	if conn == nil || ua.cfg.Seen == nil {
		return conn
	}
	return datagrams{conn, ua}
}

// WriteMsg sends first: whoever waits for the message does not wait for the log.
func (d datagrams) WriteMsg(msg sip.Message) error {
	err := d.Connection.WriteMsg(msg)
	if err == nil {
		d.ua.went(overUDP, msg.Destination(), []byte(msg.String()))
	}
	return err
}
