package ui

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app"
)

// encrypted is a call with its sound encrypted.
func encrypted(c app.CallView) app.CallView {
	c.Encryption = "SDES AES-128"
	return c
}

// The lock is there while the call is encrypted, says how when it is pointed at or pressed, and leaves the keyboard where it is.
func TestLock(t *testing.T) {
	b := newBench(t, nil)
	b.draw(onlyCall(talking())())
	lock, status := b.centre.call.hero.lock, b.centre.call.hero.status
	if lock.Visible() {
		t.Error("a call in clear has a lock")
	}
	b.draw(onlyCall(encrypted(talking()))())
	if !lock.Visible() {
		t.Fatal("an encrypted call has no lock")
	}
	before, focus := status.value, b.cfg.Window.Canvas().Focused()
	const how = "Encrypted to the phone system: SDES AES-128"
	lock.MouseIn(nil)
	b.draw(onlyCall(encrypted(talking()))())
	if status.value != how {
		t.Errorf("pointed at, it says %q", status.value)
	}
	lock.MouseOut()
	b.draw(onlyCall(encrypted(talking()))())
	if status.value != before {
		t.Errorf("afterwards it says %q", status.value)
	}
	test.Tap(lock)
	if status.value != how || b.cfg.Window.Canvas().Focused() != focus {
		t.Errorf("pressed, it says %q", status.value)
	}
	b.draw(onlyCall(talking())())
	if lock.Visible() {
		t.Error("the lock stays though the encryption is gone")
	}
}

// The page of an account says what its encryption means for calls, and saves it.
func TestEncryptionOfAnAccount(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.openSettings(pagePhone)
	b.settle()
	s := b.phoneSheet()
	if got := s.encrypted.choice.Selected; got != "When the other side offers it" {
		t.Errorf("at first it is %q", got)
	}
	s.encrypted.choice.SetSelected("Always")
	if got := s.encrypted.means.value; got != "This account requires encryption: calls that are not encrypted do not ring and can't be made. They are shown with their reason." {
		t.Errorf("it means %q", got)
	}
	if got := s.encrypted.by.Selected; got != "As the other side can" {
		t.Errorf("at first its keys are %q", got)
	}
	s.encrypted.by.SetSelected("By a handshake (DTLS)")
	b.press("Save and connect")
	if a := s.account; a.Encryption != "required" || a.EncryptionBy != "dtls" {
		t.Errorf("saved as %q by %q", a.Encryption, a.EncryptionBy)
	}
	s.encrypted.choice.SetSelected("Never")
	if s.encrypted.row.Visible() {
		t.Error("keys can be chosen where nothing is encrypted")
	}
}
