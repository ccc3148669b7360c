//go:build !unix

package rig

import (
	"os/exec"
	"syscall"
)

// The peers run on Linux only. Elsewhere this package compiles, so that the tests beside it can be vetted there.

func inGroup(*exec.Cmd, bool) {}

func (p *Process) signal(syscall.Signal) { _ = p.cmd.Process.Kill() }
