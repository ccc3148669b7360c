package sip_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// dns knows one host, or is not there.
type dns struct{ silent bool }

func (d dns) LookupNetIP(ctx context.Context, _, host string) ([]netip.Addr, error) {
	if d.silent {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if host != "audio.example" {
		return nil, errors.New("no such host")
	}
	return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil
}

func (dns) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, errors.New("no such record")
}

// named places a call whose audio is at a host given by name, and answers it.
func named(ph *phone, p *siptest.Peer, port int) {
	ph.t.Helper()
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", strings.ReplaceAll(siptest.SDP(port, "sendrecv"), "c=IN IP4 127.0.0.1", "c=IN IP4 audio.example"))
	c.Learn(p.Await("SIP/2.0 180"))
	ph.must(ph.Answer(next[sip.CallIncoming](ph).ID))
	c.Answered()
}

func TestAudioAtANamedHost(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Resolver = dns{} })
	rtp := listenRTP(t)
	named(ph, p, rtp.port)
	rtp.next()
}

// A name service that does not answer keeps nobody from ending the program.
func TestCloseDoesNotWaitForNames(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Resolver = dns{silent: true} })
	named(ph, p, 4000)
	begin := time.Now()
	ph.must(ph.Close(context.Background()))
	if took := time.Since(begin); took > 2*time.Second {
		t.Errorf("closed after %v", took)
	}
}
