package sip

import (
	"testing"

	"linecard/fault"
	"linecard/sip/dialog"
)

// The password is called wrong only where an answer to the server's own question was refused.
func TestAChallengeThatWasNotAnswered(t *testing.T) {
	for challenge, want := range map[dialog.Challenge]fault.Code{
		dialog.ChallengeRefused: "sip.ended.password", dialog.ChallengeOdd: "sip.ended.challenge", dialog.ChallengeForeign: "sip.ended.foreign-challenge",
	} {
		for _, code := range []int{401, 407} {
			if _, why := endOf(dialog.End{Cause: dialog.Rejected, Code: code, Challenge: challenge}, false, "2042"); why.Code != want {
				t.Errorf("%d, %v: %s, want %s", code, challenge, why.Code, want)
			}
		}
	}
}
