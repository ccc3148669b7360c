package main

import (
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
)

// spellingActions are what the running app is asked about other ways to write a number that the phone server does not know.
var spellingActions = map[string]func(c control, r request) error{
	"spelling": func(c control, r request) error {
		return r.reply(append([]crm.DialSpelling{}, c.desk().Spellings(r.args["call"])...))
	},
	"spelling-try": func(c control, r request) error {
		if r.args["force"] == "true" && r.args["reason"] == "" {
			return misused(app.ErrNoReason)
		}
		id, err := c.desk().TrySpelling(r.args["call"], r.args["number"], r.args["reason"])
		if err != nil {
			return orAnyway(err)
		}
		return r.reply(dialed(c.desk().View(), id))
	},
	"spelling-keep": func(c control, r request) error { return misused(c.desk().KeepSpelling(r.args["call"])) },
}

var showSpellings = shows(func(w io.Writer, all []crm.DialSpelling) {
	t := newTable(w)
	defer t.end()
	for _, s := range all {
		t.row(s.Sent)
	}
	if len(all) == 0 {
		t.row(catalogue.Text("cmd.spelling.none"))
	}
})

// newSpelling shows the other ways to dial the number of a call that the phone server does not know, tries one, and has all numbers dialed so.
func newSpelling(o *options) *cobra.Command {
	list := newVerb(o, verb{name: "spelling", short: "cmd.verb.spelling", call: true, show: showSpellings})
	var call, reason string
	var force bool
	try := newCommand("try", "cmd.verb.spelling-try", "cmd.operand.spelling")
	try.Args = atMostOne
	try.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "spelling-try", map[string]string{"call": call, "number": strings.Join(args, ""), "reason": reason, "force": strconv.FormatBool(force)}, o.printed(showDialed))
	}
	try.Flags().BoolVar(&force, "force", false, "cmd.flag.force-dial")
	try.Flags().StringVar(&reason, "reason", "", "cmd.flag.dial-reason")
	keep := newCommand("keep", "cmd.verb.spelling-keep")
	keep.Args = noArgs
	keep.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "spelling-keep", map[string]string{"call": call}, o.raw)
	}
	for _, cmd := range []*cobra.Command{try, keep} {
		cmd.Flags().StringVar(&call, "call", "", "cmd.flag.call")
	}
	list.AddCommand(try, keep)
	return list
}
