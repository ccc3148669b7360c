package program

import (
	"testing"

	"linecard/app"
	"linecard/fault"
	"linecard/sip"
)

// A phone that is registered, but for so short a time that calls may not ring, is a warning.
func TestAShakyRegistrationIsAWarning(t *testing.T) {
	v := app.PhoneView{Configured: true, State: sip.Registered}
	if f := checkPhone(v); !f.ok || f.minor {
		t.Errorf("well, and told as %+v", f)
	}
	v.Why = fault.New("sip.registration.brief", "user", "2041")
	if f := checkPhone(v); f.ok || !f.minor || f.remedy.Code != "sip.registration.brief" {
		t.Errorf("shaky, and told as %+v", f)
	}
}
