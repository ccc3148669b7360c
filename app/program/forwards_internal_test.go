package program

import (
	"testing"

	"linecard/app/settings"
	"linecard/fault"
)

// An account registers just after it was found not to be: what was to be told then is told, and not kept for a registration that is over.
func TestARegistrationIsNotMissed(t *testing.T) {
	key := forwardKey{"2041@pbx.example.com", settings.Forwardings()[0]}
	unsent := failedForward{why: fault.New("sip.not-registered", "server", "pbx.example.com"), waits: true}
	for name, happens := range map[string]func(*forwards){
		"it registers":        func(f *forwards) { f.registered(key.account) },
		"the agent asks":      func(f *forwards) { f.again("") },
		"nothing has changed": nil,
	} {
		t.Run(name, func(t *testing.T) {
			f := &forwards{wake: make(chan struct{}, 1), failed: map[forwardKey]failedForward{}}
			_, retries := f.toldOf(key)
			if happens != nil {
				happens(f)
			}
			f.fail(key, unsent, retries)
			if _, kept := f.failed[key]; kept != (happens == nil) {
				t.Errorf("kept: %v", kept)
			}
			refused := failedForward{why: fault.New("sip.code-refused")}
			if f.fail(key, refused, retries); f.failed[key].waits {
				t.Error("a refusal is not kept")
			}
		})
	}
}
