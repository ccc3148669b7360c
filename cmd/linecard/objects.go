package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
)

// objectActions are what the running app is asked about objects.
var objectActions = map[string]func(c control, r request) error{
	"objects": onObjects(func(ctx context.Context, c control, _ request, org string) (any, error) {
		return objectAnswers(c.program.ObjectStates(ctx, org)), nil
	}),
	"objects-set": control.setObjects,
	"objects-reset": withOrg(func(c control, r request, _ string) error {
		return misused(c.program.SetObjects(r.args["org"], nil))
	}),
	"objects-card": control.setObjectCard,
	"objects-available": onObjects(func(ctx context.Context, c control, _ request, org string) (any, error) {
		return c.program.OrgObjects(ctx, org)
	}),
	"objects-fields": onObjects(func(ctx context.Context, c control, r request, org string) (any, error) {
		return c.program.ObjectFields(ctx, org, r.args["object"])
	}),
	"objects-try": onObjects(func(ctx context.Context, c control, r request, org string) (any, error) {
		trial, err := c.program.TryObjects(ctx, org, r.args["number"])
		return answerObjectTrial(trial), err
	}),
}

// onObjects is an action that asks the org.
func onObjects(do func(ctx context.Context, c control, r request, org string) (any, error)) func(control, request) error {
	return withOrg(func(c control, r request, org string) error {
		ctx, cancel := context.WithTimeout(r.ctx, layoutTime)
		defer cancel()
		answer, err := do(ctx, c, r, org)
		if err != nil {
			return err
		}
		return r.reply(answer)
	})
}

// setObjects puts a table in force: a whole one, or names, in whose order the objects are searched. What the rows say of fields stays then, and
// objects that are not named are not searched.
func (c control) setObjects(r request) error {
	org, err := c.org(r)
	if err != nil {
		return err
	}
	var rows []crm.Object
	if doc := r.args["objects"]; doc != "" {
		if err := json.Unmarshal([]byte(doc), &rows); err != nil {
			return err
		}
		return misused(c.program.SetObjects(org, rows))
	}
	before := c.program.Objects(org)
	for name := range strings.SplitSeq(r.args["names"], ",") {
		row := crm.Object{Name: name}
		if i := slices.IndexFunc(before, func(o crm.Object) bool { return strings.EqualFold(o.Name, name) }); i >= 0 {
			row = before[i]
			before = slices.Delete(before, i, i+1)
		}
		row.Search = true
		rows = append(rows, row)
	}
	for _, o := range before { // what was chosen of their fields is not lost
		if o.Search = false; len(o.Phones)+len(o.Card()) > 0 {
			rows = append(rows, o)
		}
	}
	return misused(c.program.SetObjects(org, rows))
}

// setObjectCard changes the fields of one row.
func (c control) setObjectCard(r request) error {
	org, err := c.org(r)
	if err != nil {
		return err
	}
	rows := c.program.Objects(org)
	i := slices.IndexFunc(rows, func(o crm.Object) bool { return strings.EqualFold(o.Name, r.args["object"]) })
	if i < 0 {
		return misuse("objects.not-chosen", "object", r.args["object"])
	}
	for name, to := range map[string]*[]string{"phones": &rows[i].Phones, "fields": &rows[i].Fields, "editable": &rows[i].Editable, "required": &rows[i].Required} {
		if list, given := r.args[name]; given {
			*to = strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
		}
	}
	return misused(c.program.SetObjects(org, rows))
}

type objectAnswer struct {
	Name       string          `json:"name"`
	Org        string          `json:"org,omitempty"`
	Search     *bool           `json:"search"`
	Phones     []string        `json:"phones,omitempty"`
	Fields     []string        `json:"fields,omitempty"`
	Editable   []string        `json:"editable,omitempty"`
	Required   []string        `json:"required,omitempty"`
	Label      string          `json:"label,omitempty"`
	Found      []string        `json:"found,omitempty"` // fields by which callers are found
	Activities bool            `json:"activities"`      // a Task can be related to its records
	Known      bool            `json:"known"`           // the org has described it
	Problems   []problemAnswer `json:"problems,omitempty"`
}

