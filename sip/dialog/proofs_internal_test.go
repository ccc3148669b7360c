package dialog

import (
	"context"
	"crypto/x509"
	"encoding/binary"
	"net/netip"
	"testing"

	"linecard/inorder"
)

// Whoever is called may name another address in each call. What those have proved is forgotten; what the account's own server has is not.
func TestProofsAreBounded(t *testing.T) {
	queue := inorder.Functions(nil)
	defer queue.Close()
	ua, err := Listen(Config{Account: Account{Server: "pbx.example", User: "2041", Transport: "tls"}, Listen: "127.0.0.1", Queue: queue})
	if err != nil {
		t.Fatal(err)
	}
	defer ua.Close(context.Background())
	inorder.Do(queue, func() {
		at := func(n int) netip.AddrPort {
			var ip [4]byte
			binary.BigEndian.PutUint32(ip[:], uint32(0xc6336400+n))
			return netip.AddrPortFrom(netip.AddrFrom4(ip), 5061)
		}
		own := at(0)
		ua.keepProof(own, proof{leaf: &x509.Certificate{DNSNames: []string{"pbx.example"}}})
		talks := &Call{ua: ua, source: hop{network: overTLS, addr: at(1)}}
		ua.calls["talks"] = talks
		defer delete(ua.calls, "talks")
		for n := range 10 * mostProofs {
			ua.keepProof(at(n+1), proof{leaf: &x509.Certificate{DNSNames: []string{"eve.example"}}})
			if _, ok := ua.proofs[at(n+1)]; !ok {
				t.Fatal("the one that was made last is not kept")
			}
		}
		if len(ua.proofs) > mostProofs {
			t.Errorf("%d are kept", len(ua.proofs))
		}
		if _, ok := ua.proofs[own]; !ok {
			t.Error("the account's own server has to prove itself again")
		}
		if _, ok := ua.proofs[at(1)]; !ok {
			t.Error("a call that talks has lost its connection")
		}
		for n := 10*mostProofs - mostProofs/2; n < 10*mostProofs; n++ {
			if _, ok := ua.proofs[at(n)]; !ok {
				t.Error("one of the newest is not kept")
			}
		}
		for n := range 10 * mostProofs { // a server of many addresses, or somebody with a certificate in its name
			ua.keepProof(at(n+5000), proof{leaf: &x509.Certificate{DNSNames: []string{"pbx.example"}}})
		}
		if len(ua.proofs) > mostProofs {
			t.Errorf("%d of the account's are kept", len(ua.proofs))
		}
	})
}
