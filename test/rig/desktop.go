package rig

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Desktop is a desktop session: a screen, a session bus, notifications, a keyring.
type Desktop struct {
	Env     []string // makes a program use it
	t       testing.TB
	dir     string
	keyring bool // it has had one
}

// StartBus starts a private session bus. No service is started on demand, and none of the machine's is reachable.
func StartBus(t testing.TB) *Desktop {
	t.Helper()
	d := &Desktop{t: t, dir: Dir(t)}
	config := filepath.Join(d.dir, "bus.conf")
	write(t, config, `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=`+d.dir+`/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`)
	p := Start(t, Command{Path: program(t, "dbus-daemon"), Args: []string{"--config-file=" + config, "--nofork", "--print-address=1"}})
	p.WaitLine("unix:path=")
	d.Env = []string{
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + d.dir + "/bus", "XDG_RUNTIME_DIR=" + d.dir, "XDG_CONFIG_HOME=" + d.dir,
		"XDG_DATA_HOME=" + d.dir, "HOME=" + d.dir,
	}
	return d
}

// StartScreen starts a private X display.
func (d *Desktop) StartScreen() {
	d.t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		d.t.Fatal(err)
	}
	// Xvfb writes the number of a free display once it accepts clients.
	p := Start(d.t, Command{Path: program(d.t, "Xvfb"), Args: []string{"-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset"}, Files: []*os.File{write}})
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	_ = read.Close()
	if err != nil {
		d.t.Fatalf("Xvfb did not say its display: %v\n%s", err, p.tail(20))
	}
	d.Env = append(d.Env, "DISPLAY=:"+strings.TrimSpace(number))
}

// StartDunst starts the notification daemon, which needs a screen. Its action menu is a script that chooses the action
// of Invoke.
func (d *Desktop) StartDunst() {
	d.t.Helper()
	menu, config := filepath.Join(d.dir, "menu"), filepath.Join(d.dir, "dunstrc")
	write(d.t, menu, "#!/bin/sh\nexec grep -m1 -F -- \"#$(cat "+d.dir+"/choice) \"\n")
	if err := os.Chmod(menu, 0o755); err != nil {
		d.t.Fatal(err)
	}
	write(d.t, config, "[global]\nmonitor = 0\ndmenu = "+menu+"\n")
	Start(d.t, Command{Path: program(d.t, "dunst"), Args: []string{"-conf", config, "-verbosity", "info"}, Env: d.Env})
	Until(d.t, "dunst answers", func() bool { return d.run("dunstctl", "is-paused") == nil })
}

// Notice is a notification that is or was on the screen.
type Notice struct {
	ID      int
	Summary string
	Body    string
}

// Notices returns how many notifications are shown now.
func (d *Desktop) Notices() int {
	d.t.Helper()
	out, err := d.output("dunstctl", "count", "displayed")
	if err != nil {
		d.t.Fatalf("dunstctl: %v", err)
	}
	var n int
	_, _ = fmt.Sscan(out, &n)
	return n
}

// Invoke chooses a notification's action by its label, in dunst's menu.
func (d *Desktop) Invoke(label string) {
	d.t.Helper()
	write(d.t, filepath.Join(d.dir, "choice"), label)
	if err := d.run("dunstctl", "context"); err != nil {
		d.t.Fatalf("dunstctl context: %v", err)
	}
}

// CloseNotices closes every notification, as a user does after reading them.
func (d *Desktop) CloseNotices() {
	d.t.Helper()
	if err := d.run("dunstctl", "close-all"); err != nil {
		d.t.Fatalf("dunstctl close-all: %v", err)
	}
}

// History returns the notifications that were shown and closed, newest first.
func (d *Desktop) History() []Notice {
	d.t.Helper()
	out, err := d.output("dunstctl", "history")
	if err != nil {
		d.t.Fatalf("dunstctl history: %v", err)
	}
	type value[T any] struct{ Data T }
	var answer struct {
		Data [][]struct {
			ID            value[int]
			Summary, Body value[string]
		}
	}
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		d.t.Fatalf("dunstctl history said %q: %v", out, err)
	}
	var all []Notice
	for _, list := range answer.Data {
		for _, n := range list {
			all = append(all, Notice{n.ID.Data, n.Summary.Data, n.Body.Data})
		}
	}
	return all
}

func (d *Desktop) run(name string, args ...string) error {
	_, err := d.output(name, args...)
	return err
}

func (d *Desktop) output(name string, args ...string) (string, error) {
	cmd := exec.Command(program(d.t, name), args...)
	cmd.Env = append(os.Environ(), d.Env...)
	out, err := cmd.Output()
	return string(out), err
}
