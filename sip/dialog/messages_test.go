package dialog_test

import (
	"math/rand"
	"net"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

const testMessages = "testdata/messages"

// answers are the statuses that are right for each message, "" for silence. Where the RFCs leave a choice, each choice
// is listed. Our user is "user", so that the INVITEs for sip:user@… are for us and the others for nobody here (404).
var answers = map[string]string{
	"rfc4475/wsinv.dat":                         "481", // has a To tag, of no known dialog
	"rfc4475/intmeth.dat":                       "501",
	"rfc4475/esc01.dat":                         "180",
	"rfc4475/escnull.dat":                       "405",
	"rfc4475/esc02.dat":                         "501",
	"rfc4475/lwsdisp.dat":                       "200",
	"rfc4475/longreq.dat":                       "180",
	"rfc4475/dblreq.dat":                        "405",
	"rfc4475/semiuri.dat":                       "200",
	"rfc4475/transports.dat":                    "200",
	"rfc4475/mpart01.dat":                       "405",
	"rfc4475/unreason.dat":                      "",
	"rfc4475/noreason.dat":                      "",
	"rfc4475/badinv01.dat":                      "400",
	"rfc4475/clerr.dat":                         "400",
	"rfc4475/ncl.dat":                           "400",
	"rfc4475/scalar02.dat":                      "400",
	"rfc4475/scalarlg.dat":                      "",
	"rfc4475/quotbal.dat":                       "400",
	"rfc4475/ltgtruri.dat":                      "400",
	"rfc4475/lwsruri.dat":                       "400",
	"rfc4475/lwsstart.dat":                      "400",
	"rfc4475/trws.dat":                          "400 200",
	"rfc4475/escruri.dat":                       "400",
	"rfc4475/baddate.dat":                       "400 180",
	"rfc4475/regbadct.dat":                      "400 405",
	"rfc4475/badaspec.dat":                      "400 200",
	"rfc4475/baddn.dat":                         "400 200",
	"rfc4475/badvers.dat":                       "505",
	"rfc4475/mismatch01.dat":                    "400",
	"rfc4475/mismatch02.dat":                    "501 400",
	"rfc4475/bigcode.dat":                       "",
	"rfc4475/badbranch.dat":                     "200",
	"rfc4475/insuf.dat":                         "400",
	"rfc4475/unkscm.dat":                        "416",
	"rfc4475/novelsc.dat":                       "416",
	"rfc4475/unksm2.dat":                        "405",
	"rfc4475/bext01.dat":                        "420",
	"rfc4475/invut.dat":                         "415",
	"rfc4475/regaut01.dat":                      "405",
	"rfc4475/multi01.dat":                       "400",
	"rfc4475/mcl01.dat":                         "400",
	"rfc4475/bcast.dat":                         "",
	"rfc4475/zeromf.dat":                        "200",
	"rfc4475/cparam01.dat":                      "405",
	"rfc4475/cparam02.dat":                      "405",
	"rfc4475/regescrt.dat":                      "405",
	"rfc4475/sdp01.dat":                         "406",
	"rfc4475/inv2543.dat":                       "180",
	"rfc5118/ipv6-good.dat":                     "405",
	"rfc5118/ipv6-bad.dat":                      "400",
	"rfc5118/port-ambiguous.dat":                "405",
	"rfc5118/port-unambiguous.dat":              "405",
	"rfc5118/via-received-param-with-delim.dat": "481",
	"rfc5118/via-received-param-no-delim.dat":   "200",
	"rfc5118/ipv6-in-sdp.dat":                   "180",
	"rfc5118/mult-ip-in-header.dat":             "481",
	"rfc5118/mult-ip-in-sdp.dat":                "180",
	"rfc5118/ipv4-mapped-ipv6.dat":              "180",
	"rfc5118/ipv6-bug-abnf-3-colons.dat":        "200 400",
	"rfc5118/ipv6-correct-abnf-2-colons.dat":    "200",
	"extra/test.dat":                            "400 ",
}

// via finds the sent-by of the topmost Via, so that a test can put its own address there: the messages name hosts of
// the RFC, and an answer goes to the port named in Via.
var via = regexp.MustCompile(`(?i)((?:^|\r\n)(?:v|via)\s*:\s*SIP\s*/\s*\d\.\d\s*/\s*[^\s]+[\s]+)([^;,\r]+)`)

// TestMessagesOfTheRFCs sends each message alone to a running phone and looks at what comes back. The phone takes a call afterwards.
func TestMessagesOfTheRFCs(t *testing.T) {
	interop.Proves(t, "S1.20")
	interop.Proves(t, "S2.14")
	interop.Proves(t, "S8.2")
	for _, m := range siptest.Messages(t, testMessages) {
		p := siptest.NewPeer(t)
		a := newAgent(t, p, func(c *dialog.Config) { c.Account.User = "user" })
		phone, _ := p.Phone()
		want, ok := answers[m.File]
		if !ok {
			t.Errorf("%s: no expectation", m.File)
			continue
		}
		from := siptest.NewPeer(t)
		data := via.ReplaceAll(m.Data, []byte("${1}"+from.Addr()))
		from.SendRaw(phone, data)
		got := answerTo(from, phone)
		if !right(want, got.Status()) {
			t.Errorf("%s (%s): answered %q, want %q: %s", m.File, m.Syntax, got.Start(), want, m.Expected)
		}
		checkAnswer(t, m, got)
		alive(t, a, p)
	}
}

// answerTo is the last answer to what a peer sent, the zero Message when the phone says nothing to it: what it is asked next is answered
// later.
func answerTo(from *siptest.Peer, phone netip.AddrPort) (got siptest.Message) {
	ask(from, phone)
	for {
		m, ok := from.Within(patience, "SIP/2.0")
		switch {
		case !ok || m.Header("Call-ID") == "ping":
			return got
		case m.Status() != "100":
			got = m
		}
	}
}

// deviations are the messages that are answered otherwise than the table of the RFCs has it, and why.
var deviations = map[string]string{}

var statuses = regexp.MustCompile(`\b[2-6]\d\d\b`)

// What we hold the phone to is what the table of the RFCs expects of it.
func TestAnswersAreThoseOfTheTable(t *testing.T) {
	interop.Proves(t, "S1.20")
	for _, m := range siptest.Messages(t, testMessages) {
		for _, got := range strings.Split(answers[m.File], " ") {
			expected := m.Expected
			named := statuses.FindAllString(expected, -1)
			lenient := strings.Contains(expected, "lenient") || strings.Contains(expected, "tolera") || strings.Contains(expected, "or ")
			var ok bool
			switch {
			case got == "":
				ok = strings.Contains(expected, "drop")
			case strings.HasPrefix(expected, "drop"):
			case strings.HasPrefix(expected, "parse") && len(named) == 0, strings.Contains(expected, "answers normally"),
				strings.HasPrefix(expected, "handle"), strings.HasPrefix(expected, "must not match"):
				ok = got != "400"
			default:
				ok = right(strings.Join(named, " "), got) || lenient && got < "300" || lenient && got == "405"
			}
			if _, known := deviations[m.File]; !ok && !known {
				t.Errorf("%s: %q is taken for right, the table has %q", m.File, got, expected)
			}
		}
	}
}

func right(want, got string) bool {
	for _, w := range strings.Split(want, " ") {
		if w == got {
			return true
		}
	}
	return false
}

// checkAnswer holds an answer against RFC 3261 §8.2.6 and the headers its status must carry.
func checkAnswer(t *testing.T, m siptest.Torture, got siptest.Message) {
	t.Helper()
	for status, header := range map[string]string{"501": "Allow", "405": "Allow", "420": "Unsupported", "415": "Accept", "406": "Accept"} {
		if got.Status() == status && got.Header(header) == "" {
			t.Errorf("%s: %s without %s", m.File, status, header)
		}
	}
	if got.Status() != "" && got.Status() != "400" && got.Tag("To") == "" {
		t.Errorf("%s: answer without To tag:\n%s", m.File, got.Text)
	}
}

// alive checks that the phone is registered still and takes a call.
func alive(t *testing.T, a *agent, p *siptest.Peer) {
	t.Helper()
	for len(a.calls) > 0 { // what the messages made ring
		arrives(t, a.calls).reject(486)
	}
	a.do(func() {
		if s := a.ua.Registration(); s.State != dialog.Registered {
			t.Errorf("registration %+v", s)
		}
	})
	c, l := a.talks(p)
	c.Bye()
	l.ends(dialog.HungUpThere)
}

// TestMutatedMessages throws a thousand broken ones at the phone: octets flipped, cut, doubled, lines swapped, numbers
// made huge. Nothing may stop it from taking the next call.
func TestMutatedMessages(t *testing.T) {
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.User = "user" })
	phone, _ := p.Phone()
	from := siptest.NewPeer(t)
	rng := rand.New(rand.NewSource(4475))
	seeds := siptest.Messages(t, testMessages)
	for i := range 1000 {
		data := siptest.Mutate(rng, seeds[i%len(seeds)].Data, seeds[rng.Intn(len(seeds))].Data)
		if len(data) > 0 && len(data) < 60000 {
			from.SendRaw(phone, data)
		}
		if i%100 == 99 { // let it keep up: what the kernel drops tests nothing
			ping(from, phone)
		}
	}
	alive(t, a, p)
}

