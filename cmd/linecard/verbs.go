package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecard/app/instance"
)

// verb is a command that asks the running app for something.
type verb struct {
	use, short string
	operand    string            // name of the positional argument in the request, "" for none
	optional   bool              // a flag will do instead of the operand
	call       bool              // takes --call
	flags      map[string]string // more string flags: name → usage
	show       func(w io.Writer, answer json.RawMessage) error
	verdict    func(answer json.RawMessage) error // makes a good answer a failure; nil: never
}

var verbs = []verb{
	{use: "dial NUMBER", short: "Call a number", operand: "number", show: showDialed, flags: map[string]string{"account": "`account` to call from, by its id, label or extension; without it the first"}},
	{use: "answer", short: "Answer the ringing call", call: true},
	{use: "decline", short: "Decline the ringing call", call: true},
	{use: "hangup", short: "End the call", call: true},
	{use: "hold", short: "Put the call on hold", call: true},
	{use: "resume", short: "Take the call off hold", call: true},
	{use: "mute", short: "Switch the microphone off", call: true},
	{use: "unmute", short: "Switch the microphone on", call: true},
	{use: "dtmf DIGITS", short: "Press keys in the call", operand: "digits", call: true},
	{use: "transfer NUMBER", short: "Hand the call to another number", operand: "target", call: true},
	{use: "pick RECORD-ID", short: "Say which of several matches the caller is", operand: "record", call: true},
	{
		use: "note [TEXT]", short: "Write notes, outcome or subject for the Task", operand: "notes", optional: true, call: true,
		flags: map[string]string{"outcome": "what the call came to", "subject": "subject of the Task"},
	},
	{use: "save", short: "End wrap-up and send what was typed", call: true},
	{use: "dont-log", short: "Keep the call out of Salesforce", call: true},
	{
		use: "unlink", short: "Revoke the link to Salesforce",
		flags: map[string]string{
			"org": "`org` by its id or name; needed where several are linked", "remove": "true: take the org out of the settings too",
			"force": "true: even if calls are not logged in it yet",
		},
	},
	{use: "doctor", short: "Check the phone and the org; fails when a check does", show: shows(printDoctor), verdict: failedChecks},
	{use: "lookup NUMBER", short: "Find who a number belongs to", operand: "number", show: showLookup, flags: map[string]string{"org": "`org` to ask, by its id or name; without it the first"}},
	{use: "status", short: "Show how the phone and the org stand", show: showStatus, flags: ofAccount},
	{use: "calls", short: "Show the calls on the desk", show: showCalls, flags: ofAccount},
	{
		use: "history", short: "Show past calls", show: showHistory,
		flags: map[string]string{"account": ofAccount["account"], "limit": "how `many`", "search": "part of a name, company or number", "missed": "true: missed calls only", "not-logged": "true: calls not in Salesforce only"},
	},
	{use: "dnd on|off", short: "Do not disturb", operand: "state"},
	{use: "demo-scene SCENE", short: "Play one of the demo's scenes", operand: "scene"},
	{use: "quit", short: "End the running app", flags: map[string]string{"force": "true: even if calls that could not be saved are lost"}},
}

// ofAccount is the flag of verbs that show what belongs to one account.
var ofAccount = map[string]string{"account": "`account` by its id, label or extension; without it all"}

func newVerbs(o *options) []*cobra.Command {
	var out []*cobra.Command
	for _, v := range verbs {
		out = append(out, newVerb(o, v))
	}
	return append(out, newLink(o), newOutbox(o), newEvents(o))
}

