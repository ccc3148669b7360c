package program

import (
	"linecard/app/checkup"
	"linecard/app/mirror"
	"linecard/fault"
)

// checkCopies is the doctor's look at the copy of each linked org's people: off, being made, as of when, or what stops it.
// Calls are taken, found and logged without it, so nothing about it is more than a warning.
func (p *Program) checkCopies() (all []checkup.Finding) {
	choice, copies := choiceOf(p.set.Get(), ""), p.mirror.Status()
	if !choice.On || len(copies) == 0 {
		f := checkup.Finding{Check: checkDirectory, OK: true, Detail: fault.New("directory.state-off")}
		if choice.On {
			f.Detail = fault.New("directory.state-first")
		}
		return []checkup.Finding{f}
	}
	for _, s := range copies {
		f := checkCopy(s)
		f.Org = s.Org
		if len(copies) > 1 {
			if c := p.links.Of(s.Org, s.User); c != nil {
				f.Whose = p.nameOf(c.Status())
			}
		}
		all = append(all, f)
	}
	return all
}

const checkDirectory fault.Code = "program.check-directory"

// checkCopy is the doctor's look at one copy.
func checkCopy(s mirror.Status) checkup.Finding {
	f := checkup.Finding{Check: checkDirectory, OK: true, Minor: true, Detail: stands(s)}
	switch {
	case s.State == mirror.Paused:
		f.OK, f.Remedy = false, fault.New("directory.resume-it")
	case s.State == mirror.Waiting && !s.Error.IsZero():
		f.OK, f.Remedy = false, s.Error
	case len(s.Hidden) > 0:
		f.OK, f.Remedy = false, s.HiddenFault()
	}
	if f.OK {
		f.Minor = false
	}
	return f
}

// stands says how many people a copy has, and as of when.
func stands(s mirror.Status) fault.Fault {
	switch {
	case s.State == mirror.Copying || s.State == mirror.Preparing || !s.Whole:
		return fault.New("directory.stands-incomplete", "count", s.Records)
	case s.Checked.IsZero():
		return fault.New("directory.stands", "count", s.Records)
	}
	return fault.New("directory.stands-as-of", "count", s.Records, "at", s.Checked)
}
