package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
	"linecard/wholefile"
)

// ruleActions are what the running app is asked about its rules.
var ruleActions = map[string]func(c control, r request) error{
	"rules": func(c control, r request) error {
		return r.reply(answerRules(c.program.Settings(), c.program.StrangeOrgs()))
	},
	"rules-set": func(c control, r request) error {
		table, err := settings.ReadRules([]byte(r.args["doc"]))
		if err != nil {
			return misused(err)
		}
		return c.changeRules(r, func(s *settings.Store) error { return program.SetRules(s, table) })
	},
	"rules-on":  func(c control, r request) error { return c.switchRule(r, true) },
	"rules-off": func(c control, r request) error { return c.switchRule(r, false) },
	"rules-remove": func(c control, r request) error {
		return c.changeRules(r, func(s *settings.Store) error { return program.RemoveRule(s, r.args["rule"]) })
	},
	"rules-move": func(c control, r request) error {
		return c.changeRules(r, func(s *settings.Store) error { return program.MoveRule(s, r.args["rule"], r.args["place"]) })
	},
	"rules-try": control.tryRules,
	"rules-test-hook": func(c control, r request) error {
		ctx, cancel := context.WithTimeout(r.ctx, testTime)
		defer cancel()
		return misused(c.program.TestRuleHook(ctx, r.args["rule"]))
	},
}

// trialAnswer is what would come of a table.
type trialAnswer struct {
	app.Trial
	Held bool `json:"held,omitempty"` // it is not in force: calls would change, and nobody said that they may
}

// changeRules changes the table of rules, and replies with what comes of it on past calls. Where those would have gone another way, it is put in force only with
// "yes".
func (c control) changeRules(r request, change func(draft *settings.Store) error) error {
	t, err := c.program.ChangeRules(r.ctx, r.args["yes"] == "true", change)
	if err != nil || t.Untried { // a journal in trouble keeps no rule from being set
		return misused(err)
	}
	return r.reply(trialAnswer{t.Trial, t.Held})
}

// isRule reports whether a key of the settings is one of a rule.
func isRule(key string) bool { return key == "rules" || strings.HasPrefix(key, "rules[") }

// changeSetting changes a setting. One of a rule is tried first, as every other change of the table.
func (c control) changeSetting(r request, change func(*settings.Store) error) error {
	if isRule(r.args["key"]) {
		return c.changeRules(r, change)
	}
	return misused(change(c.program.Settings()))
}

// tryRules tries the table of a document, or, without one, that in force with every rule switched on that is off.
func (c control) tryRules(r request) error {
	table := c.program.Settings().Get().Rules
	if doc, ok := r.args["doc"]; ok {
		var err error
		if table, err = settings.ReadRules([]byte(doc)); err != nil {
			return misused(err)
		}
	} else if r.args["as-set"] != "true" {
		table = append([]crm.Rule(nil), table...)
		for i := range table {
			table[i].On = true
		}
	}
	trial, err := c.program.TryRules(r.ctx, table)
	if err != nil {
		return err
	}
	return r.reply(trial)
}

// switchRule switches a rule on or off.
func (c control) switchRule(r request, on bool) error {
	return c.changeRules(r, func(s *settings.Store) error { return program.SwitchRule(s, r.args["rule"], on) })
}

type ruleAnswer struct {
	crm.Rule
	When string `json:"when"` // the conditions in words
	Then string `json:"then"` // the actions in words
}

type rulesAnswer struct {
	Rules     []ruleAnswer `json:"rules"`
	Locked    bool         `json:"locked"` // the administrator's profile fixes them
	Conflicts []string     `json:"conflicts"`
}

// answerRules is the table as it is; strange is what is told of rules that name an org which is not here.
func answerRules(s *settings.Store, strange []fault.Fault) rulesAnswer {
	rules := s.Get().Rules
	a := rulesAnswer{Rules: []ruleAnswer{}, Conflicts: []string{}, Locked: s.Locked("rules")}
	for _, r := range rules {
		when, then := app.RuleWords(r)
		a.Rules = append(a.Rules, ruleAnswer{r, when, then})
	}
	for _, f := range strange {
		a.Conflicts = append(a.Conflicts, catalogue.Say(f))
	}
	for _, c := range crm.Conflicts(rules) {
		a.Conflicts = append(a.Conflicts, app.ConflictWords(c, rules))
	}
	for _, f := range s.Get().MissingLayouts() {
		a.Conflicts = append(a.Conflicts, catalogue.Say(f))
	}
	return a
}

