package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/app/settings"
)

// newSettings shows and changes the settings. The running app applies a change at once; without it the file is written.
func newSettings(o *options) *cobra.Command {
	list := newCommand("settings", "cmd.verb.settings")
	list.Args = noArgs
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		err := o.ask(cmd, "settings", map[string]string{}, func(w io.Writer, answer json.RawMessage) error {
			return o.print(w, answer, showSettings)
		})
		if errors.Is(err, instance.ErrNotRunning) {
			return o.answer(o.offline().List(), showSettings)
		}
		return err
	}
	var yes bool
	change := func(cmd *cobra.Command, verb string, args map[string]string) error {
		if !isRule(args["key"]) {
			return o.ask(cmd, verb, args, o.raw)
		}
		args["yes"] = strconv.FormatBool(yes)
		return o.ask(cmd, verb, args, o.changed)
	}
	set := newCommand("set", "cmd.verb.settings-set", "cmd.operand.key", "cmd.operand.value")
	set.Args = twoArgs
	set.Flags().BoolVar(&yes, "yes", false, "cmd.flag.rules-yes")
	set.RunE = func(cmd *cobra.Command, args []string) error {
		err := change(cmd, "settings-set", map[string]string{"key": args[0], "value": args[1]})
		if errors.Is(err, instance.ErrNotRunning) {
			return o.done(o.changeOffline(args[0], yes, func(s *settings.Store) error { return s.Set(args[0], args[1]) }))
		}
		return err
	}
	unset := newCommand("unset", "cmd.verb.settings-unset", "cmd.operand.key")
	unset.Args = oneArg
	unset.Flags().BoolVar(&yes, "yes", false, "cmd.flag.rules-yes")
	unset.RunE = func(cmd *cobra.Command, args []string) error {
		err := change(cmd, "settings-unset", map[string]string{"key": args[0]})
		if errors.Is(err, instance.ErrNotRunning) {
			return o.done(o.changeOffline(args[0], yes, func(s *settings.Store) error { return s.Unset(args[0]) }))
		}
		return err
	}
	list.AddCommand(set, unset)
	return list
}

// changeOffline changes a setting while no app runs. Past calls are not there then, so that rules are put in force untried, which the agent has to say; what is wrong with
// the change is told before.
func (o *options) changeOffline(key string, yes bool, change func(*settings.Store) error) error {
	return misused(o.offline().ChangeTried(change, func(now, next *settings.Settings) error {
		if !yes && !settings.SameRules(now.Rules, next.Rules) {
			return misuse("cmd.rules-untried")
		}
		return nil
	}))
}

func twoArgs(cmd *cobra.Command, args []string) error { return needs(cmd, args, 2, 2) }

var showSettings = shows(func(w io.Writer, v []settings.Entry) {
	t := newTable(w)
	defer t.end()
	for _, e := range v {
		locked := ""
		if e.Locked {
			locked = catalogue.Text("cmd.locked")
		}
		t.row(e.Key, settingText(e.Value), wordFor(layerWords, e.Origin), locked)
	}
})

// settingText is a value as `settings set` takes it.
func settingText(v any) string {
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v)
	}
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = fmt.Sprint(e)
	}
	return strings.Join(texts, ", ")
}
