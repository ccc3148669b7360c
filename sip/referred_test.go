package sip_test

import (
	"fmt"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/encryption"
	"linecard/sip/internal/siptest"
	"linecard/sip/sdp"
	"linecard/test/interop"
	"linecard/test/wait"
)

// sent has the other side of a call send it on, and gives the INVITE that comes of it.
func sent(t *testing.T, p *siptest.Peer, ph *phone, c *siptest.Caller) siptest.Message {
	t.Helper()
	c.Send("REFER", "Refer-To: <sip:2060@"+p.Addr()+">\nReferred-By: <sip:bob@example.com>\n", "")
	notified(t, p, "100 Trying")
	if e := next[sip.CallReferred](ph); e.Asks || e.Target != "2060" {
		t.Errorf("referred %+v", e)
	}
	return p.Await("INVITE sip:2060@")
}

func notified(t *testing.T, p *siptest.Peer, want string) {
	t.Helper()
	n := p.Await("NOTIFY")
	if got := strings.TrimSpace(n.Body()); got != "SIP/2.0 "+want {
		t.Errorf("told %q, want %q", got, want)
	}
	p.Reply(n, "200 OK", "")
}

// The other side sends the call on: it is the same call, with whom it was sent to.
func TestSentOn(t *testing.T) {
	interop.Proves(t, "S3.7")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	invite := sent(t, p, ph, c)
	p.ReplyTagged(invite, "180 Ringing", "x", "", "")
	notified(t, p, "180 Ringing")
	if e := next[sip.CallReferred](ph); !e.Ringing {
		t.Errorf("referred %+v", e)
	}
	p.ReplyTagged(invite, "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\nP-Asserted-Identity: \"Xenia\" <sip:2060@example.com>\n", siptest.SDP(4008, "sendrecv"))
	notified(t, p, "200 OK")
	if e := next[sip.CallReferred](ph); !e.Done {
		t.Errorf("referred %+v", e)
	}
	if e := next[sip.CallIdentity](ph); e.ID != id || !e.Transferred || e.Party.User != "2060" {
		t.Errorf("identity %+v", e)
	}
	if e := next[sip.CallIdentity](ph); e.Party.Name != "Xenia" {
		t.Errorf("identity %+v", e)
	}
	c.Bye()
	ph.must(ph.Hangup(id))
	bye := p.Await("BYE")
	if bye.Header("Call-ID") != invite.Header("Call-ID") {
		t.Error("another call was hung up")
	}
	p.Reply(bye, "200 OK", "")
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndLocal {
		t.Errorf("ended %+v", e)
	}
	select {
	case e := <-ph.events:
		t.Errorf("and then %T %+v", e, e)
	default:
	}
}

// What the one we are sent to plays before it answers is not for the agent, who is in the call or has it on hold; nor is the agent heard there.
func TestSentOnIsNotHeardBeforeItIsAnswered(t *testing.T) {
	for _, held := range []bool{false, true} {
		t.Run(fmt.Sprintf("held %v", held), func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c, id := talk(ph, p)
			if held {
				ph.must(ph.Hold(id))
				p.ReplyTagged(p.Await("INVITE sip:caller@"), "200 OK", "", "Contact: <sip:caller@"+p.Addr()+">\n", siptest.SDP(4000, "recvonly"))
			}
			invite := sent(t, p, ph, c)
			p.ReplyTagged(invite, "183 Session Progress", "x", "", siptest.SDP(4008, "sendrecv"))
			p.ReplyTagged(invite, "180 Ringing", "x", "", siptest.SDP(4008, "sendrecv"))
			notified(t, p, "183 Session Progress")
			notified(t, p, "180 Ringing")
			if e := next[sip.CallReferred](ph); !e.Ringing {
				t.Errorf("referred %+v", e)
			}
			ph.must(ph.SetMute(id, true)) // runs behind the provisional answers
			if n := ph.EarlyLegs(); n != 0 {
				t.Errorf("%d legs have early media", n)
			}
			p.ReplyTagged(invite, "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
			if e := next[sip.CallReferred](ph); !e.Done {
				t.Errorf("referred %+v", e)
			}
			if state, _ := ph.StateOf(id); state.Held != held {
				t.Errorf("it goes on as %+v", state)
			}
			if held {
				if re := p.Await("INVITE sip:x@"); !strings.Contains(re.Body(), "a=sendonly") {
					t.Errorf("offered\n%s", re.Body())
				}
			}
		})
	}
}

