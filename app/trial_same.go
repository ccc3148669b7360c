package app

import (
	"cmp"
	"strings"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/crm/layout"
)

// Meaning is what the names in a verdict stand for: a rule that names what happens anyway changes nothing.
type Meaning struct {
	Layouts layout.List
	Org     func(account string) string            // the org of a call for which no rule chooses one; nil where that is not known, or is every org
	Owner   func(org, account, wish string) string // the user who would own the log, "" for the linked one, or the wish itself where nobody fits; nil as above
}

// alike is after with what comes to the same as in before said as there.
func (m Meaning) alike(before, after crm.Verdict, row journal.Row) crm.Verdict {
	org := func(v crm.Verdict) string {
		if v.Org == "" && m.Org != nil {
			return m.Org(row.Account)
		}
		return v.Org
	}
	if org(before) == org(after) {
		after.Org = before.Org
	}
	if before.Org != after.Org {
		return after
	}
	in := cmp.Or(org(before), row.Org)
	if a, b := m.Layouts.Choose(in, before.Layout, ""), m.Layouts.Choose(in, after.Layout, ""); a.Org == b.Org && strings.EqualFold(a.Name, b.Name) {
		after.Layout = before.Layout
	}
	if a, b := m.owner(in, before, row), m.owner(in, after, row); strings.EqualFold(a, b) || crm.SameID(a, b) {
		after.Owner = before.Owner
	}
	return after
}

// owner is the user who would own the log, "" for the linked one.
func (m Meaning) owner(org string, v crm.Verdict, row journal.Row) string {
	if m.Owner == nil || v.Owner == "" {
		return v.Owner
	}
	id := m.Owner(org, row.Account, v.Owner)
	if row.User != "" && crm.SameID(id, row.User) {
		return ""
	}
	return id
}
