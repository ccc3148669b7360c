package program

import (
	"cmp"
	"context"
	"strings"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm/salesforce"
	"linecard/fault"
	"linecard/sip"
)

// Finding is one thing the doctor looked at, in words.
type Finding struct {
	Check      string     `json:"check"` // what was looked at
	OK         bool       `json:"ok"`
	Detail     string     `json:"detail,omitempty"`     // what was found
	Remedy     string     `json:"remedy,omitempty"`     // what to do, with the Setup path, when it is not OK
	ReasonCode fault.Code `json:"reasonCode,omitempty"` // of the remedy
	CheckCode  fault.Code `json:"checkCode,omitempty"`
}

// Doctor checks the phone and the orgs, and says what to do where something is wrong. Where there are several orgs the name of
// each check says whose it is.
func (p *Program) Doctor(ctx context.Context) []Finding {
	v := p.desk.View()
	checks := []Finding{
		checkPhone(v.Phone),
		{Check: "Sound", OK: v.Audio.Problem == "", Detail: joined(", ", v.Audio.Microphone, v.Audio.Speaker), Remedy: v.Audio.Problem},
	}
	clients := p.links.All()
	for i, c := range clients { // one after the other: each tries the same ports
		found, s := c.Doctor(ctx), c.Status()
		for _, f := range found {
			said := Finding{
				Check: catalogue.Text(string(f.Check)), CheckCode: f.Check, OK: f.OK,
				Detail: catalogue.Say(f.Detail), Remedy: catalogue.Say(f.Remedy), ReasonCode: f.Remedy.Code,
			}
			switch {
			case f.Check == salesforce.CheckPort && i > 0:
				continue
			case f.Check != salesforce.CheckPort && len(clients) > 1:
				said.Check = joined(": ", joined(" as ", cmp.Or(s.OrgName, s.OrgID), s.Username), said.Check)
			}
			checks = append(checks, said)
		}
	}
	return checks
}

// checkPhone is the doctor's look at the registration.
func checkPhone(v app.PhoneView) Finding {
	f := Finding{Check: "Phone registered", OK: v.State == sip.Registered, Detail: joined(" at ", v.Extension, v.Server), Remedy: v.Reason}
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
