package sip_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
	"linecard/test/interop"
	"linecard/test/wait"
)

// dialogInfo is a NOTIFY about a colleague's phone.
func dialogInfo(p *siptest.Peer, sub siptest.Message, seq, version int, state, dialogs string) string {
	body := fmt.Sprintf(`<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="%d" state="%s" entity="sip:x@y">%s</dialog-info>`, version, state, dialogs)
	return fmt.Sprintf("NOTIFY %s SIP/2.0\nVia: SIP/2.0/UDP %s;branch=z9hG4bKd%s%d\nMax-Forwards: 70\nFrom: %s;tag=team\nTo: %s\nCall-ID: %s\nCSeq: %d NOTIFY\n"+
		"Contact: <sip:team@%s>\nEvent: dialog\nSubscription-State: active\nContent-Type: application/dialog-info+xml\nContent-Length: %d\n\n%s",
		sub.URI("Contact"), p.Addr(), sub.Header("Call-ID"), seq, sub.Header("To"), sub.Header("From"), sub.Header("Call-ID"), seq, p.Addr(), len(body), body)
}

// colleagueIs waits for the next state that is told of a colleague, which must be the one wanted.
func (ph *phone) colleagueIs(account, extension string, want sip.ColleagueState) {
	ph.t.Helper()
	if e := next[sip.ColleagueChanged](ph); e != (sip.ColleagueChanged{Account: account, Extension: extension, State: want}) {
		ph.t.Errorf("told %+v, want %+v", e, want)
	}
}

// What colleagues' phones do is told once for each change, a lost change has the whole asked for again, and a call that rings there is picked
// up by Replaces where the server tells its dialog.
func TestColleagues(t *testing.T) {
	interop.Proves(t, "S3.14")
	p, stranger := siptest.NewPeer(t), siptest.NewPeerAt(t, "127.0.0.9")
	ph := newPhone(t, p)
	own := "2041@" + p.Addr()
	ph.must(ph.SetColleagues([]sip.Colleague{{Account: own, Extension: "2042"}, {Account: "other@x", Extension: "2043"}}))
	sub := p.Recv("SUBSCRIBE sip:2042@")
	p.ReplyTagged(sub, "200 OK", "team", "Expires: 600\n", "")
	send := func(seq, version int, state, dialogs string) {
		t.Helper()
		p.Send(sub.From, dialogInfo(p, sub, seq, version, state, dialogs))
		p.Recv("SIP/2.0 200")
	}
	told := func(want sip.ColleagueState) { t.Helper(); ph.colleagueIs(own, "2042", want) }
	free := sip.ColleagueState{Known: true, TellsRinging: true}
	busy, rings := free, free
	busy.Busy, rings.Ringing = true, true
	send(1, 4, "full", "")
	told(free)
	send(2, 5, "partial", `<dialog id="a"><state>confirmed</state></dialog>`)
	told(busy)
	stranger.Send(sub.From, dialogInfo(stranger, sub, 3, 6, "full", ""))
	send(3, 6, "partial", `<dialog id="a"><state>confirmed</state></dialog>`)
	send(4, 9, "partial", `<dialog id="a"><state>terminated</state></dialog>`)
	told(free)
	again := p.Recv("SUBSCRIBE")
	if again.Header("Call-ID") != sub.Header("Call-ID") {
		t.Errorf("the whole is asked for in another dialog:\n%s", again.Text)
	}
	p.Reply(again, "200 OK", "Expires: 600\n")
	if _, err := ph.Pickup("", "2042", ""); !errors.Is(err, sip.ErrNoPickup) {
		t.Errorf("nothing rings: %v", err)
	}
	const ringing = `<dialog id="b" call-id="c1" local-tag="theirs" remote-tag="callers" direction="recipient"><state>early</state><remote><target uri="sip:4155@evil.example"/></remote></dialog>`
	send(5, 10, "full", ringing)
	told(rings)
	if _, err := ph.Pickup("", "2043", ""); !errors.Is(err, sip.ErrNoPickup) {
		t.Errorf("nobody watches that one: %v", err)
	}
	id, err := ph.Pickup("", "2042", "")
	ph.must(err)
	invite := p.Recv("INVITE sip:2042@127.0.0.1")
	if got := invite.Header("Replaces"); got != "c1;to-tag=callers;from-tag=theirs;early-only" || invite.Header("Require") != "replaces" {
		t.Errorf("picked up by\n%s", invite.Text)
	}
	p.Reply(invite, "486 Busy Here", "") // it was answered in that moment
	p.Recv("ACK")
	if e := next[sip.CallEnded](ph); e.ID != id {
		t.Errorf("ended %+v", e)
	}
	ph.must(ph.SetColleagues(nil))
	if end := p.Recv("SUBSCRIBE"); end.Header("Expires") != "0" || !strings.Contains(end.Header("To"), "tag=team") {
		t.Errorf("ended by\n%s", end.Text)
	}
}

