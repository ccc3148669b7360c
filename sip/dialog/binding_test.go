package dialog

import (
	"net/netip"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"linecard/inorder"
	"linecard/test/interop"
)

// A network that went away and came back with the address it had: the binding is refreshed, and not taken back in the
// same breath.
func TestNetworkBackWithTheSameAddress(t *testing.T) {
	interop.Proves(t, "S1.13")
	queue := inorder.Functions(func(err error) { t.Errorf("on the queue: %v", err) })
	defer queue.Close()
	ua, err := Listen(Config{Account: Account{Server: "192.0.2.1", User: "2041"}, Listen: "127.0.0.1", Queue: queue})
	if err != nil {
		t.Fatal(err)
	}
	defer ua.Close(t.Context())
	to := hop{network: overUDP, addr: netip.MustParseAddrPort("127.0.0.1:5060")}
	inorder.Do(queue, func() {
		bound := ua.reg.request(to, time.Minute).Contact()
		ua.reg.stale = ua.reg.contact // as watch does when the address changes
		again := ua.reg.request(to, time.Minute)
		if list := again.GetHeaders("Contact"); len(list) != 1 || list[0].Value() != bound.Value() {
			t.Errorf("Contacts %v, want %v alone", list, bound)
		}
		ua.reg.stale = &sip.ContactHeader{Address: sip.Uri{Scheme: "sip", User: "2041", Host: "192.0.2.7", Port: 5060}}
		if list := ua.reg.request(to, time.Minute).GetHeaders("Contact"); len(list) != 2 {
			t.Errorf("Contacts %v: the one under the old address is not taken back", list)
		}
	})
}

// Over UDP the binding is refreshed as often as a keepalive is due, so that a server that has restarted and forgot its phones
// is noticed within half a minute; over TCP the lost connection tells. An administrator who asks for longer pauses has them: the setting's
// help says what they cost.
func TestForgottenBindingIsNoticed(t *testing.T) {
	interop.Proves(t, "S1.16")
	for name, tc := range map[string]struct {
		network         network
		keepalive, life time.Duration
		least, most     time.Duration
	}{
		"udp":                     {overUDP, 0, 5 * time.Minute, 20 * time.Second, 25 * time.Second},
		"udp, an hour":            {overUDP, 0, time.Hour, 20 * time.Second, 25 * time.Second},
		"udp, short":              {overUDP, 0, 14 * time.Second, 7 * time.Second, 12 * time.Second},
		"udp, keepalives wanted":  {overUDP, 5 * time.Second, 5 * time.Minute, 20 * time.Second, 25 * time.Second},
		"udp, less often, wanted": {overUDP, time.Minute, 5 * time.Minute, 48 * time.Second, time.Minute},
		"tcp":                     {overTCP, 0, 5 * time.Minute, 4 * time.Minute, 5 * time.Minute},
	} {
		ua := &UA{cfg: Config{Account: Account{Keepalive: tc.keepalive}, Clock: systemClock{}}, closing: true}
		r := newRegistration(ua)
		r.reached.network = tc.network
		if d := r.refreshAfter(tc.life); d < tc.least || d > tc.most {
			t.Errorf("%s: refreshed after %v, want %v to %v", name, d, tc.least, tc.most)
		}
	}
}
