package ui

import (
	"time"

	"linecard/app"
	"linecard/crm"
)

// OwnedCall is whose the log of a past call would be.
type OwnedCall struct {
	Started time.Time
	Who     string // the other party
	Log     crm.Log
	Owner   string // name of the user
	Linked  bool   // who is the one that is linked
	Problem string // what keeps the right user from owning it
}

// ownersTried is how many calls are shown; the command line has more.
const ownersTried = 5

// tried is whose the latest calls would be.
func (s *ownersSheet) tried(org string) (lines []testLine, err error) {
	calls, err := s.w.cfg.Admin.TryOwners(org)
	for _, c := range calls[:min(len(calls), ownersTried)] {
		whose := c.Owner
		if c.Linked {
			whose = phrase("ui.owner-is-linked", "name", c.Owner)
		}
		if c.Log == crm.LogNo {
			whose = app.LogWord(c.Log)
		}
		l := testLine{text: phrase("ui.owner-of-call", "when", moment(c.Started, s.w.cfg.Now()), "who", c.Who, "owner", whose)}
		if c.Problem != "" && c.Log != crm.LogNo {
			l = testLine{phrase("ui.owner-of-call", "when", moment(c.Started, s.w.cfg.Now()), "who", c.Who, "owner", c.Problem), true}
		}
		lines = append(lines, l)
	}
	return lines, err
}
