package app

import (
	"context"

	"linecard/app/directory"
	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// An admin may choose that nobody is looked for unless the agent asks ([Rules].NoLookup), and that what the org says of
// callers is not kept ([Rules].NoNames).

// lookupOff is why nobody was looked for.
const lookupOff fault.Code = "desk.lookup-off"

// errLookupOff is a lookup that was left off on purpose: the log of the call does not wait for the name.
var errLookupOff = &crm.Error{Class: crm.ClassQuota, Code: crm.CodeLeftOff, Fault: fault.New(lookupOff)}

func (d *Desk) rules() Rules { return d.now.Load().rules }

// recall is what memory knows of a number, for the first card.
func (d *Desk) recall(org string, n crm.Number) (directory.Known, bool) {
	if d.rules().NoLookup {
		return directory.Known{}, false
	}
	return d.cfg.Memory.Recall(org, n)
}

// row is a call as the history keeps it.
func (d *Desk) row(c *call) journal.Call {
	r := c.row()
	if d.rules().NoNames {
		r.Name, r.Company = c.party.Name, ""
		if c.number.Withheld {
			r.Name = ""
		}
	}
	return r
}

// identifyPast notes in the history who a call that may have left the desk was with.
func (d *Desk) identifyPast(ctx context.Context, id string, r crm.Record) error {
	if d.rules().NoNames { // it is called as it was signaled
		row, err := d.cfg.Journal.Call(ctx, id)
		if err != nil {
			return err
		}
		r.Name, r.Company = row.Name, ""
	}
	return d.cfg.Journal.Identify(ctx, id, r.Name, r.Company, r.Ref, "")
}

// unidentified reports whether the org must still say who a call was with.
func (d *Desk) unidentified(a crm.Activity) bool { return a.Unidentified && !d.rules().NoLookup }
