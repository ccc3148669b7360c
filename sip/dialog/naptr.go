package dialog

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// NAPTR records say under which name a domain keeps the SRV records of each transport (RFC 3263 §4.1). The transport itself is the
// account's: people chose it, and a domain must not take encryption away. Where there are none, or none for that transport, the usual
// names are asked for. The library of Go has no question for NAPTR; its resolver, which knows the name servers of every system and how to
// ask them, is given connections here that turn a question for TXT into one for NAPTR.

// NAPTR is a record of RFC 3403 §4.1.
type NAPTR struct {
	Order, Preference uint16
	Flags, Service    string
	Replacement       string
}

// naptrResolver is a [Resolver] that can be asked for NAPTR.
type naptrResolver interface {
	LookupNAPTR(ctx context.Context, name string) ([]NAPTR, error)
}

// naptrGrace is how long NAPTR may take where SRV has been answered: some name servers say nothing to what they do not know.
const naptrGrace = 500 * time.Millisecond

// naptrService is the service that a network has in NAPTR records.
func (n network) naptrService() string {
	switch n {
	case overTCP:
		return "SIP+D2T"
	case overTLS:
		return "SIPS+D2T"
	default:
		return "SIP+D2U"
	}
}

// leading are the names of SRV records that a domain's NAPTR records give for a network, the best first.
func leading(records []NAPTR, over network) (names []string) {
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b NAPTR) int {
		return cmp.Or(cmp.Compare(a.Order, b.Order), cmp.Compare(a.Preference, b.Preference))
	})
	for _, r := range records {
		if strings.EqualFold(r.Service, over.naptrService()) && strings.EqualFold(r.Flags, "S") && len(r.Replacement) > 1 {
			names = append(names, r.Replacement)
		}
	}
	return names
}

// others are the transports that a domain's NAPTR records name, where the one asked about is none of them.
func others(records []NAPTR, over network) (all []string) {
	for _, n := range []network{overUDP, overTCP, overTLS} {
		if len(leading(records, n)) == 0 {
			continue
		}
		if n == over {
			return nil
		}
		all = append(all, n.inVia())
	}
	return all
}

// OtherTransportError says that a server was not found, and that its domain names others than the account's transport.
type OtherTransportError struct {
	Asked  string   // UDP, TCP or TLS
	Offers []string // the others, as "TLS"
	Err    error
}

func (e *OtherTransportError) Error() string {
	return e.Err.Error() + ": by " + e.Asked + ", only by " + strings.Join(e.Offers, ", ")
}

// Unwrap is the answer of the name service.
func (e *OtherTransportError) Unwrap() error { return e.Err }

// askNAPTR asks for the NAPTR records of a target. The function that it returns gives the names that they lead to, but for the
// one that is asked for anyway, and the transports that there are in the place of the one asked for; it waits for an answer no longer than a grace.
func askNAPTR(ctx context.Context, dns Resolver, t target) func(wait func(time.Duration) time.Duration) (names, offers []string) {
	can, ok := dns.(naptrResolver)
	if !ok {
		return func(func(time.Duration) time.Duration) ([]string, []string) { return nil, nil }
	}
	answer := make(chan []NAPTR, 1)
	go func() {
		records, _ := can.LookupNAPTR(ctx, t.host) // without an answer the usual name is what there is
		answer <- records
	}()
	return func(wait func(time.Duration) time.Duration) (names, offers []string) {
		late := time.NewTimer(wait(naptrGrace))
		defer late.Stop()
		select {
		case records := <-answer:
			service, proto := t.network.service()
			usual := "_" + service + "._" + proto + "." + strings.TrimSuffix(t.host, ".") + "."
			return slices.DeleteFunc(leading(records, t.network), func(name string) bool { return strings.EqualFold(name, usual) }), others(records, t.network)
		case <-late.C:
			return nil, nil
		}
	}
}

// systemDNS is the name service of this computer.
type systemDNS struct{ *net.Resolver }

const (
	typeTXT   = 16
	typeNAPTR = 35
)

// LookupNAPTR asks for the NAPTR records of a name.
func (s systemDNS) LookupNAPTR(ctx context.Context, name string) ([]NAPTR, error) {
	var answer []byte
	asking := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		dial := s.Dial
		if dial == nil {
			dial = (&net.Dialer{}).DialContext
		}
		c, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		turned := turned{c, &answer}
		if p, ok := c.(net.PacketConn); ok {
			return &turnedPackets{turned, p}, nil
		}
		return &turnedStream{turned: turned}, nil
	}}
	_, err := asking.LookupTXT(ctx, strings.TrimSuffix(name, ".")+".") // it finds no TXT in what it gets
	if answer == nil {
		return nil, err
	}
	return readNAPTR(answer)
}

