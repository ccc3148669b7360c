package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/crm/salesforce/legacy"
	"linecard/fault"
)

// orgActions are what the running app is asked of its orgs.
var orgActions = map[string]func(c control, r request) error{
	"orgs": func(c control, r request) error {
		set := c.program.Settings().Get()
		all := []orgAnswer{}
		for _, s := range c.program.Orgs() {
			all = append(all, orgAnswer{app.OrgViewOf(s), set.OrgNamed(s.OrgID, nil).Called})
		}
		return r.reply(all)
	},
	"orgs-search": func(c control, r request) error {
		if which, ok := r.args["which"]; ok {
			if err := c.program.SearchOrgs(which); err != nil {
				return misused(err)
			}
		}
		return r.reply(searchAnswer{c.program.Settings().Get().Records.Orgs})
	},
	"orgs-set": func(c control, r request) error {
		given := func(name string) *string {
			if v, ok := r.args[name]; ok {
				return &v
			}
			return nil
		}
		if label, color, about := given("label"), given("color"), given("description"); label != nil || color != nil || about != nil {
			if err := c.program.NameOrg(r.args["org"], label, color, about); err != nil {
				return misused(err)
			}
		}
		if v, ok := r.args["called"]; ok {
			return misused(c.program.CallOrg(r.args["org"], crm.Apart(v, true)))
		}
		return nil
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
	var label, color, called, about string
	set := newCommand("set", "cmd.verb.orgs-set", "cmd.operand.org")
	set.Args = oneArg
	set.Flags().StringVar(&label, "label", "", "cmd.flag.org-label")
	set.Flags().StringVar(&color, "color", "", "cmd.flag.org-color")
	set.Flags().StringVar(&about, "description", "", "cmd.flag.org-description")
	set.Flags().StringVar(&called, "called", "", "cmd.flag.org-called")
	set.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{"org": args[0]}
		for name, value := range map[string]string{"label": label, "color": color, "called": called, "description": about} {
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
	search := newCommand("search", "cmd.verb.orgs-search", "cmd.operand.which-orgs")
	search.Args = atMostOne
	search.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{}
		if len(args) == 1 {
			req["which"] = args[0]
		}
		return o.ask(cmd, "orgs-search", req, o.printed(showSearch))
	}
	list.AddCommand(set, search, test, imports)
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

// orgAnswer is an org with what the settings say of its calls.
type orgAnswer struct {
	app.OrgView
	Numbers []string `json:"called,omitempty"` // numbers and queues whose calls belong to it: patterns
}

// searchAnswer is who is asked who a caller is: "own" for the call's own org, "all" for every one.
type searchAnswer struct {
	Search string `json:"search"`
}

var showSearch = shows(func(w io.Writer, a searchAnswer) {
	words := map[string]string{"own": catalogue.Text("cmd.orgs.search-own"), "all": catalogue.Text("cmd.orgs.search-all")}
	fmt.Fprintln(w, words[a.Search])
})

var showOrgs = shows(func(w io.Writer, all []orgAnswer) {
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
		for _, more := range []string{o.Description, o.Reason} {
			if more != "" {
				t.row("", more)
			}
		}
		if len(o.Numbers) > 0 {
			t.row("", catalogue.Text("cmd.orgs.called", "numbers", o.Numbers))
		}
	}
})