// A registration that is lost makes every colleague's state unknown.
func TestColleaguesAreUnknownWithoutRegistration(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	ph.must(ph.SetColleagues([]sip.Colleague{{Account: "2041@" + p.Addr(), Extension: "2042"}}))
	sub := p.Recv("SUBSCRIBE")
	p.ReplyTagged(sub, "200 OK", "team", "Expires: 600\n", "")
	p.Send(sub.From, dialogInfo(p, sub, 1, 0, "full", ""))
	if e := next[sip.ColleagueChanged](ph); !e.State.Known {
		t.Errorf("told %+v", e)
	}
	ph.must(ph.SetAccount(sip.Account{}))
	if e := next[sip.ColleagueChanged](ph); e.State.Known {
		t.Errorf("told %+v", e)
	}
}

// The state of a colleague who is no longer watched is unknown; the last one that was told does not stay.
func TestAColleagueWhoIsNotWatchedAnyMoreIsUnknown(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	own := "2041@" + p.Addr()
	var all []sip.Colleague
	for i := range sip.MostColleagues {
		all = append(all, sip.Colleague{Account: own, Extension: fmt.Sprint(3000 + i)})
	}
	ph.must(ph.SetColleagues(all))
	last := all[len(all)-1].Extension
	for range all {
		sub := p.Await("SUBSCRIBE")
		p.ReplyTagged(sub, "200 OK", "team", "Expires: 600\n", "")
		if strings.Contains(sub.Start(), "sip:"+last+"@") {
			p.Send(sub.From, dialogInfo(p, sub, 1, 1, "full", `<dialog id="a"><state>confirmed</state></dialog>`))
		}
	}
	if e := next[sip.ColleagueChanged](ph); e.Extension != last || !e.State.Busy {
		t.Fatalf("told %+v", e)
	}
	ph.must(ph.SetColleagues(append([]sip.Colleague{{Account: own, Extension: "2042"}}, all...)))
	if e := next[sip.ColleagueChanged](ph); e != (sip.ColleagueChanged{Account: own, Extension: last}) {
		t.Errorf("told %+v", e)
	}
}

// A list of colleagues that takes the place of another is watched as a whole, though the server takes its time with the end of the other.
func TestColleaguesAreReplaced(t *testing.T) {
	p := siptest.NewPeer(t)
	ph := newPhone(t, p)
	list := func(first int) (all []sip.Colleague) {
		for i := range sip.MostColleagues {
			all = append(all, sip.Colleague{Account: "2041@" + p.Addr(), Extension: fmt.Sprint(first + i)})
		}
		return all
	}
	grant := func(sub siptest.Message) {
		p.ReplyTagged(sub, "200 OK", "team", "Expires: "+sub.Header("Expires")+"\n", "")
		if sub.Header("Expires") != "0" {
			p.Send(sub.From, dialogInfo(p, sub, 1, 1, "full", ""))
		}
	}
	ph.must(ph.SetColleagues(list(3000)))
	for range sip.MostColleagues {
		grant(p.Await("SUBSCRIBE"))
		next[sip.ColleagueChanged](ph)
	}
	ph.must(ph.SetColleagues(list(4000)))
	asked, left := map[string]bool{}, 0
	for len(asked)+left < 2*sip.MostColleagues {
		sub := p.Await("SUBSCRIBE")
		if sub.Header("Expires") == "0" {
			left++
		} else {
			asked[sub.Start()] = true
		}
		grant(sub)
	}
	if len(asked) != sip.MostColleagues {
		t.Errorf("%d are watched", len(asked))
	}
}

