package dialog_test

import (
	"regexp"
	"strings"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// tagged is a tag as siptest writes it.
var tagged = regexp.MustCompile(`;tag=([^\s;]+)`)

// respelled rewrites a message into another one that means the same (RFC 3261 §7.3.1, §25.1).
func respelled(old ...string) func(string) string { return strings.NewReplacer(old...).Replace }

func tags(form string) func(string) string {
	return func(text string) string { return tagged.ReplaceAllString(text, form) }
}

var compact = respelled("\nVia:", "\nv:", "\nFrom:", "\nF :", "\nTo:", "\nt\t:", "\nCall-ID:", "\nI:", "\nContact:", "\nm:", "\nContent-Type:", "\nC:", "\nContent-Length:", "\nl:")

var spellings = map[string]func(string) string{
	"blanks round the tag":       tags(" ; tag = $1"),
	"tabs round the tag":         tags("\t;\ttag\t=\t$1"),
	"folds round the tag":        tags("\n ;\n\ttag\n =\n  $1"),
	"a capital tag":              tags(";TAG=$1"),
	"an empty parameter":         tags(";;tag=$1;"),
	"a tag behind quotes":        tags(`;x="a;tag=no, \"b\" c";tag=$1`),
	"a tag before quotes":        tags(`;tag=$1 ; x = "a;tag=no, <b> c"`),
	"a flag before the tag":      tags(" ; flag ; tag=$1"),
	"compact names":              compact,
	"compact names and folds":    func(text string) string { return compact(tags("\n ; tag =\n $1")(text)) },
	"capital names":              respelled("\nVia:", "\nVIA:", "\nFrom:", "\nFROM:", "\nTo:", "\nTO:", "\nCall-ID:", "\nCALL-ID:", "\nCSeq:", "\nCSEQ:", "\nContact:", "\nCONTACT:", "\nContent-Type:", "\nCONTENT-TYPE:"),
	"blanks in CSeq":             func(text string) string { return cseq.ReplaceAllString(text, "CSeq: $1  \t $2  ") },
	"a tab in CSeq":              func(text string) string { return cseq.ReplaceAllString(text, "CSEQ\t:\t$1\t$2") },
	"a fold in CSeq":             func(text string) string { return cseq.ReplaceAllString(text, "CSeq:\n $1\n  $2") },
	"blanks in the type":         respelled("Content-Type: application/sdp", `Content-Type: Application / SDP ; charset = "utf-8"`),
	"a fold in the type":         respelled("Content-Type: application/sdp", "Content-Type:\n application\n /\n sdp"),
	"a type and a semicolon":     respelled("Content-Type: application/sdp", "c : APPLICATION/SDP;"),
	"quotes in Via":              respelled(";rport", ` ; x = "a;branch=no, SIP/2.0/UDP b c" ; rport`),
	"quotes before the branch":   respelled(";branch=", `;x="a;branch=no,\"b";y="";branch=`),
	"Vias in a line":             respelled(";rport", ";rport , SIP/2.0/TCP low.example.com,SIP / 2.0 / UDP [2001:db8::1] : 5062 ; branch = z9hG4bKlower"),
	"capital parameters of Via":  respelled(";branch=", ";BRANCH=", ";rport", ";RPORT"),
	"a name that has everything": respelled("<sip:bob@example.com>", `"B\"o;b, <x> tag=no"  <sip:bob@example.com>`),
	"an inch in the name":        inch(`"5" pipe"`),
	"a quote in the name":        inch(`5" pipe`),
	"three quotes and a tail":    func(text string) string { return inch(`"5" pipe"`)(tags(`;tag=$1;n="a;b <c>"`)(text)) },
	"a quote behind the tag":     tags(`;tag=$1;n="abc`),
	"a quote before the tag":     tags(`;n="abc;tag=$1`),
	"a quote before To's tag":    func(text string) string { return toValue.ReplaceAllString(text, `$1;n="abc$2`) },
	"a quote in Via":             respelled(";rport", `;rport;n="abc`),
	"no brackets": func(text string) string {
		return respelled("<sip:bob@example.com>", "sip:bob@example.com")(tags(" ; tag = $1")(text))
	},
	"Contact without brackets": func(text string) string { return contacted.ReplaceAllString(text, "Contact: $1 ; q = 0.5") },
	"Contact with quotes": func(text string) string {
		return contacted.ReplaceAllString(text, `m: "c\", <d>" <$1> ; x = "p, <q>;r" ; q=1`)
	},
	"a long Max-Forwards": respelled("Max-Forwards: 70", "max-forwards :\n\t70 "),
}

// inch puts a name before the addresses of From and To.
func inch(name string) func(string) string {
	return func(text string) string { return parties.ReplaceAllString(text, "\n$1: "+name+" <") }
}

var (
	parties   = regexp.MustCompile(`\n(From|To): ("[^<]*"|) ?<`)
	toValue   = regexp.MustCompile(`(\nTo: [^\n;]*)(.*)`)
	cseq      = regexp.MustCompile(`CSeq: (\d+) (\w+)`)
	contacted = regexp.MustCompile(`Contact: <([^>]*)>`)
)

// spelled is a caller whose every message is written in another way.
type spelled struct {
	*siptest.Caller
	spell func(string) string
}

func (s spelled) send(method, extra, body string) {
	s.Peer.Send(s.To, s.spell(s.Text(method, extra, body)))
}

// answered waits for an answer and holds it against the request that was sent last: a caller finds its transaction and its dialog by it.
func (s spelled) answered(t *testing.T, status, method string) siptest.Message {
	t.Helper()
	got := s.Peer.Recv("SIP/2.0 " + status)
	if via := quotes.ReplaceAllString(got.Header("Via"), ""); !strings.Contains(via, ";branch="+s.Branch+";") && !strings.HasSuffix(via, ";branch="+s.Branch) || strings.Join(strings.Fields(got.Header("CSeq"))[1:], " ") != method || got.Header("Call-ID") != s.CallID {
		t.Errorf("%s is answered\n%s", method, got.Text)
	}
	for name, want := range map[string]string{"From": s.FromTag, "To": s.ToTag} {
		if tag := onlyTag(got.Header(name)); tag == "" || want != "" && tag != want {
			t.Errorf("%s is answered with %s: %s", method, name, got.Header(name))
		}
	}
	return got
}

// onlyTag is the tag of a From or To; "" where there is none, or more than one.
func onlyTag(value string) string {
	found := tagged.FindAllStringSubmatch(quotes.ReplaceAllString(value, ""), -1)
	if len(found) != 1 {
		return ""
	}
	return found[0][1]
}

var quotes = regexp.MustCompile(`"(\\.|[^"\\])*"`)

// Whatever a legal message looks like, it does what it says: the call rings, is answered, is asked things, and ends by either side.
func TestEverySpelling(t *testing.T) {
	for name, spell := range spellings {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			for _, ours := range []bool{false, true} {
				c := spelled{p.Call("<sip:bob@example.com>"), spell}
				c.send("OPTIONS", "", "")
				c.answered(t, "200", "OPTIONS")
				c.send("MESSAGE", "Content-Type: text/plain\n", "hello\n")
				c.answered(t, "405", "MESSAGE")
				c.send("NOTIFY", "Event: message-summary\n", "")
				c.answered(t, "200", "NOTIFY")
				c.send("NOTIFY", "Event: talk\n", "")
				c.answered(t, "489", "NOTIFY")
				c.send("INVITE", "", siptest.SDP(4000, "sendrecv"))
				c.Learn(c.answered(t, "180", "INVITE"))
				l := a.rings()
				a.do(func() {
					if string(l.RemoteSDP()) != siptest.CRLF(siptest.SDP(4000, "sendrecv")) {
						t.Errorf("the offer is %q", l.RemoteSDP())
					}
				})
				l.accept()
				c.answered(t, "200", "INVITE")
				c.send("ACK", "", "")
				c.send("OPTIONS", "", "")
				c.answered(t, "200", "OPTIONS")
				c.send("INFO", "Content-Type: application/dtmf-relay\n", "Signal=1\nDuration=100\n")
				c.answered(t, "200", "INFO")
				l.hears("info")
				c.send("UPDATE", "", siptest.SDP(4000, "sendonly"))
				c.answered(t, "200", "UPDATE")
				l.hears("offer")
				if !ours {
					c.send("BYE", "", "")
					c.answered(t, "200", "BYE")
					l.ends(dialog.HungUpThere)
					continue
				}
				l.hangup()
				bye := p.Recv("BYE sip:caller@" + p.Addr())
				if onlyTag(bye.Header("To")) != c.FromTag {
					t.Errorf("BYE to %s", bye.Header("To"))
				}
				p.Reply(bye, "200 OK", "")
			}
			c := spelled{p.Call("<sip:bob@example.com>"), spell}
			c.send("INVITE", "", siptest.SDP(4000, "sendrecv"))
			c.Learn(c.answered(t, "180", "INVITE"))
			l := a.rings()
			c.send("CANCEL", "", "")
			c.ToTag = ""
			c.answered(t, "200", "CANCEL")
			c.answered(t, "487", "INVITE")
			l.ends(dialog.Cancelled)
		})
	}
}

