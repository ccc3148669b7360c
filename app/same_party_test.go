package app

import (
	"testing"

	"linecard/crm"
)

// One party in any spelling, and two parties whose numbers share their last digits.
func TestOnePartyOrTwo(t *testing.T) {
	for _, tt := range []struct {
		a, b, region string
		same         bool
	}{
		{"+34912345682", "912345682", "PT", false}, // a mobile in Portugal
		{"+442079460988", "2079460988", "US", false},
		{"+442079460988", "02079460988", "GB", true},
		{"+4315145022", "04315145022", "DE", false},
		{"+14155550132", "4155550132", "US", true},
		{"+14155550132", "+442055550132", "US", false},
		{"+14155550132", "14155550132", "DE", true},
		{"+5491123456789", "+541123456789", "AR", true}, // a mobile without its 9
		{"+393351234508", "03351234508", "IT", true},    // a mobile with a zero that it never had
		{"2050", "2050", "US", true},
		{"2050", "2051", "US", false},
		{"+14155552050", "2050", "US", false},
	} {
		plan := crm.NumberPlan{Region: tt.region}
		a, b := crm.ParseNumber(tt.a, plan), crm.ParseNumber(tt.b, plan)
		if got := sameNumber(a, b); got != tt.same || sameNumber(b, a) != got {
			t.Errorf("%s (%s) and %s (%s) in %s: one party: %v", tt.a, a.E164, tt.b, b.E164, tt.region, got)
		}
	}
}

// The card, the history and the Task follow to whom the call is with, even if the number has the same digits abroad.
func TestAPartyWithTheSameDigitsAbroad(t *testing.T) {
	plan := crm.NumberPlan{Region: "PT"}
	y := newStory(t).rings().answers().becomes("", crm.ParseNumber("+34912345682", plan)).becomes("", crm.ParseNumber("912345682", plan))
	if c := y.view().Calls[0]; c.E164 != "+351912345682" {
		t.Errorf("the card is of %s", c.E164)
	}
}
