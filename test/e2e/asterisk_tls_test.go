package e2e

import (
	"strings"
	"testing"

	"linecard/test/certificates"
	"linecard/test/interop"
	"linecard/test/rig"
)

// asteriskByTLS starts an Asterisk with a port for TLS, and returns the file of the CA that its certificate is from.
func asteriskByTLS(t *testing.T, user string) (pbx *rig.Asterisk, authority string) {
	t.Helper()
	ca, err := certificates.NewAuthority(t.TempDir(), "Example CA")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	return rig.StartAsterisk(t, map[string]string{user: password}, cert), ca.CA
}

// TestAsteriskByTLS: the phone at Asterisk 22 by TLS: it registers, is called by the connection that it made, calls, and says that it
// is encrypted; the doctor tells whose the certificate is.
func TestAsteriskByTLS(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.3", interop.Asterisk)
	pbx, authority := asteriskByTLS(t, extension)
	org, url := newOrg(t)
	d := &desk{app: newApp(t), org: org, orgURL: url}
	d.account(pbx.Secure, extension, password, "--transport", "tls", "--tls-ca", authority)
	d.registered()
	if out := pbx.CLI("pjsip show contacts"); !strings.Contains(out, "transport=tls") {
		t.Errorf("Asterisk knows these contacts:\n%s", out)
	}
	var accounts []struct {
		Encrypted   bool
		Certificate struct{ Issuer string }
	}
	if d.json(&accounts, "account", "list"); len(accounts) != 1 || !accounts[0].Encrypted || accounts[0].Certificate.Issuer != "Example CA" {
		t.Errorf("the account: %+v", accounts)
	}
	mark := d.mark()
	pbx.Call("4155550132", "D Whitfield", extension, false)
	ringing := d.awaitAfter(mark, "ringing", nil)
	d.do("answer")
	d.await("answered", of(ringing.Call))
	d.do("hangup")
	d.await("ended", of(ringing.Call))
	id := d.dial("600")
	d.await("answered", of(id))
	for _, step := range []struct{ verb, state string }{{"hold", "held"}, {"resume", "talking"}} {
		d.do(step.verb)
		d.await("hold", func(e event) bool { return e.Call == id && e.State == step.state })
	}
	pbx.HangUp()
	d.await("ended", of(id))
	out, _ := d.tryWith(nil, "doctor") // an org that is not linked is a failure, and not what this is about
	if !strings.Contains(out, "127.0.0.1, issued by Example CA, until") {
		t.Errorf("the doctor says:\n%s", out)
	}
}

// TestTLSAndSDESAtAsterisk: what a company asks for that wants everything encrypted: the signalling by TLS, and the sound with the keys that are sent in it. Calls both
// ways have their sound, which is measured, before and after a hold.
func TestTLSAndSDESAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.3", interop.Asterisk)
	interop.Proves(t, "S4.4", interop.Asterisk)
	const secure = "4041"
	pbx, authority := asteriskByTLS(t, secure)
	sound := rig.StartPulse(t)
	tone := rig.Tone{Hz: 440, Amplitude: 0.4}
	sound.Play(rig.AppMicrophone, tone)
	a := newApp(t, sound.Env...)
	a.account(pbx.Secure, secure, password, "--transport", "tls", "--tls-ca", authority, "--encryption", "required", "--encryption-by", "sdes")
	a.registered()
	if out := pbx.CLI("pjsip show contacts"); !strings.Contains(out, "transport=tls") {
		t.Errorf("Asterisk knows these contacts:\n%s", out)
	}
	talk := func(call string) {
		t.Helper()
		a.await("answered", of(call))
		a.encrypted(call, sdes)
		audible(t, sound, "the agent's echo", rig.AppSpeaker, tone)
		mark := a.mark()
		a.do("hold")
		a.awaitAfter(mark, "hold", func(e event) bool { return e.Call == call && e.State == "held" })
		silent(t, sound, "the call on hold", rig.AppSpeaker, tone)
		a.do("resume")
		audible(t, sound, "the echo after hold", rig.AppSpeaker, tone)
		a.do("hangup")
		a.await("ended", of(call))
	}
	talk(a.dial("600"))
	mark := a.mark()
	pbx.Call("4155550132", "D Whitfield", secure, false)
	ringing := a.awaitAfter(mark, "ringing", nil)
	a.do("answer")
	talk(ringing.Call)
}
