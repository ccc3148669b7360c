package program

import (
	"cmp"
	"context"
	"strings"

	"linecard/app"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/sip"
)

// Doctor checks the phone and the orgs, and says what to do where something is wrong. Where there are several orgs the name of
// each check says whose it is.
func (p *Program) Doctor(ctx context.Context) []crm.Finding {
	v := p.desk.View()
	checks := []crm.Finding{
		checkPhone(v.Phone),
		{Check: "Sound", OK: v.Audio.Problem == "", Detail: joined(", ", v.Audio.Microphone, v.Audio.Speaker), Remedy: v.Audio.Problem},
	}
	clients := p.links.All()
	for i, c := range clients { // one after the other: each tries the same ports
		found, s := c.Doctor(ctx), c.Status()
		for _, f := range found {
			switch {
			case f.Check == salesforce.CheckPort && i > 0:
				continue
			case f.Check != salesforce.CheckPort && len(clients) > 1:
				f.Check = joined(": ", joined(" as ", cmp.Or(s.OrgName, s.OrgID), s.Username), f.Check)
			}
			checks = append(checks, f)
		}
	}
	return checks
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
