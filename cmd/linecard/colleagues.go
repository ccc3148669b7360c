package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/fault"
)

// colleagueActions are what the running app is asked about colleagues.
var colleagueActions = map[string]func(c control, r request) error{
	"colleagues": func(c control, r request) error {
		all := slices.Clone(c.desk().View().Colleagues)
		if account := r.args["account"]; account != "" {
			all = slices.DeleteFunc(all, func(v app.ColleagueView) bool { return v.Account != account })
		}
		return r.reply(append([]app.ColleagueView{}, all...))
	},
	"colleagues-add": func(c control, r request) error {
		added := settings.Colleague{Name: r.args["name"], Extension: r.args["extension"], Account: r.args["account"]}
		_, named := r.args["name"]
		return misused(c.program.Settings().Change(func(s *settings.Settings) { s.SetColleague(added, named) }))
	},
	"colleagues-import": func(c control, r request) error {
		list, err := settings.ReadColleagues(r.args["doc"])
		if err != nil {
			return instance.Misuse(err)
		}
		var wrong error
		err = c.program.Settings().Change(func(s *settings.Settings) { wrong = s.AddColleagues(list, r.args["replace"] == "true") })
		if err := misused(cmp.Or(wrong, err)); err != nil {
			return err
		}
		return r.reply(importedColleagues{Read: len(list), Colleagues: len(c.program.Settings().Get().Colleagues)})
	},
	"colleagues-move": func(c control, r request) error {
		place, err := strconv.Atoi(r.args["place"])
		var wrong error
		change := c.program.Settings().Change(func(s *settings.Settings) {
			id, found := s.FindColleague(r.args["extension"], r.args["account"])
			switch {
			case found != nil:
				wrong = found
			case err != nil || place < 1 || place > len(s.Colleagues):
				wrong = &settings.KeyError{Fault: fault.New("settings.no-place", "value", r.args["place"], "most", len(s.Colleagues))}
			default:
				wrong = s.MoveColleague(id, place-1)
			}
		})
		return misused(cmp.Or(wrong, change))
	},
	"colleagues-refresh": func(c control, r request) error {
		org, err := c.org(r)
		if err == nil {
			err = c.program.RefreshColleagues(r.ctx, org)
		}
		if err != nil {
			return misused(err)
		}
		return r.reply(c.program.OrgColleagues())
	},
	"colleagues-remove": func(c control, r request) error {
		var none error
		err := c.program.Settings().Change(func(s *settings.Settings) { none = s.RemoveColleague(r.args["extension"], r.args["account"]) })
		if errors.Is(none, settings.ErrNoColleague) && fromOrg(c.desk().View().Colleagues, r.args["extension"], r.args["account"]) {
			none = fault.Err(nil, "program.colleague-of-org")
		}
		return misused(cmp.Or(none, err))
	},
	"pickup": func(c control, r request) error {
		id, err := c.desk().Pickup(r.args["account"], r.args["extension"])
		if err != nil {
			return orAnyway(err)
		}
		return r.reply(dialed(c.desk().View(), id))
	},
}

// fromOrg reports whether somebody is a colleague as the user of an org.
func fromOrg(all []app.ColleagueView, extension, account string) bool {
	return slices.ContainsFunc(all, func(v app.ColleagueView) bool {
		return v.Org != "" && v.Extension == extension && (account == "" || v.Account == account)
	})
}

var showRefreshed = shows(func(w io.Writer, r program.ColleaguesReport) {
	for _, line := range r.Lines() {
		fmt.Fprintln(w, line)
	}
})

// importedColleagues is what came of a list.
type importedColleagues struct {
	Read       int `json:"read"`       // in the list
	Colleagues int `json:"colleagues"` // in the settings now
}

var showImportedColleagues = shows(func(w io.Writer, i importedColleagues) {
	fmt.Fprintln(w, catalogue.Text("cmd.colleagues.imported", "count", i.Read, "all", i.Colleagues))
})

var showColleagues = shows(func(w io.Writer, all []app.ColleagueView) {
	t := newTable(w)
	defer t.end()
	for _, c := range all {
		t.row(c.Extension, wordFor(activityWords, c.State), c.Name, c.OnLine)
	}
	if len(all) == 0 {
		t.row(catalogue.Text("cmd.colleagues.none"))
	}
})

// activityWords are the activities as people read them.
var activityWords = map[app.Activity]string{
	app.ActivityUnknown: "cmd.colleagues.unknown", app.ActivityFree: "cmd.colleagues.free", app.ActivityRinging: "cmd.colleagues.ringing",
	app.ActivityBusy: "cmd.colleagues.busy", app.ActivityBusyRinging: "cmd.colleagues.busy-ringing",
}

// newColleagues shows what the phones of colleagues do, and says whose are watched.
func newColleagues(o *options) *cobra.Command {
	list := newVerb(o, verb{name: "colleagues", short: "cmd.verb.colleagues", show: showColleagues, flags: []flag{ofAccount}})
	var name, account string
	add := newCommand("add", "cmd.verb.colleagues-add", "cmd.operand.extension")
	add.Args = oneArg
	add.Flags().StringVar(&name, "name", "", "cmd.flag.colleague-name")
	add.Flags().StringVar(&account, "account", "", "cmd.flag.colleague-account")
	add.RunE = func(cmd *cobra.Command, args []string) error {
		ask := map[string]string{"extension": args[0], "account": account}
		if cmd.Flags().Changed("name") { // "" takes the name away
			ask["name"] = name
		}
		return o.ask(cmd, "colleagues-add", ask, o.raw)
	}
	remove := newCommand("remove", "cmd.verb.colleagues-remove", "cmd.operand.extension")
	remove.Args = oneArg
	remove.Flags().StringVar(&account, "account", "", "cmd.flag.colleague-account")
	remove.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "colleagues-remove", map[string]string{"extension": args[0], "account": account}, o.raw)
	}
	var org string
	refresh := newCommand("refresh", "cmd.verb.colleagues-refresh")
	refresh.Args = noArgs
	refresh.Flags().StringVar(&org, "org", "", "cmd.flag.org-of-colleagues")
	refresh.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "colleagues-refresh", map[string]string{"org": org}, o.printed(showRefreshed))
	}
	var replace bool
	read := newCommand("import", "cmd.verb.colleagues-import", "cmd.operand.file")
	read.Args = oneArg
	read.Flags().BoolVar(&replace, "replace", false, "cmd.flag.colleagues-replace")
	read.RunE = func(cmd *cobra.Command, args []string) error {
		doc, err := o.readDoc(args[0])
		if err != nil {
			return err
		}
		return o.ask(cmd, "colleagues-import", map[string]string{"doc": doc, "replace": strconv.FormatBool(replace)}, o.printed(showImportedColleagues))
	}
	move := newCommand("move", "cmd.verb.colleagues-move", "cmd.operand.extension", "cmd.operand.place")
	move.Args = twoArgs
	move.Flags().StringVar(&account, "account", "", "cmd.flag.colleague-account")
	move.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "colleagues-move", map[string]string{"extension": args[0], "place": args[1], "account": account}, o.raw)
	}
	list.AddCommand(add, read, move, remove, refresh)
	return list
}
