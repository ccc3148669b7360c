package main

import (
	"testing"

	"linecard/app"
	"linecard/sip"
)

// Whatever keeps the phone from being registered, the doctor names a remedy.
func TestTheDoctorHasARemedyForThePhone(t *testing.T) {
	for name, p := range map[string]app.PhoneView{
		"no account":  {},
		"registering": {Configured: true, RegistrationChanged: sip.RegistrationChanged{State: sip.Registering}},
		"refused":     {Configured: true, RegistrationChanged: sip.RegistrationChanged{State: sip.Refused, Reason: "The password is wrong."}},
	} {
		if f := checkPhone(p); f.OK || f.Remedy == "" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if f := checkPhone(app.PhoneView{Configured: true, RegistrationChanged: sip.RegistrationChanged{State: sip.Registered}}); !f.OK || f.Remedy != "" {
		t.Errorf("registered: %+v", f)
	}
}
