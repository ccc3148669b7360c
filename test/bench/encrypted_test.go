package main

import (
	"strings"
	"testing"

	"linecard/sip/encryption"
	"linecard/sip/media"
	"linecard/sip/sdp"
)

// The far end offers each kind of call so that a phone with the default settings takes it, and follows the answer.
func TestFarEnd(t *testing.T) {
	for by, want := range map[encryption.By]string{"": "RTP/AVP ", encryption.SDES: "RTP/SAVP ", encryption.DTLS: "UDP/TLS/RTP/SAVP"} {
		far, err := listenFarEnd(by)
		if err != nil {
			t.Fatal(err)
		}
		defer far.close()
		cert, err := media.NewCertificate()
		if err != nil {
			t.Fatal(err)
		}
		offer := far.sdp.Offer(sdp.SendRecv)
		if !strings.Contains(string(offer), want) {
			t.Errorf("%q: the offer is %s", by, offer)
		}
		phone := sdp.New(sdp.Config{Addr: stampedLoopback(t).addr(), Fingerprint: cert.Fingerprint()})
		answer, _, err := phone.Answer(offer, sdp.SendRecv)
		if err != nil {
			t.Fatalf("%q: %v", by, err)
		}
		if err := far.begin(string(answer)); err != nil {
			t.Errorf("%q: %v", by, err)
		}
		if kind := far.session.Encryption(); by == "" && kind != "" || by == encryption.SDES && kind == "" {
			t.Errorf("%q: encrypted by %q", by, kind)
		}
	}
}
