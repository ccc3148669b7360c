package sip_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// dns knows one host, by both families, or is not there.
type dns struct {
	silent   bool         // it answers nothing
	silentIP string       // it answers nothing about that family; whoever asks for both at once asks for that, too
	gone     *atomic.Bool // it has no answer any more
}

func (d dns) LookupNetIP(ctx context.Context, family, host string) ([]netip.Addr, error) {
	if d.silent || d.silentIP != "" && (family == d.silentIP || family == "ip") {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	if host != "audio.example" || d.gone != nil && d.gone.Load() {
		return nil, errors.New("no such host")
	}
	all := map[string][]netip.Addr{"ip4": {netip.MustParseAddr("127.0.0.1")}, "ip6": {netip.IPv6Loopback()}}
	all["ip"] = slices.Concat(all["ip6"], all["ip4"])
	return all[family], nil
}

func (dns) LookupSRV(context.Context, string, string, string) (string, []*net.SRV, error) {
	return "", nil, errors.New("no such record")
}

// named places a call whose audio is at a host given by name, and answers it.
func named(ph *phone, p *siptest.Peer, port int) *siptest.Caller {
	ph.t.Helper()
	c := p.Call("<sip:bob@example.com>")
	c.Send("INVITE", "", atName(port))
	c.Learn(p.Await("SIP/2.0 180"))
	ph.must(ph.Answer(next[sip.CallIncoming](ph).ID))
	c.Answered()
	return c
}

// atName is a session description with a name for an address.
func atName(port int) string {
	return strings.ReplaceAll(siptest.SDP(port, "sendrecv"), "c=IN IP4 127.0.0.1", "c=IN IP4 audio.example")
}

// The sound goes to the address that our port can send to, whatever else the name has and however long that takes.
func TestAudioAtANamedHost(t *testing.T) {
	for name, resolver := range map[string]dns{"both families": {}, "one is never answered": {silentIP: "ip6"}} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(c *setup) { c.Resolver = resolver })
			rtp := listenRTP(t)
			named(ph, p, rtp.port)
			rtp.next()
		})
	}
}

// A name service that goes away in the call takes no sound with it, whatever the other side agrees on anew.
func TestAudioOutlivesTheNameService(t *testing.T) {
	p := siptest.NewPeer(t)
	gone := &atomic.Bool{}
	ph := newPhone(t, p, func(c *setup) { c.Resolver = dns{gone: gone} })
	rtp := listenRTP(t)
	c := named(ph, p, rtp.port)
	rtp.next()
	gone.Store(true)
	other := listenRTP(t)
	c.Send("INVITE", "", atName(other.port))
	c.Answered()
	other.next()
}

// A name service that does not answer keeps nobody from ending the program.
func TestCloseDoesNotWaitForNames(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Resolver = dns{silent: true} })
	named(ph, p, 4000)
	begin := time.Now()
	ph.must(ph.Close(context.Background()))
	if took := time.Since(begin); took > patience {
		t.Errorf("closed after %v", took)
	}
}