// A call that is picked up, by a code or by Replaces, is with whoever has called the colleague: as the colleague's state said, or as the answer says, or
// with an unknown caller. It is never with the colleague or with the code.
func TestWhoIsPickedUp(t *testing.T) {
	interop.Proves(t, "S3.14")
	const (
		ids     = `<dialog id="b" call-id="c1" local-tag="theirs" remote-tag="callers" direction="recipient"><state>early</state>`
		whole   = ids + `<remote><identity display="D. Whitfield">sip:+14155550132@127.0.0.1</identity></remote></dialog>`
		bare    = ids + `</dialog>`
		hidden  = ids + `<remote><identity display="Anonymous">sip:anonymous@anonymous.invalid</identity></remote></dialog>`
		herself = ids + `<remote><identity>sip:2042@127.0.0.1</identity></remote></dialog>`
		ana     = "P-Asserted-Identity: \"Ana\" <sip:2042@127.0.0.1>\n"
		coded   = "P-Asserted-Identity: <sip:*82042@127.0.0.1>\n"
	)
	told := sip.Party{Name: "D. Whitfield", User: "+14155550132", Host: "127.0.0.1", Source: "dialog-info"}
	unknown := sip.Party{Withheld: true, Source: "dialog-info"}
	said := sip.Party{Name: "Ada Lovelace", User: "+14155550144", Host: "pbx.example.com", Source: "P-Asserted-Identity"}
	for name, c := range map[string]struct {
		dialogs, code, answer string
		want                  []sip.Party
	}{
		"by Replaces":                            {whole, "", "", []sip.Party{told}},
		"by a code":                              {whole, "*82042", "", []sip.Party{told}},
		"the answer names the colleague":         {whole, "", ana, []sip.Party{told}},
		"the answer names the code":              {whole, "*82042", coded, []sip.Party{told}},
		"the answer knows better":                {whole, "*82042", ada, []sip.Party{told, said}},
		"only the answer tells":                  {bare, "*82042", ada, []sip.Party{said}},
		"nobody tells":                           {bare, "*82042", "", []sip.Party{unknown}},
		"nobody tells, and the answer is Ana's":  {bare, "", ana, []sip.Party{unknown}},
		"the caller withholds the number":        {hidden, "*82042", "", []sip.Party{unknown}},
		"the server takes the colleague for one": {herself, "*82042", "", []sip.Party{unknown}},
		"several ring":                           {whole + strings.Replace(whole, `"b"`, `"c"`, 1), "*82042", "", []sip.Party{unknown}},
	} {
		t.Run(name, func(t *testing.T) {
			eager(t)
			p := siptest.NewPeer(t)
			ph := newPhone(t, p)
			ph.must(ph.SetColleagues([]sip.Colleague{{Account: "2041@" + p.Addr(), Extension: "2042"}}))
			sub := p.Recv("SUBSCRIBE sip:2042@")
			p.ReplyTagged(sub, "200 OK", "team", "Expires: 600\n", "")
			p.Send(sub.From, dialogInfo(p, sub, 1, 1, "full", c.dialogs))
			if e := next[sip.ColleagueChanged](ph); !e.State.Ringing {
				t.Fatalf("told %+v", e)
			}
			id, err := ph.Pickup("", "2042", c.code)
			ph.must(err)
			if e := next[sip.CallDialing](ph); e.Picks != "2042" {
				t.Errorf("dialing %+v", e)
			}
			invite := p.Await("INVITE")
			p.ReplyTagged(invite, "200 OK", "peer", c.answer+"Contact: <sip:b@"+p.Addr()+">\n", siptest.SDP(4000, "sendrecv"))
			if e, ok := wait.For(t, ph.events).(sip.CallAnswered); !ok || e.ID != id {
				t.Error("told whom it is with before that it is answered")
			}
			for _, want := range c.want {
				if e := next[sip.CallIdentity](ph); e.ID != id || e.Party != want {
					t.Errorf("with %+v, want %+v", e.Party, want)
				}
			}
			p.Await("ACK")
			ph.must(ph.Hangup(id))
			p.Reply(p.Await("BYE"), "200 OK", "")
			for { // nothing else was told of who it is with
				switch e := wait.For(ph.t, ph.events).(type) {
				case sip.CallIdentity:
					t.Errorf("and then with %+v", e.Party)
				case sip.CallEnded:
					return
				}
			}
		})
	}
}
