package main

import (
	"io"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/fault"
)

// cardActions are what the running app is asked about the card of a call.
var cardActions = map[string]func(c control, r request) error{
	"card": func(c control, r request) error {
		for _, call := range c.desk().View().Calls {
			if r.args["call"] == "" || call.ID == r.args["call"] {
				return r.reply(answerCard(call))
			}
		}
		if r.args["call"] == "" {
			return app.ErrNoCall
		}
		return app.ErrNoSuchCall
	},
	"card-set": func(c control, r request) error {
		id := r.args["call"]
		if err := c.desk().EditCard(id, map[string]string{r.args["field"]: r.args["value"]}); err != nil {
			return err
		}
		return c.desk().SaveCard(id)
	},
	"card-undo": kept(onCall((*app.Desk).UndoCard)),
}

type cardAnswer struct {
	Call       string            `json:"call"`
	Object     string            `json:"object,omitempty"`
	Fields     []cardFieldAnswer `json:"fields"`
	Error      string            `json:"error,omitempty"` // why what was typed was not saved
	ReasonCode fault.Code        `json:"reasonCode,omitempty"`
}

type cardFieldAnswer struct {
	Name     string   `json:"name"`
	Label    string   `json:"label"`
	Type     string   `json:"type"`
	Value    string   `json:"value"`
	Shown    string   `json:"shown"`           // as people read it
	Typed    string   `json:"typed,omitempty"` // and not saved
	Editable bool     `json:"editable,omitempty"`
	Required bool     `json:"required,omitempty"` // before Save
	Entries  []string `json:"entries,omitempty"`
}

func answerCard(c app.CallView) cardAnswer {
	a := cardAnswer{Call: c.ID, Object: c.Card.Object, Fields: []cardFieldAnswer{}, Error: c.Card.Error, ReasonCode: c.Card.Why.Code}
	for _, f := range c.Card.Fields {
		d := cardFieldAnswer{Name: f.Name, Label: f.Label, Type: f.Type, Value: f.Value, Shown: f.Words(), Editable: f.Editable, Required: f.Required}
		if f.Changed {
			d.Typed = f.Typed
		}
		for _, e := range f.Entries {
			d.Entries = append(d.Entries, e.Value)
		}
		a.Fields = append(a.Fields, d)
	}
	return a
}

// newCard shows the card of a call's record, and changes its fields.
func newCard(o *options) *cobra.Command {
	var call string
	show := newCommand("card", "cmd.verb.card")
	show.Args = noArgs
	show.PersistentFlags().StringVar(&call, "call", "", "cmd.flag.call")
	show.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "card", map[string]string{"call": call}, o.printed(showCard))
	}
	set := newCommand("set", "cmd.verb.card-set", "cmd.operand.field", "cmd.operand.value")
	set.Args = func(cmd *cobra.Command, args []string) error { return needs(cmd, args, 2, 2) }
	set.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "card-set", map[string]string{"call": call, "field": args[0], "value": args[1]}, o.raw)
	}
	undo := newCommand("undo", "cmd.verb.card-undo")
	undo.Args = noArgs
	undo.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "card-undo", map[string]string{"call": call}, o.raw)
	}
	show.AddCommand(set, undo)
	return show
}

var showCard = shows(func(w io.Writer, a cardAnswer) {
	t := newTable(w)
	defer t.end()
	for _, f := range a.Fields {
		typed, may := "", ""
		if f.Typed != "" {
			typed = catalogue.Text("cmd.card.typed", "text", f.Typed)
		}
		switch {
		case f.Required:
			may = catalogue.Text("cmd.card.required")
		case f.Editable:
			may = catalogue.Text("cmd.objects.changeable")
		}
		t.row(f.Label, f.Shown, facts(typed, may))
	}
})
