// Package stun asks a STUN server (RFC 8489) how it sees a UDP port of ours: behind a NAT that is the address at which others reach it. It
// writes questions, reads answers and finds servers; sending is for whoever has the port.
//
//	q := stun.NewQuestion()
//	conn.WriteToUDPAddrPort(q.Bytes(), server)
//	at, ok := q.Answered(datagram)     // what came back
//
// An answer is known by 96 random bits that nobody off the path can tell. Nothing here answers anybody's questions.
package stun

import (
	"net/netip"

	"github.com/pion/stun/v3"
)

// Port is where a server listens that names no port (RFC 8489 §18.6).
const Port = 3478

// Is tells a STUN message from RTP, RTCP and DTLS on the same port (RFC 7983 §7), and from SIP.
func Is(data []byte) bool { return len(data) >= 20 && data[0] <= 3 && stun.IsMessage(data) }

// Question is one question, told from others by its random id. The zero value is none.
type Question struct{ id [stun.TransactionIDSize]byte }

// NewQuestion draws a question.
func NewQuestion() Question { return Question{stun.NewTransactionID()} }

// Bytes is how it is sent; the same again where it may have been lost.
func (q Question) Bytes() []byte {
	return stun.MustBuild(stun.NewTransactionIDSetter(q.id), stun.BindingRequest, stun.Fingerprint).Raw
}

// Answered is the address in the answer to a question; ok is false where a datagram is something else, or a refusal.
func (q Question) Answered(data []byte) (at netip.AddrPort, ok bool) {
	if q == (Question{}) || !Is(data) {
		return at, false
	}
	m := &stun.Message{Raw: append([]byte(nil), data...)}
	if m.Decode() != nil || m.TransactionID != q.id || m.Type != stun.BindingSuccess {
		return at, false
	}
	var seen stun.XORMappedAddress
	if seen.GetFrom(m) != nil { // servers of before 2008 (RFC 3489) know the plain form alone
		var plain stun.MappedAddress
		if plain.GetFrom(m) != nil {
			return at, false
		}
		seen = stun.XORMappedAddress(plain)
	}
	ip, known := netip.AddrFromSlice(seen.IP)
	at = netip.AddrPortFrom(ip.Unmap(), uint16(seen.Port))
	return at, known && usable(at)
}

// usable reports whether an address can be one of a single machine's ports.
func usable(at netip.AddrPort) bool {
	ip := at.Addr()
	return at.Port() != 0 && !ip.IsUnspecified() && !ip.IsMulticast() && ip != netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
