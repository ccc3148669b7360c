package salesforce

import (
	"os/exec"
	"syscall"
)

// outlive gives a process a group of its own and no console, so that a console's end does not reach it.
func outlive(cmd *exec.Cmd) {
	const detached = 0x00000008 // DETACHED_PROCESS
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | detached, HideWindow: true}
}
