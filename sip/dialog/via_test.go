package dialog_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// A Via may have blanks and folds around its slashes: the answer comes back all the same, and every Via in it is whole.
func TestBlanksInVia(t *testing.T) {
	p := siptest.NewPeer(t)
	newAgent(t, p)
	phone, uri := p.Phone()
	for i, form := range []string{
		"Via: SIP / 2.0 / UDP %s;branch=z9hG4bK%d;rport\n", "v:SIP/ 2.0 /UDP %s;branch=z9hG4bK%d;rport\n",
		"Via: SIP/2.0/UDP %s  ;branch=z9hG4bK%d;rport\n", "VIA :\tsip\t/\t2.0\t/\tudp\t%s ;branch=z9hG4bK%d;rport\n", "Via: SIP\n / 2.0\n /\n UDP\n %s;branch=z9hG4bK%d;rport\n",
	} {
		for _, lower := range []string{
			"", "Via: SIP / 2.0 / TCP below.example.com;branch=z9hG4bKlow\n", "Via: SIP/2.0/TCP below.example.com;branch=z9hG4bKlow\n",
		} {
			branch := 10*i + len(lower)
			p.Send(phone, "OPTIONS "+uri+" SIP/2.0\n"+fmt.Sprintf(form, p.Addr(), branch)+lower+
				"Max-Forwards: 70\nFrom: <sip:x@y>;tag=1\nTo: <"+uri+">\nCall-ID: blanks-"+fmt.Sprint(branch)+"\nCSeq: 1 OPTIONS\nUser-Agent: a / b\nContent-Length: 0\n\n")
			got := p.Recv("SIP/2.0 200")
			via := got.Headers("Via")
			if !strings.Contains(via[0], fmt.Sprintf("branch=z9hG4bK%d", branch)) || !strings.HasPrefix(strings.ToUpper(via[0]), "SIP/2.0/UDP 127.0.0.1") {
				t.Errorf("%q: Via %q", form, via[0])
			}
			if lower != "" && (len(via) != 2 || !strings.HasPrefix(via[1], "SIP/2.0/TCP below.example.com") || !strings.Contains(via[1], "z9hG4bKlow")) {
				t.Errorf("%q above %q: Vias %q", form, lower, via)
			}
		}
	}
}

