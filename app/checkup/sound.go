package checkup

import (
	"slices"

	"linecard/app"
	"linecard/fault"
)

// Sound is the doctor's look at the sound devices. One that is not connected is minor where another takes its place, and so is a desk
// without a headset: calls are found and logged all the same.
func Sound(v app.AudioView) Finding {
	devices := slices.DeleteFunc([]string{v.Microphone, v.Speaker}, func(name string) bool { return name == "" })
	f := Finding{Check: "program.check-sound", OK: v.Why.IsZero(), Detail: fault.New("program.devices", "devices", devices), Remedy: v.Why}
	switch {
	case !f.OK:
	case v.Null: // Linecard was started so
		f.OK, f.Minor, f.Detail, f.Remedy = false, true, fault.Fault{}, fault.New("program.no-sound")
		return f
	case len(devices) == 0:
		f.Detail = fault.New("program.sound-closed")
	}
	f.Minor = v.Why.Is("sip.audio.not-connected") || v.Why.Is("sip.audio.not-connected.other") || v.Why.Is("sip.audio.no-device")
	return f
}
