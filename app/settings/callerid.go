package settings

import (
	"slices"
	"strings"

	text "linecard/clean"
)

// ListCallerIDs takes the numbers that others may be shown, one an entry: a name may have a comma, which [Account.Set] takes for the end of an
// entry. The error is a [*KeyError].
func (a *Account) ListCallerIDs(entries []string) error {
	a.CallerIDs = entries
	return a.check()
}

// callerIDs checks the numbers that others may be shown, and writes each in the usual way: a number, NAME <NUMBER>, or withheld.
func (c *checker) callerIDs(path string, a *Account) {
	var all []string
	for _, entry := range a.CallerIDs {
		name, number, named := strings.Cut(strings.TrimSpace(entry), "<")
		if !named {
			name, number = "", name
		}
		number, tail, closed := strings.Cut(number, ">")
		number, name = TidyCallerID(number), strings.Trim(text.Short(name, longestLabel), `" `)
		switch {
		case number == "" && !named:
			continue
		case number == "" || !callerID.MatchString(number) || named != closed || strings.TrimSpace(tail) != "":
			c.fault("settings.must-be-number", "key", path+"caller_ids", "value", entry)
			continue
		case name != "":
			number = name + " <" + number + ">"
		}
		if !slices.Contains(all, number) {
			all = append(all, number)
		}
	}
	a.CallerIDs = all
}

// RecordCallerIDs are the fields of records with the number that callees are to see, of the accounts that may call people of an org: those that name it, and
// those that name none. Where callers are looked for in all orgs, all accounts call people of each.
func (s *Settings) RecordCallerIDs(org string) (fields []string) {
	for _, a := range s.Accounts {
		if f := a.RecordCallerID; f != "" && (a.Org == "" || a.Org == org || s.Records.Orgs == "all") && !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	return fields
}
