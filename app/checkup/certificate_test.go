package checkup_test

import (
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/checkup"
	"linecard/app/settings"
	"linecard/test/certificates"
)

// The doctor says whose the phone server's certificate is, and warns three weeks before it ends.
func TestDoctorLooksAtTheCertificate(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for left, want := range map[time.Duration]string{
		90 * 24 * time.Hour:           "",
		21 * 24 * time.Hour:           "",
		21*24*time.Hour - time.Minute: "20 days",
		36 * time.Hour:                "1 day",
		-time.Hour:                    "0 days",
	} {
		f := checkup.Certificate(app.PhoneView{Server: "pbx.example.com", Certificate: app.Certificate{Subject: "pbx.example.com", Issuer: "Example CA", Until: now.Add(left)}}, now)
		detail, remedy := catalogue.Say(f.Detail), catalogue.Say(f.Remedy)
		if !strings.Contains(detail, "pbx.example.com") || !strings.Contains(detail, "Example CA") {
			t.Errorf("%v left: %q", left, detail)
		}
		if f.OK != (want == "") || f.Minor == f.OK || !strings.Contains(remedy, want) || (want == "") != (remedy == "") {
			t.Errorf("%v left: %+v, %q", left, f, remedy)
		}
	}
}

// The phone's own certificate is looked at as the server's is, in whatever order the file has it and its key; without one, or where the file cannot
// be read, nothing is said here.
func TestDoctorLooksAtTheOwnCertificate(t *testing.T) {
	now := time.Now()
	authority, err := certificates.NewAuthority(t.TempDir(), "Example CA")
	if err != nil {
		t.Fatal(err)
	}
	issued, err := authority.Issue([]string{"phone.example.com"}, func(c *x509.Certificate) {
		c.Subject.CommonName, c.NotBefore, c.NotAfter = "2041", now.Add(-90*24*time.Hour), now.Add(5*24*time.Hour+time.Minute)
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "own.pem")
	key, err1 := os.ReadFile(issued.Key)
	cert, err2 := os.ReadFile(issued.Cert)
	if err := errors.Join(err1, err2, os.WriteFile(file, append(key, cert...), 0o600)); err != nil {
		t.Fatal(err)
	}
	f, any := checkup.OwnCertificate(settings.Account{TLSCert: file}, now)
	if remedy := catalogue.Say(f.Remedy); !any || f.OK || !strings.Contains(catalogue.Say(f.Detail), "2041") || !strings.Contains(remedy, "own.pem") || !strings.Contains(remedy, "5 days") {
		t.Errorf("%v %+v, %q", any, f, remedy)
	}
	if f, any := checkup.OwnCertificate(settings.Account{TLSCert: file}, now.Add(-60*24*time.Hour)); !any || !f.OK {
		t.Errorf("long before its end: %v %+v", any, f)
	}
	for _, none := range []string{"", file + ".absent", os.Args[0]} {
		if f, any := checkup.OwnCertificate(settings.Account{TLSCert: none}, now); any {
			t.Errorf("%q: %+v", none, f)
		}
	}
}