// The same of the answers to our own requests.
func TestEverySpellingOfAnswers(t *testing.T) {
	for name, spell := range spellings {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			reply := func(req siptest.Message, status, extra, body string) {
				p.Send(req.From, spell(siptest.Response(req, status, "peer", extra, body)))
			}
			l := a.dial("2044")
			invite := p.Recv("INVITE")
			reply(invite, "180 Ringing", contact(p, "b"), "")
			l.hears("progress")
			reply(invite, "200 OK", contact(p, "b"), siptest.SDP(4000, "sendrecv"))
			if h := l.hears("answered"); h.sdp != siptest.CRLF(siptest.SDP(4000, "sendrecv")) {
				t.Errorf("the answer is %q", h.sdp)
			}
			if ack := p.Recv("ACK sip:b@" + p.Addr()); onlyTag(ack.Header("To")) != "peer" {
				t.Errorf("acknowledged:\n%s", ack.Text)
			}
			l.hangup()
			bye := p.Recv("BYE sip:b@" + p.Addr())
			if onlyTag(bye.Header("To")) != "peer" {
				t.Errorf("BYE:\n%s", bye.Text)
			}
			reply(bye, "200 OK", "", "")
			l.ends(dialog.HungUpHere)
			eventuallyLeft(t, a)
		})
	}
}

