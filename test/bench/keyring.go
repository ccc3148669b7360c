package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// keyring is a gnome-keyring, unlocked, on a session bus of its own: the phone registers with the password that it kept
// there at an earlier start.
type keyring struct {
	dir   string
	procs []*exec.Cmd
	env   []string // makes a program use it
}

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=%s/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`

func startKeyring(ctx context.Context) (_ *keyring, err error) {
	dir, err := os.MkdirTemp("", "lcb-keyring-")
	if err != nil {
		return nil, err
	}
	k := &keyring{dir: dir, env: []string{
		"LINECARD_SECRETS=", "DBUS_SESSION_BUS_ADDRESS=unix:path=" + dir + "/bus", "XDG_DATA_HOME=" + dir,
	}}
	defer func() {
		if err != nil {
			k.close()
		}
	}()
	config := filepath.Join(dir, "bus.conf")
	if err := os.WriteFile(config, fmt.Appendf(nil, busConfig, dir), 0o600); err != nil {
		return nil, err
	}
	bus := exec.Command("dbus-daemon", "--config-file="+config, "--nofork", "--print-address=1")
	address, err := bus.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := k.start(bus); err != nil {
		return nil, err
	}
	if _, err := bufio.NewReader(address).ReadString('\n'); err != nil { // it is said when the bus listens
		return nil, fmt.Errorf("the session bus did not start: %w", err)
	}
	daemon := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", "--control-directory="+dir)
	daemon.Stdin = strings.NewReader("keyring password")
	if err := k.start(daemon); err != nil {
		return nil, err
	}
	return k, k.ready(ctx)
}

func (k *keyring) start(cmd *exec.Cmd) error {
	cmd.Env = append(append(os.Environ(), "HOME="+k.dir, "XDG_RUNTIME_DIR="+k.dir), k.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", filepath.Base(cmd.Path), err)
	}
	raiseGroupPriority(cmd.Process.Pid)
	k.procs = append(k.procs, cmd)
	return nil
}

// ready waits until the keyring has its name on the bus.
func (k *keyring) ready(ctx context.Context) error {
	for {
		ask := exec.CommandContext(ctx, "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.DBus", "/org/freedesktop/DBus",
			"org.freedesktop.DBus.NameHasOwner", "string:org.freedesktop.secrets")
		ask.Env = append(os.Environ(), k.env...)
		if out, err := ask.Output(); err == nil && strings.Contains(string(out), "true") {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(errors.New("gnome-keyring does not answer"), context.Cause(ctx))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// close ends the keyring first, then its bus.
func (k *keyring) close() {
	for len(k.procs) > 0 {
		last := k.procs[len(k.procs)-1]
		k.procs = k.procs[:len(k.procs)-1]
		_ = last.Process.Signal(syscall.SIGTERM)
		_ = last.Wait()
	}
	_ = os.RemoveAll(k.dir)
}
