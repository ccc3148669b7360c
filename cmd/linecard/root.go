package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
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
		Args:          atMostOne,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			slog.SetDefault(newLog(o))
			if dir, err := filepath.Abs(o.data); err == nil && o.data != "" {
				o.data = dir // a file's URL, as SQLite takes it, has no relative path
			}
			return usable(o.dir())
		},
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

	root.AddCommand(newSelftest(o), newAccount(o), newSettings(o))
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

// usable tells, in a sentence, when the data directory cannot be one.
func usable(dir string) error {
	f, err := os.Open(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // it will be made
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the data directory %s is somebody else's; choose another with --data", dir)
	case err != nil:
		return fmt.Errorf("the data directory %s can't be used: %w", dir, err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file; --data takes a folder", dir)
	}
	return nil
}

func envOr(name, otherwise string) string {
	if v, ok := os.LookupEnv(name); ok {
		return v
	}
	return otherwise
}

// Arguments that are missing or too many are misuse, said with the way to do it.

func noArgs(cmd *cobra.Command, args []string) error    { return needs(cmd, args, 0, 0) }
func oneArg(cmd *cobra.Command, args []string) error    { return needs(cmd, args, 1, 1) }
func atMostOne(cmd *cobra.Command, args []string) error { return needs(cmd, args, 0, 1) }

func needs(cmd *cobra.Command, args []string, low, high int) error {
	switch {
	case len(args) < low:
		return misuse{fmt.Errorf("something is missing: %s", cmd.UseLine())}
	case len(args) > high:
		return misuse{fmt.Errorf("unexpected argument %q; usage: %s", args[high], cmd.UseLine())}
	}
	return nil
}
