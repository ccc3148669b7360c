package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"linecard/app/catalogue"
	"linecard/app/checkup"
	"linecard/fault"
)

// doctorActions are what the running app is asked of its health.
var doctorActions = map[string]func(c control, r request) error{
	"doctor": func(c control, r request) error { return r.reply(c.program.Doctor(r.ctx)) },
	"doctor-report": func(c control, r request) error {
		doc, err := c.program.Report(r.ctx)
		if err != nil {
			return err
		}
		return r.reply(json.RawMessage(doc))
	},
}

// newDoctor shows what works and what does not, or writes the file for support.
func newDoctor(o *options) *cobra.Command {
	var report string
	cmd := newCommand("doctor", "cmd.verb.doctor")
	cmd.Args = noArgs
	cmd.Flags().StringVar(&report, "report", "", "cmd.flag.doctor-report")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("report") {
			if report == "" {
				return misuse("cmd.export-nowhere")
			}
			return o.ask(cmd, "doctor-report", map[string]string{}, o.document(report))
		}
		var failed error
		err := o.ask(cmd, "doctor", map[string]string{}, func(w io.Writer, answer json.RawMessage) error {
			failed = failedChecks(answer)
			return o.print(w, answer, shows(printDoctor))
		})
		if err != nil {
			return err
		}
		return failed
	}
	return cmd
}

// failedChecks counts what keeps calls from being taken, found or logged, for the exit status. Warnings do not count.
func failedChecks(answer json.RawMessage) error {
	var found []checkup.Line
	if err := json.Unmarshal(answer, &found); err != nil {
		return fault.Err(err, "cmd.answer-unreadable")
	}
	failed := 0
	for _, f := range found {
		if !f.OK && !f.Minor {
			failed++
		}
	}
	if failed == 0 {
		return nil
	}
	return fault.Err(nil, "cmd.checks-failed", "count", failed)
}

func printDoctor(w io.Writer, v []checkup.Line) {
	warnings := 0
	t := newTable(w)
	for _, c := range v {
		mark := catalogue.Text("cmd.check-ok")
		switch {
		case c.Minor:
			mark = catalogue.Text("cmd.check-minor")
			warnings++
		case !c.OK:
			mark = catalogue.Text("cmd.check-failed")
		}
		t.row(mark, c.Check, c.Detail)
		if c.Remedy == "" { // where it is set is for programs and the window
			continue
		}
		for _, line := range []string{c.Remedy, c.Setup} {
			if line != "" {
				t.row("", "", line)
			}
		}
	}
	t.end()
	if warnings > 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.warnings", "count", warnings))
	}
}
