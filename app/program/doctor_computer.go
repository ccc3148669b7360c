package program

import (
	"context"
	"time"

	"linecard/app/checkup"
	"linecard/app/notify"
	"linecard/fault"
)

// checkTime bounds a check of this computer.
const checkTime = 5 * time.Second

// checkKeyring is the doctor's look at what keeps the passwords. Without it everything works until Linecard ends.
func (p *Program) checkKeyring(ctx context.Context) checkup.Finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	f := checkup.Finding{Check: "program.check-keyring", OK: true, Detail: fault.New("program.keyring-open")}
	_, keyring := p.secrets.(interface{ Open(context.Context) bool })
	switch {
	case !keyring:
		f.Detail = fault.New("program.keyring-none-needed") // the demo's
	case forgetful():
		f.Detail = fault.New("program.keyring-in-memory")
	case !askable(ctx, p.secrets):
		f.OK, f.Detail, f.Remedy = false, fault.Fault{}, fault.New("program.keyring-locked")
	case orgSecrets{p.secrets, ctx}.Volatile():
		f.OK, f.Minor, f.Detail, f.Remedy = false, true, fault.Fault{}, fault.New("settings.no-keyring")
	}
	return f
}

// checkNotifications is the doctor's look at what shows notifications. Without it calls show in the window only.
func checkNotifications(ctx context.Context) checkup.Finding {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	f := checkup.Finding{Check: "program.check-notifications"}
	name, err := notify.Shower(ctx)
	if f.OK = err == nil; f.OK {
		f.Detail = fault.New(fault.Plain, "text", name)
		return f
	}
	f.Minor, f.Remedy = true, fault.New("program.no-notifications")
	return f
}
