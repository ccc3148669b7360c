package checkup

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"time"

	"linecard/app"
	"linecard/app/settings"
	"linecard/clean"
	"linecard/fault"
)

// renewWithin is how long before its end a certificate should be renewed: an administrator has three weeks.
const renewWithin = 21 * 24 * time.Hour

// Certificate is the doctor's look at what the phone server proves itself with. One that proves nothing keeps the account
// from registering, and is told there.
func Certificate(v app.PhoneView, now time.Time) Finding {
	return certificateFinding("program.check-certificate", v.Certificate, now, "program.certificate-ends", "server", v.Server)
}

// OwnCertificate is the doctor's look at what the phone proves itself with, where the account has a certificate. A file that cannot be read
// keeps the account from registering, and is told there.
func OwnCertificate(a settings.Account, now time.Time) (f Finding, any bool) {
	if a.TLSCert == "" {
		return Finding{}, false
	}
	text, err := os.ReadFile(a.TLSCert)
	if err != nil {
		return Finding{}, false
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" { // the key, in the same file
			continue
		}
		leaf, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Finding{}, false
		}
		own := app.Certificate{Subject: clean.Line(leaf.Subject.CommonName), Issuer: clean.Line(leaf.Issuer.CommonName), Until: leaf.NotAfter}
		return certificateFinding("program.check-own-certificate", own, now, "program.own-certificate-ends", "file", filepath.Base(a.TLSCert)), true
	}
	return Finding{}, false
}

func certificateFinding(check fault.Code, c app.Certificate, now time.Time, ends fault.Code, of, value string) Finding {
	left := c.Until.Sub(now)
	days := max(int(left/(24*time.Hour)), 0)
	f := Finding{
		Check: check, OK: left >= renewWithin, Minor: left < renewWithin,
		Detail: fault.New("program.certificate", "subject", c.Subject, "issuer", c.Issuer, "at", c.Until, "count", days),
	}
	if !f.OK {
		f.Remedy = fault.New(ends, of, value, "at", c.Until, "count", days)
	}
	return f
}
