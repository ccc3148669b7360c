package program

import (
	"time"

	"linecard/app"
	"linecard/fault"
)

// renewWithin is how long before its end a certificate should be renewed: an administrator has three weeks.
const renewWithin = 21 * 24 * time.Hour

// checkCertificate is the doctor's look at what the phone server proves itself with. One that proves nothing keeps the account
// from registering, and is told there.
func checkCertificate(v app.PhoneView, now time.Time) finding {
	c := v.Certificate
	left := c.Until.Sub(now)
	days := max(int(left/(24*time.Hour)), 0)
	f := finding{
		check: "program.check-certificate", ok: left >= renewWithin, minor: left < renewWithin,
		detail: fault.New("program.certificate", "subject", c.Subject, "issuer", c.Issuer, "at", c.Until, "count", days),
	}
	if !f.ok {
		f.remedy = fault.New("program.certificate-ends", "server", v.Server, "at", c.Until, "count", days)
	}
	return f
}
