package e2e

import (
	"testing"

	"linecard/test/interop"
	"linecard/test/rig"
)

// TestKeysAtAsterisk: Asterisk understands the keys of an account in each way that they may be sent, and nothing else at the extension.
func TestKeysAtAsterisk(t *testing.T) {
	t.Parallel()
	interop.Proves(t, "S3.10", interop.Asterisk)
	interop.Proves(t, "S3.11", interop.Asterisk)
	ways := map[string]string{"2041": "rfc4733", "5041": "inband", "6041": "info"}
	users := map[string]string{}
	for user := range ways {
		users[user] = password
	}
	pbx := rig.StartAsterisk(t, users)
	a := newApp(t)
	for user, way := range ways {
		a.account(pbx.Addr, user, password, "--dtmf", way)
		a.await("registration", func(e event) bool { return e.State == "registered" && e.Account == user+"@"+pbx.Addr })
	}
	for user, way := range ways {
		t.Run(way, func(t *testing.T) {
			id := a.dial("602", "--account", user)
			a.await("answered", of(id))
			a.do("dtmf", "1908", "--call", id)
			a.await("ended", of(id)) // by Asterisk, which has understood them
		})
	}
}
