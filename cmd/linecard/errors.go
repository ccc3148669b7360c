package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"linecard/app/catalogue"
	"linecard/app/errorlog"
	"linecard/fault"
	"linecard/wholefile"
)

// testTime bounds a test of a notice.
const testTime = 45 * time.Second

// errorActions are what the running app is asked about errors.
var errorActions = map[string]func(c control, r request) error{
	"errors":       func(c control, r request) error { return r.reply(c.program.Errors()) },
	"errors-clear": func(c control, _ request) error { c.program.ClearErrors(); return nil },
	"errors-export": func(c control, r request) error {
		doc, err := c.program.ExportErrors()
		if err != nil {
			return err
		}
		return r.reply(json.RawMessage(doc))
	},
	"errors-test-mail":    tested(func(c control, ctx context.Context) error { return c.program.TestMail(ctx) }),
	"errors-test-webhook": tested(func(c control, ctx context.Context) error { return c.program.TestWebhook(ctx) }),
	"errors-mail-password": func(c control, r request) error {
		return c.program.SetMailPassword(r.ctx, r.args["password"])
	},
	"errors-webhook-secret": func(c control, r request) error {
		return c.program.SetWebhookSecret(r.ctx, r.args["password"])
	},
}

func tested(test func(control, context.Context) error) func(control, request) error {
	return func(c control, r request) error {
		ctx, cancel := context.WithTimeout(r.ctx, testTime)
		defer cancel()
		return test(c, ctx)
	}
}

// newErrors shows what went wrong, and tries and sets up how people are told of it.
func newErrors(o *options) *cobra.Command {
	var clear bool
	var export string
	list := newCommand("errors", "cmd.verb.errors")
	list.Args = noArgs
	list.Flags().BoolVar(&clear, "clear", false, "cmd.flag.errors-clear")
	list.Flags().StringVar(&export, "export", "", "cmd.flag.errors-export")
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		if cmd.Flags().Changed("export") {
			if export == "" {
				return misuse("cmd.export-nowhere")
			}
			if err := o.exportErrors(cmd, export); err != nil {
				return err
			}
		}
		if clear {
			return o.ask(cmd, "errors-clear", map[string]string{}, o.raw)
		}
		if cmd.Flags().Changed("export") {
			return nil
		}
		return o.ask(cmd, "errors", map[string]string{}, o.printed(showErrors))
	}
	for _, test := range []struct{ name, short string }{{"test-mail", "cmd.verb.errors-test-mail"}, {"test-webhook", "cmd.verb.errors-test-webhook"}} {
		cmd := newCommand(test.name, test.short)
		cmd.Args = noArgs
		cmd.RunE = func(cmd *cobra.Command, _ []string) error {
			return o.ask(cmd, "errors-"+test.name, map[string]string{}, o.raw)
		}
		list.AddCommand(cmd)
	}
	list.AddCommand(newAlertSecret(o, "mail-password", "cmd.verb.errors-mail-password"), newAlertSecret(o, "webhook-secret", "cmd.verb.errors-webhook-secret"))
	return list
}

// newAlertSecret keeps a secret of the notices, which is read from standard input and never from the command line.
func newAlertSecret(o *options, name, short string) *cobra.Command {
	var fromStdin, none bool
	cmd := newCommand(name, short)
	cmd.Args = noArgs
	cmd.Flags().BoolVar(&fromStdin, "password-stdin", false, "cmd.flag.secret-stdin")
	cmd.Flags().BoolVar(&none, "none", false, "cmd.flag.secret-none")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if fromStdin == none {
			return misuse("cmd.secret-or-none")
		}
		args := map[string]string{"password": ""}
		if fromStdin {
			secret, err := readPassword(o.in)
			if err != nil {
				return err
			}
			if secret == "" {
				return misuse("cmd.password-empty")
			}
			args["password"] = secret
		}
		return o.ask(cmd, "errors-"+name, args, o.raw)
	}
	return cmd
}

// exportErrors writes the list to a file, or with "-" to standard output.
func (o *options) exportErrors(cmd *cobra.Command, path string) error {
	return o.ask(cmd, "errors-export", map[string]string{}, o.document(path))
}

// document writes a JSON document to a file, or with "-" to standard output.
func (o *options) document(path string) func(w io.Writer, answer json.RawMessage) error {
	return func(w io.Writer, answer json.RawMessage) error {
		var doc bytes.Buffer
		if err := json.Indent(&doc, answer, "", "  "); err != nil {
			return fault.Err(err, "cmd.answer-unreadable")
		}
		doc.WriteByte('\n')
		if path == "-" {
			_, err := doc.WriteTo(w)
			return err
		}
		if err := wholefile.Write(path, doc.Bytes(), 0o600); err != nil {
			return fault.Err(err, "cmd.export-unwritable", "file", path)
		}
		return o.done(nil)
	}
}

// textFile writes a text that is the answer to a file, or with "-" to standard output.
func (o *options) textFile(path string) func(w io.Writer, answer json.RawMessage) error {
	return func(w io.Writer, answer json.RawMessage) error {
		var text string
		if err := json.Unmarshal(answer, &text); err != nil {
			return fault.Err(err, "cmd.answer-unreadable")
		}
		if path == "-" {
			_, err := io.WriteString(w, text)
			return err
		}
		if err := writeProfile(path, []byte(text)); err != nil {
			return err
		}
		return o.done(nil)
	}
}

var showErrors = shows(func(w io.Writer, rows []errorlog.Row) {
	if len(rows) == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.errors.none"))
	}
	t := newTable(w)
	defer t.end()
	for _, r := range rows {
		t.row(catalogue.Text("cmd.errors.when", "at", r.Last.Local()), r.Area.Title(), catalogue.Text("cmd.errors.times", "count", r.Count), facts(r.Org, r.Account))
		t.row("", r.What)
		t.row("", r.Remedy)
	}
})
