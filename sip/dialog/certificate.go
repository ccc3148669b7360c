package dialog

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A server is who it says if its certificate leads to a root that this computer or the account knows, and is for the name that
// people entered (RFC 5922 §4, §7): the account's domain or its outbound proxy. What SRV and NAPTR say proves nothing, because
// whoever forges the one answer forges the other.

// Certificate is what a server has shown.
type Certificate struct {
	Subject string    // common name, or the first name that it is for
	Names   []string  // the names and addresses that it is for
	Issuer  string    // common name, or the organization
	From    time.Time // valid from
	Until   time.Time // valid until: it, or what it leads to, whichever ends first
}

// Doubt is why a server is not proved, or takes no connection.
type Doubt int

// The doubts that there can be.
const (
	UnknownIssuer      Doubt = iota // no way to a root that is known
	SelfSigned                      // the same, and it is its own issuer
	OtherName                       // for other names than the account's
	ExpiredCertificate              // Certificate.Until is over
	EarlyCertificate                // Certificate.From is to come
	BadCertificate                  // anything else, as a key that is too short
	ClientWanted                    // the server asks for a certificate of the phone, and the account has none
	ClientRefused                   // the server does not take the account's own certificate
	NotTLS                          // something else than TLS came, or the connection was closed
	NoCommonVersion                 // TLS 1.1 and older only, or no cipher that both know
	BadCAFile                       // Account.TLSCA cannot be read
	BadClientFiles                  // Account.TLSCert and TLSKey cannot be read, or do not belong together
)

// TLSError says why there is no TLS to a server.
type TLSError struct {
	Doubt       Doubt
	Name        string      // what the certificate should be for
	Certificate Certificate // zero where none was seen
	File        string      // that cannot be read
	Err         error
}

func (e *TLSError) Error() string { return fmt.Sprintf("tls: doubt %d: %v", e.Doubt, e.Err) }

func (e *TLSError) Unwrap() error { return e.Err }

// credentials are the CAs and the client certificate of the account. Each connection reads the files again, since they may have been renewed.
type credentials struct {
	roots  *x509.CertPool
	client *tls.Certificate // nil: none
}

func readCredentials(a Account) (c credentials, err error) {
	if c.roots, err = x509.SystemCertPool(); err != nil {
		c.roots = x509.NewCertPool()
	}
	if a.TLSCA != "" {
		pem, err := os.ReadFile(a.TLSCA)
		if err == nil && !c.roots.AppendCertsFromPEM(pem) {
			err = errors.New("no certificate in it")
		}
		if err != nil {
			return c, &TLSError{Doubt: BadCAFile, File: a.TLSCA, Err: err}
		}
	}
	if a.TLSCert != "" {
		key := a.TLSKey
		if key == "" { // both in one file
			key = a.TLSCert
		}
		pair, err := tls.LoadX509KeyPair(a.TLSCert, key)
		if err != nil {
			return c, &TLSError{Doubt: BadClientFiles, File: a.TLSCert, Err: err}
		}
		c.client = &pair
	}
	return c, nil
}

// prove looks at the certificate of a server that may have any of the names.
func prove(shown []*x509.Certificate, roots *x509.CertPool, names []string, now time.Time) (Certificate, error) {
	if len(shown) == 0 {
		return Certificate{}, &TLSError{Doubt: BadCertificate, Name: names[0], Err: errors.New("no certificate")}
	}
	leaf := shown[0]
	cert := certificateOf(leaf)
	doubt := func(d Doubt, err error) (Certificate, error) {
		return cert, &TLSError{Doubt: d, Name: names[0], Certificate: cert, Err: err}
	}
	between := x509.NewCertPool()
	for _, c := range shown[1:] {
		between.AddCert(c)
	}
	chains, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now})
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case err == nil:
	case now.Before(leaf.NotBefore):
		return doubt(EarlyCertificate, err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		if invalid.Cert != nil && invalid.Cert.NotAfter.Before(cert.Until) { // it is what the certificate leads to that is over
			cert.Until = invalid.Cert.NotAfter
		}
		return doubt(ExpiredCertificate, err)
	case errors.As(err, &unknown) && leaf.Subject.String() == leaf.Issuer.String():
		return doubt(SelfSigned, err)
	case errors.As(err, &unknown):
		return doubt(UnknownIssuer, err)
	default:
		return doubt(BadCertificate, err)
	}
	if !slices.ContainsFunc(names, func(name string) bool { return isFor(leaf, name) }) {
		return doubt(OtherName, fmt.Errorf("certificate for %d other names", len(cert.Names)))
	}
	var until time.Time
	for _, chain := range chains { // the one that lasts longest is what counts
		last := cert.Until
		for _, c := range chain {
			if c.NotAfter.Before(last) {
				last = c.NotAfter
			}
		}
		if last.After(until) {
			until = last
		}
	}
	cert.Until = until
	return cert, nil
}

