package sip_test

import (
	"fmt"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// summaryOf is a NOTIFY about the mailbox of a phone: in the dialog of a SUBSCRIBE, or of none where to has no tag.
func summaryOf(p *siptest.Peer, contact, to, callID string, seq int, body string) string {
	return fmt.Sprintf("NOTIFY %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKm%s%d\nMax-Forwards: 70\nFrom: <sip:2041@%s>;tag=box\nTo: %s\nCall-ID: %s\nCSeq: %d NOTIFY\n"+
		"Contact: <sip:box@%s>\nEvent: message-summary\nSubscription-State: active\nContent-Type: application/simple-message-summary\nContent-Length: %d\n\n%s",
		contact, p.Addr(), callID, seq, p.Addr(), to, callID, seq, p.Addr(), len(siptest.CRLF(body)), body)
}

// The messages that wait are told once for each change: asked for, or unasked; and nobody but the account's server tells any.
func TestMessagesWaiting(t *testing.T) {
	interop.Proves(t, "S3.13")
	p, stranger := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.9")
	ph := newPhone(t, p, func(c *setup) { c.Account.Trust.Direct, c.Account.Mailbox = true, true })
	sub := p.Recv("SUBSCRIBE")
	if sub.Header("Event") != "message-summary" || !strings.Contains(sub.Start(), "sip:2041@") {
		t.Errorf("asked\n%s", sub.Text)
	}
	p.ReplyTagged(sub, "200 OK", "box", "Expires: 600\n", "")
	send := func(p *siptest.Peer, to, id string, seq int, body, answer string) {
		t.Helper()
		p.Send(sub.From, summaryOf(p, sub.URI("Contact"), to, id, seq, body))
		p.Recv("SIP/2.0 " + answer)
	}
	const two = "Messages-Waiting: yes\nMessage-Account: sip:*97@192.0.2.9\nVoice-Message: 2/3 (1/0)\n"
	in, id := sub.Header("From"), sub.Header("Call-ID")
	send(p, in, id, 1, two, "200")
	want := sip.MessagesChanged{Account: "2041@" + p.Addr(), Messages: sip.Messages{Waiting: true, New: 2, Old: 3, Urgent: 1, Number: "*97"}}
	if got := next[sip.MessagesChanged](ph); got != want {
		t.Errorf("told %+v, want %+v", got, want)
	}
	send(p, in, id, 2, two, "200")
	send(p, "<sip:2041@x>", "alone", 1, two, "200")
	send(p, in, id, 3, "Messages-Waiting: perhaps\n", "200")
	send(stranger, in, id, 4, "Messages-Waiting: yes\nVoice-Message: 9/9\n", "403")
	send(stranger, "<sip:2041@x>", "strange", 1, "Messages-Waiting: yes\nVoice-Message: 9/9\n", "489")
	send(p, "<sip:2041@x>", "alone", 2, "Messages-Waiting: no\nMessage-Account: sip:asterisk@192.0.2.9\nVoice-Message: 0/5\n", "200")
	want.Messages = sip.Messages{Old: 5}
	if got := next[sip.MessagesChanged](ph); got != want {
		t.Errorf("told %+v, want %+v", got, want)
	}
	send(p, "<sip:2041@x>", "alone", 3, "Messages-Waiting: yes\nMessage-Account: sip:2041@pbx.example.com\nVoice-Message: 1/0\n", "200")
	want.Messages = sip.Messages{Waiting: true, New: 1} // and no number: that one is ours
	if got := next[sip.MessagesChanged](ph); got != want {
		t.Errorf("told %+v, want %+v", got, want)
	}
	if calls := len(ph.audio.playing()); calls != 0 {
		t.Error("it rings for a message")
	}
}

// A server is not asked for a mailbox that the account says nothing of, and heard all the same. Once the account has one it is asked for, without
// a registration, and no more when it is taken away: then nobody would say that the messages were heard.
func TestMailboxIsAskedForWhereTheAccountHasOne(t *testing.T) {
	interop.Proves(t, "S3.13")
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	at, contact := p.Phone()
	send := func(seq int, body string) {
		t.Helper()
		p.Send(at, summaryOf(p, contact, "<sip:2041@x>", "alone", seq, body))
		p.Recv("SIP/2.0 200") // and no SUBSCRIBE before it
	}
	want := func(m sip.Messages) {
		t.Helper()
		if got := next[sip.MessagesChanged](ph); got != (sip.MessagesChanged{Account: "2041@" + p.Addr(), Messages: m}) {
			t.Errorf("told %+v, want %+v", got, m)
		}
	}
	send(1, "Messages-Waiting: yes\nVoice-Message: 2/0\n")
	want(sip.Messages{Waiting: true, New: 2})

	with := account(p)
	with.Mailbox = true
	ph.must(ph.SetAccount(with))
	sub := p.Recv("SUBSCRIBE")
	p.ReplyTagged(sub, "200 OK", "box", "Expires: 600\n", "")
	p.Send(sub.From, summaryOf(p, sub.URI("Contact"), sub.Header("From"), sub.Header("Call-ID"), 1, "Messages-Waiting: yes\nVoice-Message: 3/0\n"))
	p.Recv("SIP/2.0 200")
	want(sip.Messages{Waiting: true, New: 3})

	ph.must(ph.SetAccount(account(p)))
	if end := p.Recv("SUBSCRIBE"); end.Header("Expires") != "0" {
		t.Errorf("the last one is\n%s", end.Text)
	}
	want(sip.Messages{})
	send(2, "Messages-Waiting: yes\nVoice-Message: 1/0\n")
	want(sip.Messages{Waiting: true, New: 1})

	ph.must(ph.SetAccount(with)) // and taken away with a change that needs a registration
	p.Reply(p.Await("SUBSCRIBE"), "489 Bad Event", "")
	renamed := account(p)
	renamed.DisplayName = "Somebody else"
	ph.must(ph.SetAccount(renamed))
	want(sip.Messages{})
}

// A count that the server was asked for goes when it refuses to tell more of it; one that it has told unasked since stays.
func TestMessagesOfAMailboxThatIsRefused(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p, func(c *setup) { c.Account.Mailbox = true })
	want := func(m sip.Messages) {
		t.Helper()
		if got := next[sip.MessagesChanged](ph); got != (sip.MessagesChanged{Account: "2041@" + p.Addr(), Messages: m}) {
			t.Errorf("told %+v, want %+v", got, m)
		}
	}
	sub := p.Recv("SUBSCRIBE")
	p.ReplyTagged(sub, "200 OK", "box", "Expires: 600\n", "")
	send := func(to, id string, seq int, state, body string) {
		t.Helper()
		p.Send(sub.From, strings.Replace(summaryOf(p, sub.URI("Contact"), to, id, seq, body), ": active", ": "+state, 1))
		p.Await("SIP/2.0 200")
	}
	in, id := sub.Header("From"), sub.Header("Call-ID")
	send(in, id, 1, "active", "Messages-Waiting: yes\nVoice-Message: 3/0\n")
	want(sip.Messages{Waiting: true, New: 3})
	send(in, id, 2, "terminated;reason=noresource", "")
	want(sip.Messages{})

	with := account(p)
	ph.must(ph.SetAccount(with)) // asked for anew
	with.Mailbox = true
	ph.must(ph.SetAccount(with))
	sub = p.Await("SUBSCRIBE")
	p.ReplyTagged(sub, "200 OK", "box", "Expires: 600\n", "")
	in, id = sub.Header("From"), sub.Header("Call-ID")
	send(in, id, 1, "active", "Messages-Waiting: yes\nVoice-Message: 2/0\n")
	want(sip.Messages{Waiting: true, New: 2})
	send("<sip:2041@x>", "alone", 1, "active", "Messages-Waiting: yes\nVoice-Message: 2/0\n")
	send(in, id, 2, "terminated;reason=noresource", "")
	send("<sip:2041@x>", "alone", 2, "active", "Messages-Waiting: yes\nVoice-Message: 1/0\n")
	want(sip.Messages{Waiting: true, New: 1})
}
