package dialog_test

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// stranger is a caller at an address that the account does not know.
func stranger(t testing.TB, p *siptest.Peer) *siptest.Caller {
	t.Helper()
	s := siptest.NewPeerAt(t, "127.0.0.66")
	c := p.Call("<sip:eve@example.com>")
	c.Peer, c.CallID = s, "eve-"+c.CallID
	return c
}

// Whoever is not the account's server gets no answer at all: neither a call, nor the word that a phone is here.
func TestStrangersGetSilence(t *testing.T) {
	interop.Proves(t, "S8.3")
	p := siptest.NewPeer(t)
	from := make(chan netip.Addr, 10)
	a := newAgent(t, p, func(c *dialog.Config) { c.Uninvited = func(ip netip.Addr) { from <- ip } })
	for _, method := range []string{"INVITE", "OPTIONS", "NOTIFY", "MESSAGE", "REGISTER", "BYE", "SUBSCRIBE", "FOO"} {
		stranger(t, p).Send(method, "", "")
	}
	wrong := stranger(t, p)
	wrong.URI = "sip:9999@" + wrong.To.String()
	wrong.Invite()
	garbage := stranger(t, p)
	garbage.Peer.Send(garbage.To, "INVITE sip:2041@x SIP/2.0\nVia: SIP/2.0/UDP "+garbage.Peer.Addr()+";branch=z9hG4bK1;rport\nFrom: broken\nCall-ID: 1\nCSeq: x\n\n")
	canceller := stranger(t, p)
	canceller.Send("INVITE", "", "")
	canceller.Send("CANCEL", "", "")
	_, l := a.called(p) // the server's own call comes after all of it
	for _, c := range []*siptest.Caller{wrong, garbage, canceller} {
		c.Peer.Quiet(50 * time.Millisecond)
	}
	l.reject(486)
	for range 3 {
		if ip := arrives(t, from); ip != netip.MustParseAddr("127.0.0.66") {
			t.Errorf("uninvited from %v", ip)
		}
	}
	select {
	case l := <-a.calls:
		t.Errorf("a stranger rang: %v", l.ID())
	default:
	}
}

// A stranger cannot end the call of another, nor change it, without the tag that only the other side knows.
func TestStrangersOutsideTheDialog(t *testing.T) {
	interop.Proves(t, "S8.5")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	eve := stranger(t, p)
	eve.CallID, eve.FromTag, eve.ToTag, eve.Seq = c.CallID, c.FromTag, "guessed", 10
	eve.Send("BYE", "", "")
	eve.Send("UPDATE", "", "")
	eve.Peer.Quiet(50 * time.Millisecond)
	c.Bye()
	l.ends(dialog.HungUpThere)
}

// The far end of a call that came by the server speaks to us directly, by its Contact. Its BYE is answered again when the answer
// was lost; a stranger who has seen it gets nothing.
func TestByeThatIsRepeated(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	c, l := a.talks(p)
	far := *c
	far.Peer = siptest.NewPeerAt(t, "127.0.0.67")
	bye := far.Text("BYE", "", "")
	far.Peer.Send(far.To, bye)
	far.Peer.Await("SIP/2.0 200")
	for range 3 {
		far.Peer.Send(far.To, bye)
		far.Peer.Repeat("SIP/2.0 200")
	}
	l.ends(dialog.HungUpThere)
	eve := stranger(t, p)
	eve.Peer.Send(eve.To, bye)
	eve.Peer.Quiet(50 * time.Millisecond)
}

// Who was let in and is not any more may still give up the call that rings.
func TestCancelAfterTheListHasChanged(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	a.do(func() { a.ua.SetTrust(dialog.Trust{From: []netip.Prefix{netip.MustParsePrefix("127.0.0.66/32")}}) })
	c := stranger(t, p)
	c.Ringing()
	l := a.rings()
	a.do(func() { a.ua.SetTrust(dialog.Trust{}) })
	c.Send("CANCEL", "", "")
	c.Peer.Await("SIP/2.0 487")
	c.Send("ACK", "", "")
	l.ends(dialog.Cancelled)
}