// A call that is encrypted stays that when it is sent on to somebody who can, in the way that it was, though the account offers no encryption.
func TestSentOnKeepsTheEncryption(t *testing.T) {
	for kind, by := range map[string]encryption.By{"SDES AES-128": encryption.SDES, "DTLS AES-128": encryption.DTLS} {
		t.Run(kind, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(c *setup) { c.Audio = mirror{newClock(t)} })
			f, other := newFarEnd(t, sdp.EncryptionRequired, by), newFarEnd(t, sdp.EncryptionOffered, by)
			c := p.Call("<sip:ada@example.com>")
			c.Send("INVITE", "", string(f.sdp.Offer(sdp.SendRecv)))
			c.Learn(p.Await("SIP/2.0 180"))
			id := next[sip.CallIncoming](ph).ID
			ph.must(ph.Answer(id))
			f.agree(f.sdp.ReadAnswer([]byte(c.Answered().Body())))
			if e := next[sip.CallEncryption](ph); e.Kind != kind {
				t.Fatalf("encrypted %q", e.Kind)
			}
			invite := sent(t, p, ph, c)
			if !strings.Contains(invite.Body(), " RTP/AVP ") || (cryptoIn(invite.Body()) != "") != (by == encryption.SDES) || (fingerprintIn(invite.Body()) != "") != (by == encryption.DTLS) {
				t.Errorf("offered\n%s", invite.Body())
			}
			other.answer(p, invite)
			if e := next[sip.CallIdentity](ph); !e.Transferred {
				t.Errorf("goes on as %+v", e)
			}
			other.hears(true)
			if e, told := within[sip.CallEncryption](ph, 50_000_000); told {
				t.Errorf("the lock changes: %+v", e)
			}
			c.Bye()
		})
	}
}

// The lock is that of the call the agent is in: it goes where an encrypted call is sent on to somebody in clear, and does not come for the
// encrypted sound of somebody who never answers.
func TestSentOnShowsItsOwnEncryption(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	f := newFarEnd(t, sdp.EncryptionRequired)
	c := p.Call("<sip:ada@example.com>")
	c.Send("INVITE", "", string(f.sdp.Offer(sdp.SendRecv)))
	c.Learn(p.Await("SIP/2.0 180"))
	id := next[sip.CallIncoming](ph).ID
	ph.must(ph.Answer(id))
	c.Answered()
	if e := next[sip.CallEncryption](ph); e.Kind != "SDES AES-128" {
		t.Errorf("encrypted %q", e.Kind)
	}
	next[sip.CallAnswered](ph)
	invite := sent(t, p, ph, c)
	p.ReplyTagged(invite, "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
	next[sip.CallIdentity](ph)
	if e := next[sip.CallEncryption](ph); e.ID != id || e.Kind != "" || !e.Lost {
		t.Errorf("encryption %+v", e)
	}
	c.Bye()
	ph.must(ph.Hangup(id))
	for e := range ph.events {
		if e, again := e.(sip.CallEncryption); again {
			t.Errorf("told again: %+v", e)
		}
		if _, over := e.(sip.CallEnded); over {
			break
		}
	}
}

func TestSentOnInVainShowsNoLock(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, encrypts(sdp.EncryptionPreferred))
	c, id := talk(ph, p)
	invite := sent(t, p, ph, c)
	far := newFarEnd(t, sdp.EncryptionPreferred)
	early, agreed, err := far.sdp.Answer([]byte(invite.Body()), sdp.SendRecv)
	if err != nil || agreed.Secure == nil {
		t.Fatalf("encrypted %v, %v", agreed.Secure, err)
	}
	p.ReplyTagged(invite, "183 Session Progress", "x", "", string(early))
	notified(t, p, "183 Session Progress")
	p.ReplyTagged(invite, "486 Busy Here", "x", "", "")
	for {
		switch e := wait.For(ph.t, ph.events).(type) {
		case sip.CallEncryption:
			t.Errorf("a lock for somebody who never answered: %+v", e)
		case sip.CallReferred:
			if e.ID == id && e.Failed.Is("sip.transfer.busy") {
				return
			}
		}
	}
}

