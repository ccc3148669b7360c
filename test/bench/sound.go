package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// sound is a separate PulseAudio, as for the other phones: a null sink to play to, and a silent source to record from.
type sound struct {
	dir string
	cmd *exec.Cmd
	env []string // makes a program use it
}

const soundScript = `
load-module module-native-protocol-unix socket=%s auth-anonymous=1
load-module module-null-sink sink_name=speaker rate=48000 channels=1
load-module module-null-source source_name=mic rate=48000 channels=1
set-default-sink speaker
set-default-source mic
`

func startSound(ctx context.Context) (*sound, error) {
	dir, err := os.MkdirTemp("", "lcb-pulse-")
	if err != nil {
		return nil, err
	}
	socket := filepath.Join(dir, "native")
	script := filepath.Join(dir, "default.pa")
	if err := os.WriteFile(script, fmt.Appendf(nil, soundScript, socket), 0o600); err != nil {
		return nil, err
	}
	s := &sound{dir: dir, env: []string{
		"XDG_RUNTIME_DIR=" + dir, "PULSE_RUNTIME_PATH=" + dir, "PULSE_STATE_PATH=" + dir, "PULSE_SERVER=unix:" + socket,
	}}
	s.cmd = exec.Command("pulseaudio", "-n", "-F", script, "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no")
	s.cmd.Env = append(append(os.Environ(), "HOME="+dir), s.env...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := s.cmd.Start(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start pulseaudio: %w", err)
	}
	raiseGroupPriority(s.cmd.Process.Pid)
	for {
		info := exec.CommandContext(ctx, "pactl", "info")
		info.Env = s.cmd.Env
		if info.Run() == nil {
			return s, nil
		}
		select {
		case <-ctx.Done():
			s.close()
			return nil, fmt.Errorf("pulseaudio does not answer: %w", context.Cause(ctx))
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (s *sound) close() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
	_ = os.RemoveAll(s.dir)
}
