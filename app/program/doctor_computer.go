package program

import (
	"context"
	"slices"
	"time"

	"linecard/app"
	"linecard/app/notify"
	"linecard/fault"
)

// checkTime bounds a check of this computer.
const checkTime = 5 * time.Second

// checkSound is the doctor's look at the sound devices. One that is not connected is minor where another takes its place, and so is a desk
// without a headset: calls are found and logged all the same.
func checkSound(v app.AudioView) finding {
	devices := slices.DeleteFunc([]string{v.Microphone, v.Speaker}, func(name string) bool { return name == "" })
	f := finding{check: "program.check-sound", ok: v.Why.IsZero(), detail: fault.New("program.devices", "devices", devices), remedy: v.Why}
	switch {
	case !f.ok:
	case v.Null: // Linecard was started so
		f.ok, f.minor, f.detail, f.remedy = false, true, fault.Fault{}, fault.New("program.no-sound")
		return f
	case len(devices) == 0:
		f.detail = fault.New("program.sound-closed")
	}
	f.minor = v.Why.Is("sip.audio.not-connected") || v.Why.Is("sip.audio.not-connected.other") || v.Why.Is("sip.audio.no-device")
	return f
}

// checkKeyring is the doctor's look at what keeps the passwords. Without it everything works until Linecard ends.
func (p *Program) checkKeyring(ctx context.Context) finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	f := finding{check: "program.check-keyring", ok: true, detail: fault.New("program.keyring-open")}
	_, keyring := p.secrets.(interface{ Open(context.Context) bool })
	switch {
	case !keyring:
		f.detail = fault.New("program.keyring-none-needed") // the demo's
	case forgetful():
		f.detail = fault.New("program.keyring-in-memory")
	case !askable(ctx, p.secrets):
		f.ok, f.detail, f.remedy = false, fault.Fault{}, fault.New("program.keyring-locked")
	case orgSecrets{p.secrets, ctx}.Volatile():
		f.ok, f.minor, f.detail, f.remedy = false, true, fault.Fault{}, fault.New("settings.no-keyring")
	}
	return f
}

// checkNotifications is the doctor's look at what shows notifications. Without it calls show in the window only.
func checkNotifications(ctx context.Context) finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	f := finding{check: "program.check-notifications"}
	name, err := notify.Shower(ctx)
	if f.ok = err == nil; f.ok {
		f.detail = fault.New(fault.Plain, "text", name)
		return f
	}
	f.minor, f.remedy = true, fault.New("program.no-notifications")
	return f
}
