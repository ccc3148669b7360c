package demopbx

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"
	"pgregory.net/rapid"
)

func TestSameNumber(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"+44 20 7946 0018", "020 7946 0018", true},
		{"0044 20 7946 0018", "+442079460018", true},
		{"+1 (415) 555-0132", "4155550132", true},
		{"+1 (415) 555-0132", "+14155550133", false},
		{"5550132", "+14155550132", true},
		{"132", "+14155550132", false}, // an extension is not the end of a number
		{"2041", "2041", true},
		{"", "", false},
		{"anonymous", "", false},
	} {
		if got := sameNumber(c.a, c.b); got != c.same {
			t.Errorf("%q and %q: %v", c.a, c.b, got)
		}
		if sameNumber(c.a, c.b) != sameNumber(c.b, c.a) {
			t.Errorf("%q and %q: order matters", c.a, c.b)
		}
	}
}

func TestSplitList(t *testing.T) {
	for in, want := range map[string][]string{
		`<sip:a@b>`:                         {`<sip:a@b>`},
		`<sip:a@b>,<sip:c@d>`:               {`<sip:a@b>`, `<sip:c@d>`},
		`"x, y" <sip:a,b@c>, sip:d@e`:       {`"x, y" <sip:a,b@c>`, ` sip:d@e`},
		`"a \" , b" <sip:a@b>;expires=1, *`: {`"a \" , b" <sip:a@b>;expires=1`, ` *`},
		``:                                  {``},
		`"`:                                 {`"`},
		`"\`:                                {`"\`},
	} {
		if got := splitList(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestAnswerDirection: an answer never sends what the offerer will not take, nor takes what it will not send.
func TestAnswerDirection(t *testing.T) {
	all := []direction{sendrecv, sendonly, recvonly, inactive}
	rapid.Check(t, func(t *rapid.T) {
		theirs, ours := rapid.SampledFrom(all).Draw(t, "theirs"), rapid.SampledFrom(all).Draw(t, "ours")
		got := answer(theirs, ours)
		if got.sends() != (theirs.receives() && ours.sends()) || got.receives() != (theirs.sends() && ours.receives()) {
			t.Errorf("offer %s, wanted %s: answered %s", theirs, ours, got)
		}
		if answer(got, sendrecv) != got.reverse() {
			t.Errorf("%s: the offerer is left with %s", got, answer(got, sendrecv))
		}
	})
}

// FuzzSDP: whatever a phone sends as SDP, there is an error or an answer with a line for each of its streams.
func FuzzSDP(f *testing.F) {
	addr := netip.MustParseAddrPort("127.0.0.1:4000")
	f.Add(string(localSDP(addr, 1, sendrecv, 101, nil)))
	f.Add("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=audio 9 RTP/AVP 8 0\r\nm=video 4 RTP/AVP 96\r\n")
	f.Fuzz(func(t *testing.T, body string) {
		offer, err := parseSDP([]byte(body))
		if err != nil {
			return
		}
		reply := string(localSDP(addr, 1, answer(offer.direction, sendrecv), offer.dtmf, &offer))
		if n := strings.Count(reply, "\r\nm="); n != len(offer.media) {
			t.Fatalf("%d streams answered of %d", n, len(offer.media))
		}
		again, err := parseSDP([]byte(reply))
		if err != nil || again.addr != addr || again.audio != offer.audio {
			t.Fatalf("the answer reads %+v, %v\n%s", again, err, reply)
		}
	})
}

// FuzzKeypad: packets of telephone-events give keys that exist, one for each timestamp.
func FuzzKeypad(f *testing.F) {
	f.Add(uint32(1), []byte{1, 0x8a, 0, 160})
	f.Fuzz(func(t *testing.T, timestamp uint32, payload []byte) {
		k := keypad{payloadType: 101}
		k.hear(timestamp, payload)
		k.hear(timestamp, payload)
		if len(k.digits) > 1 || strings.Trim(k.digits, "0123456789*#ABCD") != "" {
			t.Fatalf("heard %q", k.digits)
		}
	})
}

// FuzzContacts: whatever stands in a Contact, its parts joined again are what it was, and reading them ends well or badly but
// ends.
func FuzzContacts(f *testing.F) {
	f.Add(`"a, b" <sip:a@b;transport=tcp>;expires=60, sip:c@d;q=0.1`)
	f.Add(`*`)
	f.Add(`"\" , <`)
	f.Fuzz(func(t *testing.T, value string) {
		if parts := splitList(value); strings.Join(parts, ",") != value {
			t.Fatalf("%q was split into %q", value, parts)
		}
		req := sip.NewRequest(sip.REGISTER, sip.Uri{Scheme: "sip", Host: "h"})
		req.AppendHeader(sip.NewHeader("Contact", value))
		contacts, err := contactsOf(req)
		if err == nil && len(contacts) == 0 {
			t.Fatal("no contact and no error")
		}
		for _, c := range contacts {
			expiryOf(req, c)
		}
	})
}
