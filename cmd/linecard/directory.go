package main

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/mirror"
	"linecard/crm"
	"linecard/fault"
)

// directoryActions are what the running app is asked about the copy of the org's people.
var directoryActions = map[string]func(c control, r request) error{
	"directory-status": func(c control, r request) error { return r.reply(answerCopies(c)) },
	"directory-sync": ofOrg(func(c control, r request, org string) error {
		if err := c.program.SyncCopy(org); err != nil || r.args["wait"] != "true" {
			return err
		}
		return c.awaitCopies(r.ctx, org)
	}),
	"directory-pause": ofOrg(func(c control, r request, org string) error {
		return c.program.PauseCopy(org, r.args["resume"] != "true")
	}),
	"directory-wipe": ofOrg(func(c control, r request, org string) error { return c.program.WipeCopy(r.ctx, org) }),
	"directory-every": func(c control, r request) error {
		if minutes := r.args["minutes"]; minutes != "" {
			if err := c.program.Settings().Set(everySetting, minutes); err != nil {
				return misused(err)
			}
		}
		return r.reply(everyAnswer{c.program.Settings().Get().Directory.Minutes})
	},
	"directory-search": ofOrg(func(c control, r request, org string) error {
		found, err := c.program.SearchCopy(r.ctx, org, r.args["name"])
		if err != nil {
			return err
		}
		return r.reply(found)
	}),
}

// everySetting is how often changes are taken over, in minutes.
const everySetting = "directory.sync_minutes"

type everyAnswer struct {
	Minutes int `json:"minutes"`
}

var showEvery = shows(func(w io.Writer, a everyAnswer) {
	t := newTable(w)
	defer t.end()
	t.row(catalogue.Text("cmd.directory-every", "count", a.Minutes))
})

// ofOrg finds the org that a person means; "" is all of them.
func ofOrg(do func(control, request, string) error) func(control, request) error {
	return func(c control, r request) error {
		org := r.args["org"]
		if org != "" {
			var err error
			if org, err = c.program.FindOrg(org); err != nil {
				return misused(err)
			}
		}
		return do(c, r, org)
	}
}

// awaitCopies waits until the copy of an org, of every org with "", is up to date or waits itself. What keeps it is the error.
func (c control) awaitCopies(ctx context.Context, org string) error {
	look := time.NewTicker(100 * time.Millisecond)
	defer look.Stop()
	for {
		busy := false
		var why error
		for _, s := range c.program.Copies() {
			if org != "" && s.Org != org {
				continue
			}
			busy = busy || s.Busy()
			if f := whyNot(s, c.program.Orgs()); !f.IsZero() {
				why = &fault.Error{Fault: f}
			}
		}
		if !busy {
			return why
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
	}
}

// whyNot is why a copy is not up to date; the zero Fault where it is, or is about to be.
func whyNot(s mirror.Status, orgs []crm.LinkStatus) fault.Fault {
	if !s.Error.IsZero() || s.State != mirror.Waiting && s.State != mirror.Paused && s.State != mirror.Off {
		return s.Error
	}
	for _, o := range orgs {
		if o.OrgID == s.Org && o.UserID == s.User && o.State != crm.Linked && !o.Reason.IsZero() {
			return o.Reason
		}
	}
	switch s.State {
	case mirror.Paused:
		return fault.New("directory.resume-it")
	case mirror.Off:
		return fault.New(mirror.ErrOff)
	}
	return fault.New(mirror.ErrNoLink)
}

type copyAnswer struct {
	mirror.Status
	Name       string     `json:"name,omitempty"` // of the org
	Says       string     `json:"says"`
	Reason     string     `json:"reason,omitempty"`
	ReasonCode fault.Code `json:"reasonCode,omitempty"`
}

func answerCopies(c control) []copyAnswer {
	all := []copyAnswer{}
	for _, s := range c.program.Copies() {
		a := copyAnswer{Status: s, Says: s.Line(), Reason: s.Why(), ReasonCode: s.Error.Code}
		for _, o := range c.program.Orgs() {
			if o.OrgID == s.Org {
				a.Name = app.OrgTitle(o)
			}
		}
		all = append(all, a)
	}
	return all
}

var showCopies = shows(func(w io.Writer, all []copyAnswer) {
	t := newTable(w)
	defer t.end()
	if len(all) == 0 {
		t.row(catalogue.Text("cmd.directory-none"))
	}
	for _, a := range all {
		t.row(a.Name, a.Org)
		t.row(catalogue.Text("cmd.directory-state"), a.Says)
		t.row(catalogue.Text("cmd.directory-people"), a.People())
		t.row(catalogue.Text("cmd.directory-age"), a.Age())
		if a.Reason != "" {
			t.row(catalogue.Text("cmd.directory-why"), a.Reason)
		}
	}
})

var showPeople = shows(func(w io.Writer, all []crm.Record) {
	t := newTable(w)
	defer t.end()
	for _, r := range all {
		phone := ""
		if len(r.Phones) > 0 {
			phone = r.Phones[0].Value
		}
		t.row(r.Name, r.Company, phone, r.Object, r.ID)
	}
})

// newDirectory shows and steers the copy of the org's people.
func newDirectory(o *options) *cobra.Command {
	root := newCommand("directory", "cmd.verb.directory")
	root.Args = noArgs
	root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	for _, v := range []struct {
		name, short, flag, usage string
	}{
		{"status", "cmd.verb.directory-status", "", ""},
		{"sync", "cmd.verb.directory-sync", "wait", "cmd.flag.directory-wait"},
		{"pause", "cmd.verb.directory-pause", "resume", "cmd.flag.directory-resume"},
		{"wipe", "cmd.verb.directory-wipe", "", ""},
	} {
		cmd := newCommand(v.name, v.short)
		cmd.Args = noArgs
		var org string
		var yes bool
		if v.name != "status" {
			cmd.Flags().StringVar(&org, "org", "", "cmd.flag.directory-org")
		}
		if v.flag != "" {
			cmd.Flags().BoolVar(&yes, v.flag, false, v.usage)
		}
		cmd.RunE = func(cmd *cobra.Command, _ []string) error {
			args := map[string]string{"org": org}
			if yes {
				args[v.flag] = "true"
			}
			if v.name == "status" {
				return o.ask(cmd, "directory-status", args, o.printed(showCopies))
			}
			return o.ask(cmd, "directory-"+v.name, args, o.raw)
		}
		root.AddCommand(cmd)
	}
	var org string
	search := newCommand("search", "cmd.verb.directory-search", "cmd.operand.text")
	search.Args = oneArg
	search.Flags().StringVar(&org, "org", "", "cmd.flag.directory-org")
	search.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "directory-search", map[string]string{"name": args[0], "org": org}, o.printed(showPeople))
	}
	every := newCommand("every", "cmd.verb.directory-every", "cmd.operand.minutes")
	every.Args = atMostOne
	every.RunE = func(cmd *cobra.Command, args []string) error {
		asked := map[string]string{}
		if len(args) == 1 {
			asked["minutes"] = args[0]
		}
		return o.ask(cmd, "directory-every", asked, o.printed(showEvery))
	}
	root.AddCommand(search, every)
	return root
}