func objectAnswers(all []crm.ObjectState) []objectAnswer {
	out := []objectAnswer{}
	for _, s := range all {
		a := objectAnswer{
			s.Name, s.Org, &s.Search, s.Phones, s.Fields, s.Editable, s.Required, s.Label, s.Found, s.Activities, s.Known, nil,
		}
		for _, p := range s.Problems {
			a.Problems = append(a.Problems, problemAnswer{Code: p.Code, Why: catalogue.Say(p)})
		}
		out = append(out, a)
	}
	return out
}

type objectTrialAnswer struct {
	Number  string       `json:"number"`
	Say     string       `json:"say"`
	Taken   *crm.Ref     `json:"taken"` // who the agent would be shown without a question
	Objects []trialFound `json:"objects"`
}

type trialFound struct {
	crm.TrialRow
	Say string `json:"say"`
}

func answerObjectTrial(t crm.ObjectTrial) objectTrialAnswer {
	a := objectTrialAnswer{Number: t.Result.Number.E164, Say: app.ObjectTrialWords(t), Objects: []trialFound{}}
	if t.Taken != nil {
		a.Taken = &t.Taken.Ref
	}
	for _, r := range t.Rows {
		if r.Matches == nil {
			r.Matches = []crm.Match{}
		}
		a.Objects = append(a.Objects, trialFound{r, app.TrialRowWords(r)})
	}
	return a
}

// newObjects shows, changes and tries where callers are found and what the card shows.
func newObjects(o *options) *cobra.Command {
	var org string
	list := newCommand("objects", "cmd.verb.objects")
	list.Args = noArgs
	list.PersistentFlags().StringVar(&org, "org", "", "cmd.flag.objects-org")
	plain := func(cmd *cobra.Command, verb string, show func(io.Writer, json.RawMessage) error, operand string) *cobra.Command {
		cmd.Args = noArgs
		if operand != "" {
			cmd.Args = oneArg
		}
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			req := map[string]string{"org": org}
			if operand != "" {
				req[operand] = args[0]
			}
			return o.ask(cmd, verb, req, o.printed(show))
		}
		return cmd
	}
	plain(list, "objects", showObjects, "")
	var file string
	set := newCommand("set", "cmd.verb.objects-set", "cmd.operand.objects")
	set.Args = cobra.ArbitraryArgs
	set.Flags().StringVar(&file, "file", "", "cmd.flag.objects-file")
	set.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{"org": org}
		switch {
		case file == "" && len(args) == 0:
			return misuse("objects.none")
		case file != "" && len(args) > 0:
			return misuse("cmd.argument-unexpected", "argument", args[0], "usage", usage(cmd))
		case file != "":
			rows, err := o.readObjects(file)
			if err != nil {
				return err
			}
			doc, err := json.Marshal(rows)
			if err != nil {
				return err
			}
			req["objects"] = string(doc)
		default:
			names := strings.FieldsFunc(strings.Join(args, ","), func(r rune) bool { return r == ',' || r == ' ' })
			for _, name := range names {
				if !crm.IsAPIName(name) {
					return misuse("objects.strange-name", "name", name)
				}
			}
			req["names"] = strings.Join(names, ",")
		}
		return o.ask(cmd, "objects-set", req, o.raw)
	}
	card := newCommand("card", "cmd.verb.objects-card", "cmd.operand.object")
	card.Args = oneArg
	lists := map[string]*string{}
	for _, f := range []struct {
		name string
		help fault.Code
	}{
		{"phones", "cmd.flag.objects-phones"}, {"fields", "cmd.flag.objects-fields"}, {"editable", "cmd.flag.objects-editable"}, {"required", "cmd.flag.objects-required"},
	} {
		lists[f.name] = card.Flags().String(f.name, "", string(f.help))
	}
	card.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{"org": org, "object": args[0]}
		for name, text := range lists {
			if cmd.Flags().Changed(name) {
				req[name] = *text
			}
		}
		return o.ask(cmd, "objects-card", req, o.raw)
	}
	list.AddCommand(set, card, plain(newCommand("reset", "cmd.verb.objects-reset"), "objects-reset", nil, ""),
		plain(newCommand("available", "cmd.verb.objects-available"), "objects-available", showAvailable, ""),
		plain(newCommand("fields", "cmd.verb.objects-fields", "cmd.operand.object"), "objects-fields", showObjectFields, "object"),
		plain(newCommand("try", "cmd.verb.objects-try", "cmd.operand.number"), "objects-try", showObjectTrial, "number"))
	return list
}