// readNAPTR reads the NAPTR records of an answer.
func readNAPTR(answer []byte) (all []NAPTR, err error) {
	var p dnsmessage.Parser
	h, err := p.Start(answer)
	if err != nil {
		return nil, err
	}
	if h.RCode != dnsmessage.RCodeSuccess {
		return nil, &net.DNSError{Err: h.RCode.String(), IsNotFound: h.RCode == dnsmessage.RCodeNameError}
	}
	if err := p.SkipAllQuestions(); err != nil {
		return nil, err
	}
	for {
		h, err := p.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Type != typeNAPTR {
			if err := p.SkipAnswer(); err != nil {
				return nil, err
			}
			continue
		}
		r, err := p.UnknownResource()
		if err != nil {
			return nil, err
		}
		if one, ok := naptrOf(r.Data); ok {
			all = append(all, one)
		}
	}
}

// naptrOf reads one record. Its replacement is never compressed (RFC 3403 §4.1).
func naptrOf(b []byte) (n NAPTR, ok bool) {
	if len(b) < 4 {
		return n, false
	}
	n.Order, n.Preference = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	b = b[4:]
	next := func() (text string) {
		if ok = len(b) > 0 && len(b) > int(b[0]); ok {
			text, b = string(b[1:1+int(b[0])]), b[1+int(b[0]):]
		}
		return text
	}
	for _, to := range []*string{&n.Flags, &n.Service, new(string)} { // the third is the regular expression of other uses
		if *to = next(); !ok {
			return n, false
		}
	}
	for {
		label := next()
		switch {
		case !ok || strings.Contains(label, "."):
			return n, false
		case label == "":
			return n, true
		}
		n.Replacement += label + "."
	}
}

// turned asks for NAPTR where TXT is asked for, and keeps the answer.
type turned struct {
	net.Conn
	answer *[]byte
}

// kindAt is where the type of the first question stands in a message.
func kindAt(message []byte) (at int, ok bool) {
	const header = 12
	for at = header; at < len(message) && message[at] != 0; {
		at += 1 + int(message[at])
	}
	return at + 1, len(message) >= at+3
}

func turn(message []byte, from, to uint16) {
	if at, ok := kindAt(message); ok && binary.BigEndian.Uint16(message[at:]) == from {
		binary.BigEndian.PutUint16(message[at:], to)
	}
}

func (t *turned) ask(message []byte) []byte {
	message = slices.Clone(message)
	turn(message, typeTXT, typeNAPTR)
	return message
}

func (t *turned) answered(message []byte) {
	*t.answer = slices.Clone(message)
	turn(message, typeNAPTR, typeTXT)
}

// turnedPackets is a connection by UDP.
type turnedPackets struct {
	turned
	net.PacketConn
}

func (t *turnedPackets) Write(b []byte) (int, error) { return t.Conn.Write(t.ask(b)) }

func (t *turnedPackets) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	if err == nil {
		t.answered(b[:n])
	}
	return n, err
}

// These are of both, and the same.
func (t *turnedPackets) Close() error                        { return t.Conn.Close() }
func (t *turnedPackets) LocalAddr() net.Addr                 { return t.Conn.LocalAddr() }
func (t *turnedPackets) SetDeadline(at time.Time) error      { return t.Conn.SetDeadline(at) }
func (t *turnedPackets) SetReadDeadline(at time.Time) error  { return t.Conn.SetReadDeadline(at) }
func (t *turnedPackets) SetWriteDeadline(at time.Time) error { return t.Conn.SetWriteDeadline(at) }

// turnedStream is a connection by TCP: each message has its length in front.
type turnedStream struct {
	turned
	unread []byte
}

func (t *turnedStream) Write(b []byte) (int, error) {
	if len(b) < 2 {
		return 0, io.ErrShortWrite
	}
	return t.Conn.Write(append(slices.Clone(b[:2]), t.ask(b[2:])...))
}

func (t *turnedStream) Read(b []byte) (int, error) {
	if len(t.unread) == 0 {
		var length [2]byte
		if _, err := io.ReadFull(t.Conn, length[:]); err != nil {
			return 0, err
		}
		message := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(t.Conn, message); err != nil {
			return 0, err
		}
		t.answered(message)
		t.unread = append(length[:], message...)
	}
	n := copy(b, t.unread)
	t.unread = t.unread[n:]
	return n, nil
}
