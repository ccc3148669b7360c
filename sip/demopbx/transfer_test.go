package demopbx_test

import (
	"strings"
	"testing"

	"linecard/sip/demopbx"
)

// TestTransferByPBX is 604: it asks the phone to call 600 and hangs up once the phone says it has.
func TestTransferByPBX(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	l := p.invite("604")
	l.established(l.expectFinal("INVITE"))
	refer := p.expectRequest("REFER")
	if !strings.Contains(refer.get("Refer-To"), "<sip:600@"+pbx.Addr()+">") {
		t.Errorf("Refer-To %q", refer.get("Refer-To"))
	}
	p.reply(refer, 202, "Accepted", "", "")
	l.send("NOTIFY", "SIP/2.0 200 OK\r\n", "Event: refer", "Subscription-State: terminated;reason=noresource", "Content-Type: message/sipfrag;version=2.0")
	l.expectFinal("NOTIFY")
	p.expectRequest("BYE")
}

func TestBlindTransfer(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	for target, want := range map[string]string{"600": "200", "4155550132": "200", "601": "486", "603": "603", "777": "404"} {
		t.Run(target, func(t *testing.T) {
			done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
			l := p.answer(p.expectRequest("INVITE"))
			l.send("REFER", "", "Refer-To: <sip:"+target+"@"+pbx.Addr()+">")
			if res := l.expectFinal("REFER"); res.code() != 202 {
				t.Fatalf("REFER: %s", res.start)
			}
			for _, part := range []string{"SIP/2.0 100", "SIP/2.0 " + want} {
				notify := p.expectRequest("NOTIFY")
				p.reply(notify, 200, "OK", "", "")
				if !strings.HasPrefix(notify.body, part) || !strings.HasPrefix(notify.get("Event"), "refer") {
					t.Errorf("NOTIFY %q, want %q", notify.body, part)
				}
			}
			if want == "200" {
				p.reply(p.expectRequest("BYE"), 200, "OK", "", "")
			} else { // the call goes on
				l.bye()
			}
			r := wait(t, done)
			if moved := r.Transferred == target; moved != (want == "200") {
				t.Errorf("%+v", r)
			}
		})
	}
}

// TestTransferToPhone: the caller rings the target's phone with its own number and goes on talking there, also when the
// transferring phone hangs up at once.
func TestTransferToPhone(t *testing.T) {
	pbx := start(t)
	a := registered(t, pbx, "udp", "2041", "secret")
	b := registered(t, pbx, "udp", "2042", "other")
	done := call(t.Context(), pbx, demopbx.Caller{Name: "Dana", Number: "+14155550132", To: "2041"})
	l := a.answer(a.expectRequest("INVITE"))
	l.send("REFER", "", "Refer-To: <sip:2042@"+pbx.Addr()+">")
	l.expectFinal("REFER")
	l.bye()
	invite := b.expectRequest("INVITE")
	if !strings.Contains(invite.get("From"), "+14155550132") {
		t.Errorf("From %q", invite.get("From"))
	}
	lb := b.answer(invite)
	if heard := b.hears(3, patience); len(heard) != 3 {
		t.Error("the caller is not heard at the target")
	}
	lb.bye()
	if r := wait(t, done); r.Transferred != "2042" || !r.PhoneHungUp {
		t.Errorf("%+v", r)
	}
}

// TestAttendedTransfer: the phone joins two parties it talks to; both its legs end.
func TestAttendedTransfer(t *testing.T) {
	pbx := start(t)
	p := registered(t, pbx, "udp", "2041", "secret")
	done := call(t.Context(), pbx, demopbx.Caller{Number: "1", To: "2041"})
	first := p.answer(p.expectRequest("INVITE"))
	second := p.invite("4155550132")
	second.established(second.expectFinal("INVITE"))
	_, theirs, _ := strings.Cut(second.remote, ";tag=")
	_, ours, _ := strings.Cut(second.local, ";tag=")
	first.send("REFER", "", "Refer-To: <sip:4155550132@"+pbx.Addr()+"?Replaces="+second.callID+"%3Bto-tag%3D"+theirs+"%3Bfrom-tag%3D"+ours+">")
	if res := first.expectFinal("REFER"); res.code() != 202 {
		t.Fatal(res.start)
	}
	ended := map[string]bool{}
	for len(ended) < 2 {
		m := p.expect("NOTIFY or BYE", func(m message) bool { return m.method() == "NOTIFY" || m.method() == "BYE" })
		p.reply(m, 200, "OK", "", "")
		if m.method() == "BYE" {
			ended[m.get("Call-ID")] = true
		}
	}
	if !ended[first.callID] || !ended[second.callID] {
		t.Errorf("ended: %v", ended)
	}
	if r := wait(t, done); r.Transferred != "4155550132" {
		t.Errorf("%+v", r)
	}
}
