//go:build unix

package rig

import (
	"os/exec"
	"syscall"
)

// inGroup makes a process the leader of a group of its own, or of a session, which is a group too.
func inGroup(c *exec.Cmd, session bool) {
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: !session, Setsid: session}
}

// signal signals the whole group, whose id is that of its leader.
func (p *Process) signal(s syscall.Signal) { _ = syscall.Kill(-p.cmd.Process.Pid, s) }
