package demopbx_test

import (
	"fmt"
	"net"
	"testing"
	"time"

	"linecard/sip/demopbx"
	waits "linecard/test/wait"
)

func TestMain(m *testing.M) { waits.Main(m) }

// start runs a PBX with two extensions and short pauses.
func start(t *testing.T, change ...func(*demopbx.Config)) *demopbx.PBX {
	t.Helper()
	cfg := demopbx.Config{
		Users:     map[string]string{"2041": "secret", "2042": "other"},
		Directory: []demopbx.Person{{Name: `Dana "D" Whitfield`, Number: "+1 (415) 555-0132"}, {Name: "Tom Reed", Number: "+44 20 7946 0018"}},
		Ring:      50 * time.Millisecond, NoAnswer: 150 * time.Millisecond, Step: 150 * time.Millisecond,
	}
	for _, c := range change {
		c(&cfg)
	}
	pbx, err := demopbx.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pbx.Close(); err != nil {
			t.Error(err)
		}
	})
	return pbx
}

func registered(t *testing.T, pbx *demopbx.PBX, transport, user, pass string) *phone {
	t.Helper()
	p := newPhone(t, pbx.Addr(), transport, user, pass)
	if res := p.register(60); res.code() != 200 {
		t.Fatalf("register %s over %s: %s", user, transport, res.start)
	}
	return p
}

// TestHostileMessages: nothing that comes in stops it.
func TestHostileMessages(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	for _, text := range []string{
		"", "\r\n\r\n", "INVITE", "INVITE sip:x SIP/2.0\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n",
		"INVITE sip:600@x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n\r\n",
		"REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK2\r\nFrom: <sip:2041@x>;tag=1\r\nTo: <sip:2041@x>\r\nCall-ID: 1\r\nCSeq: 1 REGISTER\r\nAuthorization: Digest\r\nContent-Length: 0\r\n\r\n",
		"REFER sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK3\r\nFrom: <sip:2041@x>;tag=1\r\nTo: <sip:2041@x>;tag=9\r\nCall-ID: 1\r\nCSeq: 1 REFER\r\nContent-Length: 0\r\n\r\n",
	} {
		p.raw(text)
	}
	if res := p.register(60); res.code() != 200 {
		t.Errorf("register afterwards: %s", res.start)
	}
}

func TestStartErrors(t *testing.T) {
	pbx := start(t)
	if _, err := demopbx.Start(t.Context(), demopbx.Config{Listen: pbx.Addr()}); err == nil {
		t.Error("two PBXs on one port")
	}
	for _, listen := range []string{"here", "0.0.0.0:0", "[::1]:0", "127.0.0.1:99999", "192.0.2.77:0"} {
		if pbx, err := demopbx.Start(t.Context(), demopbx.Config{Listen: listen}); err == nil {
			_ = pbx.Close()
			t.Errorf("listens at %s", listen)
		}
	}
}

// TestCloseUnderRequests: what is still coming in when the PBX closes leaves no socket open; goleak says so in TestMain.
func TestCloseUnderRequests(t *testing.T) {
	for range 20 {
		pbx, err := demopbx.Start(t.Context(), demopbx.Config{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := net.Dial("udp", pbx.Addr())
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			fmt.Fprintf(c, "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bK%d\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:a@x>\r\nCall-ID: %d\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n", c.LocalAddr(), i, i)
		}
		if err := pbx.Close(); err != nil {
			t.Fatal(err)
		}
		_ = c.Close()
	}
}
