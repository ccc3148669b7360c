package program

import (
	"linecard/app"
	"linecard/fault"
)

// checkSTUN is the doctor's look at an account's STUN server. Without its answer calls go on: that is a warning.
func checkSTUN(s app.STUN) finding {
	f := finding{check: "program.check-stun", ok: s.Reason.IsZero(), minor: !s.Reason.IsZero(), remedy: s.Reason}
	if s.Seen.IsValid() {
		f.detail = fault.New("program.stun-seen", "server", s.Server, "address", s.Seen.String())
	}
	return f
}
