package main

import (
	"strconv"

	"github.com/spf13/cobra"
)

// newWho lists who a past call may have been with.
func newWho(o *options) *cobra.Command {
	var search string
	cmd := newCommand("who", "cmd.verb.history-who", "cmd.operand.id")
	cmd.Args = oneArg
	cmd.Flags().StringVar(&search, "search", "", "cmd.flag.search-record")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "history-who", map[string]string{"id": args[0], "search": search}, o.printed(showRecords))
	}
	return cmd
}

// newPoint points a past call at another record.
func newPoint(o *options) *cobra.Command {
	var to, org, search string
	var nobody bool
	cmd := newCommand("point", "cmd.verb.history-point", "cmd.operand.id")
	cmd.Args = oneArg
	cmd.Flags().StringVar(&to, "to", "", "cmd.flag.point-to")
	cmd.Flags().StringVar(&org, "org", "", "cmd.flag.org-of-record")
	cmd.Flags().StringVar(&search, "search", "", "cmd.flag.search-record")
	cmd.Flags().BoolVar(&nobody, "nobody", false, "cmd.flag.point-nobody")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "history-point", map[string]string{
			"id": args[0], "to": to, "org": org, "search": search, "nobody": strconv.FormatBool(nobody),
		}, o.raw)
	}
	return cmd
}