// isFor reports whether a certificate is for a domain (RFC 5922 §7.1): by a SIP URI, otherwise by a DNS name, and by the common
// name only where there are no other names, as certificates have it that a PBX made for itself. §7.2 does not let a wildcard
// stand for a domain; hosted PBXs all the same have such certificates, and what they risk by it is theirs.
func isFor(leaf *x509.Certificate, name string) bool {
	var domains []string
	for _, u := range leaf.URIs {
		if scheme := strings.ToLower(u.Scheme); scheme == "sip" || scheme == "sips" {
			text := u.Opaque
			if text == "" {
				text = u.Host
			}
			if !strings.Contains(text, "@") { // a user's is no server's
				domains = append(domains, text)
			}
		}
	}
	if slices.ContainsFunc(domains, func(d string) bool { return strings.EqualFold(d, name) }) {
		return true
	}
	if len(domains) > 0 && len(leaf.DNSNames) == 0 && len(leaf.IPAddresses) == 0 {
		return false
	}
	if len(leaf.DNSNames) == 0 && len(leaf.IPAddresses) == 0 {
		return leaf.Subject.CommonName != "" && strings.EqualFold(leaf.Subject.CommonName, name)
	}
	return leaf.VerifyHostname(name) == nil
}

func certificateOf(leaf *x509.Certificate) Certificate {
	c := Certificate{Subject: leaf.Subject.CommonName, From: leaf.NotBefore, Until: leaf.NotAfter, Names: slices.Clone(leaf.DNSNames)}
	for _, ip := range leaf.IPAddresses {
		c.Names = append(c.Names, ip.String())
	}
	for _, u := range leaf.URIs {
		c.Names = append(c.Names, u.String())
	}
	if len(c.Names) == 0 && c.Subject != "" {
		c.Names = []string{c.Subject}
	}
	if c.Subject == "" && len(c.Names) > 0 {
		c.Subject = c.Names[0]
	}
	c.Issuer = leaf.Issuer.CommonName
	if c.Issuer == "" && len(leaf.Issuer.Organization) > 0 {
		c.Issuer = leaf.Issuer.Organization[0]
	}
	return c
}

// Alerts of a server that has not got the certificate that it wants, or none (RFC 8446 §6.2).
var (
	alertHandshake    = tls.AlertError(40)
	alertsCertificate = []tls.AlertError{42, 43, 44, 45, 46, 48, 51} // bad, unsupported, revoked, expired, unknown, unknown CA, bad signature
	alertVersion      = tls.AlertError(70)
	alertWanted       = tls.AlertError(116)
)

// doubtOf reads the error of a handshake, or of the first read after one: with TLS 1.3 a server looks at the phone's certificate
// when the phone is done already. asked says that the server asked for one, and had that we gave it. It is nil where the error
// tells nothing of TLS, such as a time that was up.
func doubtOf(err error, name string, asked, had bool) *TLSError {
	var known *TLSError
	if errors.As(err, &known) {
		return known
	}
	doubt := func(d Doubt) *TLSError { return &TLSError{Doubt: d, Name: name, Err: err} }
	var plain tls.RecordHeaderError
	if errors.As(err, &plain) {
		return doubt(NotTLS)
	}
	var remote *net.OpError
	if errors.As(err, &remote) && remote.Op == "remote error" { // crypto/tls does not export the type of what is inside
		is := func(a tls.AlertError) bool { return remote.Err.Error() == a.Error() }
		switch {
		case is(alertWanted), asked && !had && (is(alertHandshake) || slices.ContainsFunc(alertsCertificate, is)):
			return doubt(ClientWanted)
		case asked && had && (is(alertHandshake) || slices.ContainsFunc(alertsCertificate, is)):
			return doubt(ClientRefused)
		case is(alertVersion), is(alertHandshake):
			return doubt(NoCommonVersion)
		}
		return doubt(BadCertificate)
	}
	switch {
	case strings.Contains(err.Error(), "tls: server selected unsupported"):
		return doubt(NoCommonVersion)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET):
		return doubt(NotTLS)
	case strings.HasPrefix(err.Error(), "tls: "):
		return doubt(BadCertificate)
	}
	return nil
}
