package main

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm/salesforce/legacy"
	"linecard/fault"
)

// orgActions are what the running app is asked of its orgs.
var orgActions = map[string]func(c control, r request) error{
	"orgs": func(c control, r request) error {
		all := []app.OrgView{}
		for _, s := range c.program.Orgs() {
			all = append(all, app.OrgViewOf(s))
		}
		return r.reply(all)
	},
	"orgs-set": func(c control, r request) error {
		var label, color *string
		if v, ok := r.args["label"]; ok {
			label = &v
		}
		if v, ok := r.args["color"]; ok {
			color = &v
		}
		return misused(c.program.NameOrg(r.args["org"], label, color))
	},
	"orgs-test":   func(c control, r request) error { return misused(c.program.TestOrg(r.ctx, r.args["org"])) },
	"orgs-legacy": func(c control, r request) error { return c.program.ImportLegacy(r.args["login-host"]) },
}

// newOrgs shows the orgs, and says how they are shown.
func newOrgs(o *options) *cobra.Command {
	list := newCommand("orgs", "cmd.verb.orgs-list")
	list.Args = noArgs
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "orgs", map[string]string{}, o.printed(showOrgs))
	}
	var label, color string
	set := newCommand("set", "cmd.verb.orgs-set", "cmd.operand.org")
	set.Args = oneArg
	set.Flags().StringVar(&label, "label", "", "cmd.flag.org-label")
	set.Flags().StringVar(&color, "color", "", "cmd.flag.org-color")
	set.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{"org": args[0]}
		for name, value := range map[string]string{"label": label, "color": color} {
			if cmd.Flags().Changed(name) {
				req[name] = value
			}
		}
		if len(req) == 1 {
			return misuse("cmd.label-or-color")
		}
		return o.ask(cmd, "orgs-set", req, o.raw)
	}
	test := newCommand("test", "cmd.verb.orgs-test", "cmd.operand.org")
	test.Args = oneArg
	test.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "orgs-test", map[string]string{"org": args[0]}, o.raw)
	}
	imports := newCommand("import", "cmd.verb.orgs-import", "cmd.operand.file")
	imports.Args = oneArg
	imports.RunE = func(cmd *cobra.Command, args []string) error {
		return importLegacy(args[0], func(host string) error {
			return o.ask(cmd, "orgs-legacy", map[string]string{"login-host": host}, o.raw)
		})
	}
	list.AddCommand(set, test, imports)
	return list
}

// importLegacy reads the file of an older integration, and passes on where its org is logged in to. The user name and the password in the
// file go nowhere.
func importLegacy(file string, to func(loginHost string) error) error {
	f, err := os.Open(file)
	if err != nil {
		return fault.Err(err, "orgs.file-unreadable", "file", file)
	}
	defer f.Close()
	doc, err := io.ReadAll(io.LimitReader(f, legacy.MostBytes+1))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Err(err, "orgs.file-unreadable", "file", file)
	}
	found, ok := legacy.Read(doc)
	if !ok {
		return fault.Err(nil, "orgs.not-legacy", "file", file)
	}
	return to(found.LoginHost)
}

var showOrgs = shows(func(w io.Writer, all []app.OrgView) {
	t := newTable(w)
	defer t.end()
	for _, o := range all {
		name := o.Called()
		if name == "" {
			name = o.LoginHost
		}
		sandbox := ""
		if o.Sandbox {
			sandbox = catalogue.Text("cmd.org.sandbox")
		}
		t.row(o.OrgID, name, wordFor(orgWords, o.State), o.Username, facts(sandbox, o.Color))
		if o.Reason != "" {
			t.row("", o.Reason)
		}
	}
})
