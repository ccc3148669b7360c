package alert

import (
	"os"
	"time"

	"linecard/app/catalogue"
	"linecard/app/errorlog"
	"linecard/fault"
)

// Place says what the desk is called, for people who have many.
type Place struct {
	Desk    string                  // name of the computer
	OrgName func(org string) string // "" where it is not known
}

// Here is this computer.
func Here(orgName func(string) string) Place {
	name, _ := os.Hostname()
	return Place{name, orgName}
}

func (p Place) org(id string) string {
	if p.OrgName != nil {
		if name := p.OrgName(id); name != "" {
			return name
		}
	}
	return id
}

// subject is what happened, in one line.
func (p Place) subject(n Notice) string {
	code := map[bool]map[errorlog.Area]string{
		true:  {errorlog.Link: "trouble.broke-link", errorlog.Logging: "trouble.broke-logging", errorlog.Refused: "trouble.broke-refused"},
		false: {errorlog.Link: "trouble.well-link", errorlog.Logging: "trouble.well-logging", errorlog.Refused: "trouble.well-refused"},
	}[n.Broken][n.Topic]
	if code == "" {
		code = "trouble.test-subject"
	}
	return catalogue.Text(code, "org", p.org(n.Org), "desk", p.Desk)
}

// body is what happened, why, and what to do.
func (p Place) body(n Notice) string {
	if n.Topic == "" {
		return catalogue.Text("trouble.test-body", "desk", p.Desk)
	}
	if !n.Broken {
		return catalogue.Text("trouble.well-body", "what", p.subject(n), "at", n.Since)
	}
	return catalogue.Text("trouble.broke-body", "what", p.subject(n), "at", n.Since, "why", catalogue.Say(n.Fault), "remedy", n.Topic.Remedy())
}

// Test is the notice that only shows that notices arrive.
func Test() Notice { return Notice{Broken: true, Since: time.Now()} }

// failure is the error of a notice that was not sent.
func failure(err error, code fault.Code, pairs ...any) error { return fault.Err(err, code, pairs...) }
