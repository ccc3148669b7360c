package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/program"
	"linecard/crm/layout"
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

var showProfileTrial = shows(trialText)

// trialText is what a profile would change, in words.
func trialText(w io.Writer, v program.ProfileTrial) {
	fmt.Fprintln(w, catalogue.Text("cmd.profile.would-change", "by", v.Profile, "count", len(v.Changes)))
	for _, n := range v.Notices {
		fmt.Fprintln(w, n)
	}
	t := newTable(w)
	defer t.end()
	if len(v.Locked) > 0 {
		t.row(catalogue.Text("cmd.profile.locked"), strings.Join(v.Locked, ", "))
	}
	for _, c := range v.Changes {
		now, then := changeTexts(c)
		t.row(c.Key, catalogue.Text("cmd.rules.change", "before", now, "after", then))
	}
}

// changeTexts are both values of a setting that would change. Layouts are told by their names, which may stay while what they write changes.
func changeTexts(c program.ProfileChange) (now, then string) {
	now, then = valueText(c.Now), valueText(c.Then)
	if now == then && now != "" {
		then = catalogue.Text("cmd.profile.other-contents", "names", then)
	}
	return now, then
}

// valueText is a value of the settings; one that is not there says nothing.
func valueText(v any) string {
	if v == nil {
		return ""
	}
	if all, ok := v.(layout.List); ok {
		names := make([]string, len(all))
		for i, l := range all {
			names[i] = l.Name
		}
		v = names
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
