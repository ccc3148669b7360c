package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/crm/layout"
	"linecard/fault"
)

// layoutTime bounds what is asked of Salesforce about a layout.
const layoutTime = 45 * time.Second

// layoutActions are what the running app is asked about layouts.
var layoutActions = map[string]func(c control, r request) error{
	"layouts": withOrg(func(c control, r request, org string) error { return r.reply(c.program.Layouts(org)) }),
	"layouts-show": withOrg(func(c control, r request, org string) error {
		l, err := c.program.Layout(org, r.args["name"])
		if err != nil {
			return misused(err)
		}
		return r.reply(l)
	}),
	"layouts-set": control.setLayout,
	"layouts-remove": withOrg(func(c control, r request, _ string) error {
		return misused(c.program.RemoveLayout(r.args["org"], r.args["name"]))
	}),
	"layouts-default": func(c control, r request) error {
		own := r.args["org"] != ""
		return withOrg(func(c control, r request, org string) error {
			return misused(c.program.DefaultLayout(org, r.args["name"], own))
		})(c, r)
	},
	"layouts-preview": onLayout(func(ctx context.Context, c control, l layout.Layout, org, call string) (any, error) {
		shown, a, err := c.program.PreviewEverywhere(ctx, l, org, call)
		return previewAnswer{Call: a.CallID, Layout: l.Name, Preview: shown, Problems: problemAnswers(shown.Problems)}, err
	}),
	"layouts-test": onLayout(func(ctx context.Context, c control, l layout.Layout, org, call string) (any, error) {
		tried, err := c.program.TestEverywhere(ctx, l, org, call)
		return answerTried(tried), err
	}),
	"layouts-variables": withOrg(func(c control, r request, org string) error {
		a, err := c.program.LayoutCall(r.ctx, org, r.args["call"])
		if err != nil {
			return err
		}
		return r.reply(variableAnswers(layout.Call{Activity: a}))
	}),
	"layouts-fields": withOrg(func(c control, r request, org string) error {
		ctx, cancel := context.WithTimeout(r.ctx, layoutTime)
		defer cancel()
		o, err := c.program.LayoutObject(ctx, org, r.args["object"])
		if err != nil {
			return err
		}
		return r.reply(fieldsAnswer{o.Name, o.Writable(), o.RecordTypes})
	}),
}

// withOrg is an action about the layouts of the org that the request names; it puts the org's id into the request too.
func withOrg(do func(c control, r request, org string) error) func(control, request) error {
	return func(c control, r request) error {
		org, err := c.org(r)
		if err != nil {
			return err
		}
		r.args["org"] = org
		return do(c, r, org)
	}
}

// onLayout is an action about a layout: one of the settings by its name, or the one that the request brings.
func onLayout(do func(ctx context.Context, c control, l layout.Layout, org, call string) (any, error)) func(control, request) error {
	return withOrg(func(c control, r request, org string) error {
		l, err := c.program.Layout(org, r.args["name"])
		if doc := r.args["layout"]; doc != "" {
			l = layout.Layout{}
			err = json.Unmarshal([]byte(doc), &l)
		}
		if err != nil {
			return misused(err)
		}
		ctx, cancel := context.WithTimeout(r.ctx, layoutTime)
		defer cancel()
		answer, err := do(ctx, c, l, org, r.args["call"])
		if err != nil {
			return err
		}
		return r.reply(answer)
	})
}

func (c control) setLayout(r request) error {
	org, err := c.org(r)
	if err != nil {
		return err
	}
	var all []layout.Layout
	if err := json.Unmarshal([]byte(r.args["layouts"]), &all); err != nil {
		return err
	}
	for _, l := range all {
		if r.args["org"] != "" {
			l.Org = org
		}
		if err := c.program.SaveLayout(l, ""); err != nil {
			return misused(err)
		}
	}
	return nil
}

