package program_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/settings"
	"linecard/sip"
	"linecard/test/ports"
)

// invite sends an INVITE for the extension from an address that is not the server's.
func invite(t *testing.T, from string, port, n int) {
	t.Helper()
	conn, err := net.DialUDP("udp", &net.UDPAddr{IP: net.ParseIP(from)}, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	text := fmt.Sprintf("INVITE sip:2041@127.0.0.1 SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bK-%s-%d;rport\nMax-Forwards: 70\n"+
		"From: <sip:+14155550101@example.com>;tag=%d\nTo: <sip:2041@example.com>\nCall-ID: stranger-%s-%d\nCSeq: 1 INVITE\nContact: <sip:x@%s>\nContent-Length: 0\n\n",
		conn.LocalAddr(), from, n, n, from, n, conn.LocalAddr())
	if _, err := conn.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		t.Fatal(err)
	}
}

// A stranger's call does not ring and is in no history. Settings and doctor say from where it came, and the admin can accept
// the address, at once and for good.
func TestCallsFromAnotherAddress(t *testing.T) {
	r := ready(t)
	port := ports.Free(t)
	before := r.desk.View().Phone.Expires
	account := r.account()
	account.LocalPort = port
	if err := r.p.SetAccount(t.Context(), account.ID(), account, nil); err != nil {
		t.Fatal(err)
	}
	r.see("registered again", func(v app.View) bool { return v.Phone.State == sip.Registered && !v.Phone.Expires.Equal(before) })
	invite(t, "127.0.0.66", port, 1)
	v := r.see("the stranger is known", func(v app.View) bool { return len(v.Phones[0].Uninvited) == 1 })
	if u := v.Phones[0].Uninvited[0]; u.From.String() != "127.0.0.66" || u.Count != 1 || len(v.Calls)+len(v.History) > 0 {
		t.Errorf("uninvited %+v; calls %d, history %d", u, len(v.Calls), len(v.History))
	}
	said := ""
	for _, f := range r.p.Doctor(t.Context()) {
		if f.CheckCode == "program.check-uninvited" {
			said = f.Detail
		}
	}
	if !strings.Contains(said, "1 call from 127.0.0.66 was not answered") || !strings.Contains(said, "account trust") {
		t.Errorf("the doctor says %q", said)
	}
	var wrong *settings.KeyError
	if err := r.p.TrustCaller("", "edge.example.com"); !errors.As(err, &wrong) {
		t.Errorf("a name is no address: %v", err)
	}
	if err := r.p.TrustCaller("2041", "127.0.0.66"); err != nil {
		t.Fatal(err)
	}
	invite(t, "127.0.0.66", port, 2)
	r.see("the call rings", func(v app.View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == app.Ringing })
	if a := settings.Open(r.dir).Get().Accounts[0]; len(a.Trusted) != 1 || a.Trusted[0] != "127.0.0.66" {
		t.Errorf("in the file: %q", a.Trusted)
	}
}
