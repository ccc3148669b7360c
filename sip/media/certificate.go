package media

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"linecard/sip/sdp"
)

// Certificate is what we show in a handshake. Nobody vouches for it but its fingerprint in the session description, so that it names nobody.
type Certificate struct{ tls tls.Certificate }

// NewCertificate draws one, with a key on P-256, which every DTLS phone has. It is good for as long as a program runs.
func NewCertificate() (*Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("media: certificate: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("media: certificate: %w", err)
	}
	now := time.Now()
	form := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "sip"},
		NotBefore: now.AddDate(0, 0, -2), NotAfter: now.AddDate(2, 0, 0), // clocks differ, and some look
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
		SignatureAlgorithm: x509.ECDSAWithSHA256,
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("media: certificate: %w", err)
	}
	return &Certificate{tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}, nil
}

// Fingerprint is what the session description says of the certificate; of nil, that there is none.
func (c *Certificate) Fingerprint() sdp.Fingerprint {
	if c == nil {
		return sdp.Fingerprint{}
	}
	return sdp.FingerprintOf(c.tls.Certificate[0])
}
