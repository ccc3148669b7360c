package siptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Authority issues certificates for a test.
type Authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	CA   string // file of its own certificate, PEM
}

// Issued is a certificate with its key.
type Issued struct {
	Cert, Key string // files, PEM
	Pair      tls.Certificate
}

// NewAuthority makes an authority with a name.
func NewAuthority(t testing.TB, name string) *Authority {
	t.Helper()
	a := &Authority{t: t}
	ca := a.certificate(name)
	ca.IsCA, ca.BasicConstraintsValid = true, true
	ca.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	a.key = a.newKey()
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, a.key.Public(), a.key)
	a.must(err)
	a.cert, err = x509.ParseCertificate(der)
	a.must(err)
	a.CA = a.file("ca.pem", "CERTIFICATE", der)
	return a
}

// Issue makes a certificate for names and addresses. change may change it before it is signed.
func (a *Authority) Issue(names []string, change ...func(*x509.Certificate)) Issued {
	a.t.Helper()
	c := a.certificate(names[0])
	c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			c.IPAddresses = append(c.IPAddresses, ip)
		} else {
			c.DNSNames = append(c.DNSNames, name)
		}
	}
	for _, f := range change {
		f(c)
	}
	key := a.newKey()
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, key.Public(), a.key)
	a.must(err)
	pkcs, err := x509.MarshalPKCS8PrivateKey(key)
	a.must(err)
	out := Issued{Cert: a.file("cert.pem", "CERTIFICATE", der), Key: a.file("key.pem", "PRIVATE KEY", pkcs)}
	out.Pair, err = tls.LoadX509KeyPair(out.Cert, out.Key)
	a.must(err)
	return out
}

// ServerTLS is a server's side of TLS that has a certificate.
func ServerTLS(i Issued) *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{i.Pair}}
}

// Certificate is the authority's own.
func (a *Authority) Certificate() *x509.Certificate { return a.cert }

func (a *Authority) certificate(name string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	a.must(err)
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}
}

func (a *Authority) newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	a.must(err)
	return key
}

func (a *Authority) file(name, kind string, der []byte) string {
	path := filepath.Join(a.t.TempDir(), name)
	a.must(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return path
}

func (a *Authority) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}
