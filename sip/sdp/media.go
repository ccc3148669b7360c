package sdp

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Media is what offer and answer agreed on for the audio stream, from our side.
type Media struct {
	Host     string // where to send RTP: an address, or a name the caller resolves
	Port     uint16 // never 0
	RTCPHost string // where to send RTCP; equals Host unless the peer said a=rtcp
	RTCPPort uint16
	RTCPMux  bool // RTCP shares the RTP port, both ways (RFC 5761)

	Send    Format   // what to send, under the peer's number for it
	Receive []Format // what may come in, under our numbers; at least one

	DTMFSend    uint8 // the peer's payload type for telephone-event, 0 when it has none
	DTMFReceive uint8 // ours, 0 when not agreed

	Secure *Keys // how the audio is encrypted by SDES; nil when it is not
	DTLS   *DTLS // the handshake by which it is; both nil when it is in clear

	ICE *ICE // the search for the way; nil where there is none

	Unbelieved bool // it is in clear although an offer named fingerprints, none of which can be believed: SHA-1 alone

	Ptime      time.Duration // audio per packet the peer would like: 10-60 ms in steps of 10
	Direction  Direction     // which way audio flows now, from our side
	RemoteHold bool          // the peer does not take audio: it holds the call
}

// Addr is where to send RTP when Host is an address; ok is false when Host is a name that has to be looked up.
func (m Media) Addr() (addr netip.AddrPort, ok bool) { return literal(m.Host, m.Port) }

// RTCPAddr is where to send RTCP when RTCPHost is an address. With RTCPMux it is the RTP address.
func (m Media) RTCPAddr() (addr netip.AddrPort, ok bool) {
	if m.RTCPMux {
		return m.Addr()
	}
	return literal(m.RTCPHost, m.RTCPPort)
}

func literal(host string, port uint16) (netip.AddrPort, bool) {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return netip.AddrPort{}, false
	}
	return netip.AddrPortFrom(a.Unmap(), port), true
}

// The packet times we are willing to send. Below 10 ms the headers outweigh the audio, above 60 a lost packet is a lost syllable.
const (
	minPtime     = 10
	maxPtime     = 60
	defaultPtime = 20
)

// ptime is the packet time to send to m: what it asks for within what it allows, in whole 10 ms steps of the audio clock.
func (m mediaLine) ptime() time.Duration {
	ms := defaultPtime
	if v, ok := m.attr("ptime"); ok {
		// Some peers write 20.0 or 20,5; the fraction says nothing.
		whole := v
		if i := strings.IndexAny(v, "., "); i >= 0 {
			whole = v[:i]
		}
		if n, err := strconv.Atoi(whole); err == nil && n > 0 {
			ms = n
		}
	}
	if v, ok := m.attr("maxptime"); ok {
		if n, err := strconv.Atoi(v); err == nil && n > 0 {
			ms = min(ms, n)
		}
	}
	ms = min(max(ms, minPtime), maxPtime) / 10 * 10
	return time.Duration(ms) * time.Millisecond
}

// rtcp reads a=rtcp (RFC 3605), "53020" or "53020 IN IP4 192.0.2.4". Without it RTCP is on the next port of the same host.
func (d description) rtcp(m mediaLine) (host string, port uint16) {
	host, port = d.host(m), uint16(m.port+1) // 0, and thereby nowhere, after 65535
	v, ok := m.attr("rtcp")
	if !ok {
		return host, port
	}
	num, conn, _ := strings.Cut(v, " ")
	n, err := strconv.ParseUint(num, 10, 16)
	if err != nil || n == 0 {
		return host, port
	}
	if h := connectionHost(conn); h != "" {
		host = h
	}
	return host, uint16(n)
}

// usable tells whether host can be sent audio: not empty, and if it is an address, one of a single machine. An offer with a
// broadcast or multicast address would make the phone flood a network it was asked to flood.
func usable(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return host != ""
	}
	return !a.IsMulticast() && a != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
