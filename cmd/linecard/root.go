package main

import (
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app/instance"
	"linecard/app/settings"
	"linecard/fault"
)

// options are the flags, and where commands read and print.
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
	root := newCommand("linecard", "cmd.about", "cmd.operand.link")
	root.Version = version
	root.SilenceUsage, root.SilenceErrors = true, true
	root.Args = atMostOne
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		slog.SetDefault(newLog(o))
		if cmd.Name() == cobra.ShellCompRequestCmd { // a shell asks for completions, with a word about each
			translate(cmd.Root())
		}
		if dir, err := filepath.Abs(o.data); err == nil && o.data != "" {
			o.data = dir // what is printed names the whole path
		}
		return usable(o.dir())
	}
	root.RunE = func(cmd *cobra.Command, args []string) error {
		link := ""
		if len(args) == 1 {
			if _, err := instance.ParseLink(args[0]); err != nil {
				if !strings.Contains(args[0], ":") {
					return misuse("cmd.unknown-command", "name", args[0])
				}
				return err
			}
			link = args[0]
		}
		return start(cmd.Context(), o, link)
	}
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	root.SetFlagErrorFunc(flagError)
	root.SetHelpFunc(printHelp)
	root.SetHelpCommand(newHelp())
	root.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	root.CompletionOptions.HiddenDefaultCmd = true

	flags := root.PersistentFlags()
	flags.BoolP("help", "h", false, "cmd.flag.help")
	flags.StringVar(&o.data, "data", envOr("LINECARD_DATA", ""), "cmd.flag.data")
	flags.BoolVar(&o.json, "json", false, "cmd.flag.print-json")
	flags.BoolVarP(&o.verbose, "verbose", "v", false, "cmd.flag.verbose")
	root.Flags().Bool("version", false, "cmd.flag.version")
	root.Flags().BoolVar(&o.demo, "demo", false, "cmd.flag.demo")
	root.Flags().BoolVar(&o.headless, "headless", false, "cmd.flag.headless")

	root.AddCommand(newSelftest(o), newAccount(o), newSettings(o), newOrgSetup(o), newRules(o), newOwners(o))
	root.AddCommand(newVerbs(o)...)
	return root
}

// dir is the data directory that applies.
func (o *options) dir() string {
	if o.data != "" {
		return o.data
	}
	return settings.DefaultDir()
}

// usable reports why the data directory cannot be one; nil when it can.
func usable(dir string) error {
	f, err := os.Open(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // it will be made
	case errors.Is(err, fs.ErrPermission):
		return fault.Err(err, "cmd.folder-of-another-user", "folder", dir)
	case err != nil:
		return fault.Err(err, "cmd.folder-unusable", "folder", dir)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && !info.IsDir() {
		return fault.Err(nil, "cmd.folder-is-a-file", "folder", dir)
	}
	return nil
}

func envOr(name, otherwise string) string {
	if v, ok := os.LookupEnv(name); ok {
		return v
	}
	return otherwise
}

// Arguments that are missing or too many are misuse; the sentence shows how the command is typed.

func noArgs(cmd *cobra.Command, args []string) error    { return needs(cmd, args, 0, 0) }
func oneArg(cmd *cobra.Command, args []string) error    { return needs(cmd, args, 1, 1) }
func atMostOne(cmd *cobra.Command, args []string) error { return needs(cmd, args, 0, 1) }

func needs(cmd *cobra.Command, args []string, low, high int) error {
	switch {
	case len(args) < low:
		return misuse("cmd.argument-missing", "usage", usage(cmd))
	case len(args) > high:
		return misuse("cmd.argument-unexpected", "argument", args[high], "usage", usage(cmd))
	}
	return nil
}
