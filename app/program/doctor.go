package program

import (
	"cmp"
	"context"
	"slices"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
	"linecard/sip"
)

// Finding is one thing the doctor looked at, in words, with their codes for programs.
type Finding struct {
	Check      string     `json:"check"` // what was looked at
	OK         bool       `json:"ok"`
	Detail     string     `json:"detail,omitempty"`     // what was found
	Remedy     string     `json:"remedy,omitempty"`     // what to do, with the Setup path, when it is not OK
	ReasonCode fault.Code `json:"reasonCode,omitempty"` // of the remedy
	CheckCode  fault.Code `json:"checkCode,omitempty"`
}

// finding is one thing the doctor looked at. org names whose it is where there are several.
type finding struct {
	check  fault.Code
	org    fault.Fault
	ok     bool
	detail fault.Fault
	remedy fault.Fault
}

// Doctor checks the phone and the orgs, and says what to do where something is wrong. Where there are several orgs the name of
// each check says whose it is.
func (p *Program) Doctor(ctx context.Context) []Finding {
	v := p.desk.View()
	all := []finding{checkPhone(v.Phone), checkSound(v.Audio)}
	clients := p.links.All()
	for i, c := range clients { // one after the other: each tries the same ports
		found, s := c.Doctor(ctx), c.Status()
		for _, f := range found {
			one := finding{check: f.Check, ok: f.OK, detail: f.Detail, remedy: f.Remedy}
			switch {
			case f.Check == salesforce.CheckPort && i > 0:
				continue
			case f.Check != salesforce.CheckPort && len(clients) > 1:
				one.org = nameOf(s)
			}
			all = append(all, one)
		}
	}
	said := make([]Finding, len(all))
	for i, f := range all {
		said[i] = f.say()
	}
	return said
}

func (f finding) say() Finding {
	said := Finding{
		Check: catalogue.Text(string(f.check)), CheckCode: f.check, OK: f.ok,
		Detail: catalogue.Say(f.detail), Remedy: catalogue.Say(f.remedy), ReasonCode: f.remedy.Code,
	}
	if !f.org.IsZero() {
		said.Check = catalogue.Text("program.check-of", "org", f.org, "check", said.Check)
	}
	return said
}

// nameOf names a linked org and its user.
func nameOf(s crm.LinkStatus) fault.Fault {
	name := cmp.Or(s.OrgName, s.OrgID)
	if s.Username == "" {
		return fault.New(fault.Plain, "text", name)
	}
	return fault.New("program.org-as-user", "org", name, "user", s.Username)
}

// checkPhone is the doctor's look at the registration.
func checkPhone(v app.PhoneView) finding {
	f := finding{check: "program.check-phone", ok: v.State == sip.Registered, remedy: v.Why}
	switch {
	case !v.Configured:
		f.remedy = fault.New("program.no-account")
		return f
	case !f.ok && f.remedy.IsZero():
		f.remedy = fault.New("program.not-answered-yet")
	}
	f.detail = fault.New("program.extension-at", "extension", v.Extension, "server", v.Server)
	return f
}

// checkSound is the doctor's look at the sound devices.
func checkSound(v app.AudioView) finding {
	devices := slices.DeleteFunc([]string{v.Microphone, v.Speaker}, func(name string) bool { return name == "" })
	return finding{
		check: "program.check-sound", ok: v.Why.IsZero(), detail: fault.New("program.devices", "devices", devices), remedy: v.Why,
	}
}
