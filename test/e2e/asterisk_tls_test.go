package e2e

import (
	"strings"
	"testing"

	"linecard/test/certificates"
	"linecard/test/rig"
)

// TestAsteriskByTLS: the phone at Asterisk 22 by TLS: it registers, is called by the connection that it made, calls, and says that it
// is encrypted; the doctor tells whose the certificate is.
func TestAsteriskByTLS(t *testing.T) {
	t.Parallel()
	ca, err := certificates.NewAuthority(t.TempDir(), "Example CA")
	if err != nil {
		t.Fatal(err)
	}
	cert, err := ca.Issue([]string{"127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	pbx := rig.StartAsterisk(t, map[string]string{extension: password}, cert)
	org, url := newOrg(t)
	d := &desk{app: newApp(t), org: org, orgURL: url}
	d.account(pbx.Secure, extension, password, "--transport", "tls", "--tls-ca", ca.CA)
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
