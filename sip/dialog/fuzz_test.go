package dialog

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

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
	f.Add([]byte("OPTIONS sip:2041@x SIP/2.0\r\nVia: SIP / 2.0 / UDP x ; X = \"a;b, c\" ; branch=z9hG4bK1;rport, SIP/2.0/TCP [::1] : 5\r\nMax-Forwards: 70\r\n" +
		"From: \"a\\\"<b>\" <sip:x@y> ; Tag = 1;x=\"p;tag=2 q\"\r\nTo: sip:2041@x ; tag\r\nCall-ID: 1\r\nCSeq: 1 \t OPTIONS\r\nm: \"c, d\" <sip:a@b> ; q = 1 , <sip:c@d>\r\n\r\n"))
	for _, contact := range []string{"*,", "* ,", "*,<sip:a@b>", "*\t,,", ",", "a,", "a:b,"} {
		f.Add([]byte("OPTIONS sip:2041@x SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:x@y>;tag=1\r\nTo: <sip:2041@x>\r\nCall-ID: 1\r\n" +
			"CSeq: 1 OPTIONS\r\nContact: " + contact + "\r\n\r\n"))
	}
	parser := newParser()
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
		if v.code != 0 {
			return
		}
		was, is := req.GetHeaders("Via"), res.GetHeaders("Via")
		if len(was) != len(is) {
			t.Fatalf("%d Vias are %d in the answer", len(was), len(is))
		}
		for i := range was {
			v, err := readVia(nil, is[i].Value())
			if err != nil {
				t.Fatalf("a Via is answered as %q: %v", is[i].Value(), err)
			}
			asked, _ := param(was[i].(*sip.ViaHeader).Params, "branch")
			if branch, _ := param(v.(*sip.ViaHeader).Params, "branch"); branch != asked {
				t.Fatalf("the branch %q is answered as %q", asked, is[i].Value())
			}
		}
		_, _, from, _, _ := readAddress(res.From().Value(), ";")
		_, _, to, _, _ := readAddress(res.To().Value(), ";")
		if tagOf(from) != tagOf(req.From().Params) || tagOf(to) == "" {
			t.Fatalf("the tags are answered as %q, %q", res.From().Value(), res.To().Value())
		}
	})
}