func TestTrust(t *testing.T) {
	eve := netip.MustParsePrefix("127.0.0.66/32")
	for name, tc := range map[string]struct {
		trust dialog.Trust
		user  string // the Request-URI names
		want  string
	}{
		"an address of the list":         {dialog.Trust{From: []netip.Prefix{eve}}, "2041", "180"},
		"a network of the list":          {dialog.Trust{From: []netip.Prefix{netip.MustParsePrefix("127.0.0.64/26")}}, "2041", "180"},
		"a network with bits set":        {dialog.Trust{From: []netip.Prefix{netip.MustParsePrefix("127.0.0.65/26")}}, "2041", "180"},
		"who is trusted may name a DID":  {dialog.Trust{From: []netip.Prefix{eve}}, "+14155550100", "180"},
		"direct calls":                   {dialog.Trust{Direct: true}, "2041", "180"},
		"direct calls to somebody else":  {dialog.Trust{Direct: true}, "2042", "404"},
		"another network of the list":    {dialog.Trust{From: []netip.Prefix{netip.MustParsePrefix("127.0.1.0/24")}}, "2041", ""},
		"IPv4 is not in ::/0":            {dialog.Trust{From: []netip.Prefix{netip.MustParsePrefix("::/0")}}, "2041", ""},
		"nobody but the server, default": {dialog.Trust{}, "2041", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			a.do(func() { a.ua.SetTrust(tc.trust) }) // at once, without the registrar hearing of it
			c := stranger(t, p)
			c.URI = fmt.Sprintf("sip:%s@%s", tc.user, c.To)
			c.Invite()
			if tc.want != "" {
				c.Peer.Await("SIP/2.0 " + tc.want)
				return
			}
			c.Peer.Quiet(50 * time.Millisecond)
		})
	}
}

// What the server sends to our Contact is for us, whoever it names.
func TestServerCallsBy(t *testing.T) {
	for _, uri := range []string{"sip:+14155550100@%s", "tel:+14155550100", "sip:%s", "sip:2041;phone-context=x@%s", "sip:s@%s;transport=udp"} {
		t.Run(uri, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			c := p.Call("<sip:bob@example.com>")
			c.URI = strings.Replace(uri, "%s", c.To.String(), 1)
			c.Ringing()
			a.rings()
		})
	}
}

