package main

import (
	"cmp"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/app/settings"
)

var forwardActions = map[string]func(c control, r request) error{"forward": control.forward}

// forwardAnswer is where the calls of an account go that are not taken here.
type forwardAnswer struct {
	Account  string `json:"account"`
	Always   string `json:"always,omitempty"`
	Busy     string `json:"busy,omitempty"`
	NoAnswer string `json:"noAnswer,omitempty"`
	After    int    `json:"after"` // seconds a call rings before NoAnswer

	By   string            `json:"by"`             // linecard, or pbx where the phone system was told by codes
	Told []app.ForwardTold `json:"told,omitempty"` // what it was told, and what not
}

func newForward(o *options) *cobra.Command {
	forward := newCommand("forward", "cmd.verb.forward", "cmd.operand.forward")
	forward.Args = cobra.ArbitraryArgs
	after := forward.Flags().String("after", "", "cmd.flag.forward-after")
	account := forward.Flags().String("account", "", "cmd.flag.forward-account")
	forward.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{"account": *account}
		switch {
		case len(args) == 0, len(args) == 1 && args[0] == "off":
		case len(args) == 2 && slices.Contains(settings.Forwardings(), settings.Forwarding(args[0])):
			req["number"] = args[1]
		default:
			return misuse("cmd.forward-words")
		}
		if len(args) > 0 {
			req["when"] = args[0]
		}
		if cmd.Flags().Changed("after") {
			if req["when"] != string(settings.ForwardNoAnswer) {
				return misuse("cmd.forward-after-noanswer")
			}
			req["after"] = *after
		}
		return o.ask(cmd, "forward", req, o.printed(showForwards))
	}
	return forward
}

// forward sets or shows where calls go. Where the phone system forwards them, it answers once that was told.
func (c control) forward(r request) error {
	set := c.program.Settings()
	told := func(err error, account string) error {
		if err != nil {
			return misused(err)
		}
		if err := instance.Lasting(r.ctx); err != nil {
			return err
		}
		return c.program.TellForwards(r.ctx, account)
	}
	switch when, id := r.args["when"], r.args["account"]; when {
	case "":
		all, told := []forwardAnswer{}, c.program.ForwardsTold()
		for _, a := range set.Get().Accounts {
			if id == "" || a.ID() == id {
				all = append(all, forwardAnswer{a.ID(), a.ForwardAlways, a.ForwardBusy, a.ForwardNoAnswer, a.ForwardSeconds(), cmp.Or(a.ForwardBy, settings.ForwardByLinecard), told[a.ID()]})
			}
		}
		for gone, is := range told { // accounts that are no more, whose phone systems forward all the same
			if !slices.ContainsFunc(set.Get().Accounts, func(a settings.Account) bool { return a.ID() == gone }) && (id == "" || id == gone) {
				all = append(all, forwardAnswer{Account: gone, By: settings.ForwardByPBX, Told: is})
			}
		}
		return r.reply(all)
	case "off":
		return told(set.Change(func(s *settings.Settings) {
			for i := range s.Accounts {
				if a := &s.Accounts[i]; id == "" || a.ID() == id {
					a.StopForwarding()
				}
			}
		}), id)
	default:
		if accounts := set.Get().Accounts; id == "" && len(accounts) > 0 {
			id = accounts[0].ID()
		}
		a, err := set.Get().FindAccount(id)
		if err == nil {
			err = a.Forward(settings.Forwarding(when), r.args["number"], r.args["after"])
		}
		if err == nil {
			err = set.Change(func(s *settings.Settings) { s.SetAccount(a) })
		}
		return told(err, a.ID())
	}
}

var showForwards = shows(func(w io.Writer, v []forwardAnswer) {
	t := newTable(w)
	defer t.end()
	none := true
	for _, a := range v {
		for _, f := range []struct {
			way          settings.Forwarding
			when, number string
		}{
			{settings.ForwardAlways, catalogue.Text("cmd.forward.always"), a.Always},
			{settings.ForwardBusy, catalogue.Text("cmd.forward.busy"), a.Busy},
			{settings.ForwardNoAnswer, unanswered(a), a.NoAnswer},
		} {
			if f.number == "" && toldOf(a, f.way) != "" { // it was to be told to stop
				none = false
				t.row(a.Account, f.when, "", toldOf(a, f.way))
			}
			if f.number != "" {
				none = false
				t.row(a.Account, f.when, f.number, toldOf(a, f.way))
			}
		}
	}
	if none {
		t.row(catalogue.Text("cmd.forward-none"))
	}
})

// unanswered says after how long calls go on that nobody answers. Where a phone system forwards them, that is what it was told.
func unanswered(a forwardAnswer) string {
	seconds := a.After
	for _, f := range a.Told {
		switch {
		case f.When != string(settings.ForwardNoAnswer):
		case f.Number == "":
			seconds = f.ToldSeconds
		default:
			seconds = f.Seconds
		}
	}
	if seconds == 0 {
		return catalogue.Text("cmd.forward.unanswered")
	}
	return catalogue.Text("cmd.forward.noanswer", "seconds", seconds)
}

// toldOf says what the phone system was told of a way, and what not; "" where it was told nothing.
func toldOf(a forwardAnswer, way settings.Forwarding) string {
	var all []string
	for _, f := range a.Told {
		if f.When != string(way) {
			continue
		}
		switch {
		case f.Telling:
			all = append(all, catalogue.Text("cmd.forward.telling"))
		case f.Told != "" && f.Number != f.Told:
			all = append(all, catalogue.Text("cmd.forward.told-other", "number", f.Told))
		case f.Told != "" && f.Reason == "":
			all = append(all, catalogue.Text("cmd.forward.told"))
		}
		if f.Unsure != "" && f.Unsure != f.Number {
			all = append(all, catalogue.Text("cmd.forward.unsure", "number", f.Unsure))
		}
		if f.Reason != "" { // it is a sentence, and ends the line
			all = append(all, catalogue.Text("cmd.forward.not-told", "why", f.Reason))
		}
	}
	return facts(all...)
}
