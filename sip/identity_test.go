package sip_test

import (
	"strings"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
	"linecard/test/wait"
)

// eager has a phone tell every identity at once.
func eager(t *testing.T) { sip.SetIdentityPause(t, 0) }

const ada = "P-Asserted-Identity: \"Ada Lovelace\" <sip:+14155550144@pbx.example.com>\n"

// says sends an UPDATE or a re-INVITE that says who the caller is.
func says(c *siptest.Caller, method, headers string) {
	c.Peer.T().Helper()
	body := ""
	if method == "INVITE" {
		body = siptest.SDP(4000, "sendrecv")
	}
	c.Send(method, headers, body)
	c.Peer.Await("SIP/2.0 200")
	if method == "INVITE" {
		c.Send("ACK", "", "")
	}
}

// What the phone system says inside a call of who it is with by now, in every way in which it is said.
func TestConnectedLine(t *testing.T) {
	interop.Proves(t, "S3.9")
	eager(t)
	for _, tc := range []struct {
		name, headers string
		from          string // "" leaves From as it is
		want          sip.Party
	}{
		{"PAI", ada, "", sip.Party{Name: "Ada Lovelace", User: "+14155550144", Host: "pbx.example.com", Source: "P-Asserted-Identity"}},
		{
			"PAI, sip and tel", "P-Asserted-Identity: \"Ada\" <sip:+14155550144@x>, <tel:+14155550144>\n", "",
			sip.Party{Name: "Ada", User: "+14155550144", Host: "x", Source: "P-Asserted-Identity"},
		},
		{
			"RPID of the caller", "Remote-Party-ID: \"Ada\" <sip:2044@x>;party=calling;privacy=off;screen=yes\n", "",
			sip.Party{Name: "Ada", User: "2044", Host: "x", Source: "Remote-Party-ID"},
		},
		{
			"RPID of the called", "Remote-Party-ID: \"Ada\" <sip:2044@x>;party=called\n", "",
			sip.Party{Name: "Ada", User: "2044", Host: "x", Source: "Remote-Party-ID"},
		},
		{"From", "", "\"Ada\" <sip:+14155550144@example.com>", sip.Party{Name: "Ada", User: "+14155550144", Host: "example.com", Source: "From"}},
		{"From by tel", "", "<tel:+1-415-555-0144;cpc=ordinary>", sip.Party{User: "+14155550144", Source: "From"}},
		{
			"From, only the name", "", "\"Ada\" <sip:+14155550100@example.com>",
			sip.Party{Name: "Ada", User: "+14155550100", Host: "example.com", Source: "From"},
		},
		{"PAI beats From", ada, "<sip:trunk7@example.com>", sip.Party{Name: "Ada Lovelace", User: "+14155550144", Host: "pbx.example.com", Source: "P-Asserted-Identity"}},
		{"withheld", ada + "Privacy: id\n", "", sip.Party{Withheld: true, Source: "P-Asserted-Identity"}},
		{"anonymous From", "", "\"Anonymous\" <sip:anonymous@anonymous.invalid>", sip.Party{Withheld: true, Source: "From"}},
	} {
		for _, method := range []string{"UPDATE", "INVITE"} {
			t.Run(tc.name+" in "+method, func(t *testing.T) {
				p := siptest.NewPeer(t)
				ph := newPhone(t, p)
				c, id := talk(ph, p)
				if tc.from != "" {
					c.Name = tc.from
				}
				says(c, method, tc.headers)
				if e := next[sip.CallIdentity](ph); e.ID != id || e.Party != tc.want || e.Answer {
					t.Errorf("identity %+v\nwant %+v", e, tc.want)
				}
				c.Bye()
			})
		}
	}
}

