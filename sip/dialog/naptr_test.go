package dialog_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// A domain's NAPTR records say where its SRV records are, for the transport of the account: asked for by datagram, and by a
// connection where the answer is cut off.
func TestNAPTR(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.8")
	for name, cut := range map[string]bool{"by UDP": false, "by TCP": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ca := siptest.NewAuthority(t, "Example CA")
			p := siptest.NewPeer(t)
			f := siptest.NewFront(t, p, ca.Issue([]string{"example.com"}).Server())
			names := &nameServer{t: t, port: netip.MustParseAddrPort(f.Addr()).Port(), cut: cut}
			a := startAgent(t, p, overTLS("example.com", ca), func(c *dialog.Config) { c.Resolver = names.resolver() })
			a.registered()
		})
	}
}

// nameServer knows the domain example.com, whose SRV records are under a name of their own.
type nameServer struct {
	t    testing.TB
	port uint16
	cut  bool // answers by UDP are cut off
}

func (s *nameServer) resolver() *net.Resolver {
	pc, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	var wait sync.WaitGroup
	wait.Go(func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := pc.ReadFrom(buf)
			if err != nil {
				return
			}
			_, _ = pc.WriteTo(s.answer(buf[:n], s.cut), from)
		}
	})
	wait.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			var length [2]byte
			if _, err := io.ReadFull(c, length[:]); err == nil {
				message := make([]byte, binary.BigEndian.Uint16(length[:]))
				_, _ = io.ReadFull(c, message)
				out := s.answer(message, false)
				_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(out))), out...))
			}
			_ = c.Close()
		}
	})
	s.t.Cleanup(func() {
		_ = pc.Close()
		_ = l.Close()
		wait.Wait()
	})
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		to := pc.LocalAddr().String()
		if network == "tcp" {
			to = l.Addr().String()
		}
		return (&net.Dialer{}).DialContext(ctx, network, to)
	}}
}

// naptr is a record: order, preference, flags, service, no expression, replacement.
func naptr(order uint16, service string, replacement ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, order)
	b = binary.BigEndian.AppendUint16(b, 10)
	for _, text := range append([]string{"s", service, ""}, replacement...) {
		b = append(append(b, byte(len(text))), text...)
	}
	return append(b, 0)
}

func (s *nameServer) answer(question []byte, cut bool) []byte {
	var p dnsmessage.Parser
	h, err := p.Start(question)
	if err != nil {
		return nil
	}
	q, err := p.Question()
	if err != nil {
		return nil
	}
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: h.ID, Response: true, RecursionAvailable: true, Truncated: cut}, Questions: []dnsmessage.Question{q}}
	head := dnsmessage.ResourceHeader{Name: q.Name, Class: dnsmessage.ClassINET, TTL: 60}
	add := func(kind dnsmessage.Type, body dnsmessage.ResourceBody) {
		if !cut {
			head.Type = kind
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: head, Body: body})
		}
	}
	switch q.Name.String() {
	case "example.com.":
		if q.Type == 35 {
			for _, record := range [][]byte{
				naptr(10, "SIP+D2U", "_sip", "_udp", "elsewhere", "test"), naptr(30, "SIPS+D2T", "_nothing", "example", "com"), naptr(20, "SIPS+D2T", "_secure", "example", "com"), {1},
			} {
				add(35, &dnsmessage.UnknownResource{Type: 35, Data: record})
			}
		}
	case "_secure.example.com.":
		if q.Type == dnsmessage.TypeSRV {
			add(q.Type, &dnsmessage.SRVResource{Port: s.port, Target: dnsmessage.MustNewName("edge.example.net.")})
		}
	case "edge.example.net.":
		if q.Type == dnsmessage.TypeA {
			add(q.Type, &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}})
		}
	default:
		m.RCode = dnsmessage.RCodeNameError
	}
	out, err := m.Pack()
	if err != nil {
		s.t.Error(err)
	}
	return out
}

// onlyBy is a name service that knows no host, and has NAPTR records for some services.
type onlyBy struct {
	*zone
	services []string
}

func (n onlyBy) LookupNAPTR(context.Context, string) (all []dialog.NAPTR, err error) {
	for _, s := range n.services {
		all = append(all, dialog.NAPTR{Flags: "s", Service: s, Replacement: "_sip." + s + ".example.com."})
	}
	return all, nil
}

// A domain that is only there by other transports than the account's is not found, and the others are told: the choice stays the account's.
func TestNAPTRNamesOtherTransports(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.8")
	for _, tc := range []struct {
		transport string
		services  []string
		want      string
	}{
		{"udp", []string{"SIPS+D2T"}, "TLS"},
		{"udp", []string{"SIPS+D2T", "SIP+D2T"}, "TCP TLS"},
		{"tls", []string{"SIP+D2U", "SIP+D2W"}, "UDP"},
		{"udp", []string{"SIP+D2U", "SIPS+D2T"}, ""},
		{"tcp", []string{"E2U+sip"}, ""},
		{"tcp", nil, ""},
	} {
		a := startAgent(t, siptest.NewPeer(t), func(c *dialog.Config) {
			c.Account.Server, c.Account.Transport = "example.com", tc.transport
			c.Resolver = onlyBy{&zone{a: map[string]string{}}, tc.services}
		})
		st := a.state(dialog.Unreachable)
		var other *dialog.OtherTransportError
		got := ""
		if errors.As(st.Err, &other) {
			got = strings.Join(other.Offers, " ")
		}
		if st.Problem != dialog.NameNotFound || got != tc.want || got != "" && !strings.EqualFold(other.Asked, tc.transport) {
			t.Errorf("%s of %v: %+v", tc.transport, tc.services, st)
		}
	}
}
