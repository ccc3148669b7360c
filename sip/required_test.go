package sip_test

import (
	"reflect"
	"testing"

	"linecard/fault"
	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// A refusal for an extension of SIP names it, so that the administrator knows what to turn on or off.
func TestARefusalNamesTheExtension(t *testing.T) {
	for _, tc := range []struct {
		status, headers string
		want            fault.Fault
	}{
		{"421 Extension Required", "Require: precondition, sec-agree\n", fault.New("sip.ended.required", "number", "123", "options", "precondition, sec-agree")},
		{"494 Security Agreement Required", "Require: sec-agree\n", fault.New("sip.ended.required", "number", "123", "options", "sec-agree")},
		{"420 Bad Extension", "Unsupported: timer\nUnsupported: replaces\n", fault.New("sip.ended.unknown-extension", "number", "123", "options", "timer, replaces")},
		{"421 Extension Required", "Require: \"no token\", <x>, \x1b[31m\n", fault.New("sip.ended.unsupported")},
		{"421 Extension Required", "", fault.New("sip.ended.unsupported")},
		{"420 Bad Extension", "", fault.New("sip.ended.unsupported")},
	} {
		p := siptest.NewPeer(t)
		ph := newPhone(t, p)
		_, err := ph.Dial("123")
		ph.must(err)
		p.Reply(p.Await("INVITE"), tc.status, tc.headers)
		if e := next[sip.CallEnded](ph); !reflect.DeepEqual(e.Text, tc.want) {
			t.Errorf("%s %q: %+v, want %+v", tc.status, tc.headers, e.Text, tc.want)
		}
	}
}

// The same of a registration.
func TestARefusedRegistrationNamesTheExtension(t *testing.T) {
	for _, tc := range []struct {
		status, headers string
		want            fault.Fault
	}{
		{"421 Extension Required", "Require: outbound\n", fault.New("sip.registration.required", "user", "2041", "options", "outbound")},
		{"420 Bad Extension", "Unsupported: path\n", fault.New("sip.registration.unknown-extension", "user", "2041", "options", "path")},
	} {
		p := siptest.NewPeer(t)
		p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
			p.Reply(m, tc.status, tc.headers)
			return true
		})
		ph := startPhone(t, func(c *setup) { c.Account = account(p) })
		for {
			e := next[sip.RegistrationChanged](ph)
			if e.Reason.IsZero() {
				continue
			}
			if e.Reason.Code != tc.want.Code+".later" || e.Reason.Values["options"] != tc.want.Values["options"] {
				t.Errorf("%s: %+v", tc.status, e.Reason)
			}
			break
		}
	}
}
