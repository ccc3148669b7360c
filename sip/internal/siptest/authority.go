package siptest

import (
	"crypto/x509"
	"testing"

	"linecard/test/certificates"
)

// Authority issues certificates for a test.
type Authority struct {
	*certificates.Authority
	t testing.TB
}

// Issued is a certificate with its key.
type Issued = certificates.Issued

// NewAuthority makes an authority with a name.
func NewAuthority(t testing.TB, name string) *Authority {
	t.Helper()
	a, err := certificates.NewAuthority(t.TempDir(), name)
	if err != nil {
		t.Fatal(err)
	}
	return &Authority{a, t}
}

// Issue makes a certificate for names and addresses. change may change it before it is signed.
func (a *Authority) Issue(names []string, change ...func(*x509.Certificate)) Issued {
	a.t.Helper()
	i, err := a.Authority.Issue(names, change...)
	if err != nil {
		a.t.Fatal(err)
	}
	return i
}
