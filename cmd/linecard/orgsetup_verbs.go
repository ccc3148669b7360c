package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/crm/salesforce"
	orgsetup "linecard/crm/salesforce/setup"
	"linecard/fault"
)

// newOrgSetup shows how an admin sets up an org, and writes the folder that does the same by a deployment. It needs no app.
func newOrgSetup(o *options) *cobra.Command {
	guide := newCommand("setup", "cmd.verb.setup")
	guide.Args = noArgs
	guide.RunE = func(*cobra.Command, []string) error {
		return o.answer(answerGuide(orgsetup.Guide(salesforce.Callbacks(), salesforce.Scopes())), showGuide)
	}
	options := orgsetup.Options{Callbacks: salesforce.Callbacks(), Scopes: salesforce.Scopes()}
	export := newCommand("export", "cmd.verb.setup-export", "cmd.operand.folder")
	export.Args = oneArg
	export.Flags().StringVar(&options.Label, "label", "", "cmd.flag.app-label")
	export.Flags().StringVar(&options.Email, "email", "", "cmd.flag.app-email")
	export.Flags().StringVar(&options.RunningUser, "running-user", "", "cmd.flag.running-user")
	export.RunE = func(_ *cobra.Command, args []string) error {
		done, err := orgsetup.Export(args[0], options)
		if err != nil {
			return misusedSetup(err)
		}
		return o.answer(answerExport(done, options), showExport)
	}
	guide.AddCommand(export)
	return guide
}

// misusedSetup tells a value that cannot be from a folder that cannot be written to.
func misusedSetup(err error) error {
	switch fault.Of(err).Code {
	case "setup.label-unusable", "setup.email-unusable", "setup.username-unusable":
		return instance.Misuse(err)
	}
	return err
}

type guideStep struct {
	Step  int        `json:"step"`
	ID    string     `json:"id"`
	Title string     `json:"title"`
	Path  string     `json:"path"` // in Setup
	Rows  []guideRow `json:"fields"`
	Note  string     `json:"note,omitempty"`
}

type guideRow struct {
	Field string `json:"field"`
	Value string `json:"value"`
	Paste string `json:"paste,omitempty"` // to be pasted unchanged
}

func answerGuide(steps []orgsetup.Step) []guideStep {
	out := make([]guideStep, len(steps))
	for i, s := range steps {
		out[i] = guideStep{Step: i + 1, ID: s.ID, Title: catalogue.Say(s.Title), Path: catalogue.Say(s.Path), Note: catalogue.Say(s.Note), Rows: []guideRow{}}
		for _, r := range s.Rows {
			value := catalogue.Say(r.Value)
			if r.Copy != "" {
				value = r.Copy
			}
			out[i].Rows = append(out[i].Rows, guideRow{catalogue.Say(r.Field), value, r.Copy})
		}
	}
	return out
}

var showGuide = shows(func(w io.Writer, v []guideStep) {
	for _, s := range v {
		fmt.Fprintln(w, catalogue.Text("cmd.setup.step", "step", s.Step, "title", s.Title))
		fmt.Fprintln(w, s.Path)
		t := newTable(w)
		for _, r := range s.Rows {
			field := r.Field
			for line := range strings.SplitSeq(r.Value, "\n") {
				t.row(field, line)
				field = ""
			}
		}
		t.end()
		if s.Note != "" {
			fmt.Fprintln(w, s.Note)
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintln(w, catalogue.Text("cmd.setup.or-export"))
})

type exportAnswer struct {
	Folder        string   `json:"folder"`
	Files         []string `json:"files"`
	App           string   `json:"app"`
	PermissionSet string   `json:"permissionSet"`
	CallField     string   `json:"callField"`
	Callbacks     []string `json:"callbacks"`
}

func answerExport(done orgsetup.Exported, o orgsetup.Options) exportAnswer {
	return exportAnswer{done.Folder, done.Files, orgsetup.App, orgsetup.PermissionSet, orgsetup.CallField, o.Callbacks}
}

var showExport = shows(func(w io.Writer, v exportAnswer) {
	fmt.Fprintln(w, catalogue.Text("cmd.setup.exported", "folder", v.Folder, "count", len(v.Files)))
})
