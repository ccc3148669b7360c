package main

import (
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

type historyAnswer struct {
	ID         string        `json:"id"`
	Account    string        `json:"account,omitempty"` // id of the phone account
	OnLine     string        `json:"onLine,omitempty"`  // what the account is called, where there are several
	Org        string        `json:"org,omitempty"`     // id of the org it belongs to
	User       string        `json:"user,omitempty"`    // id of that org's user
	OnOrg      string        `json:"onOrg,omitempty"`   // what the org is called, where there are several
	Direction  crm.Direction `json:"direction"`
	Outcome    crm.Outcome   `json:"outcome"`
	Name       string        `json:"name,omitempty"`
	Company    string        `json:"company,omitempty"`
	Number     string        `json:"number,omitempty"`
	Then       string        `json:"then,omitempty"` // keys that were pressed after the answer
	Dial       string        `json:"dial,omitempty"`
	Started    time.Time     `json:"started"`
	Seconds    int           `json:"seconds"`
	Earlier    string        `json:"earlier,omitempty"` // whom the call was with before
	Transfer   string        `json:"transfer,omitempty"`
	Why        string        `json:"why,omitempty"` // why nobody could talk
	WhyCode    fault.Code    `json:"whyCode,omitempty"`
	Who        crm.Ref       `json:"who,omitzero"`
	Log        app.LogState  `json:"log"`
	Task       crm.Ref       `json:"task,omitzero"`
	Error      string        `json:"error,omitempty"`
	ReasonCode fault.Code    `json:"reasonCode,omitempty"`

	NeedsRecord bool `json:"needsRecord,omitempty"` // logged without a record, and nobody has said that it has none
}

func answerHistory(rows []app.HistoryRow) []historyAnswer {
	out := make([]historyAnswer, 0, len(rows))
	for _, r := range rows {
		out = append(out, historyAnswer{
			ID: r.ID, Account: r.Account, OnLine: r.OnLine, Org: r.Org, User: r.User, OnOrg: r.OnOrg, Direction: r.Direction, Outcome: r.Outcome, Name: r.Name, Company: r.Company, Number: r.Number, Then: r.Then, Dial: r.Dial,
			Started: r.Started, Seconds: int(r.Duration.Truncate(time.Second) / time.Second), Who: r.Who, Log: r.Log, Task: r.Task, Error: r.Error, ReasonCode: r.ReasonCode,
			Earlier: r.Earlier, Transfer: r.Transfer, Why: r.Why, WhyCode: r.WhyCode, NeedsRecord: r.NeedsRecord,
		})
	}
	return out
}

type owedAnswer struct {
	Kind    app.OwedKind `json:"kind"`
	Call    string       `json:"call"`              // id of the newest call
	Account string       `json:"account,omitempty"` // id of the phone account
	OnLine  string       `json:"onLine,omitempty"`  // what the account is called, where there are several
	Org     string       `json:"org,omitempty"`     // id of the org it belongs to
	User    string       `json:"user,omitempty"`    // id of that org's user
	OnOrg   string       `json:"onOrg,omitempty"`   // what the org is called, where there are several
	Name    string       `json:"name,omitempty"`
	Company string       `json:"company,omitempty"`
	Number  string       `json:"number,omitempty"`
	Dial    string       `json:"dial,omitempty"`
	Times   int          `json:"times"` // how many calls
	Last    time.Time    `json:"last"`  // when the newest one began
	Who     crm.Ref      `json:"who,omitzero"`
}

func answerOwed(rows []app.OwedRow) []owedAnswer {
	out := make([]owedAnswer, 0, len(rows))
	for _, r := range rows {
		out = append(out, owedAnswer{
			Kind: r.Kind, Call: r.ID, Account: r.Account, OnLine: r.OnLine, Org: r.Org, User: r.User, OnOrg: r.OnOrg, Name: r.Name,
			Company: r.Company, Number: r.Number, Dial: r.Dial, Times: r.Times, Last: r.Last, Who: r.Who,
		})
	}
	return out
}

// heldAnswer is how many held calls were sent or dropped.
type heldAnswer struct {
	Calls int `json:"calls"`
}

// entryHeld is what the command line calls the state of a draft that is held.
const entryHeld journal.State = "held"

type outboxAnswer struct {
	ID         string        `json:"id"`
	Account    string        `json:"account,omitempty"`   // id of the phone account
	Org        string        `json:"org,omitempty"`       // id of the org it belongs to
	OrgName    string        `json:"orgName,omitempty"`   // set while that org is linked
	User       string        `json:"user,omitempty"`      // id of the org's user who writes it
	Username   string        `json:"username,omitempty"`  // set while that user is linked
	Elsewhere  bool          `json:"elsewhere,omitempty"` // it waits until that user is linked
	Kind       journal.Kind  `json:"kind"`
	State      journal.State `json:"state"`
	Subject    string        `json:"subject"`
	Number     string        `json:"number,omitempty"`
	Started    time.Time     `json:"started"`
	Attempts   int           `json:"attempts"`
	NextTry    time.Time     `json:"nextTry,omitzero"`
	Reason     string        `json:"reason,omitempty"`
	ReasonCode fault.Code    `json:"reasonCode,omitempty"`
}

// answerOutbox lists the entries, each with its org and user.
func answerOutbox(entries []journal.Entry, orgs []crm.LinkStatus) []outboxAnswer {
	out := make([]outboxAnswer, 0, len(entries))
	for _, e := range entries {
		a := outboxAnswer{
			ID: e.ID, Account: e.Account, Org: e.Org, User: e.User, Kind: e.Kind, State: e.State, Subject: e.Activity.SubjectLine(), Number: e.Activity.Number,
			Started: e.Activity.Started, Attempts: e.Attempts, NextTry: e.Due, Reason: catalogue.Say(e.Reason), ReasonCode: e.Reason.Code,
			Elsewhere: e.Org != "",
		}
		if e.Held() {
			a.State = entryHeld
		}
		for _, o := range orgs {
			if o.OrgID != e.Org {
				continue
			}
			a.OrgName = app.OrgTitle(o)
			if e.User == "" || e.User == o.UserID {
				a.Username, a.Elsewhere = o.Username, a.Elsewhere && o.State != crm.Linked
			}
		}
		out = append(out, a)
	}
	return out
}
