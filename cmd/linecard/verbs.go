package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"linecard/app/instance"
)

// verb is a command that asks the running app for something. Its words are ids of messages.
type verb struct {
	name, short string
	operand     string // name of the positional argument in the request, "" for none
	takes       string // what the argument is called in the help
	optional    bool   // a flag will do instead of the operand
	call        bool   // takes --call
	flags       []flag
	show        func(w io.Writer, answer json.RawMessage) error
}

// flag is a flag of a verb: a text, or true or false.
type flag struct {
	name, usage string
	yes         bool // without a value it is true
}

var verbs = []verb{
	{name: "dial", short: "cmd.verb.dial", operand: "number", takes: "cmd.operand.number", show: showDialed, flags: []flag{{name: "account", usage: "cmd.flag.from-account"}, {name: "force", usage: "cmd.flag.force-dial", yes: true}, {name: "reason", usage: "cmd.flag.dial-reason"}, {name: "show", usage: "cmd.flag.show-dial", yes: true}, {name: "as", usage: "cmd.flag.dial-as"}}},
	{name: "answer", short: "cmd.verb.answer", call: true},
	{name: "decline", short: "cmd.verb.decline", call: true},
	{name: "hangup", short: "cmd.verb.hangup", call: true},
	{name: "hold", short: "cmd.verb.hold", call: true},
	{name: "resume", short: "cmd.verb.resume", call: true},
	{name: "mute", short: "cmd.verb.mute", call: true},
	{name: "unmute", short: "cmd.verb.unmute", call: true},
	{name: "dtmf", short: "cmd.verb.dtmf", operand: "digits", takes: "cmd.operand.digits", call: true},
	{
		name: "transfer", short: "cmd.verb.transfer", operand: "target", takes: "cmd.operand.number", optional: true, call: true, show: showDialed,
		flags: []flag{
			{name: "blind", usage: "cmd.flag.transfer-blind", yes: true},
			{name: "consult", usage: "cmd.flag.transfer-consult", yes: true},
			{name: "attended", usage: "cmd.flag.transfer-attended", yes: true},
			{name: "owner", usage: "cmd.flag.transfer-owner", yes: true},
			{name: "complete", usage: "cmd.flag.transfer-complete", yes: true},
			{name: "to-call", usage: "cmd.flag.transfer-to-call"},
			{name: "cancel", usage: "cmd.flag.transfer-cancel", yes: true},
			{name: "follow", usage: "cmd.flag.transfer-follow", yes: true},
			{name: "refuse", usage: "cmd.flag.transfer-refuse", yes: true},
			{name: "force", usage: "cmd.flag.force-dial", yes: true},
			{name: "reason", usage: "cmd.flag.dial-reason"},
		},
	},
	{name: "swap", short: "cmd.verb.swap", call: true},
	{name: "pickup", short: "cmd.verb.pickup", operand: "extension", takes: "cmd.operand.extension", show: showDialed, flags: []flag{{name: "account", usage: "cmd.flag.colleague-account"}}},
	{name: "pick", short: "cmd.verb.pick", operand: "record", takes: "cmd.operand.record", call: true, flags: []flag{{name: "org", usage: "cmd.flag.org-of-record"}}},
	{
		name: "note", short: "cmd.verb.note", operand: "notes", takes: "cmd.operand.text", optional: true, call: true,
		flags: []flag{{name: "outcome", usage: "cmd.flag.outcome"}, {name: "subject", usage: "cmd.flag.subject"}, {name: "answer", usage: "cmd.flag.answer"}},
	},
	{name: "save", short: "cmd.verb.save", call: true},
	{name: "dont-log", short: "cmd.verb.dont-log", call: true},
	{name: "unlink", short: "cmd.verb.unlink", flags: []flag{
		{name: "org", usage: "cmd.flag.org-to-unlink"}, {name: "remove", usage: "cmd.flag.remove-org", yes: true}, {name: "force", usage: "cmd.flag.force-remove-org", yes: true},
	}},
	{name: "lookup", short: "cmd.verb.lookup", operand: "number", takes: "cmd.operand.number", show: showLookup, flags: []flag{{name: "org", usage: "cmd.flag.org-to-ask"}}},
	{name: "look-up-again", short: "cmd.verb.look-up-again", call: true},
	{name: "status", short: "cmd.verb.status", show: showStatus, flags: []flag{ofAccount}},
	{name: "meter", short: "cmd.verb.meter", show: showMeter},
	{name: "calls", short: "cmd.verb.calls", show: showCalls, flags: []flag{ofAccount}},
	{
		name: "history", short: "cmd.verb.history", show: showHistory,
		flags: []flag{
			ofAccount,
			{name: "limit", usage: "cmd.flag.limit"},
			{name: "search", usage: "cmd.flag.search"},
			{name: "missed", usage: "cmd.flag.missed", yes: true},
			{name: "not-logged", usage: "cmd.flag.not-logged", yes: true},
			{name: "needs-record", usage: "cmd.flag.needs-record", yes: true},
			{name: "from", usage: "cmd.flag.from-day"},
			{name: "to", usage: "cmd.flag.to-day"},
			{name: "direction", usage: "cmd.flag.direction"},
			{name: "outcome", usage: "cmd.flag.of-outcome"},
		},
	},
	{name: "owed", short: "cmd.verb.owed", show: showOwed, flags: []flag{{name: "done", usage: "cmd.flag.owed-done"}}},
	{name: "echo", short: "cmd.verb.echo", show: showDialed, flags: []flag{{name: "account", usage: "cmd.flag.from-account"}}},
	{name: "dnd", short: "cmd.verb.dnd", operand: "state", takes: "cmd.operand.on-off"},
	{name: "demo-scene", short: "cmd.verb.demo-scene", operand: "scene", takes: "cmd.operand.scene"},
	{name: "quit", short: "cmd.verb.quit", flags: []flag{{name: "force", usage: "cmd.flag.force", yes: true}}},
}