// readObjects reads a table from a file, as `objects --json` prints it; "-" is standard input. A row that does not say is searched.
func (o *options) readObjects(file string) ([]crm.Object, error) {
	var doc []byte
	var err error
	if file == "-" {
		doc, err = io.ReadAll(io.LimitReader(o.in, 1<<20))
	} else {
		doc, err = os.ReadFile(file)
	}
	var all []objectAnswer
	if err == nil {
		d := json.NewDecoder(bytes.NewReader(doc))
		d.DisallowUnknownFields()
		err = d.Decode(&all)
	}
	if err != nil {
		return nil, instance.Misuse(fault.Err(err, "objects.unreadable-file", "file", file, "why", err.Error()))
	}
	rows := []crm.Object{}
	for _, a := range all {
		rows = append(rows, crm.Object{
			Name: a.Name, Search: a.Search == nil || *a.Search, Phones: a.Phones, Fields: a.Fields, Editable: a.Editable, Required: a.Required,
		})
	}
	if len(rows) == 0 {
		return nil, misuse("objects.none")
	}
	return rows, nil
}

var showObjects = shows(func(w io.Writer, all []objectAnswer) {
	t := newTable(w)
	for i, a := range all {
		found := catalogue.Text("cmd.objects.not-searched")
		switch {
		case *a.Search && len(a.Found) > 0:
			found = catalogue.Text("cmd.objects.by", "fields", a.Found)
		case *a.Search:
			found = catalogue.Text("cmd.objects.searched")
		}
		card := ""
		if fields := (crm.Object{Fields: a.Fields, Editable: a.Editable, Required: a.Required}).Card(); len(fields) > 0 {
			card = catalogue.Text("cmd.objects.card", "fields", fields)
		}
		t.row(fmt.Sprint(i+1), a.Name, facts(found, card))
	}
	t.end()
	for _, a := range all {
		for _, p := range a.Problems {
			fmt.Fprintln(w, p.Why)
		}
	}
})

var showAvailable = shows(func(w io.Writer, all []crm.ObjectInfo) {
	t := newTable(w)
	defer t.end()
	for _, o := range all {
		t.row(o.Name, o.Label)
	}
})

var showObjectFields = shows(func(w io.Writer, all []layout.ObjectField) {
	t := newTable(w)
	defer t.end()
	for _, f := range all {
		change := ""
		if f.Updateable && crm.EditableType(f.Type) {
			change = catalogue.Text("cmd.objects.changeable")
		}
		t.row(f.Name, f.Label, f.Type, change)
	}
})

var showObjectTrial = shows(func(w io.Writer, a objectTrialAnswer) {
	fmt.Fprintln(w, a.Say)
	t := newTable(w)
	defer t.end()
	for _, r := range a.Objects {
		t.row(r.Object, r.Say)
		for _, m := range r.Matches {
			t.row("", facts(person(m.Name, m.Company), m.Why.Label, m.Why.Value))
		}
	}
})
