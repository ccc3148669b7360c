package trace

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/clean"
)

const invite = "INVITE sip:2041@10.0.0.7:5062;transport=udp SIP/2.0\r\n" +
	"Via: SIP/2.0/UDP pbx.example.com:5060;branch=z9hG4bK1;rport\r\n" +
	"f: \"Whitfield, Dana\" <sip:+14155550132@carrier.example;user=phone>;tag=a1\r\n" +
	"To: Riley <sip:2041@pbx.example.com>\r\n" +
	"P-Asserted-Identity: \"Dana\" <sip:14155550132@carrier.example>, <tel:+1-415-555-0132;ext=7>\r\n" +
	"Diversion: <sip:5551200@pbx.example.com>;reason=no-answer;text=\"Dana's desk\"\r\n" +
	"Call-ID: 77@pbx.example.com\r\n" +
	"CSeq: 1 INVITE\r\n" +
	"Contact: <sip:4155550132@10.0.0.9>\r\n" +
	"Proxy-Authorization: Digest username=\"riley\", realm=\"pbx\", nonce=\"n1\", uri=\"sip:2041@pbx.example.com\",\r\n" +
	"  response=\"6629fae49393a05397450978507c4ef1\", cnonce=\"0a4f113b\"\r\n" +
	"X-Customer: Dana Whitfield\r\n" +
	"Subject: about Dana\r\n" +
	"Content-Type: application/sdp\r\n\r\n" +
	"v=0\r\no=dana 1 1 IN IP4 10.0.0.9\r\ns=Dana's call\r\nc=IN IP4 10.0.0.9\r\nt=0 0\r\nm=audio 4000 RTP/SAVP 0\r\n" +
	"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20\r\n"

var (
	secrets = []string{"6629fae", "0a4f113b", "WVNfX19z"}
	named   = []string{"Whitfield", "Dana", "Riley", "dana", "4155550132", "415-555-0132", "5551200", "riley"}
)

func TestAMessageHasNoSecrets(t *testing.T) {
	got := Unkeyed(invite)
	for _, s := range secrets {
		if strings.Contains(got, s) {
			t.Errorf("%q is there", s)
		}
	}
	for _, s := range append(named, "z9hG4bK1", "2^20") {
		if !strings.Contains(got, s) {
			t.Errorf("%q is gone", s)
		}
	}
}

func TestAnExportNamesNobody(t *testing.T) {
	got := Export([]Message{{Account: "2041@pbx.example.com", Text: invite}})[0]
	for _, s := range append(named, secrets...) {
		if strings.Contains(got.Text, s) {
			t.Errorf("%q is there:\n%s", s, got.Text)
		}
	}
	for _, s := range []string{"z9hG4bK1", "carrier.example", "10.0.0.9", "Call-ID: 77@pbx.example.com", "reason=no-answer", "m=audio 4000 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80"} {
		if !strings.Contains(got.Text, s) {
			t.Errorf("%q is gone:\n%s", s, got.Text)
		}
	}
	if user, _, _ := strings.Cut(got.Account, "@"); !strings.Contains(got.Text, "INVITE sip:"+user+"@10.0.0.7") || !strings.Contains(got.Text, "To: <sip:"+user+"@") {
		t.Errorf("the account is %q:\n%s", got.Account, got.Text)
	}
}