// The same by TCP, byte by byte, among pings, behind a message that cannot be read: each gets its answer by the connection.
func TestBlanksInViaByTCP(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	conn, err := net.Dial("tcp", a.ua.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	in := bufio.NewReader(conn)
	read := func() string { // a message without a body, or the line of a pong
		var b strings.Builder
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				t.Fatalf("%v after %q", err, b.String())
			}
			if b.WriteString(line); line == "\r\n" {
				return b.String()
			}
		}
	}
	send := func(text string) {
		for _, c := range []byte(siptest.CRLF(text)) {
			if _, err := conn.Write([]byte{c}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i, form := range []string{
		"Via: SIP / 2.0 / TCP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bK%d\n", "v:SIP/ 2.0 /TCP x;branch=z9hG4bK%d;rport\n",
		"VIA :\tsip\t/\t2.0\t/\ttcp\tx : 5060 ;branch=z9hG4bK%d\n", "Via: SIP\n / 2.0\n /\n TCP\n x\n ;\n branch\n =\n z9hG4bK%d\n",
	} {
		for j, length := range []string{"Content-Length: 0\n", "l : 0 \n", "Content-Length:\n 0\n", ""} {
			send("\n\nOPTIONS sip:2041@x SIP/2.0\n" + fmt.Sprintf(form, 10*i+j) + "Via: SIP / 2.0 / UDP low;branch=z9hG4bKlow\nMax-Forwards: 70\nFrom: <sip:x@y>;tag=1\nTo: <sip:2041@x>\nCall-ID: tcp-" +
				fmt.Sprint(i, len(length)) + "\nCSeq: 1 OPTIONS\n" + length + "\n")
			if pong := read(); pong != "\r\n" {
				t.Fatalf("%q for a ping", pong)
			}
			got := read()
			if !strings.HasPrefix(got, "SIP/2.0 200") || !strings.Contains(got, fmt.Sprintf("branch=z9hG4bK%d", 10*i+j)) || !strings.Contains(got, "SIP/2.0/UDP low;branch=z9hG4bKlow") {
				t.Errorf("%q, %q: answered\n%s", form, length, got)
			}
		}
		send("OPTIONS sip:2041@x SIP/2.0\nVia: SIP/2.0/TCP x;branch=z9hG4bKbad\nFrom: <\nTo: <sip:2041@x>\nCall-ID: bad\nCSeq: 1 OPTIONS\nContent-Length: 0\n\n")
		if got := read(); !strings.HasPrefix(got, "SIP/2.0 400") {
			t.Errorf("unreadable: answered\n%s", got)
		}
	}
	send("OPTIONS sip:2041@x SIP/2.0\nVia: SIP/2.0/TCP x;branch=z9hG4bKneg\nFrom: <sip:x@y>;tag=1\nTo: <sip:2041@x>\nCall-ID: neg\nCSeq: 1 OPTIONS\nContent-Length: -5\n\n")
	if got := read(); !strings.HasPrefix(got, "SIP/2.0 400") {
		t.Errorf("no boundary: answered\n%s", got)
	}
	if _, err := in.ReadByte(); err != io.EOF {
		t.Errorf("the connection stays: %v", err)
	}
}

// A message that nobody can read does not take with it what has come by the same connection behind it.
func TestWhatComesBehindAnUnreadableMessage(t *testing.T) {
	for _, contact := range []string{"*,", "* ,", "*,<sip:a@b>", ",", "a,"} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p)
		w := wireTo(t, "127.0.0.1", a.ua.LocalAddr())
		c := p.Call("<sip:bob@example.com>")
		w.send(over(c.Text("INVITE", "", siptest.SDP(4000, "sendrecv")), "127.0.0.1:9"))
		c.Learn(w.recv("SIP/2.0 180"))
		l := a.rings()
		other := p.Call("<sip:bob@example.com>")
		w.send(over(other.Text("OPTIONS", "Contact: "+contact+"\n", ""), "127.0.0.1:9") + over(c.Text("CANCEL", "", ""), "127.0.0.1:9"))
		w.recv("SIP/2.0 487")
		l.ends(dialog.Cancelled)
	}
}

// tel: and sips: in the Request-URI. What the account's own server sends by number is for us; a direct call is only when it
// names us; sips: promises a way that we do not have.
func TestOtherSchemes(t *testing.T) {
	for _, tc := range []struct {
		uri, from, want string
	}{
		{"tel:2041", "127.0.0.1", "180"},
		{"tel:+14155550100", "127.0.0.1", "180"},
		{"tel:+14155550100", "127.0.0.66", "404"},
		{"tel:2041", "127.0.0.66", "180"},
		{"TEL:20-41;phone-context=example.com", "127.0.0.66", "180"},
		{"sip:2041;phone-context=example.com@x", "127.0.0.66", "180"},
		{"sip:2041:secret@x", "127.0.0.66", "180"},
		{"tel:20411", "127.0.0.66", "404"},
		{"sip:@127.0.0.1", "127.0.0.66", "404"},
		{"sip:127.0.0.1", "127.0.0.66", "404"},
		{"sip:anybody@127.0.0.1", "127.0.0.1", "180"},
		{"sip:127.0.0.1", "127.0.0.1", "180"},
		{"sip:;phone-context=x@127.0.0.1:5060;transport=udp", "127.0.0.1", "180"},
		{"Tel:+1-(415)-555-0100;ext=1;phone-context=+1", "127.0.0.1", "180"},
		{"sips:2041@127.0.0.1", "127.0.0.1", "416"},
		{"sips:2041@127.0.0.1", "127.0.0.66", "416"},
		{"mailto:2041@127.0.0.1", "127.0.0.1", "416"},
	} {
		p := siptest.NewPeer(t)
		newAgent(t, p, func(c *dialog.Config) { c.Account.Trust.Direct = true })
		c := p.Call("<sip:bob@example.com>")
		if tc.from != "127.0.0.1" {
			c.Peer = siptest.NewPeerAt(t, tc.from)
		}
		c.URI = tc.uri
		c.Invite()
		if got := c.Peer.Recv("SIP/2.0"); got.Status() != tc.want {
			t.Errorf("%s from %s: %s, want %s", tc.uri, tc.from, got.Start(), tc.want)
		}
	}
}
