package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app/catalogue"
	"linecard/sip/trace"
)

// traceActions are what the running app is asked about the SIP messages of the last while.
var traceActions = map[string]func(c control, r request) error{
	"trace": func(c control, r request) error {
		all := c.program.Trace()
		if wanted := r.args["call"]; wanted != "" {
			all = slices.DeleteFunc(all, func(d trace.Dialog) bool { return d.Call != wanted && d.ID != wanted })
			if len(all) == 0 {
				return misuse("cmd.trace-no-call", "call", wanted)
			}
		}
		return r.reply(all)
	},
	"trace-export": func(c control, r request) error { return r.reply(c.program.ExportTrace()) },
}

// newTrace shows what was said by SIP, or writes it to a file for support.
func newTrace(o *options) *cobra.Command {
	var export string
	cmd := newCommand("trace", "cmd.verb.trace", "cmd.operand.traced-call")
	cmd.Args = atMostOne
	cmd.Flags().StringVar(&export, "export", "", "cmd.flag.trace-export")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		one := ""
		if len(args) > 0 {
			one = args[0]
		}
		if cmd.Flags().Changed("export") {
			if export == "" {
				return misuse("cmd.export-nowhere")
			}
			return o.ask(cmd, "trace-export", map[string]string{}, o.textFile(export))
		}
		return o.ask(cmd, "trace", map[string]string{"call": one}, func(w io.Writer, answer json.RawMessage) error {
			if one != "" {
				return o.print(w, answer, shows(printLadders))
			}
			return o.print(w, answer, shows(printTraced))
		})
	}
	return cmd
}

// printTraced lists what can be shown, a line each.
func printTraced(w io.Writer, all []trace.Dialog) {
	if len(all) == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.trace-empty"))
		return
	}
	t := newTable(w)
	for _, d := range all {
		t.row(d.Began.Local().Format("15:04:05"), d.Method, d.To, catalogue.Text("cmd.trace-messages", "count", len(d.Messages)), cmp.Or(statusOf(d), "-"), cmp.Or(d.Call, d.ID))
	}
	t.end()
}

func statusOf(d trace.Dialog) string {
	if d.Status == 0 {
		return ""
	}
	return fmt.Sprint(d.Status)
}

// printLadders shows each message with which way it went, and then all of them whole, for one leg of a call after the other.
func printLadders(w io.Writer, all []trace.Dialog) {
	for i, d := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		for _, l := range d.Messages {
			arrow := "←"
			if l.Sent {
				arrow = "→"
			}
			fmt.Fprintf(w, "%s %s %-22s %s\n", l.At.Local().Format("15:04:05.000"), arrow, l.Remote, l.First)
		}
		for _, l := range d.Messages {
			fmt.Fprintf(w, "\n%s\n", strings.TrimRight(strings.ReplaceAll(l.Text, "\r\n", "\n"), "\n"))
		}
	}
}
