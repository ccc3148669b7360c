package dialog_test

import (
	"strings"
	"testing"

	"linecard/sip/dialog"
	"linecard/sip/internal/siptest"
)

// Where a call is sent on to: in the order of q, at the account's own server, never twice, and not out of the domain.
func TestRedirects(t *testing.T) {
	type answer struct {
		to, status, extra string // what is called, how it is answered
	}
	moved := "302 Moved Temporarily"
	busy := "486 Busy Here"
	for name, answers := range map[string][]answer{
		"tel": {
			{"2051@", moved, "Contact: <tel:+14155550144;rn=+14155550100>\n"}, {"+14155550144@", "200 OK", ""},
		},
		"tel, as people write it": {
			{"2051@", moved, "Contact: <tel:+1-(415)-555.0144>;q=0.5\n"}, {"+14155550144@", "200 OK", ""},
		},
		"tel without brackets": {
			{"2051@", moved, "Contact: TEL:+14155550144;expires=60\n"}, {"+14155550144@", "200 OK", ""},
		},
		"the best first": {
			{"2051@", moved, "Contact: <sip:low@HOST>;q=0.1, <tel:+14155550144>;q=0.9\nContact: <sip:middle@HOST>;q=0.5\n"},
			{"+14155550144@", busy, ""},
			{"middle@", busy, ""},
			{"low@", "200 OK", ""},
		},
		"one without q is best": {
			{"2051@", moved, "Contact: <sip:a@HOST>;q=0.9\nContact: <sip:b@HOST>\n"}, {"b@", "200 OK", ""},
		},
		"outside is passed over": {
			{"2051@", moved, "Contact: <sip:thief@elsewhere.example>, <sips:x@HOST>, <mailto:x@HOST>, <tel:vanity>\nContact: <sip:b@HOST>\n"}, {"b@", "200 OK", ""},
		},
		"a loop": {
			{"2051@", moved, "Contact: <sip:2052@HOST>\n"}, {"2052@", moved, "Contact: <sip:2051@HOST>, <sip:2052@HOST>\n"},
		},
		"a chain": {
			{"2051@", moved, "Contact: <sip:1@HOST>\n"},
			{"1@", moved, "Contact: <sip:2@HOST>\n"},
			{"2@", moved, "Contact: <sip:3@HOST>\n"},
			{"3@", moved, "Contact: <sip:4@HOST>\n"},
			{"4@", moved, "Contact: <sip:5@HOST>\n"},
			{"5@", moved, "Contact: <sip:6@HOST>\n"},
		},
		"declined everywhere": {
			{"2051@", moved, "Contact: <sip:1@HOST>, <sip:2@HOST>\n"}, {"1@", "603 Decline", ""},
		},
		"nowhere": {{"2051@", moved, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			a := newAgent(t, p)
			l := a.dial("2051")
			last := ""
			for _, step := range answers {
				invite := p.Recv("INVITE sip:" + step.to)
				extra := strings.ReplaceAll(step.extra, "HOST", p.Addr())
				last = step.status
				if strings.HasPrefix(last, "2") {
					p.ReplyTagged(invite, last, "t", contact(p, "b"), sdp("sendrecv"))
				} else {
					p.ReplyTagged(invite, last, "t"+step.to, extra, "")
				}
				p.Recv("ACK")
			}
			if strings.HasPrefix(last, "2") {
				l.hears("answered")
				return
			}
			if e := l.ends(dialog.Rejected); !strings.HasPrefix(last, string(rune('0'+e.Code/100))) {
				t.Errorf("ended %+v", e)
			}
		})
	}
}
