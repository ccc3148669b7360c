package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"linecard/app/catalogue"
	"linecard/app/program"
)

// ownerActions are what the running app is asked about who owns logs.
var ownerActions = map[string]func(c control, r request) error{
	"owners": inOrg(func(c control, r request, org string) error {
		all := c.program.Owners(org)
		if r.args["users"] == "true" {
			return r.reply(answerOwners(all.FoundUsers(r.args["find"])))
		}
		return r.reply(answerOwners(all.Found(r.args["find"])))
	}),
	"owners-test": inOrg(func(c control, r request, org string) error {
		all, err := c.program.TryOwners(r.ctx, org)
		if err != nil {
			return misused(err)
		}
		for i := range all {
			all[i].Why = catalogue.Say(all[i].Problem)
		}
		return r.reply(all)
	}),
	"owners-refresh": inOrg(func(c control, r request, org string) error {
		if err := c.program.RefreshOwners(r.ctx, org); err != nil {
			return misused(err)
		}
		return r.reply(answerOwners(c.program.Owners(org)))
	}),
	"owners-auto": inOrg(func(c control, r request, org string) error {
		if _, err := c.program.AutoOwners(r.ctx, org); err != nil {
			return misused(err)
		}
		return r.reply(answerOwners(c.program.Owners(org)))
	}),
	"owners-set": inOrg(func(c control, r request, org string) error {
		return misused(c.program.SetOwner(r.ctx, org, r.args["extension"], r.args["user"]))
	}),
	"owners-email": func(c control, r request) error {
		return misused(c.program.SetOwnerEmail(r.args["extension"], r.args["address"]))
	},
}

// inOrg is a verb about one org, which --org names.
func inOrg(do func(c control, r request, org string) error) func(control, request) error {
	return func(c control, r request) error {
		org, err := c.org(r)
		if err != nil {
			return err
		}
		return do(c, r, org)
	}
}

// answerOwners puts the problems into words.
func answerOwners(r program.OwnersReport) program.OwnersReport {
	for i := range r.Rows {
		r.Rows[i].Why = catalogue.Say(r.Rows[i].Problem)
	}
	return r
}

// newOwners shows and changes which user of an org an extension is.
func newOwners(o *options) *cobra.Command {
	var org, find string
	var users bool
	args := func() map[string]string { return map[string]string{"org": org} }
	list := newCommand("owners", "cmd.verb.owners")
	list.Args = noArgs
	list.PersistentFlags().StringVar(&org, "org", "", "cmd.flag.org-of-owners")
	list.Flags().BoolVar(&users, "users", false, "cmd.flag.owners-users")
	list.Flags().StringVar(&find, "find", "", "cmd.flag.owners-find")
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		show := showOwners
		if users {
			show = showUsers
		}
		req := args()
		req["find"], req["users"] = find, strconv.FormatBool(users)
		return o.ask(cmd, "owners", req, o.printed(show))
	}
	for _, v := range []struct{ name, short string }{{"refresh", "cmd.verb.owners-refresh"}, {"auto", "cmd.verb.owners-auto"}} {
		cmd := newCommand(v.name, v.short)
		cmd.Args = noArgs
		cmd.RunE = func(cmd *cobra.Command, _ []string) error {
			return o.ask(cmd, "owners-"+v.name, args(), o.printed(showOwners))
		}
		list.AddCommand(cmd)
	}
	test := newCommand("test", "cmd.verb.owners-test")
	test.Args = noArgs
	test.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "owners-test", args(), o.printed(showOwned))
	}
	list.AddCommand(test)
	for _, v := range []struct{ name, short, takes, operand string }{
		{"set", "cmd.verb.owners-set", "cmd.operand.user", "user"}, {"email", "cmd.verb.owners-email", "cmd.operand.email", "address"},
	} {
		cmd := newCommand(v.name, v.short, "cmd.operand.extension", v.takes)
		cmd.Args = twoArgs
		cmd.RunE = func(cmd *cobra.Command, given []string) error {
			req := args()
			req["extension"], req[v.operand] = given[0], given[1]
			return o.ask(cmd, "owners-"+v.name, req, o.raw)
		}
		list.AddCommand(cmd)
	}
	return list
}

var showOwners = shows(func(w io.Writer, v program.OwnersReport) {
	read := catalogue.Text("cmd.owners.not-read")
	if !v.At.IsZero() {
		read = catalogue.Text("cmd.owners.read", "count", len(v.Users), "at", v.At.Local())
	}
	fmt.Fprintln(w, facts(cmp.Or(v.OrgName, v.Org), read))
	t := newTable(w)
	defer t.end()
	for _, r := range v.Rows {
		how := ""
		switch {
		case r.User != "" && r.Hand:
			how = catalogue.Text("cmd.owners.by-hand")
		case r.User != "":
			how = catalogue.Text("cmd.owners.by-email")
		}
		t.row(r.Extension, r.Name, how, facts(r.Email))
		if r.Why != "" {
			t.row("", r.Why)
		}
		for _, u := range r.Candidate {
			t.row("", facts(u.Name, u.Username, u.ID))
		}
	}
})

var showUsers = shows(func(w io.Writer, v program.OwnersReport) {
	t := newTable(w)
	defer t.end()
	for _, u := range v.Users {
		state := ""
		if !u.Active {
			state = catalogue.Text("cmd.owners.inactive")
		}
		t.row(u.ID, u.Name, u.Username, u.Email, u.Extension, state)
	}
})
