package sip_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// A call of the phone system that is refused for what it requires, brings or takes in return is missed, with its reason: a phone system
// that was set up in another way must not lose calls without a word.
func TestCallsRefusedByTheScreenAreMissed(t *testing.T) {
	sip.SetTriedAgain(t, 0)
	offer := siptest.SDP(4000, "sendrecv")
	for name, tc := range map[string]struct {
		extra, body, uri string
		code             int
		header           string // that the answer must have
		why              fault.Code
		what             string
	}{
		"an extension":          {extra: "Require: timer, gruu,\n\tprecondition\n", body: offer, code: 420, header: "Unsupported", why: "sip.ended.requires-caller", what: "gruu, precondition"},
		"a hostile extension":   {extra: "Require: a\u202eb<i>\x1b[2J" + strings.Repeat("x", 500) + "\n", body: offer, code: 420, header: "Unsupported", why: "sip.ended.requires-caller"},
		"another body":          {extra: "Content-Type: Text / HTML\n", body: "<p>\n", code: 415, header: "Accept", why: "sip.ended.content-caller", what: "text/html"},
		"a body without a type": {body: "Content-Type: none\n", code: 415, header: "Accept", why: "sip.ended.nameless-caller"},
		"a body that is packed": {extra: "Content-Encoding: gzip\n", body: offer, code: 415, header: "Accept-Encoding", why: "sip.ended.content-caller", what: "gzip"},
		"another answer":        {extra: "Accept: text/plain\n", body: offer, code: 406, header: "Accept", why: "sip.ended.accept-caller"},
		"no description":        {body: "this is no session description\n", code: 400, why: "sip.ended.unreadable-caller"},
		"half a description":    {body: offerHead + "m=audio\n", code: 400, why: "sip.ended.unreadable-caller"},
		"sips: in the clear":    {uri: "sips:2041@127.0.0.1", body: offer, code: 416, why: "sip.ended.sips-caller"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c := p.Call("\"Ada\" <sip:+14155550144@example.com>")
			if tc.uri != "" {
				c.URI = tc.uri
			}
			text := c.Text("INVITE", tc.extra, tc.body)
			if tc.why == "sip.ended.nameless-caller" {
				text = strings.Replace(text, "Content-Type: application/sdp\n", "", 1)
			}
			p.Send(c.To, text)
			answer := p.Recv("SIP/2.0 4")
			p.Send(c.To, text) // it is repeated, and counts once
			if answer.Status() != strconv.Itoa(tc.code) || tc.header != "" && answer.Header(tc.header) == "" {
				t.Errorf("answered\n%s", answer.Text)
			}
			in := next[sip.CallIncoming](ph)
			if !in.Refused || in.Party.Name != "Ada" || in.Party.User != "+14155550144" {
				t.Errorf("incoming %+v", in)
			}
			e := next[sip.CallEnded](ph)
			if e.ID != in.ID || e.Reason != sip.EndFailed || e.Code != tc.code || !e.Text.Is(tc.why) {
				t.Errorf("ended %+v", e)
			}
			what, _ := e.Text.Values["what"].(string)
			if tc.what != "" && what != tc.what || strings.ContainsAny(what, "\x1b\u202e") || len(what) > 200 {
				t.Errorf("for %q", what)
			}
			c.Send("ACK", "", "")
			if in, ok := within[sip.CallIncoming](ph, 20*time.Millisecond); ok {
				t.Errorf("told of %+v, too", in)
			}
			ring(ph, p)
		})
	}
}

// What is not missed: the same call again as it can be taken, a shorter session than we take part in, which is asked again, and whoever
// calls directly.
func TestCallsRefusedByTheScreenThatAreNotMissed(t *testing.T) {
	sip.SetTriedAgain(t, time.Minute)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) { s.Account.Trust.Direct = true })
	for _, refused := range []string{"Require: gruu\n", "Supported: timer\nSession-Expires: 60\n"} {
		c := p.Call("<sip:+14155550144@example.com>")
		c.Send("INVITE", refused, siptest.SDP(4000, "sendrecv"))
		p.Await("SIP/2.0 42")
		c.Send("ACK", "", "")
		c = p.Call("<sip:+14155550144@example.com>")
		c.Ringing()
		in := next[sip.CallIncoming](ph)
		if in.Refused {
			t.Errorf("incoming %+v", in)
		}
		ph.must(ph.Decline(in.ID))
		ph.forward(time.Minute)
	}
	c := p.Call("<sip:+14155550144@example.com>")
	c.Peer = siptest.NewPeerAt(t, "127.0.0.66")
	c.Send("INVITE", "Require: gruu\n", siptest.SDP(4000, "sendrecv"))
	c.Peer.Recv("SIP/2.0 420")
	ph.forward(time.Minute)
	nothingMissed(ph, p)
}

// An answer that cannot be used says why. One that refuses the sound is in TestOffersInside.
func TestAnswersThatCannotBeUsed(t *testing.T) {
	for name, tc := range map[string]struct {
		body string
		why  fault.Code
	}{
		"unreadable":    {"this is no session description\n", "sip.ended.unreadable-answer"},
		"half of it":    {offerHead + "m=audio\n", "sip.ended.unreadable-answer"},
		"nothing":       {"", "sip.ended.no-audio-answer"},
		"no audio":      {offerHead + "m=image 4000 udptl t38\n", "sip.ended.no-audio-answer"},
		"nowhere":       {offerHead + "m=audio 4000 RTP/AVP 0\nc=IN IP4 224.2.1.1/127\n", "sip.ended.no-audio-answer"},
		"another codec": {offerHead + "m=audio 4000 RTP/AVP 18\n", "sip.ended.no-codec-answer"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			_, err := ph.Dial("123")
			ph.must(err)
			p.ReplyTagged(p.Await("INVITE"), "200 OK", "peer", "Contact: <sip:b@"+p.Addr()+">\n", tc.body)
			p.Reply(p.Await("BYE"), "200 OK", "")
			if e := next[sip.CallEnded](ph); e.Reason != sip.EndFailed || !e.Text.Is(tc.why) {
				t.Errorf("ended %+v", e)
			}
		})
	}
}
