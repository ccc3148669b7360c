package program

import (
	"context"
	"strings"

	"linecard/app"
	"linecard/crm"
	"linecard/sip"
)

// Doctor checks the phone and the org, and says what to do where something is wrong.
func (p *Program) Doctor(ctx context.Context) []crm.Finding {
	v := p.desk.View()
	checks := []crm.Finding{
		checkPhone(v.Phone),
		{Check: "Sound", OK: v.Audio.Problem == "", Detail: joined(", ", v.Audio.Microphone, v.Audio.Speaker), Remedy: v.Audio.Problem},
	}
	return append(checks, p.org.Doctor(ctx)...)
}

// checkPhone is the doctor's look at the registration.
func checkPhone(v app.PhoneView) crm.Finding {
	f := crm.Finding{Check: "Phone registered", OK: v.State == sip.Registered, Detail: joined(" at ", v.Extension, v.Server), Remedy: v.Reason}
	switch {
	case !v.Configured:
		f.Detail, f.Remedy = "", "No account is set. Set it in Settings > Phone, or with: linecard account set"
	case !f.OK && f.Remedy == "":
		f.Remedy = "The server has not answered yet. Check again in a few seconds."
	}
	return f
}

// joined joins what is not empty.
func joined(sep string, parts ...string) string {
	kept := parts[:0:0]
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, sep)
}