// TestOtherSecrets: keys that were pressed, other schemes, and what hides where it does not belong.
func TestOtherSecrets(t *testing.T) {
	for name, text := range map[string]string{
		"a digit":                       "INFO sip:a@b SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nSignal=S3CRET\r\nDuration=160\r\n",
		"a digit, its type with blanks": "INFO sip:a@b SIP/2.0\r\nContent-Type:\r\n Application / DTMF-relay\r\n\r\nSignal=S3CRET\r\nDuration=160\r\n",
		"a digit, lines that end in CR": "INFO sip:a@b SIP/2.0\r\nContent-Type: application/dtmf-relay\r\n\r\nDuration=160\rSignal=S3CRET\r",
		"a key, lines that end in CR":   "INVITE sip:a@b SIP/2.0\r\nContent-Type: application/sdp\r\n\r\nv=0\rk=clear:S3CRET\ra=ice-pwd:S3CRET\ra=crypto:1 X inline:S3CRET\r",
		"a digit alone":                 "INFO sip:a@b SIP/2.0\r\nc: application/dtmf\r\n\r\nS3CRET",
		"a token":                       "REGISTER sip:b SIP/2.0\r\nAuthorization: Bearer S3CRET\r\n\r\n",
		"an address":                    "INVITE sip:a:S3CRET@b SIP/2.0\r\n\r\n",
		"ends of lines":                 "REGISTER sip:b SIP/2.0\rAuthorization: Digest response=\"S3CRET\"\r\r",
		"another field":                 "REGISTER sip:b SIP/2.0\r\nX-Auth: Digest response=S3CRET\r\n\r\n",
		"without quotes":                "REGISTER sip:b SIP/2.0\r\nAuthorization: Digest response = S3CRET, a=b\r\n\r\n",
		"a quote that is cut":           "REGISTER sip:b SIP/2.0\r\nAuthorization: Digest response=\"S3CRET",
		"an ICE password":               "SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n\r\na=ice-pwd:S3CRET\r\n",
		"an old key":                    "SIP/2.0 200 OK\r\nContent-Type: application/sdp\r\n\r\nk=clear:S3CRET\r\n",
	} {
		if got := Unkeyed(text); strings.Contains(got, "S3CRET") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestTheLogKeepsTheLast(t *testing.T) {
	var l Log
	for i := range 3 * mostMessages {
		l.Add(Message{}, fmt.Appendf(nil, "OPTIONS sip:%d@b SIP/2.0\r\n\r\n", i))
	}
	l.Add(Message{}, []byte("\r\n\r\n"))
	all := l.All()
	if len(all) != mostOfStates || all[len(all)-1].First() != fmt.Sprintf("OPTIONS sip:%d@b SIP/2.0", 3*mostMessages-1) {
		t.Errorf("%d messages, the last is %q", len(all), all[len(all)-1].First())
	}
	for range 2 * bytesOfCalls / longest {
		l.Add(Message{}, []byte(strings.Repeat("x", 2*longest)))
	}
	total := 0
	for _, m := range l.ofCalls.kept {
		total += len(m.Text)
	}
	if total > bytesOfCalls || total != l.ofCalls.bytes {
		t.Errorf("%d bytes are kept, %d counted", total, l.ofCalls.bytes)
	}
}

// The states of a long list of colleagues push out no call, and what is kept is in its order.
func TestStatesPushOutNoCall(t *testing.T) {
	var l Log
	at := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	add := func(text string) {
		at = at.Add(time.Millisecond)
		l.Add(Message{At: at}, []byte(text))
	}
	ladder := []string{
		"INVITE sip:2041@h SIP/2.0\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n", "SIP/2.0 200 OK\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n",
		"NOTIFY sip:2041@h SIP/2.0\r\nCall-ID: x\r\nCSeq: 2 NOTIFY\r\nEvent: refer;id=1\r\n\r\n", "BYE sip:2041@h SIP/2.0\r\nCall-ID: x\r\nCSeq: 3 BYE\r\n\r\n",
	}
	l.Call("c1", "x")
	for _, text := range ladder {
		add(text)
	}
	for i := range 1500 {
		add(fmt.Sprintf("NOTIFY sip:2041@h SIP/2.0\r\nCall-ID: s%d\r\nCSeq: 1 NOTIFY\r\nEvent: dialog\r\n\r\n", i))
		add(fmt.Sprintf("SIP/2.0 200 OK\r\nCall-ID: s%d\r\nCSeq: 1 NOTIFY\r\n\r\n", i))
	}
	add(strings.Replace(ladder[0], "Call-ID: x", "Call-ID: y", 1))
	got := l.Dialogs()
	if first, last := got[0], got[len(got)-1]; first.ID != "x" || len(first.Messages) != len(ladder) || last.ID != "y" || len(got) != mostOfStates/2+2 {
		t.Errorf("%d dialogs, the first is %+v, the last %+v", len(got), first, last)
	}
}

func TestATerminalIsSafe(t *testing.T) {
	var l Log
	l.Add(Message{}, []byte("INVITE sip:a@b SIP/2.0\r\nFrom: \"\x1b]0;x\x07\xff\u202e\" <sip:a@b>\r\n\r\n"))
	if got := l.All()[0].Text; strings.ContainsAny(got, "\x1b\x07\u202e") || !strings.HasSuffix(got, "<sip:a@b>\r\n\r\n") {
		t.Errorf("%q", got)
	}
}

func TestDialogs(t *testing.T) {
	var l Log
	l.Call("c1", "x@pbx")
	for _, text := range []string{
		"INVITE sip:2041@h SIP/2.0\r\nFrom: <sip:1@pbx>\r\nTo: <sip:2041@pbx>\r\nCall-ID: x@pbx\r\nCSeq: 1 INVITE\r\n\r\n",
		"OPTIONS sip:2041@h SIP/2.0\r\ni: y\r\nCSeq: 1 OPTIONS\r\n\r\n",
		"SIP/2.0 180 Ringing\r\nCall-ID: x@pbx\r\nCSeq: 1 INVITE\r\n\r\n",
		"SIP/2.0 486 Busy Here\r\nCall-ID: x@pbx\r\nCSeq: 1 INVITE\r\n\r\n",
		"garbage",
	} {
		l.Add(Message{Account: "2041@pbx", Sent: strings.HasPrefix(text, "SIP")}, []byte(text))
	}
	got := l.Dialogs()
	if len(got) != 2 || got[0].Call != "c1" || got[0].Method != "INVITE" || got[0].Status != 486 || len(got[0].Messages) != 3 || got[0].To != "<sip:2041@pbx>" || got[1].Method != "OPTIONS" {
		t.Errorf("%+v", got)
	}
	if said := Text(Export(l.All())); !strings.Contains(said, "SIP/2.0 486") || strings.Contains(said, "2041") || strings.Contains(said, "garbage") {
		t.Error(said)
	}
}

// The phone tells a call's Call-ID cleaned and no longer than it may be; its messages are found by that.
func TestDialogsOfOddCallIDs(t *testing.T) {
	long := strings.Repeat("x", 3000) + "@pbx"
	for _, id := range []string{long, "a\u202eb  c@pbx"} {
		var l Log
		l.Call("c1", clean.Short(id, LongestCallID))
		l.Add(Message{}, []byte("INVITE sip:2041@h SIP/2.0\r\nCall-ID: "+id+"\r\nCSeq: 1 INVITE\r\n\r\n"))
		l.Add(Message{}, []byte("BYE sip:2041@h SIP/2.0\r\nCall-ID: "+id+"\r\nCSeq: 2 BYE\r\n\r\n"))
		got := l.Dialogs()
		if len(got) != 1 || got[0].Call != "c1" || len(got[0].Messages) != 2 || len(got[0].ID) > LongestCallID+4 || strings.Contains(got[0].ID, "\u202e") {
			t.Errorf("%.80q: %d dialogs, of %q, %.80q", id, len(got), got[0].Call, got[0].ID)
		}
	}
}

func TestWhatAMessageIs(t *testing.T) {
	for _, tt := range []struct {
		text, method string
		status       int
	}{
		{"SIP/2.0 486 Busy Here\r\nCSeq: 1 INVITE\r\n\r\n", "INVITE", 486},
		{"sip/2.0 200\r\n\r\n", "", 200},
		{"BYE sip:a@b SIP/2.0\r\n\r\n", "BYE", 0},
		{"SIP/2.0 2x0 OK\r\n\r\n", "SIP/2.0", 0},
		{"", "", 0},
	} {
		m := Message{Text: tt.text}
		if m.Method() != tt.method || m.Status() != tt.status {
			t.Errorf("%q is %q, %d", tt.text, m.Method(), m.Status())
		}
	}
}

// TestAnyExport: however an address or a digest is torn, what it names is not in what is exported, and a message taken apart is the same again.
func TestAnyExport(t *testing.T) {
	whole := strings.Replace(invite, "X-Customer: Dana Whitfield", "X-Customer: Dana", 1) // a torn name of a field may become that of another
	rapid.Check(t, func(t *rapid.T) {
		text := whole
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			at := rapid.IntRange(0, len(text)).Draw(t, "at")
			text = text[:at] + rapid.SampledFrom([]string{"\r", "\n", "\"", "<", ">", ",", ";", ":", "@", " ", "\r\n", "\r\n\r\n", "sip:", "Digest "}).Draw(t, "what") + text[at:]
		}
		if got := split(text).String(); got != text {
			t.Fatalf("%q came to %q", text, got)
		}
		for _, s := range []string{"4155550132", "Whitfield", "6629fae49393a05397450978507c4ef1"} {
			if got := Export([]Message{{Text: text}})[0].Text; strings.Contains(got, s) {
				t.Fatalf("%q is there:\n%s\nof\n%s", s, got, text)
			}
		}
	})
}

// A call that was transferred has two legs, and what is told in the second of how a transfer goes is of the call. Many calls later the first ones are forgotten, and no others.
func TestTheLegsOfACall(t *testing.T) {
	var l Log
	l.Call("c1", "x")
	l.Call("c1", "y")
	const notify = "NOTIFY sip:2041@h SIP/2.0\r\nCall-ID: %s\r\nCSeq: 1 NOTIFY\r\n\r\n"
	for _, leg := range []string{"x", "y"} {
		l.Add(Message{}, fmt.Appendf(nil, notify, leg))
	}
	for i := range 1500 {
		l.Add(Message{}, fmt.Appendf(nil, notify, fmt.Sprint("state", i)))
	}
	if got := l.Dialogs(); got[0].ID != "x" || got[0].Call != "c1" || got[1].ID != "y" || got[1].Call != "c1" {
		t.Errorf("%+v", got[:2])
	}
	for i := range mostMessages - 1 {
		l.Call(fmt.Sprint("later", i), fmt.Sprint("z", i))
		l.Call(fmt.Sprint("later", i), fmt.Sprint("z", i))
	}
	if got := l.Dialogs(); got[0].Call != "" || got[1].Call != "c1" || len(l.calls) != mostMessages || len(l.noted) != mostMessages {
		t.Errorf("%d calls, %d noted: %+v", len(l.calls), len(l.noted), got[:2])
	}
}