// Whom the call is sent on to sees what was chosen for it, or what the account shows of a call that came in; a caller who is withheld stays that.
func TestSentOnShowsTheSameCallerID(t *testing.T) {
	for name, c := range map[string]struct {
		own, as   string // as "in": it came in
		ppi, priv string
	}{
		"chosen for the call":  {"+14155550100", "+14155550102", `"Sales" <sip:+14155550102@127.0.0.1>`, ""},
		"withheld":             {"+14155550100", "withheld", "", "id"},
		"the account's own":    {"+14155550100", "", `"Agent" <sip:+14155550100@127.0.0.1>`, ""},
		"it came in":           {"+14155550100", "in", `"Agent" <sip:+14155550100@127.0.0.1>`, ""},
		"it came in, withheld": {"withheld", "in", "", "id"},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p, func(s *setup) {
				s.Account.CallerID, s.Account.CallerIDs = c.own, []string{"Sales <+14155550102>", "withheld"}
			})
			var refer func()
			if c.as == "in" {
				caller, _ := talk(ph, p)
				refer = func() { caller.Send("REFER", "Refer-To: <sip:2060@"+p.Addr()+">\n", "") }
			} else {
				_, err := ph.DialAs("", "1002", "", c.as)
				ph.must(err)
				invite := p.Await("INVITE")
				p.ReplyTagged(invite, "200 OK", "callee", "Contact: <sip:callee@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
				p.Await("ACK")
				next[sip.CallAnswered](ph)
				callee := p.Call("<sip:1002@" + p.Addr() + ">")
				callee.CallID, callee.FromTag, callee.ToTag = invite.Header("Call-ID"), "callee", invite.Tag("From")
				refer = func() { callee.Send("REFER", "Refer-To: <sip:2060@"+p.Addr()+">\n", "") }
			}
			refer()
			invite := p.Await("INVITE sip:2060@")
			for header, want := range map[string]string{"P-Preferred-Identity": c.ppi, "Privacy": c.priv} {
				if got := invite.Header(header); got != want {
					t.Errorf("%s: %s, want %s", header, got, want)
				}
			}
		})
	}
}

// Whoever has sent the call on and does not hang up is hung up on.
func TestSentOnAndLeftAlone(t *testing.T) {
	sip.SetByePatience(t, 0)
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, _ := talk(ph, p)
	p.ReplyTagged(sent(t, p, ph, c), "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", siptest.SDP(4008, "sendrecv"))
	bye := p.Await("BYE")
	p.Reply(bye, "200 OK", "")
	if bye.Header("Call-ID") != c.CallID {
		t.Error("another call was hung up")
	}
}

// Nobody answers where the call was sent: it goes on, and may be sent on again.
func TestSentOnInVain(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	for range 2 { // as often as it is followed unasked
		p.Reply(sent(t, p, ph, c), "486 Busy Here", "")
		notified(t, p, "486 Busy Here")
		if e := next[sip.CallReferred](ph); !e.Failed.Is("sip.transfer.busy") {
			t.Errorf("referred %+v", e)
		}
	}
	c.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}

// The one we are sent to answers with nothing that can be heard: both are told that, and the call goes on.
func TestSentOnToNoUsableAudio(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	p.ReplyTagged(sent(t, p, ph, c), "200 OK", "x", "Contact: <sip:x@"+p.Addr()+">\n", strings.ReplaceAll(siptest.SDP(4008, "sendrecv"), "RTP/AVP 0", "RTP/AVP 18"))
	n := p.Await("NOTIFY")
	if got := strings.TrimSpace(n.Body()); !strings.HasPrefix(got, "SIP/2.0 488") {
		t.Errorf("told %q", got)
	}
	p.Reply(n, "200 OK", "")
	p.Reply(p.Await("BYE sip:x@"), "200 OK", "")
	if e := next[sip.CallReferred](ph); !e.Failed.Is("sip.ended.no-codec-answer") {
		t.Errorf("referred %+v", e)
	}
	c.Bye()
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndRemote {
		t.Errorf("ended %+v", e)
	}
}