// newLayouts shows, changes and tries what is written of calls.
func newLayouts(o *options) *cobra.Command {
	var org string
	list := newCommand("layouts", "cmd.verb.layouts")
	list.Args = noArgs
	list.PersistentFlags().StringVar(&org, "org", "", "cmd.flag.layouts-org")
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "layouts", map[string]string{"org": org}, o.printed(showLayouts))
	}
	named := func(name, short string, show func(io.Writer, json.RawMessage) error, flags func(*cobra.Command) func(args map[string]string) error) *cobra.Command {
		cmd := newCommand(name, short, "cmd.operand.layout")
		cmd.Args = oneArg
		more := func(map[string]string) error { return nil }
		if flags != nil {
			more = flags(cmd)
		}
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			req := map[string]string{"org": org, "name": args[0]}
			if err := more(req); err != nil {
				return err
			}
			return o.ask(cmd, "layouts-"+name, req, o.printed(show))
		}
		return cmd
	}
	tries := func(cmd *cobra.Command) func(map[string]string) error {
		call := cmd.Flags().String("call", "", "cmd.flag.layouts-call")
		file := cmd.Flags().String("file", "", "cmd.flag.layouts-file")
		return func(req map[string]string) error {
			req["call"] = *call
			if *file == "" {
				return nil
			}
			all, err := o.readLayouts(*file)
			if err != nil {
				return err
			}
			for _, l := range all {
				if strings.EqualFold(l.Name, req["name"]) {
					doc, err := json.Marshal(l)
					req["layout"], req["name"] = string(doc), ""
					return err
				}
			}
			return misuse("layout.none-of-that-name", "name", req["name"])
		}
	}
	set := newCommand("set", "cmd.verb.layouts-set", "cmd.operand.file")
	set.Args = oneArg
	set.RunE = func(cmd *cobra.Command, args []string) error {
		all, err := o.readLayouts(args[0])
		if err != nil {
			return err
		}
		doc, err := json.Marshal(all)
		if err != nil {
			return err
		}
		return o.ask(cmd, "layouts-set", map[string]string{"org": org, "layouts": string(doc)}, o.raw)
	}
	var call, object string
	variables := newCommand("variables", "cmd.verb.layouts-variables")
	variables.Args = noArgs
	variables.Flags().StringVar(&call, "call", "", "cmd.flag.layouts-call")
	variables.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "layouts-variables", map[string]string{"org": org, "call": call}, o.printed(showVariables))
	}
	fields := newCommand("fields", "cmd.verb.layouts-fields")
	fields.Args = noArgs
	fields.Flags().StringVar(&object, "object", "Task", "cmd.flag.layouts-object")
	fields.RunE = func(cmd *cobra.Command, _ []string) error {
		i := slices.IndexFunc(layout.Objects, func(name string) bool { return strings.EqualFold(name, object) })
		if i < 0 {
			return misuse("layout.no-object")
		}
		return o.ask(cmd, "layouts-fields", map[string]string{"org": org, "object": layout.Objects[i]}, o.printed(showFields))
	}
	list.AddCommand(named("show", "cmd.verb.layouts-show", showLayout, nil), set, named("remove", "cmd.verb.layouts-remove", nil, nil),
		named("default", "cmd.verb.layouts-default", nil, nil), named("preview", "cmd.verb.layouts-preview", showPreview, tries),
		named("test", "cmd.verb.layouts-test", showTried, tries), variables, fields)
	return list
}

// readLayouts reads a layout, or a list of them, from a file; "-" is standard input.
func (o *options) readLayouts(file string) ([]layout.Layout, error) {
	var doc []byte
	var err error
	if file == "-" {
		doc, err = io.ReadAll(io.LimitReader(o.in, 1<<20))
	} else {
		doc, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, instance.Misuse(fault.Err(err, "layout.file-unreadable", "file", file, "why", err.Error()))
	}
	var all []layout.Layout
	var one layout.Layout
	strict := func(into any) error {
		d := json.NewDecoder(bytes.NewReader(doc))
		d.DisallowUnknownFields()
		return d.Decode(into)
	}
	if doc = bytes.TrimSpace(doc); len(doc) > 0 && doc[0] == '[' {
		err = strict(&all)
	} else if err = strict(&one); err == nil {
		all = []layout.Layout{one}
	}
	if err != nil {
		return nil, instance.Misuse(fault.Err(err, "layout.file-unreadable", "file", file, "why", err.Error()))
	}
	return all, nil
}

