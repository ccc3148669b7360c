package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// priority is the nice value of all programs that take part: the app, this program, X and the sound server. The other
// phones were measured in the same way, on a machine that does other work at the same time.
const priority = -10

// raisePriority restarts this program with that priority, which its children inherit. Only a thread can be given a
// priority, and a process begins with that of the thread that started it. Without the permission the program continues
// unchanged.
func raisePriority() {
	const done = "LINECARD_BENCH_PRIORITY"
	if os.Getenv(done) != "" {
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if syscall.Setpriority(syscall.PRIO_PROCESS, 0, priority) != nil {
		return
	}
	// If this fails, the program continues with only one thread at the higher priority.
	_ = syscall.Exec("/proc/self/exe", os.Args, append(os.Environ(), done+"=1"))
}

// raiseGroupPriority gives that priority to a whole session. Linux puts the processes of a session into a group
// (autogroup, see sched(7)) and compares groups first; a nice value counts only within its group.
func raiseGroupPriority(pid int) {
	// Without groups, or without the permission, only the nice value has an effect.
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/autogroup", pid), fmt.Append(nil, priority), 0)
}

// giveWay lets the goroutine work only where nobody else wants the processor, until it ends: an org is another machine, and a search among a
// million people would take one of the processors from the app.
func giveWay() {
	runtime.LockOSThread() // the thread ends with the goroutine, and its priority with it
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), 19)
}
