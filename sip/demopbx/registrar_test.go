package demopbx_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"linecard/sip/demopbx"
)

func TestRegister(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			pbx := start(t)
			p := newPhone(t, pbx.Addr(), transport, "2041", "secret")
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			waited := make(chan error, 1)
			go func() { waited <- pbx.WaitRegistered(ctx, "2041") }()

			if res := p.register(2); res.code() != 423 || res.get("Min-Expires") != "5" {
				t.Errorf("2 s: %s, Min-Expires %q", res.start, res.get("Min-Expires"))
			}
			if pbx.Registered("2041") {
				t.Error("registered by a refused REGISTER")
			}
			res := p.register(60)
			if res.code() != 200 || !strings.HasSuffix(res.get("Contact"), ";expires=60") {
				t.Errorf("60 s: %s, Contact %q", res.start, res.get("Contact"))
			}
			if err := <-waited; err != nil {
				t.Error(err)
			}
			if res = p.register(100_000); !strings.HasSuffix(res.get("Contact"), ";expires=3600") {
				t.Errorf("more than an hour: Contact %q", res.get("Contact"))
			}
			if res = p.register(0); res.code() != 200 || res.get("Contact") != "" || pbx.Registered("2041") {
				t.Errorf("unregister: %s, Contact %q, registered %v", res.start, res.get("Contact"), pbx.Registered("2041"))
			}
		})
	}
}

func TestRegisterRefused(t *testing.T) {
	pbx := start(t)
	for name, p := range map[string]*phone{
		"wrong password": newPhone(t, pbx.Addr(), "udp", "2041", "guess"),
		"unknown user":   newPhone(t, pbx.Addr(), "udp", "9999", "secret"),
	} {
		if res := p.register(60); res.code() != 403 {
			t.Errorf("%s: %s, want 403", name, res.start)
		}
	}
	t.Run("somebody else's extension", func(t *testing.T) {
		p := newPhone(t, pbx.Addr(), "udp", "2041", "secret")
		l := p.newLeg("2042")
		l.target = "sip:" + pbx.Addr()
		l.send("REGISTER", "")
		l.send("REGISTER", "", p.credentials(l.expectFinal("REGISTER"), "REGISTER", l.target))
		if res := l.expectFinal("REGISTER"); res.code() != 403 || pbx.Registered("2042") {
			t.Errorf("%s, registered %v", res.start, pbx.Registered("2042"))
		}
	})
	t.Run("a nonce of another server", func(t *testing.T) {
		p := newPhone(t, pbx.Addr(), "udp", "2041", "secret")
		l := p.newLeg("2041")
		forged := message{headers: map[string][]string{"www-authenticate": {`Digest realm="demo.linecard", nonce="00ff", algorithm=MD5, qop="auth"`}}}
		l.send("REGISTER", "", p.credentials(forged, "REGISTER", l.target))
		if res := l.expectFinal("REGISTER"); res.code() != 401 || !strings.Contains(res.get("WWW-Authenticate"), "stale=true") {
			t.Errorf("%s %q, want 401 with stale=true", res.start, res.get("WWW-Authenticate"))
		}
	})
}

// TestAlgorithms: each algorithm is offered in a challenge of its own, most wanted first, and each is taken.
func TestAlgorithms(t *testing.T) {
	for _, algorithm := range []string{"MD5", "SHA-256", "SHA-512-256"} {
		t.Run(algorithm, func(t *testing.T) {
			pbx := start(t, func(c *demopbx.Config) { c.Algorithms = []string{algorithm, "MD5"} })
			p := newPhone(t, pbx.Addr(), "udp", "2041", "secret")
			l := p.newLeg("2041")
			l.send("REGISTER", "")
			challenged := l.expectFinal("REGISTER")
			if offers := challenged.headers["www-authenticate"]; len(offers) != 2 || !strings.Contains(offers[0], algorithm) {
				t.Fatalf("offers %q", offers)
			}
			l.send("REGISTER", "", p.credentials(challenged, "REGISTER", l.target))
			if res := l.expectFinal("REGISTER"); res.code() != 200 {
				t.Errorf("%s", res.start)
			}
		})
	}
}

// TestExpiry: a binding that is not refreshed is gone.
func TestExpiry(t *testing.T) {
	pbx := start(t, func(c *demopbx.Config) { c.MinExpires = time.Second })
	p := newPhone(t, pbx.Addr(), "udp", "2041", "secret")
	p.register(1)
	if !pbx.Registered("2041") {
		t.Fatal("not registered")
	}
	deadline := time.Now().Add(patience)
	for pbx.Registered("2041") { // time passing is no event
		if time.Now().After(deadline) {
			t.Fatal("still registered long after the expiry")
		}
		<-time.After(20 * time.Millisecond)
	}
}
