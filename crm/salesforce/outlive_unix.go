//go:build unix

package salesforce

import (
	"os/exec"
	"syscall"
)

// outlive gives a process a session of its own, so that neither a terminal's signals nor a kill of this process's group
// reach it.
func outlive(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