// What is said again, or says nothing, is no news.
func TestConnectedLineThatIsNoNews(t *testing.T) {
	eager(t)
	for name, headers := range map[string]string{
		"nothing":              "",
		"the same":             "P-Asserted-Identity: <sip:+14155550100@other.example.com>\n",
		"us":                   "P-Asserted-Identity: \"Agent\" <sip:2041@x>\n",
		"a placeholder":        "P-Asserted-Identity: \"Asterisk\" <sip:asterisk@x>\n",
		"a user called s":      "Remote-Party-ID: <sip:s@x>\n",
		"no URI":               "P-Asserted-Identity: nonsense\n",
		"privacy of nobody":    "Privacy: id\n",
		"RPID of another kind": "Remote-Party-ID: <sip:2044@x>;party=redirecting\n",
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c, _ := talk(ph, p)
			says(c, "UPDATE", headers)
			says(c, "INVITE", headers)
			quietUntilTheEnd(ph, c)
		})
	}
}

// quietUntilTheEnd hangs up and fails if an identity was told.
func quietUntilTheEnd(ph *phone, c *siptest.Caller) {
	ph.t.Helper()
	c.Bye()
	for {
		switch e := wait.For(ph.t, ph.events).(type) {
		case sip.CallIdentity:
			ph.t.Errorf("told %+v", e)
		case sip.CallEnded:
			return
		}
	}
}

// A stranger who knows the call's tags may not say who it is, and neither may a caller who calls directly.
func TestConnectedLineOfStrangers(t *testing.T) {
	eager(t)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, _ := talk(ph, p)
	eve := *c
	eve.Peer = siptest.NewPeerAt(t, "127.0.0.66")
	says(&eve, "UPDATE", ada)
	c.Seq = eve.Seq
	quietUntilTheEnd(ph, c)

	direct := newPhone(t, p, func(s *setup) { s.Account.Trust.Direct = true })
	mallory := from(t, p, "127.0.0.67")
	mallory.Ringing()
	direct.must(direct.Answer(next[sip.CallIncoming](direct).ID))
	mallory.Answered()
	says(mallory, "UPDATE", ada)
	mallory.Name = "\"Ada\" <sip:+14155550144@example.com>"
	says(mallory, "INVITE", "")
	quietUntilTheEnd(direct, mallory)
}

// While it rings the caller may change: a colleague who announced the call is gone before it is answered.
func TestConnectedLineWhileItRings(t *testing.T) {
	interop.Proves(t, "S3.9")
	eager(t)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := ring(ph, p)
	says(c, "UPDATE", ada)
	if e := next[sip.CallIdentity](ph); e.ID != id || e.Party.Name != "Ada Lovelace" {
		t.Errorf("identity %+v", e)
	}
}

// The answer to our call says who took it, and later the other side may say that it is another. Of phones that ring side by
// side only the word of the one that answers counts.
func TestConnectedLineOfACallWePlaced(t *testing.T) {
	eager(t)
	update := func(p *siptest.Peer, invite siptest.Message, tag, headers string) {
		t.Helper()
		n := invite.Header("CSeq")[:1]
		p.Send(invite.From, "UPDATE "+invite.URI("Contact")+" SIP/2.0\nVia: SIP/2.0/UDP "+p.Addr()+";branch=z9hG4bK"+tag+n+
			"\nMax-Forwards: 70\nFrom: "+invite.Header("To")+";tag="+tag+"\nTo: "+invite.Header("From")+"\nCall-ID: "+invite.Header("Call-ID")+
			"\nCSeq: 1 UPDATE\n"+headers+"Content-Length: 0\n\n")
		p.Await("SIP/2.0 200")
	}
	t.Run("200", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		_, err := ph.Dial("2001")
		ph.must(err)
		invite := p.Await("INVITE")
		p.ReplyTagged(invite, "200 OK", "peer", ada+"Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
		p.Await("ACK")
		next[sip.CallAnswered](ph)
		if e := next[sip.CallIdentity](ph); !e.Answer || e.Party.User != "+14155550144" {
			t.Errorf("identity %+v", e)
		}
	})
	t.Run("200 that withholds it", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		id, err := ph.Dial("2001")
		ph.must(err)
		invite := p.Await("INVITE")
		p.ReplyTagged(invite, "200 OK", "peer", ada+"Privacy: id\nContact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
		p.Await("ACK")
		ph.must(ph.Hangup(id))
		for {
			switch e := wait.For(ph.t, ph.events).(type) {
			case sip.CallIdentity:
				t.Errorf("told %+v", e)
			case sip.CallEnded:
				return
			}
		}
	})
	t.Run("200 of a hold", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		_, id := dial(ph, p, "123")
		ph.must(ph.Hold(id))
		re := p.Await("INVITE sip:b@")
		p.ReplyTagged(re, "200 OK", "peer", ada+"Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
		p.Await("ACK")
		if e := next[sip.CallIdentity](ph); e.Party.Name != "Ada Lovelace" {
			t.Errorf("identity %+v", e)
		}
	})
	t.Run("early, of two forks", func(t *testing.T) {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		_, err := ph.Dial("2001")
		ph.must(err)
		invite := p.Await("INVITE")
		for _, tag := range []string{"a", "b"} {
			p.ReplyTagged(invite, "180 Ringing", tag, "Contact: <sip:"+tag+"@"+p.Addr()+">\n", "")
		}
		update(p, invite, "a", strings.ReplaceAll(ada, "Ada Lovelace", "Wrong"))
		update(p, invite, "b", ada)
		p.ReplyTagged(invite, "200 OK", "b", "Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
		p.Await("ACK")
		next[sip.CallAnswered](ph)
		if e := next[sip.CallIdentity](ph); e.Party.Name != "Ada Lovelace" {
			t.Errorf("identity %+v", e)
		}
	})
}

// A phone that rings says who it belongs to. That counts once it answers, unless the answer says otherwise; and that it rang first does not
// count where another one answers.
func TestConnectedLineOfAPhoneThatRings(t *testing.T) {
	eager(t)
	const rpid = "Remote-Party-ID: \"Grace Hopper\" <sip:2044@x>;party=called;screen=yes\n"
	for name, tc := range map[string]struct {
		rings  map[string]string // headers by tag
		answer string            // of b
		want   string            // name told; "" for none
	}{
		"the answer says nothing": {map[string]string{"b": ada}, "", "Ada Lovelace"},
		"RPID":                    {map[string]string{"b": rpid}, "", "Grace Hopper"},
		"the answer says another": {map[string]string{"b": rpid}, ada, "Ada Lovelace"},
		"another one answers":     {map[string]string{"a": ada, "b": ""}, "", ""},
		"two say something":       {map[string]string{"a": rpid, "b": ada}, "", "Ada Lovelace"},
		"withheld":                {map[string]string{"b": ada + "Privacy: id\n"}, "", ""},
	} {
		for _, status := range []string{"180 Ringing", "183 Session Progress"} {
			t.Run(name+", "+status[:3], func(t *testing.T) {
				p := siptest.NewPeer(t)
				ph := newPhone(t, p)
				id, err := ph.Dial("2001")
				ph.must(err)
				invite := p.Await("INVITE")
				for _, tag := range []string{"b", "a"} {
					if headers, ok := tc.rings[tag]; ok {
						p.ReplyTagged(invite, status, tag, headers+"Contact: <sip:"+tag+"@"+p.Addr()+">\n", "")
					}
				}
				if strings.HasPrefix(name, "two") { // one that asks only whether we are there takes nothing back
					p.Send(invite.From, "UPDATE "+invite.URI("Contact")+" SIP/2.0\nVia: SIP/2.0/UDP "+p.Addr()+";branch=z9hG4bKb"+invite.Branch()+
						"\nMax-Forwards: 70\nFrom: "+invite.Header("To")+";tag=b\nTo: "+invite.Header("From")+"\nCall-ID: "+invite.Header("Call-ID")+
						"\nCSeq: 1 UPDATE\nContent-Length: 0\n\n")
					p.Await("SIP/2.0 200")
				}
				p.ReplyTagged(invite, "200 OK", "b", tc.answer+"Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
				p.Await("ACK")
				next[sip.CallAnswered](ph)
				ph.must(ph.Hangup(id))
				var told []string
				for {
					switch e := wait.For(ph.t, ph.events).(type) {
					case sip.CallIdentity:
						told = append(told, e.Party.Name)
						continue
					case sip.CallEnded:
					default:
						continue
					}
					break
				}
				if got := strings.Join(told, ", "); got != tc.want {
					t.Errorf("told %q, want %q", got, tc.want)
				}
			})
		}
	}
}

// A later ringing answer of the same dialog that names nobody takes back what an earlier one said: the call may ring at another phone by then.
func TestConnectedLineTakenBackWhileItRings(t *testing.T) {
	eager(t)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	id, err := ph.Dial("2001")
	ph.must(err)
	invite := p.Await("INVITE")
	to := "Contact: <sip:b@" + p.Addr() + ">\n"
	p.ReplyTagged(invite, "180 Ringing", "b", ada+to, "")
	p.ReplyTagged(invite, "180 Ringing", "b", to, "")
	p.ReplyTagged(invite, "200 OK", "b", to, siptest.SDP(4000, "sendrecv"))
	p.Await("ACK")
	next[sip.CallAnswered](ph)
	ph.must(ph.Hangup(id))
	for {
		switch e := wait.For(ph.t, ph.events).(type) {
		case sip.CallIdentity:
			t.Errorf("told %+v", e)
		case sip.CallEnded:
			return
		}
	}
}

// The 200 to our UPDATE says who the other side is by now, as that to our re-INVITE does. One from an address that the account does not know
// is not believed.
func TestConnectedLineInTheAnswerToOurUpdate(t *testing.T) {
	eager(t)
	for name, believed := range map[string]bool{"the server": true, "a stranger": false} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			at := p
			if !believed {
				at = siptest.NewPeerAt(t, "127.0.0.66")
			}
			ph := newPhone(t, p, func(c *setup) { c.Account.SessionTimer = 4 * time.Second })
			id, err := ph.Dial("2001")
			ph.must(err)
			p.ReplyTagged(p.Await("INVITE"), "200 OK", "b", "Contact: <sip:b@"+at.Addr()+">\nAllow: INVITE, UPDATE\nSession-Expires: 4;refresher=uac\n", siptest.SDP(4000, "sendrecv"))
			at.Await("ACK")
			next[sip.CallAnswered](ph)
			ph.forward(2 * time.Second)
			at.ReplyTagged(at.Await("UPDATE"), "200 OK", "b", ada+"Session-Expires: 4;refresher=uac\n", "")
			if believed {
				if e := next[sip.CallIdentity](ph); e.ID != id || e.Party.Name != "Ada Lovelace" || !e.Answer {
					t.Errorf("identity %+v", e)
				}
				return
			}
			ph.forward(2 * time.Second)
			at.ReplyTagged(at.Await("UPDATE"), "200 OK", "b", "Session-Expires: 4;refresher=uac\n", "")
			ph.must(ph.Hangup(id))
			for {
				switch e := wait.For(ph.t, ph.events).(type) {
				case sip.CallIdentity:
					t.Errorf("told %+v", e)
				case sip.CallEnded:
					return
				}
			}
		})
	}
}

// A phone system that cannot make up its mind is told of once a second, and the last word is never lost: not by the pause,
// and not by the end of the call.
func TestConnectedLineThatFlaps(t *testing.T) {
	sip.SetIdentityPause(t, time.Hour)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, _ := talk(ph, p)
	for range 20 {
		says(c, "UPDATE", ada)
		says(c, "UPDATE", "P-Asserted-Identity: \"Reception\" <sip:2050@x>\n")
	}
	c.Bye()
	var told []string
	for {
		switch e := wait.For(ph.t, ph.events).(type) {
		case sip.CallIdentity:
			told = append(told, e.Party.Name)
		case sip.CallEnded:
			if strings.Join(told, ", ") != "Ada Lovelace, Reception" {
				t.Errorf("told %q", told)
			}
			return
		}
	}
}

// The requests of the phone name whom the other side says it is by now (RFC 4916 §4.4.2).
func TestRequestsNameTheConnectedParty(t *testing.T) {
	eager(t)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	c.Name = "\"Ada\" <sip:+14155550144@example.com>"
	says(c, "UPDATE", "")
	ph.must(ph.Hangup(id))
	if bye := p.Await("BYE"); bye.URI("To") != "sip:+14155550144@example.com" || bye.Tag("To") != c.FromTag {
		t.Errorf("BYE to %s", bye.Header("To"))
	}
}