// The same over TCP: a broken stream costs its sender the connection and nobody else anything.
func TestMutatedStreams(t *testing.T) {
	interop.Proves(t, "S8.2")
	p := siptest.NewPeer(t)
	a := newAgent(t, p, func(c *dialog.Config) { c.Account.User = "user" })
	phone, _ := p.Phone()
	rng := rand.New(rand.NewSource(5118))
	seeds := siptest.Messages(t, testMessages)
	for i := range 200 {
		conn, err := net.Dial("tcp", phone.String())
		if err != nil {
			t.Fatal(err)
		}
		conn.Write(siptest.Mutate(rng, seeds[i%len(seeds)].Data, seeds[rng.Intn(len(seeds))].Data))
		conn.Close()
	}
	alive(t, a, p)
}

// ping waits until the phone has worked off what was sent before.
func ping(from *siptest.Peer, phone netip.AddrPort) {
	ask(from, phone)
	from.Await("SIP/2.0 200")
}

func ask(from *siptest.Peer, phone netip.AddrPort) {
	c := siptest.Caller{Peer: from, To: phone, URI: "sip:user@" + phone.String(), Name: "<sip:x@y>", CallID: "ping", FromTag: "1"}
	c.Send("OPTIONS", "X-Ping: 1\n", "")
}

// TestFlood: two thousand bad INVITEs as fast as they go, then a good call at once. What the flood was answered with,
// nobody cares; the phone must not be deaf or busy.
func TestFlood(t *testing.T) {
	interop.Proves(t, "S8.2")
	p := siptest.NewPeer(t)
	a := newAgent(t, p)
	phone, _ := p.Phone()
	from := siptest.NewPeer(t)
	for i := range 2000 {
		from.SendRaw(phone, []byte(siptest.CRLF("INVITE sip:2041@x SIP/2.0\nVia: SIP/2.0/UDP "+from.Addr()+";branch=z9hG4bK"+
			strings.Repeat("x", i%50)+"\nFrom: \"<sip:a@b>;tag=\nTo: <sip:2041@x>\nCall-ID: flood\nCSeq: 1 INVITE\n\n")))
	}
	eventually(t, func() bool { // the kernel may have dropped an INVITE or two; callers repeat theirs
		c := p.Call("<sip:bob@example.com>")
		c.Send("OPTIONS", "", "")
		_, ok := p.Within(200*time.Millisecond, "SIP/2.0 200")
		return ok
	})
	alive(t, a, p)
}
