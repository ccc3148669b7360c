package main

import (
	"cmp"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
)

// cardOfCall is the card of a call: the call as `calls` has it, and of a past one its line of the history.
type cardOfCall struct {
	callAnswer
	Past    *historyAnswer `json:"past,omitempty"`
	Answers []askedAnswer  `json:"answers,omitempty"` // to the questions of its layout
}

type askedAnswer struct {
	Name     string `json:"name"`
	Answer   string `json:"answer"`
	Required bool   `json:"required,omitempty"`
}

// showCall answers the card of a call.
func (c control) showCall(r request) error {
	call, err := c.desk().Shown(r.args["id"])
	if err != nil {
		return err
	}
	a := cardOfCall{callAnswer: answerCall(call)}
	for _, q := range call.Wrap.Asked {
		a.Answers = append(a.Answers, askedAnswer{q.Name, q.Answer, q.Required})
	}
	if call.Past != nil {
		a.Past = &answerHistory([]app.HistoryRow{*call.Past})[0]
	}
	return r.reply(a)
}

// newShow shows the card of a call.
func newShow(o *options) *cobra.Command {
	cmd := newCommand("show", "cmd.verb.show", "cmd.operand.id")
	cmd.Args = oneArg
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "show-call", map[string]string{"id": args[0]}, o.printed(showCardOfCall))
	}
	return cmd
}

var showCardOfCall = shows(printCardOfCall)

func printCardOfCall(w io.Writer, v cardOfCall) {
	t := newTable(w)
	defer t.end()
	how := wordFor(phaseWords, v.Phase)
	if v.Past != nil {
		how = wordFor(outcomeWords, v.Past.Outcome)
		if v.Past.Outcome == crm.Answered {
			how = catalogue.Text("cmd.talked", "time", time.Duration(v.Past.Seconds)*time.Second)
		}
	}
	line := func(id string, said ...string) {
		if text := facts(said...); text != "" {
			t.row(catalogue.Text(id), text)
		}
	}
	line("cmd.show.call", catalogue.Text("cmd.day-and-clock", "at", v.Started.Local()), wordFor(directionWords, v.Direction), how, v.OnLine)
	line("cmd.column.name", person(v.Name, v.Company))
	line("cmd.column.number", v.Number)
	line("cmd.column.why", cmp.Or(v.EndText, v.Log.Error))
	line("cmd.show.story", v.Earlier, v.Transfer)
	line("cmd.column.logged", wordFor(logWords, v.Log.State), v.OnOrg)
	line("cmd.show.subject", v.Form.Subject)
	line("cmd.show.outcome", v.Form.Outcome)
	for _, a := range v.Answers {
		t.row(a.Name, a.Answer)
	}
	for i, text := range strings.Split(strings.TrimSpace(v.Form.Notes), "\n") {
		switch {
		case text == "" && i == 0:
		case i == 0:
			t.row(catalogue.Text("cmd.show.notes"), text)
		default:
			t.row("", text)
		}
	}
}
