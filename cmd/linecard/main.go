// Command linecard is the softphone and its command line in one binary.
//
// This package only wires: it reads flags, builds the parts, joins them, and takes them down in the right order. It is the
// only importer of fyne.io/fyne/v2/app. What each file is for:
//
//	main.go      exit codes
//	root.go      the command tree and its flags
//	verbs.go     verbs that talk to the running app
//	print.go     how answers look without --json
//	control.go   the running app's side of the control socket
//	engine.go    the parts, built and joined
//	face*.go     window or headless
//	demo.go      the embedded PBX and org
//	selftest.go  the demo, played by itself
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"linecard/app/instance"
	_ "linecard/cmd/linecard/locale" // before Fyne looks
)

// version is set by the release build (-ldflags -X main.version=…).
var version = "0.1.0"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

// run is main without the process: 0 done, 1 failed, 2 misuse.
func run(args []string, in io.Reader, out, errs io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	cmd := newRoot(in, out, errs)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(errs, "linecard:", err)
	var wrong misuse
	if errors.As(err, &wrong) || instance.IsMisuse(err) {
		return 2
	}
	return 1
}

// misuse marks an error of the caller's: a wrong flag, a missing argument.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }
