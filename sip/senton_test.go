package sip_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
	"linecard/test/wait"
)

// moved answers an INVITE with a 302 to the addresses of a Contact, where HOST is the peer.
func moved(p *siptest.Peer, invite siptest.Message, contact string) {
	p.ReplyTagged(invite, "302 Moved Temporarily", "moved", "Contact: "+strings.ReplaceAll(contact, "HOST", p.Addr())+"\n", "")
}

// A call that is sent on to a colleague goes there at once. The agent is told, and it is with whom it went to once that one has answered.
func TestACallIsSentOnToAColleague(t *testing.T) {
	interop.Proves(t, "S2.4")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	id, err := ph.Dial("2050")
	ph.must(err)
	moved(p, p.Await("INVITE sip:2050@"), "<sip:2060@HOST>")
	if e := next[sip.CallReferred](ph); e.ID != id || !e.Redirect || e.Asks || e.Target != "2060" || e.By.User != "2050" {
		t.Errorf("sent on %+v", e)
	}
	invite := p.Await("INVITE sip:2060@")
	for range 2 {
		p.ReplyTagged(invite, "180 Ringing", "x", "", "")
	}
	if e := next[sip.CallReferred](ph); !e.Ringing {
		t.Errorf("rings %+v", e)
	}
	p.ReplyTagged(invite, "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\nP-Asserted-Identity: \"Xenia\" <sip:2060@example.com>\n", siptest.SDP(4008, "sendrecv"))
	if e := next[sip.CallReferred](ph); !e.Done {
		t.Errorf("done %+v", e)
	}
	host, _, _ := strings.Cut(p.Addr(), ":")
	if e := next[sip.CallIdentity](ph); !e.Transferred || e.Party.User != "2060" || e.Party.Host != host {
		t.Errorf("identity %+v", e)
	}
	if e := next[sip.CallAnswered](ph); e.ID != id {
		t.Errorf("answered %+v", e)
	}
	if e := next[sip.CallIdentity](ph); e.Party.Name != "Xenia" {
		t.Errorf("identity %+v", e)
	}
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE"), "200 OK", "")
}

// Whoever is called can name any number that the account pays for, or a code: the agent is asked, or the call ends with a sentence that names the number.
func TestACallIsSentOnElsewhere(t *testing.T) {
	interop.Proves(t, "S2.4")
	for name, to := range map[string]struct{ contact, target, calls string }{
		"a number":                 {"<tel:+1-900-555-0123>", "+19005550123", "INVITE sip:+19005550123@"},
		"a code":                   {"<sip:*7219005550123@HOST>", "*7219005550123", "INVITE sip:*7219005550123@"},
		"a code, hidden":           {"<sip:%2a72@HOST;user=phone>", "*72", "INVITE sip:%2a72@"},
		"help, by an outside line": {"<sip:9-911@HOST>", "9-911", "INVITE sip:9-911@"},
		"what no plan has":         {"<sip:206012@HOST>", "206012", "INVITE sip:206012@"},
		"the best of two":          {"<sip:206012@HOST>;q=0.5, <sip:206013@HOST>", "206013", "INVITE sip:206013@"},
	} {
		for _, then := range []string{"follow", "refuse", "nothing", "hang up", "never"} {
			t.Run(name+", "+then, func(t *testing.T) {
				if then == "nothing" {
					sip.SetAskPatience(t, 10*time.Millisecond)
				}
				p := siptest.NewPeer(t)
				ph := newPhone(t, p, func(s *setup) {
					if then == "never" {
						s.Account.Redirects = sip.FollowNone
					}
				})
				id, err := ph.Dial("2050")
				ph.must(err)
				if err := ph.Follow(id); !errors.Is(err, sip.ErrNotAsked) {
					t.Errorf("follow: %v", err)
				}
				moved(p, p.Await("INVITE sip:2050@"), to.contact)
				if then == "never" {
					e := next[sip.CallEnded](ph)
					if e.Reason != sip.EndFailed || e.Code != 302 || e.Text.Code != "sip.ended.sent-on" || e.Text.Values["target"] != to.target || e.Text.Values["number"] != "2050" {
						t.Errorf("ended %+v", e)
					}
					return
				}
				if e := next[sip.CallReferred](ph); !e.Redirect || !e.Asks || e.Target != to.target {
					t.Errorf("asked %+v", e)
				}
				want := sip.EndCancelled
				switch then {
				case "follow":
					ph.must(ph.Follow(id))
					if e := next[sip.CallReferred](ph); e.Asks || e.Target != to.target {
						t.Errorf("goes on %+v", e)
					}
					p.ReplyTagged(p.Await(to.calls), "486 Busy Here", "x", "", "")
					if strings.Contains(to.contact, "q=") {
						if e := next[sip.CallReferred](ph); !e.Asks || e.Target != "206012" {
							t.Errorf("asked %+v", e)
						}
						ph.must(ph.Hangup(id))
						break
					}
					want = sip.EndBusy
				case "refuse":
					ph.must(ph.Refuse(id))
				case "hang up":
					ph.must(ph.Hangup(id))
				case "nothing":
					want = sip.EndFailed
				}
				e := next[sip.CallEnded](ph)
				if e.Reason != want || (want == sip.EndFailed || want == sip.EndBusy) && e.Text.IsZero() {
					t.Errorf("ended %+v", e)
				}
				if want == sip.EndBusy && e.Text.Values["number"] != to.target {
					t.Errorf("busy is %+v", e.Text)
				}
				if then != "follow" {
					if m, ok := p.Within(20*time.Millisecond, "INVITE"); ok {
						t.Errorf("called all the same:\n%s", m.Text)
					}
				}
			})
		}
	}
}