// ofAccount is the flag of verbs that show what belongs to one account.
var ofAccount = flag{name: "account", usage: "cmd.flag.of-account"}

func newVerbs(o *options) []*cobra.Command {
	var out []*cobra.Command
	for _, v := range verbs {
		if v.name == "history" {
			out = append(out, newHistory(o, v))
			continue
		}
		out = append(out, newVerb(o, v))
	}
	return append(out, newLink(o), newOrgs(o), newDoctor(o), newProfile(o), newOutbox(o), newErrors(o), newDirectory(o), newShow(o), newLayouts(o), newObjects(o), newCard(o), newForward(o), newVoicemail(o), newConference(o), newColleagues(o), newQueue(o), newSpelling(o), newTrace(o), newEvents(o))
}

func newVerb(o *options, v verb) *cobra.Command {
	cmd := newCommand(v.name, v.short, v.takes)
	switch {
	case v.optional:
		cmd.Args = atMostOne
	case v.operand != "":
		cmd.Args = oneArg
	default:
		cmd.Args = noArgs
	}
	var call string
	if v.call {
		cmd.Flags().StringVar(&call, "call", "", "cmd.flag.call")
	}
	for _, f := range v.flags {
		cmd.Flags().String(f.name, "", f.usage)
		if f.yes {
			cmd.Flags().Lookup(f.name).NoOptDefVal = "true"
		}
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		req, err := v.asked(cmd)
		if err != nil {
			return err
		}
		req["call"] = call
		if len(args) > 0 {
			req[v.operand] = args[0]
		}
		if v.optional && len(req) == 1 { // the call alone
			return oneArg(cmd, args)
		}
		return o.ask(cmd, cmd.Name(), req, o.printed(v.show))
	}
	return cmd
}

// asked is what the flags of a command ask for, by their names.
func (v verb) asked(cmd *cobra.Command) (map[string]string, error) {
	req := map[string]string{}
	for _, f := range v.flags {
		if !cmd.Flags().Changed(f.name) {
			continue
		}
		value := cmd.Flag(f.name).Value.String()
		if f.yes && value != "true" && value != "false" {
			return nil, misuse("cmd.flag-true-false", "flag", "--"+f.name, "value", value)
		}
		req[f.name] = value
	}
	return req, nil
}

// ask sends a request to the running app and prints its answer.
func (o *options) ask(cmd *cobra.Command, name string, args map[string]string, show func(io.Writer, json.RawMessage) error) error {
	answered := false
	err := instance.Call(cmd.Context(), o.dir(), instance.Request{Verb: name, Args: args}, func(answer json.RawMessage) error {
		answered = true
		return show(o.out, answer)
	})
	if answered {
		return err
	}
	return o.done(err)
}

// done ends a verb that has no answer: with --json it says that it is done.
func (o *options) done(err error) error {
	if err == nil && o.json {
		_, err = fmt.Fprintln(o.out, `{"ok":true}`)
	}
	return err
}

