package sip_test

import (
	"errors"
	"fmt"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
)

// presenceOf is a NOTIFY with what a phone system says of a colleague's presence; without a basic status it says nothing.
func presenceOf(p *siptest.Peer, sub siptest.Message, seq int, basic, note string) string {
	body, contentType := "", ""
	if basic != "" {
		contentType = "Content-Type: application/pidf+xml\n"
		body = fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?><presence entity="sip:2042@pbx" xmlns="urn:ietf:params:xml:ns:pidf"><note>%s</note><tuple id="2042"><status><basic>%s</basic></status></tuple></presence>`, note, basic)
	}
	return fmt.Sprintf("NOTIFY %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKp%s%d\nMax-Forwards: 70\nFrom: %s;tag=team\nTo: %s\nCall-ID: %s\nCSeq: %d NOTIFY\n"+
		"Contact: <sip:team@%s>\nEvent: presence\nSubscription-State: active\n%sContent-Length: %d\n\n%s",
		sub.URI("Contact"), p.Addr(), sub.Header("Call-ID"), seq, sub.Header("To"), sub.Header("From"), sub.Header("Call-ID"), seq, p.Addr(), contentType, len(body), body)
}

// A server that tells of nobody's calls is asked for presence: what phones do is told once for each change, of nobody but the server, and is unknown
// where the server says nothing or refuses that too. A call that rings there is picked up by a code alone.
func TestColleaguesByPresence(t *testing.T) {
	interop.Proves(t, "S3.19")
	p, stranger := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.9")
	ph := newPhone(t, p)
	own := "2041@" + p.Addr()
	ph.must(ph.SetColleagues([]sip.Colleague{{Account: own, Extension: "2042"}}))
	first := p.Recv("SUBSCRIBE sip:2042@")
	if first.Header("Event") != "dialog" || first.Header("Accept") != "application/dialog-info+xml" {
		t.Errorf("asked first for\n%s", first.Text)
	}
	p.Reply(first, "489 Bad Event", "Allow-Events: presence\n")
	sub := p.Recv("SUBSCRIBE sip:2042@")
	if sub.Header("Event") != "presence" || sub.Header("Accept") != "application/pidf+xml" {
		t.Errorf("asked then for\n%s", sub.Text)
	}
	p.ReplyTagged(sub, "200 OK", "team", "Expires: 600\n", "")
	seq := 0
	send := func(basic, note string) {
		t.Helper()
		seq++
		p.Send(sub.From, presenceOf(p, sub, seq, basic, note))
		p.Recv("SIP/2.0 200")
	}
	told := func(want sip.ColleagueState) { t.Helper(); ph.colleagueIs(own, "2042", want) }
	free := sip.ColleagueState{Known: true, TellsRinging: true}
	busy, rings := free, free
	busy.Busy, rings.Ringing = true, true
	send("open", "Ready")
	told(free)
	send("open", "Ready")
	send("closed", "Ringing")
	told(rings)
	if _, err := ph.Pickup("", "2042", ""); !errors.Is(err, sip.ErrNoPickup) {
		t.Errorf("presence names no dialog: %v", err)
	}
	stranger.Send(sub.From, presenceOf(stranger, sub, 90, "open", "Ready"))
	send("closed", "On the phone &unknown;") // it cannot be read: what was said stays
	send("closed", "On the phone")
	told(busy)
	send("closed", "Unavailable")
	told(sip.ColleagueState{})
	send("closed", "On the phone")
	told(busy)
	send("", "") // nobody tells the server anything
	told(sip.ColleagueState{})
	send("open", "Ready")
	told(free)
	ph.must(ph.SetAccount(sip.Account{}))
	told(sip.ColleagueState{})
}

// A server whose presence has no word for a call that rings is told as such: nobody can say there that nothing rings. What it says of a phone that is
// registered is that alone, until it has told a call.
func TestColleaguesWhosePresenceTellsNoRinging(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	own := "2041@" + p.Addr()
	ph.must(ph.SetColleagues([]sip.Colleague{{Account: own, Extension: "2042"}}))
	p.Reply(p.Recv("SUBSCRIBE"), "489 Bad Event", "")
	sub := p.Recv("SUBSCRIBE")
	p.ReplyTagged(sub, "200 OK", "team", "Expires: 600\n", "")
	for i, said := range []struct {
		basic, note string
		want        sip.ColleagueState
	}{
		{"open", "", sip.ColleagueState{}},
		{"open", "On the phone", sip.ColleagueState{Known: true, Busy: true}}, // as OpenSIPS says it of one that rings
		{"open", "", sip.ColleagueState{Known: true}},
		{"closed", "", sip.ColleagueState{}},
		{"open", "Ready", sip.ColleagueState{Known: true, TellsRinging: true}}, // the words of another phone system
	} {
		p.Send(sub.From, presenceOf(p, sub, i+1, said.basic, said.note))
		p.Recv("SIP/2.0 200")
		if said.want == (sip.ColleagueState{}) && i == 0 {
			continue // what was not known is not told
		}
		if e := next[sip.ColleagueChanged](ph); e != (sip.ColleagueChanged{Account: own, Extension: "2042", State: said.want}) {
			t.Errorf("told %+v, want %+v", e, said.want)
		}
	}
}

// Where presence is refused, too, nothing is known of the colleague.
func TestColleaguesByNeither(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	own := "2041@" + p.Addr()
	ph.must(ph.SetColleagues([]sip.Colleague{{Account: own, Extension: "2042"}}))
	sub := p.Recv("SUBSCRIBE")
	p.ReplyTagged(sub, "200 OK", "team", "Expires: 1\n", "")
	p.Send(sub.From, dialogInfo(p, sub, 1, 1, "full", ""))
	p.Recv("SIP/2.0 200")
	if e := next[sip.ColleagueChanged](ph); !e.State.Known {
		t.Errorf("told %+v", e)
	}
	p.Reply(p.Recv("SUBSCRIBE"), "489 Bad Event", "")
	p.Reply(p.Recv("SUBSCRIBE"), "489 Bad Event", "")
	if e := next[sip.ColleagueChanged](ph); e != (sip.ColleagueChanged{Account: own, Extension: "2042"}) {
		t.Errorf("told %+v", e)
	}
}
