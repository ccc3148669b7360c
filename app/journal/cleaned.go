package journal

import (
	"linecard/clean"
	"linecard/crm"
)

// Names are clean when they are kept, see [clean]. Earlier versions kept them as a caller or an org chose them, so they are
// cleaned when they are read: they go to every face, and into Tasks.

func cleanRef(r crm.Ref) crm.Ref {
	r.Name = clean.Line(r.Name)
	return r
}

func cleanCall(c *Call) {
	for _, s := range []*string{&c.Name, &c.Company, &c.Number, &c.Dial, &c.Called} {
		*s = clean.Line(*s)
	}
	for i := range c.Earlier {
		c.Earlier[i].Name, c.Earlier[i].Number = clean.Line(c.Earlier[i].Name), clean.Line(c.Earlier[i].Number)
	}
}

// cleanActivity leaves the notes as the agent typed them: whoever writes them cleans them.
func cleanActivity(a *crm.Activity) {
	for _, s := range []*string{&a.PartyName, &a.Earlier, &a.Number, &a.Shown, &a.Called, &a.Disposition} {
		*s = clean.Line(*s)
	}
	a.Subject = clean.Short(a.Subject, longestSubject)
	a.Who, a.What = cleanRef(a.Who), cleanRef(a.What)
}

// longestSubject is more than any org takes; what is longer than the org's limit is shortened when it is written.
const longestSubject = 1000
