package program_test

import (
	"strings"
	"testing"

	"linecard/app/checkup"
	"linecard/app/mirror"
	"linecard/crm/demoorg"
)

// directoryLine is what the doctor says of the copy.
func (r *rig) directoryLine() checkup.Line {
	r.t.Helper()
	for _, f := range r.p.Doctor(r.t.Context()) {
		if f.CheckCode == "program.check-directory" {
			return f
		}
	}
	r.t.Fatal("the doctor says nothing of the directory")
	return checkup.Line{}
}

// The doctor tells whether there is a copy, how many are in it and as of when, and what stops it.
func TestTheDoctorLooksAtTheDirectory(t *testing.T) {
	r := ready(t)
	if f := r.directoryLine(); !f.OK || !strings.HasPrefix(f.Detail, "Off") {
		t.Errorf("off: %+v", f)
	}
	r.copied()
	if f := r.directoryLine(); !f.OK || !strings.Contains(f.Detail, "people and companies copied, as of") || f.Org != r.org.ID() {
		t.Errorf("up to date: %+v", f)
	}
	if err := r.p.PauseCopy("", true); err != nil {
		t.Fatal(err)
	}
	if f := r.directoryLine(); f.OK || !f.Minor || f.ReasonCode != "directory.resume-it" {
		t.Errorf("paused: %+v", f)
	}
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/sobjects/Lead/deleted", Status: 403, Code: "INSUFFICIENT_ACCESS", Message: "no", Times: demoorg.Always})
	if err := r.p.SyncCopy(""); err != nil {
		t.Fatal(err)
	}
	r.copies("waiting", func(s mirror.Status) bool { return s.State == mirror.Waiting && !s.Error.IsZero() })
	if f := r.directoryLine(); f.OK || !f.Minor || f.Remedy == "" || !strings.HasPrefix(string(f.ReasonCode), "salesforce.") {
		t.Errorf("stopped: %+v", f)
	}
}
