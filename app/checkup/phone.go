package checkup

import (
	"linecard/app"
	"linecard/fault"
	"linecard/sip"
)

// Phone is the doctor's look at the registration.
func Phone(v app.PhoneView) Finding {
	f := Finding{Check: "program.check-phone", OK: v.State == sip.Registered && v.Why.IsZero(), Remedy: v.Why}
	f.Minor = !f.OK && v.State == sip.Registered // calls come, but perhaps not all
	switch {
	case !v.Configured:
		f.Remedy = fault.New("program.no-account")
		return f
	case !f.OK && f.Remedy.IsZero():
		f.Remedy = fault.New("program.not-answered-yet")
	}
	f.Detail = fault.New("program.extension-at", "extension", v.Extension, "server", v.Server)
	return f
}