type previewAnswer struct {
	Call   string `json:"call"`
	Layout string `json:"layout"`
	layout.Preview
	Problems []problemAnswer `json:"problems"`
}

type problemAnswer struct {
	Field string     `json:"field,omitempty"`
	Code  fault.Code `json:"code"`
	Why   string     `json:"why"`
	Cut   bool       `json:"cut,omitempty"`
	Org   string     `json:"org,omitempty"`
}

func problemAnswers(all []layout.Problem) []problemAnswer {
	out := []problemAnswer{}
	for _, p := range all {
		out = append(out, problemAnswer{p.Field, p.Why.Code, catalogue.Say(p.Why), p.Cut, p.Org})
	}
	return out
}

type triedAnswer struct {
	layout.Tried
	Without []problemAnswer `json:"without,omitempty"`
	Say     string          `json:"say"`
	Orgs    []triedInAnswer `json:"orgs,omitempty"`
}

type triedInAnswer struct {
	Org     string `json:"org"`
	OrgName string `json:"orgName"`
	triedAnswer
}

func answerTried(t layout.Tried) triedAnswer {
	out := triedAnswer{Tried: t, Say: catalogue.Say(t.Said())}
	if len(t.Without) > 0 {
		out.Without = problemAnswers(t.Without)
	}
	for _, in := range t.Orgs {
		of := answerTried(in.Tried)
		of.Say = catalogue.Say(in.Said())
		out.Orgs = append(out.Orgs, triedInAnswer{in.Org, in.Name, of})
	}
	return out
}

type variableAnswer struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func variableAnswers(c layout.Call) []variableAnswer {
	var out []variableAnswer
	for _, name := range c.Known() {
		value, _ := c.Variable(name)
		out = append(out, variableAnswer{name, value})
	}
	return out
}

type fieldsAnswer struct {
	Object      string               `json:"object"`
	Fields      []layout.ObjectField `json:"fields"`
	RecordTypes []layout.RecordType  `json:"recordTypes"`
}

var showLayouts = shows(func(w io.Writer, all []layout.Layout) {
	t := newTable(w)
	defer t.end()
	org := ""
	for _, l := range all { // they are of one org
		org = cmp.Or(org, l.Org)
	}
	chosen := layout.DefaultIn(all, org)
	for i, l := range all {
		mark := ""
		if i == chosen {
			mark = catalogue.Text("cmd.layouts.default")
		}
		var asked []string
		for _, v := range l.Asked() {
			asked = append(asked, v.Name)
		}
		asks := ""
		if len(asked) > 0 {
			asks = catalogue.Text("cmd.layouts.asks", "names", asked)
		}
		t.row(l.Name, l.Object, facts(mark, l.Org, asks))
	}
})

var showLayout = shows(func(w io.Writer, l layout.Layout) {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(l) // it is JSON for people, and what `layouts set` reads
})

var showPreview = shows(func(w io.Writer, v previewAnswer) {
	t := newTable(w)
	for _, name := range slices.Sorted(maps.Keys(v.Sent)) {
		for line := range strings.SplitSeq(fmt.Sprint(v.Sent[name]), "\n") {
			t.row(name, line)
			name = ""
		}
	}
	t.end()
	for _, p := range v.Problems {
		fmt.Fprintln(w, p.Why)
	}
})

var showTried = shows(func(w io.Writer, v triedAnswer) { fmt.Fprintln(w, v.Say) })

var showVariables = shows(func(w io.Writer, all []variableAnswer) {
	t := newTable(w)
	defer t.end()
	for _, v := range all {
		t.row("{"+v.Name+"}", strings.ReplaceAll(v.Value, "\n", " "))
	}
})

var showFields = shows(func(w io.Writer, v fieldsAnswer) {
	t := newTable(w)
	defer t.end()
	for _, f := range v.Fields {
		var entries []string
		for _, e := range f.Entries {
			entries = append(entries, e.Value)
		}
		required := ""
		if f.Required {
			required = catalogue.Text("cmd.layouts.required")
		}
		t.row(f.Name, f.Label, f.Type, facts(required, strings.Join(entries, ", ")))
	}
})