func newVerb(o *options, v verb) *cobra.Command {
	args := noArgs
	switch {
	case v.optional:
		args = atMostOne
	case v.operand != "":
		args = oneArg
	}
	cmd := &cobra.Command{Use: v.use, Short: v.short, Args: args}
	var call string
	if v.call {
		cmd.Flags().StringVar(&call, "call", "", "`id` of the call; without it the one that fits")
	}
	given := map[string]*string{}
	for name, usage := range v.flags {
		given[name] = cmd.Flags().String(name, "", usage)
		if strings.HasPrefix(usage, "true:") {
			cmd.Flags().Lookup(name).NoOptDefVal = "true"
		}
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{"call": call}
		if len(args) > 0 {
			req[v.operand] = args[0]
		}
		for name, value := range given {
			if !cmd.Flags().Changed(name) {
				continue
			}
			if cmd.Flags().Lookup(name).NoOptDefVal == "true" && *value != "true" && *value != "false" {
				return misuse{fmt.Errorf("--%s takes true or false, not %q", name, *value)}
			}
			req[name] = *value
		}
		if v.optional && len(req) == 1 { // the call alone
			return oneArg(cmd, args)
		}
		var verdict error
		err := o.ask(cmd, cmd.Name(), req, func(w io.Writer, answer json.RawMessage) error {
			if v.verdict != nil {
				verdict = v.verdict(answer)
			}
			return o.print(w, answer, v.show)
		})
		return errors.Join(err, verdict)
	}
	return cmd
}

// ask sends a request to the running app and prints its answer.
func (o *options) ask(cmd *cobra.Command, name string, args map[string]string, show func(io.Writer, json.RawMessage) error) error {
	answered := false
	err := instance.Call(cmd.Context(), o.dir(), instance.Request{Verb: name, Args: args}, func(answer json.RawMessage) error {
		answered = true
		return show(o.out, answer)
	})
	if err == nil && !answered && o.json {
		_, err = fmt.Fprintln(o.out, `{"ok":true}`)
	}
	return err
}

// print prints an answer: as it came with --json and where it is for programs, else for people.
func (o *options) print(w io.Writer, answer json.RawMessage, show func(io.Writer, json.RawMessage) error) error {
	if o.json || show == nil {
		_, err := fmt.Fprintf(w, "%s\n", answer)
		return err
	}
	return show(w, answer)
}

// raw prints answers as they come.
func (o *options) raw(w io.Writer, answer json.RawMessage) error { return o.print(w, answer, nil) }

func newEvents(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "events", Short: "Print a JSON line per event, as they happen", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := o.ask(cmd, "events", map[string]string{}, o.raw)
			if cmd.Context().Err() != nil {
				return nil // Ctrl+C is how one leaves
			}
			return err
		},
	}
}

func newOutbox(o *options) *cobra.Command {
	list := newVerb(o, verb{use: "outbox", short: "Show calls not in Salesforce yet, and why", show: showOutbox})
	var asMe bool
	retry := &cobra.Command{
		Use: "retry ID", Short: "Send one again now", Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.ask(cmd, "outbox-retry", map[string]string{"id": args[0], "as-me": strconv.FormatBool(asMe)}, o.raw)
		},
	}
	retry.Flags().BoolVar(&asMe, "as-me", false, "log it as the user linked now, in that user's org, though it waits for another")
	list.AddCommand(retry, &cobra.Command{
		Use: "discard ID", Short: "Give one up", Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.ask(cmd, "outbox-discard", map[string]string{"id": args[0]}, o.raw)
		},
	})
	return list
}

func newLink(o *options) *cobra.Command {
	var host, client, org string
	var noBrowser, add bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "link", Short: "Link your Salesforce org in the browser", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if add && org != "" {
				return misuse{errors.New("--add and --org exclude each other: --add links one more org, --org links that one again")}
			}
			return o.ask(cmd, "link", map[string]string{
				"login-host": host, "client-id": client, "no-browser": strconv.FormatBool(noBrowser), "timeout": timeout.String(),
				"org": org, "add": strconv.FormatBool(add),
			}, func(w io.Writer, answer json.RawMessage) error {
				return o.print(w, answer, func(w io.Writer, answer json.RawMessage) error { return showLink(w, answer, noBrowser) })
			})
		},
	}
	cmd.Flags().StringVar(&host, "login-host", "", "`URL` to log in at: https://login.salesforce.com, https://test.salesforce.com or My Domain")
	cmd.Flags().StringVar(&client, "client-id", "", "consumer `key` of the External Client App")
	cmd.Flags().StringVar(&org, "org", "", "`org` to link again, by its id or name; without it the first")
	cmd.Flags().BoolVar(&add, "add", false, "link one more org, and let the others be")
	cmd.Flags().BoolVar(&noBrowser, "no-browser", false, "print the authorize URL instead of opening it")
	cmd.Flags().DurationVar(&timeout, "timeout", 5*time.Minute, "how long to wait for the browser")
	return cmd
}
