package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"linecard/app/instance"
	"linecard/app/settings"
)

// newSettings is the settings by command line: with the app running they apply at once, without it they are written.
func newSettings(o *options) *cobra.Command {
	list := &cobra.Command{
		Use: "settings", Short: "Show every setting, and where its value comes from", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := o.ask(cmd, "settings", map[string]string{}, func(w io.Writer, answer json.RawMessage) error {
				return o.print(w, answer, showSettings)
			})
			if errors.Is(err, instance.ErrNotRunning) {
				return o.answer(o.offline().List(), showSettings)
			}
			return err
		},
	}
	change := func(use, short string, args cobra.PositionalArgs, names []string, offline func(*settings.Store, []string) error) *cobra.Command {
		verb, _, _ := strings.Cut(use, " ")
		return &cobra.Command{Use: use, Short: short, Args: args, RunE: func(cmd *cobra.Command, values []string) error {
			request := map[string]string{}
			for i, name := range names {
				request[name] = values[i]
			}
			err := o.ask(cmd, "settings-"+verb, request, o.raw)
			if errors.Is(err, instance.ErrNotRunning) {
				return misused(offline(o.offline(), values))
			}
			return err
		}}
	}
	list.AddCommand(
		change("set KEY VALUE", "Change a setting", twoArgs, []string{"key", "value"},
			func(s *settings.Store, v []string) error { return s.Set(v[0], v[1]) }),
		change("unset KEY", "Put a setting back to its default", oneArg, []string{"key"},
			func(s *settings.Store, v []string) error { return s.Unset(v[0]) }),
	)
	return list
}

func twoArgs(cmd *cobra.Command, args []string) error { return needs(cmd, args, 2, 2) }

var showSettings = shows(func(w io.Writer, v []settings.Entry) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, e := range v {
		locked := ""
		if e.Locked {
			locked = "locked"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", e.Key, settingText(e.Value), e.Origin, locked)
	}
	_ = t.Flush()
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
