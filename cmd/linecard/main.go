// Command linecard is the softphone and its command line in one binary.
//
// This package reads flags, prints, and gives the program a face; app/program builds and joins the parts. It is the
// only importer of fyne.io/fyne/v2/app. What each file is for:
//
//	main.go            exit codes
//	root.go            the command tree and its flags; help.go prints its help
//	setup.go, run.go   what the app runs on, and how it starts and ends
//	window.go          the app with a window; uisettings.go, uiadmin.go, uilayouts.go, uiobjects.go connect its settings to the program
//	headless.go        the app without one
//	verbs.go           verbs that talk to the running app; those of *_verbs.go work without it too, where that makes sense
//	card.go …          a verb with what the running app answers to it, one file for each: colleagues, directory, forward, layouts,
//	                   meter, objects, owners, profile, rules, trace, transfer, voicemail
//	control*.go        the running app's side of the control socket
//	answers*.go        the JSON of the command line; profile_answer.go that of the profile
//	print.go           how answers look without --json; words.go has the words for their codes
//	demo.go            the demo: a PBX and an org, and the setup that uses them; seed.go, scenes.go, sweep.go
//	selftest.go        the demo, played by itself; selftest_window.go in a window
//	doctor.go          what works and what does not; errors.go what went wrong
//	account.go         accounts that are set while no app runs
//	renew.go           the process that renews a link for the running app
//	browser.go         opens the system's browser
//	trim_*.go          gives memory back after the start
//	class_*.go         names the windows for docks and task bars
//
// No file has words: they are messages of the catalogue, in resources/messages/cmd.en.toml.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/app/settings"
	_ "linecard/cmd/linecard/locale" // before Fyne looks
	"linecard/fault"
)

// version is set by the release build (-ldflags -X main.version=…).
var version = "0.1.0"

func main() {
	if len(os.Args) == 2 && os.Args[1] == renewVerb {
		os.Exit(renewLink(os.Stdin, os.Stdout))
	}
	small(context.Background())
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main without the process. It returns the exit status: 0 done, 1 failed, 2 misuse.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	catalogue.UseSetting(settings.Language(dataOf(args)))
	cmd := newRoot(in, out, errs)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	slog.Debug("the command failed", "err", err) // with the cause, which the sentence leaves out
	fmt.Fprintln(errs, "linecard:", catalogue.Error(err))
	if instance.IsMisuse(err) {
		return 2
	}
	return 1
}

// dataOf is the data directory that arguments name. It is wanted before the commands are made, for what they say of
// themselves is in the language of its settings.
func dataOf(args []string) string {
	o := options{data: envOr("LINECARD_DATA", "")}
	for i, arg := range args {
		switch name, value, given := strings.Cut(arg, "="); {
		case arg == "--":
			return o.dir()
		case name != "--data":
		case given:
			o.data = value
		case i+1 < len(args):
			o.data = args[i+1]
		}
	}
	return o.dir()
}

// misuse is an error of whoever typed the command: a wrong flag, a missing argument.
func misuse(code fault.Code, pairs ...any) error {
	return instance.Misuse(fault.Err(nil, code, pairs...))
}