// A stranger's connections are few and end by themselves; those of the server stay.
func TestStrangersConnections(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	to := a.ua.LocalAddr()
	dial := func(ip string) net.Conn {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
		c, err := d.DialContext(t.Context(), "tcp", to.String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	closed := func(c net.Conn) bool {
		c.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
		_, err := c.Read(make([]byte, 1))
		return err != nil && !errors.Is(err, os.ErrDeadlineExceeded)
	}
	var few []net.Conn
	for i := range 20 {
		few = append(few, dial(fmt.Sprintf("127.0.0.%d", 66+i%10)))
	}
	many := []net.Conn{}
	for range 10 {
		many = append(many, dial("127.0.0.99"))
	}
	open := append(slices.Clone(few), many...)
	eventually(t, func() bool { // at most 16 of them stay; that one is closed may be seen late
		open = slices.DeleteFunc(open, closed)
		return len(open) <= 16
	})
	if len(open) == 0 {
		t.Error("no connection of a stranger is open")
	}
	server := dial("127.0.0.1")
	c := p.Call("<sip:bob@example.com>")
	fmt.Fprint(server, siptest.CRLF(strings.Replace(c.Text("OPTIONS", "", ""), "/UDP", "/TCP", 1)))
	buf := make([]byte, 4096)
	server.SetReadDeadline(time.Now().Add(patience))
	n, err := server.Read(buf)
	if err != nil || !strings.HasPrefix(string(buf[:n]), "SIP/2.0 200") {
		t.Errorf("the server gets %q, %v", buf[:n], err)
	}
	fmt.Fprint(few[2], "\r\n\r\n") // a ping
	few[2].SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if n, err := few[2].Read(buf); err == nil && n > 0 {
		t.Errorf("a stranger's ping gets %q", buf[:n])
	}
	fmt.Fprint(server, "\r\n\r\n")
	server.SetReadDeadline(time.Now().Add(patience))
	if n, err := server.Read(buf); err != nil || string(buf[:n]) != "\r\n" {
		t.Errorf("the server's ping gets %q, %v", buf[:n], err)
	}
	few[0].Close() // makes room
	fmt.Fprint(few[1], siptest.CRLF(strings.Replace(c.Text("OPTIONS", "", ""), "/UDP", "/TCP", 1)))
	few[1].SetReadDeadline(time.Now().Add(100 * time.Millisecond))
	if n, err := few[1].Read(buf); err == nil && n > 0 {
		t.Errorf("a stranger gets %q", buf[:n])
	}
}

// An address that the server, or a hop that it named, had before is listened to for a while only: it is somebody else's by then.
func TestFormerAddressesAreForgotten(t *testing.T) {
	p := siptest.NewPeer(t)
	z := &zone{a: map[string]string{"ip4 pbx.example.com": "127.0.0.1", "ip4 edge.example.com": "127.0.0.66"}}
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		p.Reply(m, "200 OK", "Contact: <"+m.URI("Contact")+">;expires=60\nPath: <sip:edge.example.com:5060;lr>\n")
		return true
	})
	a := newAgent(t, p, func(c *dialog.Config) {
		c.Resolver, c.Account.Server = z, fmt.Sprintf("pbx.example.com:%d", netip.MustParseAddrPort(p.Addr()).Port())
		c.Account.Expires = time.Second
	})
	serves := func(ip string, want bool) {
		t.Helper()
		for end := time.Now().Add(patience); a.ua.Serves(netip.MustParseAddr(ip)) != want; time.Sleep(2 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s is the server's: %v", ip, !want)
			}
		}
	}
	serves("127.0.0.66", true)
	z.set(func() { z.a["ip4 edge.example.com"] = "127.0.0.67" })
	a.do(func() { a.ua.Forget(); a.ua.Look() })
	serves("127.0.0.67", true)
	a.forward(time.Hour + time.Minute)
	serves("127.0.0.66", false)
	z.set(func() { z.a["ip4 pbx.example.com"] = "127.0.0.68" })
	a.do(func() { a.ua.Forget(); a.ua.Look() })
	serves("127.0.0.68", true)
	a.forward(time.Hour + time.Minute)
	serves("127.0.0.1", false)
	eve := stranger(t, p)
	eve.Peer = siptest.NewPeerAt(t, "127.0.0.66")
	eve.Invite()
	eve.Peer.Quiet(50 * time.Millisecond)
}

// A registrar that asks for a longer life of the binding keeps it that long, and may call from the address where it was made.
func TestFormerAddressesStayAsLongAsTheirBinding(t *testing.T) {
	p := siptest.NewPeer(t)
	z := &zone{a: map[string]string{"ip4 pbx.example.com": "127.0.0.1", "ip4 edge.example.com": "127.0.0.66"}}
	p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
		if strings.HasSuffix(m.Header("Contact"), "expires=1") {
			p.Reply(m, "423 Interval Too Brief", "Min-Expires: 7200\n")
			return true
		}
		p.Reply(m, "200 OK", "Contact: "+m.Header("Contact")+"\nPath: <sip:edge.example.com:5060;lr>\n")
		return true
	})
	a := newAgent(t, p, func(c *dialog.Config) {
		c.Resolver, c.Account.Server = z, fmt.Sprintf("pbx.example.com:%d", netip.MustParseAddrPort(p.Addr()).Port())
		c.Account.Expires = time.Second
	})
	edge, next := netip.MustParseAddr("127.0.0.66"), netip.MustParseAddr("127.0.0.67")
	served := func(ip netip.Addr) {
		t.Helper()
		for end := time.Now().Add(patience); !a.ua.Serves(ip); time.Sleep(2 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("%s is not the server's", ip)
			}
		}
	}
	served(edge)
	z.set(func() { z.a["ip4 edge.example.com"] = next.String() })
	a.do(func() { a.ua.Forget(); a.ua.Look() })
	served(next)
	a.forward(time.Hour + time.Minute)
	if !a.ua.Serves(edge) {
		t.Fatal("the edge's former address is forgotten before the binding ends")
	}
}
