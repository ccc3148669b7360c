package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// priority is the nice value of everything that takes part: the app, this program, X and the sound server, all alike. The
// peers were measured so, on a machine that does other work at the same time.
const priority = -10

// hurry starts this program again with that priority, which its children inherit. Only a thread can be given one, and a
// process begins with that of the thread that made it. Without the right to, it goes on as it is.
func hurry() {
	const done = "LINECARD_BENCH_PRIORITY"
	if os.Getenv(done) != "" {
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if syscall.Setpriority(syscall.PRIO_PROCESS, 0, priority) != nil {
		return
	}
	// Should it fail, the program goes on, one thread of it in a hurry.
	_ = syscall.Exec("/proc/self/exe", os.Args, append(os.Environ(), done+"=1"))
}

// hurryGroup gives that priority to a session as a whole. Linux puts the processes of a session into a group (autogroup, see
// sched(7)) and weighs the groups first; a nice value counts within its group only.
func hurryGroup(pid int) {
	// Where there are no groups, or no right to, the nice value is all there is.
	_ = os.WriteFile(fmt.Sprintf("/proc/%d/autogroup", pid), fmt.Append(nil, priority), 0)
}
