package program

import (
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
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
		f := checkCertificate(app.PhoneView{Server: "pbx.example.com", Certificate: app.Certificate{Subject: "pbx.example.com", Issuer: "Example CA", Until: now.Add(left)}}, now)
		detail, remedy := catalogue.Say(f.detail), catalogue.Say(f.remedy)
		if !strings.Contains(detail, "pbx.example.com") || !strings.Contains(detail, "Example CA") {
			t.Errorf("%v left: %q", left, detail)
		}
		if f.ok != (want == "") || f.minor == f.ok || !strings.Contains(remedy, want) || (want == "") != (remedy == "") {
			t.Errorf("%v left: %+v, %q", left, f, remedy)
		}
	}
}
