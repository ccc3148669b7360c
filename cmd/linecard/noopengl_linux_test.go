package main

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A display without OpenGL, as over some remote desktops, opens no window: the start says so and ends, and there is no app that nobody sees.
func TestADisplayWithoutOpenGL(t *testing.T) {
	ready, printed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Close()
	screen := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset", "-extension", "GLX")
	screen.ExtraFiles = []*os.File{printed}
	if err := screen.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = screen.Process.Kill()
		_ = screen.Wait()
	})
	_ = printed.Close()
	number, err := bufio.NewReader(ready).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var said strings.Builder
	app := exec.CommandContext(ctx, "linecard", "--data", t.TempDir()) // testscript.Main has put it in the PATH
	app.Env = append(os.Environ(), "DISPLAY=:"+strings.TrimSpace(number), "WAYLAND_DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=", "LINECARD_SECRETS=memory", "HOME="+t.TempDir(), "LANG=C.UTF-8")
	app.Stderr = &said
	err = app.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("ended with %v", err)
	}
	if text := said.String(); !strings.Contains(text, "without OpenGL. Run it without a window: linecard --headless") || strings.Contains(text, "goroutine ") {
		t.Errorf("said %s", text)
	}
}
