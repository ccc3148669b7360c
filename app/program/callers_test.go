package program_test

import (
	"slices"
	"testing"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/sip"
	"linecard/sip/demopbx"
)

// remembers has the program look one of the org's people up, so that their number is remembered.
func (r *rig) remembers() demopbx.Caller {
	r.t.Helper()
	who := r.org.People()[0]
	c := demopbx.Caller{Name: "0132", Number: who.Number, GiveUpAfter: patience}
	one := r.ring(c)
	r.see("found", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Lookup.State == app.LookupOne })
	if err := r.desk.Decline(one.ID); err != nil {
		r.t.Fatal(err)
	}
	r.see("an empty desk", func(v app.View) bool { return len(v.Calls) == 0 })
	r.desk.Settle(r.t.Context())
	return c
}

// The first card of a call shows a known caller also while nothing has told yet which org is linked: the keyring is waited
// for, and there is no network.
func TestAKnownCallerIsShownBeforeTheLink(t *testing.T) {
	for name, org := range map[string]bool{"the first org's": false, "the account's org's": true} {
		t.Run(name, func(t *testing.T) {
			r := ready(t)
			c := r.remembers()
			if org {
				r.another()
				r.set("accounts[1].org", r.org.ID())
				if err := r.p.Settings().Change(func(s *settings.Settings) { slices.Reverse(s.Orgs) }); err != nil {
					t.Fatal(err)
				}
			}
			r.stop()
			r.secrets.silence(true)
			_ = r.org.Close()
			r.start()
			r.see("registered, the link waiting", func(v app.View) bool { return v.Phone.State == sip.Registered && v.Org.State == crm.Waiting })
			got := r.ring(c)
			if l := got.Lookup; l.State != app.LookupOne || !l.Known || got.Name != r.org.People()[0].Name {
				t.Errorf("the first card: %q, %+v", got.Name, l)
			}
			if got.Org != r.org.ID() {
				t.Errorf("the call is of org %q", got.Org)
			}
		})
	}
}