// With "ask" the agent is asked about colleagues, too. About another spelling of what was dialed nobody is asked, and nothing is told.
func TestAskedWhereACallIsSentOn(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) {
		s.Account.Redirects = sip.FollowAsked
		s.Spells = func(account, number, sent string) bool {
			return account == s.Account.ID() && number == "+14155550144" && sent == "914155550144"
		}
	})
	id, err := ph.Dial("+1 415 555 0144")
	ph.must(err)
	moved(p, p.Await("INVITE sip:+14155550144@"), "<sip:914155550144@HOST>")
	moved(p, p.Await("INVITE sip:914155550144@"), "<sip:2060@HOST>")
	if e := next[sip.CallReferred](ph); !e.Asks || e.Target != "2060" || e.By.User != "+14155550144" {
		t.Errorf("asked %+v", e)
	}
	ph.must(ph.Follow(id))
	p.ReplyTagged(p.Await("INVITE sip:2060@"), "404 Not Found", "x", "", "")
	if e := next[sip.CallEnded](ph); e.Reason != sip.EndNotFound || e.Text.Values["number"] != "2060" {
		t.Errorf("ended %+v", e)
	}
}

// A call that comes back to what was dialed, in another spelling, is with nobody else; and what cannot be shown as it is, is not called.
func TestACallIsSentOnAndBack(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) { s.Spells = func(_, _, sent string) bool { return sent == "02050" } })
	_, err := ph.Dial("2050")
	ph.must(err)
	moved(p, p.Await("INVITE sip:2050@"), "<sip:2060@HOST>")
	next[sip.CallReferred](ph)
	moved(p, p.Await("INVITE sip:2060@"), "<sip:2061%e2%80%8b@HOST>, <sip:%0a@HOST>, <sip:02050@HOST>;q=0.1")
	if e := next[sip.CallReferred](ph); e.Asks || e.Target != "02050" {
		t.Errorf("sent on %+v", e)
	}
	p.ReplyTagged(p.Await("INVITE sip:02050@"), "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
	if e := next[sip.CallIdentity](ph); e.Party.User != "02050" {
		t.Errorf("it is with %+v", e)
	}
	next[sip.CallAnswered](ph)
}

// An address of another phone system is not called, and named: the agent may dial it.
func TestACallIsNotSentOutOfTheDomain(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, err := ph.Dial("2050")
	ph.must(err)
	moved(p, p.Await("INVITE sip:2050@"), "<sip:thief%0a@elsewhere.example>")
	if e := next[sip.CallEnded](ph); e.Text.Code != "sip.ended.sent-on" || e.Text.Values["target"] != "thief@elsewhere.example" {
		t.Errorf("ended %+v", e)
	}
}

// Nor where the agent has followed a transfer to one: nobody is asked about what comes after it.
func TestATransferToAnotherServerIsNotSentOnThere(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(s *setup) { s.Account.Proxy = p.Addr() })
	c, id := talk(ph, p)
	c.Send("REFER", "Refer-To: <sip:2060@elsewhere.example>\n", "")
	notified(t, p, "100 Trying")
	if e := next[sip.CallReferred](ph); !e.Asks {
		t.Errorf("referred %+v", e)
	}
	ph.must(ph.Follow(id))
	moved(p, p.Await("INVITE sip:2060@elsewhere.example"), "<sip:2061@elsewhere.example>")
	notified(t, p, "302 Status 302")
	if m, ok := p.Within(20*time.Millisecond, "INVITE"); ok {
		t.Errorf("called all the same:\n%s", m.Text)
	}
	for e := next[sip.CallReferred](ph); e.Failed.IsZero(); e = next[sip.CallReferred](ph) {
	}
	c.Bye()
}

