package app

import (
	"net/netip"
	"testing"

	"linecard/fault"
	"linecard/sip"
)

// TestSilentSTUNServerIsTold: one notice says that a STUN server is silent; it goes when the server answers, or when the account goes without.
func TestSilentSTUNServerIsTold(t *testing.T) {
	seen := netip.MustParseAddr("203.0.113.7")
	silent := fault.New("sip.stun.silent", "server", "stun.example.com")
	for name, after := range map[string]sip.STUN{"it answers": {Server: "stun.example.com", Seen: seen}, "none is asked": {}} {
		r := newRig(t)
		r.Heard(sip.RegistrationChanged{Account: "2041@pbx", State: sip.Registered, Extension: "2041", Server: "pbx"})
		r.Heard(sip.STUNChanged{Account: "2041@pbx", STUN: sip.STUN{Server: "stun.example.com", Reason: silent}})
		r.wait("the notice", func(v View) bool { return v.Notice != "" })
		r.Heard(sip.RegistrationChanged{Account: "2041@pbx", State: sip.Registered, Extension: "2041", Server: "pbx"})
		if v := r.View(); len(v.Phones) != 1 || v.Phones[0].STUN.Reason.Code != silent.Code {
			t.Errorf("%s: %+v", name, v.Phones)
		}
		r.Heard(sip.STUNChanged{Account: "2041@pbx", STUN: after})
		r.wait("no notice: "+name, func(v View) bool { return v.Notice == "" && v.Phones[0].STUN.Seen == after.Seen })
	}
}

// TestSilentSTUNServerOfARemovedAccount: with its account the notice goes, whether the phone says so before or after; that of another account stays, and one that the agent
// has read does not come back.
func TestSilentSTUNServerOfARemovedAccount(t *testing.T) {
	gone, other := fault.New("sip.stun.silent", "server", "stun.example.com"), fault.New("sip.stun.silent", "server", "stun.example.net")
	r := newRig(t)
	r.SetAccounts([]Account{{ID: "1@x"}, {ID: "2@x"}})
	r.Heard(sip.STUNChanged{Account: "1@x", STUN: sip.STUN{Server: "stun.example.com", Reason: gone}})
	r.Heard(sip.STUNChanged{Account: "2@x", STUN: sip.STUN{Server: "stun.example.net", Reason: other}})
	r.wait("the notice", func(v View) bool { return v.Notice != "" })
	first := r.View().Notice
	r.SetAccounts([]Account{{ID: "2@x"}})
	r.wait("that of the other account", func(v View) bool { return v.Notice != "" && v.Notice != first })
	r.Heard(sip.STUNChanged{Account: "1@x"})
	r.SetAccounts([]Account{})
	r.wait("no notice", func(v View) bool { return v.Notice == "" })

	r.SetAccounts([]Account{{ID: "1@x"}, {ID: "2@x"}})
	r.Heard(sip.STUNChanged{Account: "1@x", STUN: sip.STUN{Server: "stun.example.com", Reason: gone}})
	r.wait("the notice again", func(v View) bool { return v.Notice != "" })
	r.DismissNotice(gone)
	r.wait("it is read", func(v View) bool { return v.Notice == "" })
	r.SetAccounts([]Account{{ID: "1@x"}})
	r.wait("an account less", func(v View) bool { return len(v.Phones) == 1 })
	if v := r.View(); v.Notice != "" {
		t.Errorf("it comes back: %q", v.Notice)
	}
}
