// Package checkup judges what the doctor looks at: a view of an account, its certificate, the sound devices. It asks nobody and keeps nothing; who
// makes the views, and in which order they are judged, is the running program.
package checkup

import (
	"linecard/app/catalogue"
	"linecard/fault"
)

// Finding is one thing the doctor looked at, as codes and values.
type Finding struct {
	Account, Org string      // ids of what was looked at; "" for this computer
	Whose        fault.Fault // names the account or the org where there are several
	Check        fault.Code  // what was looked at
	OK           bool        // there is nothing to do
	Minor        bool        // a warning: not OK, and calls are taken, found and logged all the same
	Detail       fault.Fault // what was found
	Remedy       fault.Fault // what to do, when it is not OK
	Setup        string      // address of the page in Salesforce's Setup that it is about, OK or not
}

// Line is a Finding in words, with their codes for programs.
type Line struct {
	Account    string     `json:"account,omitempty"`
	Org        string     `json:"org,omitempty"`
	Check      string     `json:"check"`
	OK         bool       `json:"ok"`
	Minor      bool       `json:"minor,omitempty"`
	Detail     string     `json:"detail,omitempty"`
	Remedy     string     `json:"remedy,omitempty"`
	Setup      string     `json:"setup,omitempty"`
	ReasonCode fault.Code `json:"reasonCode,omitempty"` // of the remedy
	CheckCode  fault.Code `json:"checkCode,omitempty"`
}

// Line says a finding in the language of the reader.
func (f Finding) Line() Line {
	said := Line{
		Account: f.Account, Org: f.Org, Check: catalogue.Text(string(f.Check)), CheckCode: f.Check, OK: f.OK, Minor: f.Minor, Setup: f.Setup,
		Detail: catalogue.Say(f.Detail), Remedy: catalogue.Say(f.Remedy), ReasonCode: f.Remedy.Code,
	}
	if !f.Whose.IsZero() {
		said.Check = catalogue.Text("program.check-of", "org", f.Whose, "check", said.Check)
	}
	return said
}
