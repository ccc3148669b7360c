package sip

import (
	"testing"
	"time"
)

// WaitForDesk sets how long a 180 and an INVITE wait for the desk, so that a test does not depend on a busy machine.
// It must be called while no phone is there, and restore too.
func WaitForDesk(ringing, invite time.Duration) (restore func()) {
	r, i := keptBeforeRinging, keptBeforeInvite
	keptBeforeRinging, keptBeforeInvite = ringing, invite
	return func() { keptBeforeRinging, keptBeforeInvite = r, i }
}

// SetIdentityPause changes for one test how often a new identity is told.
func SetIdentityPause(t testing.TB, d time.Duration) {
	was := identityPause
	identityPause = d
	t.Cleanup(func() { identityPause = was })
}

// Pauses sets how long the pauses between a number and the keys after it are. It must be called while no phone is there,
// and restore too.
func Pauses(comma, wait time.Duration) (restore func()) {
	c, w := commaPause, waitPause
	commaPause, waitPause = comma, wait
	return func() { commaPause, waitPause = c, w }
}

// SetWaitingFor changes for one test how long the agent waits for a resume before that is told.
func SetWaitingFor(t testing.TB, d time.Duration) {
	was := waitingFor
	waitingFor = d
	t.Cleanup(func() { waitingFor = was })
}

// SetTriedAgain changes for one test how long a call refused for its audio waits to be told.
func SetTriedAgain(t testing.TB, d time.Duration) {
	was := triedAgain
	triedAgain = d
	t.Cleanup(func() { triedAgain = was })
}
