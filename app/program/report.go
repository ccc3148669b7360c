package program

import (
	"context"
	"encoding/json"
	"runtime"
	"time"

	"linecard/app/catalogue"
	"linecard/app/errorlog"
	"linecard/app/meter"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// report is the file for support. It has no secret, and no name or number of a person: what others wrote is left out, and an account is
// named by its place.
type report struct {
	Version  string              `json:"version"`
	System   string              `json:"system"` // linux/amd64
	Go       string              `json:"go"`
	At       time.Time           `json:"at"`
	Findings []reported          `json:"findings"`
	Accounts []reportedAccount   `json:"accounts"`
	Orgs     []reportedOrg       `json:"orgs"`
	Outbox   reportedOutbox      `json:"outbox"`
	Settings []settings.Entry    `json:"settings"`
	Errors   []errorlog.Exported `json:"errors"`
	Requests meter.Report        `json:"requests"`
}

// reported is a [Finding] of which nothing is left that names somebody.
type reported struct {
	Account string     `json:"account,omitempty"`
	Org     string     `json:"org,omitempty"`
	Check   fault.Code `json:"check"`
	OK      bool       `json:"ok"`
	Minor   bool       `json:"minor,omitempty"`
	Detail  string     `json:"detail,omitempty"`
	Remedy  string     `json:"remedy,omitempty"`
}

type reportedAccount struct {
	Account string                `json:"account"`
	State   sip.RegistrationState `json:"state"`
	Code    int                   `json:"code,omitempty"` // SIP status
	Why     string                `json:"why,omitempty"`
}

type reportedOrg struct {
	Org      string        `json:"org,omitempty"` // id
	State    crm.LinkState `json:"state"`
	Sandbox  bool          `json:"sandbox,omitempty"`
	Version  string        `json:"apiVersion,omitempty"`
	LinkedAt time.Time     `json:"linkedAt,omitzero"`
	APIUsed  int           `json:"apiUsed"`
	APILimit int           `json:"apiLimit"`
	Reason   string        `json:"reason,omitempty"`
	Trouble  string        `json:"trouble,omitempty"`
	Scopes   []string      `json:"scopes"`
}

type reportedOutbox struct {
	Waiting   int    `json:"waiting"`
	Elsewhere int    `json:"elsewhere"`
	Checking  int    `json:"checking"`
	Parked    int    `json:"parked"`
	Held      int    `json:"held"`
	Why       string `json:"why,omitempty"`
}

// Report makes the file for support: what the doctor found, the settings, and what went wrong. It makes the same requests as
// [Program.Doctor].
func (p *Program) Report(ctx context.Context) ([]byte, error) {
	names, v := errorlog.NewAliases(), p.desk.View()
	r := report{
		Version: p.cfg.Version, System: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version(), At: time.Now().UTC(),
		Findings: []reported{}, Accounts: []reportedAccount{}, Orgs: []reportedOrg{},
		Settings: p.set.Shareable(), Requests: p.Requests(),
	}
	say := func(f fault.Fault) string { return catalogue.Say(errorlog.Shareable(f)) }
	for _, a := range v.Phones {
		r.Accounts = append(r.Accounts, reportedAccount{names.Of(a.Account), a.State, a.Code, say(a.Why)})
	}
	for _, f := range p.examine(ctx) {
		r.Findings = append(r.Findings, reported{names.Of(f.Account), f.Org, f.Check, f.OK, f.Minor, say(f.Detail), say(f.Remedy)})
	}
	for _, s := range p.Orgs() {
		r.Orgs = append(r.Orgs, reportedOrg{
			Org: s.OrgID, State: s.State, Sandbox: s.Sandbox, Version: s.APIVersion, LinkedAt: s.LinkedAt,
			APIUsed: s.APIUsed, APILimit: s.APILimit, Reason: say(s.Reason), Trouble: say(s.Trouble), Scopes: s.Scopes,
		})
	}
	o := v.Outbox
	r.Outbox = reportedOutbox{o.Waiting, o.Elsewhere, o.Checking, o.Parked, o.Held, say(o.Why)}
	r.Errors = p.troubles.log.Export()
	return json.MarshalIndent(r, "", "  ")
}