// newRules shows the table of rules, changes it, and tries one on past calls.
func newRules(o *options) *cobra.Command {
	list := newCommand("rules", "cmd.verb.rules")
	list.Args = noArgs
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "rules", map[string]string{}, o.printed(showRules))
	}
	var yes bool
	set := newCommand("set", "cmd.verb.rules-set", "cmd.operand.file")
	set.Args = oneArg
	set.RunE = func(cmd *cobra.Command, args []string) error {
		doc, err := o.readDoc(args[0])
		if err != nil {
			return err
		}
		return o.ask(cmd, "rules-set", map[string]string{"doc": doc, "yes": strconv.FormatBool(yes)}, o.changed)
	}
	set.Flags().BoolVar(&yes, "yes", false, "cmd.flag.rules-yes")
	export := newCommand("export", "cmd.verb.rules-export", "cmd.operand.file")
	export.Args = oneArg
	export.RunE = func(cmd *cobra.Command, args []string) error { return o.exportRules(cmd, args[0]) }
	try := newCommand("try", "cmd.verb.rules-try", "cmd.operand.maybe-file")
	try.Args = atMostOne
	var asSet bool
	try.Flags().BoolVar(&asSet, "as-set", false, "cmd.flag.rules-as-set")
	try.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{"as-set": strconv.FormatBool(asSet)}
		if len(args) == 1 {
			doc, err := o.readDoc(args[0])
			if err != nil {
				return err
			}
			req["doc"] = doc
		}
		return o.ask(cmd, "rules-try", req, o.printed(showTrial))
	}
	move := newCommand("move", "cmd.verb.rules-move", "cmd.operand.rule", "cmd.operand.place")
	move.Args = twoArgs
	move.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "rules-move", map[string]string{"rule": args[0], "place": args[1], "yes": strconv.FormatBool(yes)}, o.changed)
	}
	move.Flags().BoolVar(&yes, "yes", false, "cmd.flag.rules-yes")
	list.AddCommand(set, export, try, move)
	for _, v := range []struct{ name, short string }{{"on", "cmd.verb.rules-on"}, {"off", "cmd.verb.rules-off"}, {"remove", "cmd.verb.rules-remove"}} {
		cmd := newCommand(v.name, v.short, "cmd.operand.rule")
		cmd.Args = oneArg
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			return o.ask(cmd, "rules-"+v.name, map[string]string{"rule": args[0], "yes": strconv.FormatBool(yes)}, o.changed)
		}
		cmd.Flags().BoolVar(&yes, "yes", false, "cmd.flag.rules-yes")
		list.AddCommand(cmd)
	}
	test := newCommand("test-hook", "cmd.verb.rules-test-hook", "cmd.operand.rule")
	test.Args = oneArg
	test.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "rules-test-hook", map[string]string{"rule": args[0]}, o.raw)
	}
	list.AddCommand(test)
	return list
}

// changed prints what came of a table, and fails where it was not put in force.
func (o *options) changed(w io.Writer, answer json.RawMessage) error {
	var held struct{ Held bool }
	if err := o.print(w, answer, showTrial); err != nil {
		return err
	}
	if err := json.Unmarshal(answer, &held); err != nil {
		return fault.Err(err, "cmd.answer-unreadable")
	}
	if held.Held {
		return misuse("cmd.rules-held")
	}
	return nil
}

// mostDoc bounds a file of rules: the settings file has the same bound.
const mostDoc = 1 << 20

// readDoc reads a file, or with "-" standard input.
func (o *options) readDoc(path string) (string, error) {
	from := o.in
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return "", fault.Err(err, "cmd.file-unreadable", "file", path)
		}
		defer f.Close()
		from = f
	}
	doc, err := io.ReadAll(io.LimitReader(from, mostDoc+1))
	if err != nil || len(doc) > mostDoc {
		return "", fault.Err(err, "cmd.file-unreadable", "file", path)
	}
	return string(doc), nil
}

// exportRules writes the table as rules set takes it.
func (o *options) exportRules(cmd *cobra.Command, path string) error {
	return o.ask(cmd, "rules", map[string]string{}, func(w io.Writer, answer json.RawMessage) error {
		var a struct {
			Rules []crm.Rule `json:"rules"`
		}
		if err := json.Unmarshal(answer, &a); err != nil {
			return fault.Err(err, "cmd.answer-unreadable")
		}
		doc, err := settings.WriteRules(a.Rules)
		if err != nil {
			return err
		}
		if path == "-" {
			_, err := io.Copy(w, bytes.NewReader(doc))
			return err
		}
		if err := wholefile.Write(path, doc, 0o600); err != nil {
			return fault.Err(err, "cmd.export-unwritable", "file", path)
		}
		return o.done(nil)
	})
}

var showRules = shows(func(w io.Writer, v rulesAnswer) {
	if len(v.Rules) == 0 {
		fmt.Fprintln(w, catalogue.Text("cmd.rules.none"))
	}
	t := newTable(w)
	for i, r := range v.Rules {
		on := catalogue.Text("cmd.rules.off")
		if r.On {
			on = catalogue.Text("cmd.rules.on")
		}
		t.row(strconv.Itoa(i+1), r.Name, on, r.When, r.Then)
	}
	t.end()
	for _, c := range v.Conflicts {
		fmt.Fprintln(w, c)
	}
})

// changesShown is how many changed calls are listed for people.
const changesShown = 20

var showTrial = shows(func(w io.Writer, v app.Trial) {
	fmt.Fprintln(w, catalogue.Text("cmd.rules.tried", "count", v.Calls, "changed", v.Changed))
	if v.Calls > 0 {
		fmt.Fprintln(w, app.TrialLogged(v))
	}
	if words := app.TrialWords(v); words != "" {
		fmt.Fprintln(w, words)
	}
	t := newTable(w)
	for i, c := range v.Changes {
		if i == changesShown {
			t.row(catalogue.Text("cmd.rules.more", "more", len(v.Changes)-changesShown))
			break
		}
		who := person(c.Name, "")
		for _, change := range app.ChangeWords(c) {
			t.row(catalogue.Text("cmd.errors.when", "at", c.Started.Local()), who, c.Number, wordFor(outcomeWords, c.Outcome),
				catalogue.Text("cmd.rules.change", "before", change[0], "after", change[1]))
			who = ""
		}
	}
	t.end()
	rules := make([]crm.Rule, len(v.Rows))
	t = newTable(w)
	for i, r := range v.Rows {
		rules[i].Name = r.Name
		t.row(strconv.Itoa(i+1), r.Name, catalogue.Text("cmd.rules.decides", "count", r.Decides))
	}
	t.end()
	for _, c := range v.Conflicts {
		fmt.Fprintln(w, app.ConflictWords(c, rules))
	}
})