// print prints an answer: as it came where --json is given or only programs read it, otherwise for people.
func (o *options) print(w io.Writer, answer json.RawMessage, show func(io.Writer, json.RawMessage) error) error {
	if o.json || show == nil {
		_, err := fmt.Fprintf(w, "%s\n", answer)
		return err
	}
	return show(w, answer)
}

// printed prints answers with show, unless --json is given.
func (o *options) printed(show func(io.Writer, json.RawMessage) error) func(io.Writer, json.RawMessage) error {
	return func(w io.Writer, answer json.RawMessage) error { return o.print(w, answer, show) }
}

// raw prints answers as they come.
func (o *options) raw(w io.Writer, answer json.RawMessage) error { return o.print(w, answer, nil) }

func newEvents(o *options) *cobra.Command {
	cmd := newCommand("events", "cmd.verb.events")
	cmd.Args = noArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		err := o.ask(cmd, "events", map[string]string{}, o.raw)
		if cmd.Context().Err() != nil {
			return nil // Ctrl+C is how one leaves
		}
		return err
	}
	return cmd
}

func newOutbox(o *options) *cobra.Command {
	list := newVerb(o, verb{name: "outbox", short: "cmd.verb.outbox", show: showOutbox})
	var asMe, sendHeld, dropHeld bool
	retry := newCommand("retry", "cmd.verb.outbox-retry", "cmd.operand.id")
	retry.Args = oneUnless(&sendHeld)
	retry.Flags().BoolVar(&asMe, "as-me", false, "cmd.flag.as-me")
	retry.Flags().BoolVar(&sendHeld, "held", false, "cmd.flag.send-held")
	retry.RunE = func(cmd *cobra.Command, args []string) error {
		if sendHeld {
			return o.ask(cmd, "outbox-retry", map[string]string{"held": "true"}, o.printed(showHeldSent))
		}
		return o.ask(cmd, "outbox-retry", map[string]string{"id": args[0], "as-me": strconv.FormatBool(asMe)}, o.raw)
	}
	discard := newCommand("discard", "cmd.verb.outbox-discard", "cmd.operand.id")
	discard.Args = oneUnless(&dropHeld)
	discard.Flags().BoolVar(&dropHeld, "held", false, "cmd.flag.drop-held")
	discard.RunE = func(cmd *cobra.Command, args []string) error {
		if dropHeld {
			return o.ask(cmd, "outbox-discard", map[string]string{"held": "true"}, o.printed(showHeldDropped))
		}
		return o.ask(cmd, "outbox-discard", map[string]string{"id": args[0]}, o.raw)
	}
	send := newCommand("send", "cmd.verb.outbox-send")
	send.Args = noArgs
	send.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "outbox-send", map[string]string{}, func(w io.Writer, answer json.RawMessage) error {
			return o.print(w, answer, showSent)
		})
	}
	list.AddCommand(retry, discard, send)
	return list
}

// oneUnless wants one operand, and none where the flag stands in its place.
func oneUnless(flag *bool) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if *flag {
			return noArgs(cmd, args)
		}
		return oneArg(cmd, args)
	}
}

func newLink(o *options) *cobra.Command {
	var host, client, org string
	var noBrowser, add bool
	var timeout time.Duration
	cmd := newCommand("link", "cmd.verb.link")
	cmd.Args = noArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if add && org != "" {
			return misuse("cmd.add-or-org")
		}
		return o.ask(cmd, "link", map[string]string{
			"login-host": host, "client-id": client, "no-browser": strconv.FormatBool(noBrowser), "timeout": timeout.String(),
			"org": org, "add": strconv.FormatBool(add),
		}, func(w io.Writer, answer json.RawMessage) error {
			if asked, err := o.askWhatIsShown(answer); asked {
				return err
			}
			return o.print(w, answer, func(w io.Writer, answer json.RawMessage) error { return showLink(w, answer, noBrowser) })
		})
	}
	cmd.Flags().StringVar(&host, "login-host", "", "cmd.flag.login-host")
	cmd.Flags().StringVar(&client, "client-id", "", "cmd.flag.client-id")
	cmd.Flags().StringVar(&org, "org", "", "cmd.flag.org-to-link")
	cmd.Flags().BoolVar(&add, "add", false, "cmd.flag.add")
	cmd.Flags().BoolVar(&noBrowser, "no-browser", false, "cmd.flag.no-browser")
	cmd.Flags().DurationVar(&timeout, "timeout", 5*time.Minute, "cmd.flag.timeout")
	return cmd
}
