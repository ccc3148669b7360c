package ui

import (
	"strings"
	"testing"
	"time"

	"linecard/app"
)

// The files of encryption are on the page while the account has TLS, and are saved with it; status bar and page say that what is said
// is encrypted, and until when the certificate is valid.
func TestEncryptionOnThePhonePage(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	sheet := b.phoneSheet()
	if sheet.secure.root.Visible() {
		t.Error("the files are there for an account by UDP")
	}
	sheet.server.SetText("sips:pbx.example.com")
	if !sheet.secure.root.Visible() {
		t.Error("the files are not there for sips:")
	}
	sheet.server.SetText("pbx.example.com")
	sheet.transport.SetSelected("TLS")
	sheet.secure.ca.SetText(" /etc/pbx-ca.pem ")
	sheet.secure.cert.SetText("/etc/phone.pem")
	b.press("Save and connect")
	if got := b.settings.said(); len(got) != 1 || !strings.Contains(got[0], "transport=tls") || !strings.Contains(got[0], `files=["/etc/pbx-ca.pem" "/etc/phone.pem" ""]`) {
		t.Errorf("told %q", got)
	}
	v := idle()
	v.Phone.Encrypted = true
	v.Phone.Certificate = app.Certificate{Subject: "pbx.example.com", Issuer: "Example CA", Until: time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)}
	b.draw(v)
	b.settle()
	if text := strings.Join(words(sheet.page), " "); !strings.Contains(text, "Encrypted; the certificate of pbx.example.com is valid until 24 Dec 2026.") {
		t.Errorf("the page says %q", text)
	}
	if icon, _, said := phoneStanding(v.Phone); icon != "lock" || !strings.HasSuffix(said, "registered, encrypted") {
		t.Errorf("the status bar has %s %q", icon, said)
	}
}
