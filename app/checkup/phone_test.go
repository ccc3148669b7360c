package checkup_test

import (
	"testing"

	"linecard/app"
	"linecard/app/checkup"
	"linecard/fault"
	"linecard/sip"
)

// A phone that is registered, but for so short a time that calls may not ring, is a warning.
func TestAShakyRegistrationIsAWarning(t *testing.T) {
	v := app.PhoneView{Configured: true, State: sip.Registered}
	if f := checkup.Phone(v); !f.OK || f.Minor {
		t.Errorf("well, and told as %+v", f)
	}
	v.Why = fault.New("sip.registration.brief", "user", "2041")
	if f := checkup.Phone(v); f.OK || !f.Minor || f.Remedy.Code != "sip.registration.brief" {
		t.Errorf("shaky, and told as %+v", f)
	}
}
