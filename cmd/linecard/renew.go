package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"linecard/app/program"
)

// renewVerb makes this program the process that renews a link for a running app: it outlives the app, so that a token which
// the org has just given is kept whatever happens to the app. Nobody types it, and help does not list it.
const renewVerb = "renew-link"

// renewLink does what the running app asks for on in. Whoever ends the session meanwhile waits the moment that it takes.
func renewLink(in io.Reader, out io.Writer) int {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	if err := program.RenewLink(context.Background(), in, out); err != nil {
		slog.Error("the link was not renewed", "err", err)
		return 1
	}
	return 0
}

// renewCommand is the command of such a process: this program's own file, on Linux also after an update has replaced it.
func renewCommand() *exec.Cmd {
	path, err := os.Executable()
	if runtime.GOOS == "linux" {
		path, err = "/proc/self/exe", nil
	}
	cmd := exec.CommandContext(context.Background(), path, renewVerb) // nothing that ends the app ends it
	cmd.Err = err
	return cmd
}
