package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app/instance"
	"linecard/app/settings"
)

// options are the flags every command shares.
type options struct {
	data     string
	json     bool
	demo     bool
	headless bool
	verbose  bool
	in       io.Reader
	out      io.Writer
	errs     io.Writer
}

func newRoot(in io.Reader, out, errs io.Writer) *cobra.Command {
	o := &options{in: in, out: out, errs: errs}
	root := &cobra.Command{
		Use:           "linecard [link]",
		Short:         "A phone that knows who is calling and logs the call in Salesforce",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          maximumArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			link := ""
			if len(args) == 1 {
				if _, err := instance.ParseLink(args[0]); err != nil {
					if !strings.Contains(args[0], ":") {
						return misuse{fmt.Errorf("there is no command %q; linecard --help lists them", args[0])}
					}
					return err
				}
				link = args[0]
			}
			return start(cmd.Context(), o, link)
		},
	}
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return misuse{err} })
	root.CompletionOptions.HiddenDefaultCmd = true

	flags := root.PersistentFlags()
	flags.StringVar(&o.data, "data", envOr("LINECARD_DATA", ""), "data `directory`")
	flags.BoolVar(&o.json, "json", false, "print JSON")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "log details to standard error")
	root.Flags().BoolVar(&o.demo, "demo", false, "try it: a built-in phone system and a sample org")
	root.Flags().BoolVar(&o.headless, "headless", false, "run without a window")

	root.AddCommand(newSelftest(o), newAccount(o))
	root.AddCommand(newVerbs(o)...)
	return root
}

// dir is the data directory in force.
func (o *options) dir() string {
	if o.data != "" {
		return o.data
	}
	return settings.DefaultDir()
}

func envOr(name, otherwise string) string {
	if v, ok := os.LookupEnv(name); ok {
		return v
	}
	return otherwise
}

// Cobra's own argument errors are misuse, so that they exit with 2.

func exactArgs(n int) cobra.PositionalArgs   { return asMisuse(cobra.ExactArgs(n)) }
func maximumArgs(n int) cobra.PositionalArgs { return asMisuse(cobra.MaximumNArgs(n)) }
func noArgs(cmd *cobra.Command, args []string) error {
	return asMisuse(cobra.NoArgs)(cmd, args)
}

func asMisuse(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return misuse{err}
		}
		return nil
	}
}