// The other side hangs up while the one it has sent the call to still rings: the call goes on there once it is answered, and was with the other side
// alone if it is not.
func TestSentOnAndHungUp(t *testing.T) {
	for _, answer := range []string{"200 OK", "480 Temporarily Unavailable", "hung up here"} {
		t.Run(answer, func(t *testing.T) {
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			c, id := talk(ph, p)
			invite := sent(t, p, ph, c)
			c.Bye()
			p.ReplyTagged(invite, "180 Ringing", "x", "P-Asserted-Identity: \"Xenia\" <sip:2060@example.com>\n", "")
			for e := (sip.CallReferred{}); !e.Ringing; {
				switch got := next[sip.Event](ph).(type) {
				case sip.CallReferred:
					if e = got; !e.Ringing || e.By.User != "+14155550100" || e.Target != "2060" || e.ID != id {
						t.Errorf("referred %+v", e)
					}
				case sip.CallIdentity, sip.CallEnded, sip.CallProgress:
					t.Errorf("told before it is answered: %+v", got)
				}
			}
			want := sip.EndLocal
			switch answer {
			case "200 OK":
				p.ReplyTagged(invite, answer, "x", "Contact: <sip:x@"+p.Addr()+">\nP-Asserted-Identity: \"Xenia\" <sip:2060@example.com>\n", siptest.SDP(4008, "sendrecv"))
				p.Await("ACK")
				if e := next[sip.CallReferred](ph); !e.Done || e.By.User != "+14155550100" {
					t.Errorf("referred %+v", e)
				}
				if e := next[sip.CallIdentity](ph); e.ID != id || e.Party.User != "2060" || !e.Transferred {
					t.Errorf("identity %+v", e)
				}
				ph.must(ph.Hangup(id))
				p.Reply(p.Await("BYE"), "200 OK", "")
			case "hung up here":
				ph.must(ph.Hangup(id))
				p.Reply(p.Await("CANCEL"), "200 OK", "")
				p.Reply(invite, "487 Request Terminated", "")
			default:
				want = sip.EndRemote
				p.Reply(invite, answer, "")
				if e := next[sip.CallReferred](ph); !e.Failed.Is("sip.transfer.no-answer") {
					t.Errorf("referred %+v", e)
				}
			}
			for {
				switch e := next[sip.Event](ph).(type) {
				case sip.CallIdentity:
					if answer != "200 OK" {
						t.Errorf("nobody has answered: %+v", e)
					}
					continue
				case sip.CallEnded:
					if e.ID != id || e.Reason != want {
						t.Errorf("ended %+v, want %s", e, want)
					}
					return
				}
			}
		})
	}
}

// The agent hangs up while the call is being sent on: both ends of it are over.
func TestHungUpWhileSentOn(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	invite := sent(t, p, ph, c)
	p.ReplyTagged(invite, "180 Ringing", "x", "", "")
	notified(t, p, "180 Ringing")
	ph.must(ph.Hangup(id))
	got := map[string]bool{}
	for len(got) < 2 {
		m := p.Recv("BYE", "CANCEL", "NOTIFY")
		got[m.Method()] = m.Method() != "NOTIFY" || got["NOTIFY"]
		p.Reply(m, "200 OK", "")
		delete(got, "NOTIFY")
	}
	p.ReplyTagged(invite, "487 Request Terminated", "x", "", "")
	if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndLocal {
		t.Errorf("ended %+v", e)
	}
}

// Both want to transfer at once: the first wish counts, and nobody is lost.
func TestBothTransferAtOnce(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	c, id := talk(ph, p)
	ph.must(ph.Transfer(id, "2050"))
	refer := p.Await("REFER")
	c.Send("REFER", "Refer-To: <sip:2060@"+p.Addr()+">\n", "")
	p.Await("SIP/2.0 491")
	p.Reply(refer, "491 Request Pending", "")
	next[sip.CallTransfer](ph)
	if tr := next[sip.CallTransfer](ph); tr.Failed.IsZero() {
		t.Errorf("transfer %+v", tr)
	}
	c.Bye()
	next[sip.CallEnded](ph)
}