// eventuallyLeft waits until no call is remembered: the BYE was answered.
func eventuallyLeft(t *testing.T, a *agent) {
	t.Helper()
	eventually(t, func() (none bool) {
		a.do(func() { none = a.ua.Left() == 0 })
		return none
	})
}

// What is judged in an INVITE before it rings has its blanks, folds, quotes and capitals too.
func TestSpellingsOfWhatIsJudged(t *testing.T) {
	offer := siptest.SDP(4000, "sendrecv")
	multipart := func(boundary, kind string) string {
		return "--" + boundary + "\nContent-Type: text/plain\n\nhello\n--" + boundary + "\ncontent-type:" + kind + "\n\n" + offer + "\n--" + boundary + "--\n"
	}
	for name, tc := range map[string]struct{ extra, body, want string }{
		"Accept with blanks":          {"Accept: text/plain , Application / SDP ; q = 0.5\n", offer, "180"},
		"Accept of any application":   {"accept:\n application / *\n", offer, "180"},
		"Accept of something else":    {"Accept: text / plain\n", offer, "406"},
		"optional":                    {"Content-Disposition: render ; Handling = Optional\nContent-Type: text / html\n", "<p>\n", "180"},
		"required":                    {"Content-Disposition: render;x=\"handling=optional\"\nContent-Type: text / html\n", "<p>\n", "415"},
		"multipart":                   {"Content-Type: Multipart / Mixed ; Boundary = \"a/b c\"\n", multipart("a/b c", "application / SDP ; x = y"), "180"},
		"multipart without quotes":    {"CONTENT-TYPE:multipart/mixed;boundary=a/b\n", multipart("a/b", "application/sdp"), "180"},
		"encoded as itself":           {"E :\tIdentity\n", offer, "180"},
		"encoded":                     {"e: gzip\n", offer, "415"},
		"Require in several ways":     {"REQUIRE:\ttimer ,\n 100REL\nRequire: replaces\nk : timer\n", offer, "180 183"},
		"Require of what nobody does": {"require: timer,\n\tnobody\n", offer, "420"},
		"a short interval":            {"x: 60 ; refresher = uac\nK: Timer\n", offer, "422"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			newAgent(t, p)
			c := p.Call("<sip:bob@example.com>")
			text := c.Text("INVITE", tc.extra, tc.body)
			if strings.Contains(strings.ToUpper(tc.extra), "CONTENT-TYPE") {
				text = strings.Replace(text, "\nContent-Type: application/sdp", "", 1)
			}
			p.Send(c.To, text)
			if got := p.Recv("SIP/2.0"); !right(tc.want, got.Status()) {
				t.Errorf("%s, want %s", got.Start(), tc.want)
			}
		})
	}
}

// The reason of a CANCEL is read as it is meant: what is quoted in its text is text.
func TestSpellingsOfReasons(t *testing.T) {
	for reason, want := range map[string]dialog.Cause{
		"Reason: SIP ; cause = 200 ; text = \"Call completed elsewhere\"\n":     dialog.Elsewhere,
		"REASON :\n\tsip\n ;\n CAUSE\n =\n 200\n":                               dialog.Elsewhere,
		"Reason: Q.850;cause=16, SIP;text=\"a;b, c\";cause=200\n":               dialog.Elsewhere,
		"Reason: SIP;cause=487;text=\"not that;cause=200;\"\n":                  dialog.Cancelled,
		"Reason: SIP;text=\"not that, SIP;cause=200\";cause=487\nReason: x;y\n": dialog.Cancelled,
	} {
		p := siptest.NewPeer(t)
		a := newAgent(t, p)
		c, l := a.called(p)
		c.Send("CANCEL", reason, "")
		if end := l.ends(want); len(end.Reasons) == 0 {
			t.Errorf("%q: no reasons", reason)
		}
	}
}
