package e2e

import (
	"testing"
	"time"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestOutboundProxy: a domain that no name server knows is reached through the proxy, with a separate login: all
// messages go through the proxy, and calls work as usual.
func TestOutboundProxy(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S1.9", interop.Kamailio)
	const login = "agent-one"
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			d := &desk{kamailio: rig.StartKamailio(t, map[string]string{login: password, trunk: trunkPass})}
			d.org, d.orgURL = newOrg(t)
			d.app = newApp(t)
			d.account("test.local", extension, password, "--auth-user", login, "--proxy", d.kamailio.Addr, "--transport", transport)
			d.link(d.orgURL, d.org)
			d.registered()

			id := d.talk("+14155550132", nil)
			d.logged(id)

			gateway := d.kamailio.Answer(t, 100*time.Millisecond, 200)
			id = d.dial("+14155550132")
			d.await("answered", of(id))
			d.do("hangup")
			if err := gateway.Wait(); err != nil {
				t.Errorf("the gateway was not hung up on: %v", err)
			}
			d.logged(id)
		})
	}
}
