package dialog

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"pgregory.net/rapid"
)

// seed gives a fuzz target the messages of RFC 4475 and RFC 5118.
func seed(f *testing.F) {
	f.Helper()
	files, err := filepath.Glob("testdata/messages/*/*.dat")
	if err != nil || len(files) < 60 {
		f.Fatalf("%d messages, %v", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}

// FuzzRequest takes any datagram through all that looks at a message before a call does, and the answer back through
// the parser: what we send must be a message.
func FuzzRequest(f *testing.F) {
	seed(f)
	parser := sip.NewParser()
	f.Fuzz(func(t *testing.T, data []byte) {
		msg, err := parser.ParseSIP(data)
		if err != nil {
			if answer := refuseUnreadable(data, "192.0.2.1", 5060); answer != nil && !strings.HasPrefix(string(answer), "SIP/2.0 ") {
				t.Fatalf("answer %q", answer)
			}
			return
		}
		req, ok := msg.(*sip.Request)
		if !ok {
			res := msg.(*sip.Response)
			reasons(res)
			SDP(res)
			challenges(headersOf(res, "WWW-Authenticate"))
			return
		}
		req.SetTransport("UDP")
		req.SetSource("192.0.2.1:5060")
		v := screen(req)
		if !identified(req) {
			if v.code == 0 {
				t.Fatal("passed without the headers that identify it")
			}
			if req.Via() != nil {
				_ = newStatelessResponse(req, 400).String()
			}
			return
		}
		serverKey(req, sip.INVITE)
		SDP(req)
		reasons(req)
		sessionExpires(req)
		fragStatus(req.Body())
		d := dialogOfRequest(req, "tag")
		d.way()
		res := newResponse(req, 200, "tag")
		if _, err := netip.ParseAddrPort(res.Destination()); err != nil {
			t.Fatalf("answer to nowhere: %q", res.Destination())
		}
	})
}

// FuzzStream takes any bytes for a TCP connection through the parser, in two pieces: its reader is a goroutine of
// sipgo's, where nothing would catch a panic.
func FuzzStream(f *testing.F) {
	seed(f)
	parser := sip.NewParser()
	f.Fuzz(func(t *testing.T, data []byte) {
		stream := parser.NewSIPStream()
		defer stream.Close()
		half := len(data) / 2
		if err := stream.ParseSIPStream(data[:half], func(sip.Message) {}); err != nil && !errors.Is(err, sip.ErrParseSipPartial) {
			return // the connection is closed
		}
		_ = stream.ParseSIPStream(data[half:], func(sip.Message) {})
	})
}

// FuzzChallenge takes any WWW-Authenticate value to an answer.
func FuzzChallenge(f *testing.F) {
	f.Add(`Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth", Digest realm="r", nonce="m", algorithm=MD5`)
	f.Add(`Basic realm="r", Digest realm="a, b", nonce="\"", qop="auth,auth-int"`)
	f.Add(`Digest`)
	f.Fuzz(func(t *testing.T, value string) {
		a := newAuthenticator(Account{User: "2041", Password: "secret"})
		req := sip.NewRequest(sip.REGISTER, sip.Uri{Scheme: "sip", Host: "pbx"})
		res := sip.NewResponse(401, "Unauthorized")
		res.AppendHeader(sip.NewHeader("WWW-Authenticate", value))
		if a.learn(req, res, true) {
			a.authorize(req)
			for _, h := range req.GetHeaders("Authorization") {
				if strings.ContainsAny(h.Value(), "\r\n") {
					t.Fatalf("a challenge makes its own headers: %q", h.Value())
				}
			}
		}
	})
}

// Values joined by commas come apart as they were, whatever is quoted or bracketed in them.
func TestSplitListProperty(t *testing.T) {
	value := rapid.Custom(func(t *rapid.T) string {
		name := rapid.StringMatching(`[a-z ,;<>]{0,8}`).Draw(t, "name")
		user := rapid.StringMatching(`[a-z0-9,;]{1,8}`).Draw(t, "user")
		return `"` + name + `" <sip:` + user + `@x>;a="b,c"`
	})
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(value, 1, 5).Draw(t, "list")
		got := SplitList(strings.Join(list, " , "))
		if len(got) != len(list) {
			t.Fatalf("%q came apart as %q", list, got)
		}
		for i := range list {
			if got[i] != list[i] {
				t.Fatalf("value %d is %q, was %q", i, got[i], list[i])
			}
		}
	})
}

// Any user part survives the way into a URI and back.
func TestEscapeUserProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		user := rapid.String().Draw(t, "user")
		escaped := escapeUser(user)
		if got := Unescape(escaped); got != user {
			t.Fatalf("%q became %q became %q", user, escaped, got)
		}
		if user == "" {
			return
		}
		var uri sip.Uri
		if err := sip.ParseUri("sip:"+escaped+"@pbx", &uri); err != nil || uri.User != escaped || uri.Host != "pbx" {
			t.Fatalf("%q is parsed as %+v, %v", escaped, uri, err)
		}
	})
}

// A refresh comes in time and not at once, whatever the registrar grants.
func TestRefreshAfterProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		life := rapid.Int64Range(1, 86400).Draw(t, "seconds")
		d := refreshAfter(time.Duration(life) * time.Second)
		if d <= 0 || d >= time.Duration(life)*time.Second || d < time.Duration(life)*time.Second/4 {
			t.Fatalf("a binding of %d s is refreshed after %v", life, d)
		}
	})
}