// Where a followed transfer is sent on once more the agent is not asked: it goes to a colleague, or fails and the call is still with who wanted it.
func TestATransferIsSentOn(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	moved(p, sent(t, p, ph, c), "<sip:*72@HOST>")
	notified(t, p, "302 Status 302")
	if e := next[sip.CallReferred](ph); e.Failed.IsZero() {
		t.Errorf("referred %+v", e)
	}
	moved(p, sent(t, p, ph, c), "<sip:2061@HOST>")
	p.ReplyTagged(p.Await("INVITE sip:2061@"), "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
	notified(t, p, "200 OK")
	if e := next[sip.CallReferred](ph); e.Redirect || !e.Done {
		t.Errorf("referred %+v", e)
	}
	if e := next[sip.CallIdentity](ph); e.ID != id || !e.Transferred || e.Party.User != "2061" {
		t.Errorf("identity %+v", e)
	}
	c.Bye()
	ph.must(ph.Hangup(id))
	p.Reply(p.Await("BYE sip:x@"), "200 OK", "")
}

// Nobody is asked about a call that picks up another one. It goes on to a colleague, and is with whoever called.
func TestAPickupIsSentOn(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	_, err := ph.Pickup("", "2050", "*82050")
	ph.must(err)
	moved(p, p.Await("INVITE sip:*82050@"), "<sip:*72@HOST>")
	if e := next[sip.CallEnded](ph); e.Text.Code != "sip.ended.sent-on" || e.Text.Values["target"] != "*72" {
		t.Errorf("ended %+v", e)
	}
	_, err = ph.Pickup("", "2050", "*82050")
	ph.must(err)
	moved(p, p.Await("INVITE sip:*82050@"), "<sip:2061@HOST>")
	p.ReplyTagged(p.Await("INVITE sip:2061@"), "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
	next[sip.CallAnswered](ph)
	if e := next[sip.CallIdentity](ph); !e.Party.Withheld {
		t.Errorf("it is with %+v", e)
	}
}

// A code of the phone system is for it alone.
func TestACodeIsNotSentOn(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	done := make(chan string, 1)
	ph.must(ph.CallCode("", "*45", func(why fault.Fault) { done <- string(why.Code) }))
	moved(p, p.Await("INVITE sip:*45@"), "<sip:2060@HOST>")
	if why := wait.For(t, done); why != "sip.code-refused" {
		t.Errorf("ended as %q", why)
	}
}

// Phones that forward their own calls behind a real proxy: it leaves to the caller's phone where the call goes.
func TestForwardedThroughKamailio(t *testing.T) {
	interop.Proves(t, "S2.4", interop.Kamailio)
	server := siptest.Kamailio(t)
	user := func(t *testing.T, name, password, forwards string) *phone {
		ph := startPhone(t, func(c *setup) {
			c.Account = sip.Account{Server: server, User: name, Password: password, DisplayName: name, Expires: time.Minute, Forward: sip.Forward{Always: forwards}}
		})
		ph.registered()
		return ph
	}
	alice, carol := user(t, "alice", "secret1", ""), user(t, "carol", "secret3", "")
	for to, asks := range map[string]bool{"carol": false, "206012": true} {
		t.Run(to, func(t *testing.T) {
			user(t, "bob", "secret2", to)
			id, err := alice.Dial("bob")
			alice.must(err)
			if e := next[sip.CallReferred](alice); e.ID != id || !e.Redirect || e.Asks != asks || e.Target != to {
				t.Fatalf("sent on %+v", e)
			}
			if asks {
				alice.must(alice.Refuse(id))
				if e := next[sip.CallEnded](alice); e.Reason != sip.EndCancelled {
					t.Errorf("ended %+v", e)
				}
				return
			}
			carol.must(carol.Answer(next[sip.CallIncoming](carol).ID))
			if e := next[sip.CallIdentity](alice); e.Party.User != "carol" || !e.Transferred {
				t.Errorf("alice is with %+v", e)
			}
			next[sip.CallAnswered](alice)
			alice.must(alice.Hangup(id))
			next[sip.CallEnded](alice)
			next[sip.CallEnded](carol)
		})
	}
}
