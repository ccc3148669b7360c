package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"linecard/app/catalogue"
	"linecard/app/instance"
)

// Until they are printed, the words of a command and of its flags are ids of messages: the flags must have been read before
// it is known what language the help is in, and a verb that only does something need not wait for words.

// operands is the annotation that holds the ids of what a command takes.
const operands = "operands"

func newCommand(name, short string, takes ...string) *cobra.Command {
	return &cobra.Command{
		Use: name, Short: short, DisableFlagsInUseLine: true, Annotations: map[string]string{operands: strings.Join(takes, " ")},
	}
}

// usage is how a command is typed, without its flags: linecard settings set KEY VALUE
func usage(cmd *cobra.Command) string {
	line := cmd.CommandPath()
	for _, id := range strings.Fields(cmd.Annotations[operands]) {
		line += " " + catalogue.Text(id)
	}
	return line
}

var isMessage = regexp.MustCompile(`^cmd\.[a-z.-]+$`)

// words are the words of a message, and those of a text that is none.
func words(id string) string {
	if isMessage.MatchString(id) {
		return catalogue.Text(id)
	}
	return id
}

// translate puts words in place of the ids, for what cobra prints itself: completions of a shell.
func translate(cmd *cobra.Command) {
	cmd.Short = words(cmd.Short)
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) { f.Usage = words(f.Usage) })
	for _, sub := range cmd.Commands() {
		translate(sub)
	}
}

// newHelp is `linecard help`, which cobra has in English only.
func newHelp() *cobra.Command {
	help := newCommand("help", "cmd.verb.help", "cmd.operand.command")
	help.PersistentPreRunE = func(*cobra.Command, []string) error { return nil } // the data directory does not matter
	help.RunE = func(cmd *cobra.Command, args []string) error {
		about, rest, err := cmd.Root().Find(args)
		if err != nil || len(rest) > 0 {
			return misuse("cmd.unknown-command", "name", strings.Join(args, " "))
		}
		return about.Help()
	}
	return help
}

// printHelp prints what a command does and what it takes.
func printHelp(cmd *cobra.Command, _ []string) {
	w := cmd.OutOrStdout()
	about := words(cmd.Short)
	if cmd.Long != "" {
		about = words(cmd.Long)
	}
	fmt.Fprintf(w, "%s\n\n%s\n", about, catalogue.Text("cmd.help.usage"))
	if cmd.Runnable() {
		line := usage(cmd)
		if cmd.HasAvailableFlags() {
			line += " " + catalogue.Text("cmd.help.flags")
		}
		fmt.Fprintf(w, "  %s\n", line)
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "  %s %s\n\n%s\n", cmd.CommandPath(), catalogue.Text("cmd.help.subcommand"), catalogue.Text("cmd.help.commands"))
		t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(t, "  %s\t%s\n", sub.Name(), words(sub.Short))
			}
		}
		_ = t.Flush()
	}
	printFlags(w, catalogue.Text("cmd.help.own-flags"), cmd.LocalFlags())
	printFlags(w, catalogue.Text("cmd.help.shared-flags"), cmd.InheritedFlags())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(w, "\n%s\n", catalogue.Text("cmd.help.more", "command", cmd.CommandPath()))
	}
}

func printFlags(w io.Writer, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	fmt.Fprintf(w, "\n%s\n", title)
	t := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		spoken := *f
		spoken.Usage = words(f.Usage)
		value, about := pflag.UnquoteUsage(&spoken)
		if value == f.Value.Type() { // the usage gives the value no name
			value = catalogue.Text("cmd.help.value")
		}
		name := "    --" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", --" + f.Name
		}
		if f.NoOptDefVal == "" {
			name += " " + value
			if f.DefValue != "" {
				about = catalogue.Text("cmd.help.default", "usage", about, "value", f.DefValue)
			}
		}
		fmt.Fprintf(t, "  %s\t%s\n", name, about)
	})
	_ = t.Flush()
}

// flagError is what cobra says of a flag, as misuse.
func flagError(cmd *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		bare    *pflag.ValueRequiredError
		wrong   *pflag.InvalidValueError
		garbled *pflag.InvalidSyntaxError
	)
	switch {
	case errors.As(err, &unknown):
		return misuse("cmd.flag-unknown", "flag", dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames()), "command", cmd.CommandPath())
	case errors.As(err, &bare):
		return misuse("cmd.flag-without-value", "flag", dashed(bare.GetSpecifiedName(), bare.GetSpecifiedShortnames()))
	case errors.As(err, &wrong):
		return misuse("cmd.flag-value", "flag", "--"+wrong.GetFlag().Name, "value", wrong.GetValue())
	case errors.As(err, &garbled):
		return misuse("cmd.flag-unreadable", "flag", garbled.GetSpecifiedFlag())
	}
	return instance.Misuse(err)
}

// dashed is a flag as it was typed.
func dashed(name, shorthands string) string {
	if shorthands != "" {
		return "-" + name[:1]
	}
	return "--" + name
}
