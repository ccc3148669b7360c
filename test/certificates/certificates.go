// Package certificates makes certificates for tests and measurements: authorities, and what they issue, as PEM files in a folder.
package certificates

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// Authority issues certificates.
type Authority struct {
	Certificate *x509.Certificate
	CA          string // file of its own certificate

	dir    string
	key    *ecdsa.PrivateKey
	issued int
}

// Issued is a certificate with its key.
type Issued struct {
	Cert, Key string // files
	Pair      tls.Certificate
}

// Server is a server's side of TLS that has the certificate.
func (i Issued) Server() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{i.Pair}}
}

// NewAuthority makes an authority with a name. Its files are put into a folder.
func NewAuthority(dir, name string) (*Authority, error) {
	a := &Authority{dir: dir}
	var err error
	if a.key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		return nil, err
	}
	ca, err := blank(name)
	if err != nil {
		return nil, err
	}
	ca.IsCA, ca.BasicConstraintsValid = true, true
	ca.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, a.key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	if a.Certificate, err = x509.ParseCertificate(der); err != nil {
		return nil, err
	}
	a.CA, err = a.file("ca.pem", "CERTIFICATE", der)
	return a, err
}

// Issue makes a certificate for names and addresses, valid for ninety days. change may change it before it is signed.
func (a *Authority) Issue(names []string, change ...func(*x509.Certificate)) (i Issued, err error) {
	c, err := blank(names[0])
	if err != nil {
		return i, err
	}
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
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return i, err
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.Certificate, key.Public(), a.key)
	if err != nil {
		return i, err
	}
	pkcs, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return i, err
	}
	a.issued++
	if i.Cert, err = a.file(fmt.Sprintf("cert%d.pem", a.issued), "CERTIFICATE", der); err != nil {
		return i, err
	}
	if i.Key, err = a.file(fmt.Sprintf("key%d.pem", a.issued), "PRIVATE KEY", pkcs); err != nil {
		return i, err
	}
	i.Pair, err = tls.LoadX509KeyPair(i.Cert, i.Key)
	return i, err
}

func blank(name string) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(90 * 24 * time.Hour),
	}, err
}

func (a *Authority) file(name, kind string, der []byte) (string, error) {
	path := filepath.Join(a.dir, name)
	return path, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
