package sip_test

import (
	"slices"
	"testing"

	"linecard/sip"
	"linecard/sip/internal/siptest"
)

// What the registrar says are the account's own addresses comes with the registration: the numbers in them, each once.
func TestOwnNumbersOfTheRegistrar(t *testing.T) {
	for name, tc := range map[string]struct {
		headers string
		want    []string
	}{
		"none":             {"", nil},
		"one":              {"P-Associated-URI: <sip:+14155550199@ims.example>\n", []string{"+14155550199"}},
		"lines and commas": {"P-Associated-URI: <sip:+14155550199@ims.example>, <tel:+14155550199>, \"Desk, 2\" <sip:2041@ims.example;user=phone>;x=y\np-associated-uri : <tel:+1-415-555-0198;phone-context=x>\n", []string{"+14155550199", "2041", "+14155550198"}},
		"a pattern":        {"P-Associated-URI: <sip:!.*!@ims.example>, <sip:%2B14155550197@ims.example>\n", []string{"+14155550197"}},
		"rubbish":          {"P-Associated-URI: <<>, x, <sip:>, ;;,\n", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := siptest.NewPeer(t)
			p.Registrar(func(p *siptest.Peer, m siptest.Message) bool {
				p.Reply(m, "200 OK", "Contact: "+m.Header("Contact")+"\n"+tc.headers)
				return true
			})
			ph := startPhone(t, func(c *setup) { c.Account = account(p) })
			for {
				e := next[sip.RegistrationChanged](ph)
				if e.State != sip.Registered {
					continue
				}
				if !slices.Equal(e.Own, tc.want) {
					t.Errorf("own numbers %q, want %q", e.Own, tc.want)
				}
				break
			}
		})
	}
}
