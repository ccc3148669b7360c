package app

import (
	"cmp"
	"strings"

	"linecard/fault"
)

// ErrNoRecordsOwner says that no colleague is known to be the owner of a call's record.
var ErrNoRecordsOwner = fault.Err(nil, "desk.no-records-owner")

// recordsOwner is the colleague who owns the record that a call is with: the only one of the account by the owner's name, of the record's org or of
// none. It is nil where there is no record, nobody of that name, or several, also where only one of those users can be called; and where it is the agent
// or the other party.
func (s *state) recordsOwner(c *call) *ColleagueView {
	m := c.lookup.Record
	if m == nil {
		return nil
	}
	name, org := SameName(m.Owner), cmp.Or(m.Org, c.org)
	if name == "" {
		return nil
	}
	var owner *ColleagueView
	for i := range s.colleagues {
		v := &s.colleagues[i]
		if v.known != name || v.Account != "" && v.Account != c.account || v.Org != "" && org != "" && v.Org != org {
			continue
		}
		if v.namesakes || owner != nil && owner.Extension != v.Extension {
			return nil
		}
		owner = v
	}
	if owner == nil || owner.Extension == c.number.Raw {
		return nil
	}
	if i := s.phone(c.account); i >= 0 && s.phones[i].Extension == owner.Extension {
		return nil
	}
	is := *owner
	return &is
}

// SameName is a name in a spelling in which two that differ by capitals and spaces alone are the same.
func SameName(name string) string { return strings.ToLower(strings.Join(strings.Fields(name), " ")) }

// ToOwner gives do a call and the extension of the owner of its record: with id "" of the first call that is talked on and has one.
func (d *Desk) ToOwner(id string, do func(id, extension string) error) error {
	fits := func(c CallView) bool { return c.RecordsOwner != nil && (id != "" || c.Phase == Talking) }
	return d.on(id, ErrNoRecordsOwner, fits, func(id string) error {
		c, ok := d.View().call(id)
		if !ok || c.RecordsOwner == nil {
			return ErrNoRecordsOwner
		}
		return do(id, c.RecordsOwner.Extension)
	})
}
