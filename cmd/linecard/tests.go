package main

import (
	"cmp"
	"fmt"
	"io"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/program"
)

// What the tests of the pages of Settings are on the command line: whose past calls would be, what a profile would change.

// whoCalled names the other party of a call.
func whoCalled(c program.OwnedCall) string {
	return cmp.Or(c.Name, c.Number, catalogue.Text("cmd.number-withheld"))
}

var showOwned = shows(func(w io.Writer, all []program.OwnedCall) {
	t := newTable(w)
	defer t.end()
	for _, c := range all {
		whose := c.OwnerName
		if c.Linked {
			whose = catalogue.Text("cmd.owners.linked", "name", c.OwnerName)
		}
		t.row(catalogue.Text("cmd.errors.when", "at", c.Started.Local()), whoCalled(c), app.LogWord(c.Log), cmp.Or(c.Why, whose))
	}
})

var showProfileTrial = shows(func(w io.Writer, v program.ProfileTrial) {
	fmt.Fprintln(w, catalogue.Text("cmd.profile.would-change", "by", v.Profile, "count", len(v.Changes)))
	for _, n := range v.Notices {
		fmt.Fprintln(w, n)
	}
	t := newTable(w)
	defer t.end()
	for _, c := range v.Changes {
		t.row(c.Key, catalogue.Text("cmd.rules.change", "before", valueText(c.Now), "after", valueText(c.Then)))
	}
})

// valueText is a value of the settings; one that is not there says nothing.
func valueText(v any) string {
	if v == nil {
		return ""
	}
	if list, ok := v.([]string); ok {
		all := make([]any, len(list))
		for i, text := range list {
			all[i] = text
		}
		v = all
	}
	return settingText(v)
}