// FuzzField takes any value of a field that is read here through its reader, as sipgo goes from one value to the next, and what was read
// once more.
func FuzzField(f *testing.F) {
	for _, s := range []string{
		"*,", "*, <sip:a@b>", ",", ",,", "a:b,", "<sip:a@b>,<sip:c@d>;x=\"p,q\"", "\"a\\\",b\" <sip:a@b> ; q = 1 , sip:c@d", "SIP/2.0/UDP a,SIP/2.0/UDP b;x=\"", "a/b/c d,",
		"1 INVITE", "text / plain ; x = \"a b\"", "\"", "<", ";=;", "sip:a@b;tag", "\"\\", "SIP/2.0/UDP [::1]:", "SIP/2.0/UDP [::1", "a//b/c d", "<sip:a@b>\x00,x", "text\f;",
	} {
		f.Add(s)
	}
	readers := sip.HeadersParser(fieldReaders())
	f.Fuzz(func(t *testing.T, value string) {
		for _, name := range []string{"v", "f", "t", "m", "cseq", "c"} {
			all, err := readers.ParseHeader(nil, []byte(name+": "+value))
			if err != nil {
				continue
			}
			for _, h := range all {
				again, err := readers.ParseHeader(nil, []byte(h.String()))
				if name != "v" && name != "cseq" && name != "c" || strings.ContainsFunc(value, unicode.IsControl) || !utf8.ValidString(value) {
					continue // sipgo reads addresses that it does not write, and takes more than blanks off
				}
				if err != nil || len(again) != 1 || strings.TrimSpace(again[0].Value()) != strings.TrimSpace(h.Value()) {
					t.Fatalf("%q is %q, and then %v, %v", value, h, again, err)
				}
			}
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

// FuzzChallenge takes any WWW-Authenticate value to an answer, and the answer back through the reader: the values that are given
// back are those that were read.
func FuzzChallenge(f *testing.F) {
	f.Add(`Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth", Digest realm="r", nonce="m", algorithm=MD5`)
	f.Add(`Basic realm="r", Digest realm="a, b", nonce="\"", qop="auth,auth-int"`)
	f.Add(`Digest realm = "r" ,nonce= "n\\",opaque="",algorithm = md5-SESS, qop=auth,stale = TRUE,userhash=true`)
	f.Add(`Negotiate, NTLM x==, Digest realm=r,nonce=bm9uY2U=`)
	f.Add(`Digest realm="r, nonce="n"`)
	f.Add(`Digest realm=r\,nonce=n\`)
	f.Add(`Digest`)
	f.Fuzz(func(t *testing.T, value string) {
		a := newAuthenticator(Account{User: "2041", Password: "secret"})
		req := sip.NewRequest(sip.REGISTER, sip.Uri{Scheme: "sip", Host: "pbx"})
		known := make(answered)
		if !a.learn(known, req, choose(challenges([]string{value})), hop{}, false, true) {
			return
		}
		a.authorize(known, req, hop{})
		for _, h := range req.GetHeaders("Authorization") {
			if strings.ContainsAny(h.Value(), "\r\n\x00") {
				t.Fatalf("a challenge makes its own headers: %q", h.Value())
			}
			back := readSchemes(h.Value())
			if len(back) != 1 || back[0].name != "digest" {
				t.Fatalf("%q is answered %q, which is read as %v", value, h.Value(), back)
			}
			realm, _ := back[0].get("realm")
			c := known[realmKey{realm: realm}]
			if c == nil {
				t.Fatalf("%q: answered in the realm %q", value, realm)
			}
			nonce, _ := back[0].get("nonce")
			opaque, given := back[0].get("opaque")
			if nonce != c.nonce || given != (c.opaque != nil) || given && opaque != *c.opaque {
				t.Fatalf("%q is answered %q", value, h.Value())
			}
			if name, _ := back[0].get("username"); !c.userhash && name != "2041" {
				t.Fatalf("%q is answered for %q", value, name)
			}
		}
	})
}

// What is written as a challenge is what is read, with blanks and quotes wherever the grammar allows them, and several in
// one line.
func TestChallengeProperty(t *testing.T) {
	quoted := rapid.StringMatching(`([a-zA-Z0-9 ,=;:/+.<>@]|\\\\|\\")*`)
	blank := rapid.SampledFrom([]string{"", "", " ", "  ", "\t", " \t "})
	comma := rapid.SampledFrom([]string{",", ", ", " ,", ",,", " , "})
	mixed := func(t *rapid.T, s string) string {
		return rapid.SampledFrom([]string{s, strings.ToUpper(s), strings.ToLower(s)}).Draw(t, "case")
	}
	type written struct {
		digestChallenge
		text string
	}
	one := rapid.Custom(func(t *rapid.T) written {
		var w written
		var parts []string
		add := func(name, value string) {
			parts = append(parts, mixed(t, name)+blank.Draw(t, "before")+"="+blank.Draw(t, "after")+value)
		}
		w.realm, w.nonce = quoted.Draw(t, "realm"), rapid.StringMatching(`[a-zA-Z0-9+/=]{1,20}`).Draw(t, "nonce")
		add("realm", `"`+w.realm+`"`)
		add("nonce", rapid.SampledFrom([]string{`"` + w.nonce + `"`, w.nonce}).Draw(t, "quoted"))
		if rapid.Bool().Draw(t, "opaque") {
			v := quoted.Draw(t, "opaque")
			w.opaque = &v
			add("opaque", `"`+v+`"`)
		}
		name := rapid.SampledFrom([]string{"", "MD5", "MD5-sess", "SHA-256", "SHA-256-sess", "SHA-512-256"}).Draw(t, "algorithm")
		if w.algorithm = strings.ToUpper(name); name != "" {
			add("algorithm", mixed(t, name))
		}
		if rapid.Bool().Draw(t, "qop") {
			w.qop = []string{"auth-int", "auth"}
			add("qop", `"auth-int`+comma.Draw(t, "comma")+`auth"`)
		}
		if w.stale = rapid.Bool().Draw(t, "stale"); w.stale {
			add("stale", mixed(t, "true"))
		}
		if rapid.Bool().Draw(t, "other") {
			add("x-other", `"`+quoted.Draw(t, "value")+`"`)
		}
		parts = rapid.Permutation(parts).Draw(t, "order")
		text := parts[0]
		for _, p := range parts[1:] {
			text += comma.Draw(t, "comma") + p
		}
		w.text = mixed(t, "Digest") + rapid.SampledFrom([]string{" ", "  ", "\t"}).Draw(t, "blank") + text
		return w
	})
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(one, 1, 3).Draw(t, "list")
		var texts []string
		for _, w := range list {
			texts = append(texts, w.text)
		}
		got := challenges([]string{strings.Join(texts, comma.Draw(t, "comma"))})
		if len(got) != len(list) {
			t.Fatalf("%d challenges of %q", len(got), texts)
		}
		for i, w := range list {
			if !reflect.DeepEqual(got[i], w.digestChallenge) {
				t.Fatalf("%q is read as %+v", w.text, got[i])
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
		user := rapid.OneOf(rapid.String(), rapid.StringOfN(rapid.RuneFrom([]rune("/:@;?%a1")), 1, 4, -1)).Draw(t, "user")
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

// Whatever a name server answers, it is read or refused.
func FuzzNAPTR(f *testing.F) {
	f.Add([]byte{0, 10, 0, 10, 1, 's', 8, 'S', 'I', 'P', 'S', '+', 'D', '2', 'T', 0, 1, 'a', 0})
	f.Add([]byte{0, 1, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 'a', 0, 0, 35, 0, 1, 0xc0, 12, 0, 35, 0, 1, 0, 0, 0, 60, 0, 9, 0, 10, 0, 10, 1, 's', 0, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		if n, ok := naptrOf(data); ok && len(n.Replacement) > len(data) {
			t.Errorf("%q from %d octets", n.Replacement, len(data))
		}
		if all, err := readNAPTR(data); err == nil {
			leading(all, overTLS)
		}
		turn(data, typeNAPTR, typeTXT)
	})
}
