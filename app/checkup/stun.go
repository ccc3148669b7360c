package checkup

import (
	"linecard/app"
	"linecard/fault"
)

// STUN is the doctor's look at an account's STUN server. Without its answer calls go on: that is a warning.
func STUN(s app.STUN) Finding {
	f := Finding{Check: "program.check-stun", OK: s.Reason.IsZero(), Minor: !s.Reason.IsZero(), Remedy: s.Reason}
	if s.Seen.IsValid() {
		f.Detail = fault.New("program.stun-seen", "server", s.Server, "address", s.Seen.String())
	}
	return f
}
