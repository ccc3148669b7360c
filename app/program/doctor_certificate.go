package program

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

// checkCertificate is the doctor's look at what the phone server proves itself with. One that proves nothing keeps the account
// from registering, and is told there.
func checkCertificate(v app.PhoneView, now time.Time) finding {
	return certificateFinding("program.check-certificate", v.Certificate, now, "program.certificate-ends", "server", v.Server)
}

// checkOwnCertificate is the doctor's look at what the phone proves itself with, where the account has a certificate. A file that cannot be read
// keeps the account from registering, and is told there.
func checkOwnCertificate(a settings.Account, now time.Time) (f finding, any bool) {
	if a.TLSCert == "" {
		return finding{}, false
	}
	text, err := os.ReadFile(a.TLSCert)
	if err != nil {
		return finding{}, false
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" { // the key, in the same file
			continue
		}
		leaf, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return finding{}, false
		}
		own := app.Certificate{Subject: clean.Line(leaf.Subject.CommonName), Issuer: clean.Line(leaf.Issuer.CommonName), Until: leaf.NotAfter}
		return certificateFinding("program.check-own-certificate", own, now, "program.own-certificate-ends", "file", filepath.Base(a.TLSCert)), true
	}
	return finding{}, false
}

func certificateFinding(check fault.Code, c app.Certificate, now time.Time, ends fault.Code, of, value string) finding {
	left := c.Until.Sub(now)
	days := max(int(left/(24*time.Hour)), 0)
	f := finding{
		check: check, ok: left >= renewWithin, minor: left < renewWithin,
		detail: fault.New("program.certificate", "subject", c.Subject, "issuer", c.Issuer, "at", c.Until, "count", days),
	}
	if !f.ok {
		f.remedy = fault.New(ends, of, value, "at", c.Until, "count", days)
	}
	return f
}
