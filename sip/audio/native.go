package audio

// #include "native.h"
import "C"

import "unsafe"

// The talk line's device is served in C.
//
// miniaudio calls its data callback from a thread of its own. If that is a Go function, each call makes the runtime find a P
// for a foreign thread and, since it then sits in a system call as far as the runtime knows, wakes the runtime's monitor
// thread, which looks fifty times within a millisecond whether to take it back. At a hundred calls a second the monitor alone
// took 2 of a call's 3.5 CPU seconds a minute (go 1.26, PulseAudio; strace shows its 20 µs sleeps). In C the callback copies
// between the device and the two FIFOs and touches neither the runtime nor a lock.
//
// malgo insists on its Go callback, but passes a notification callback on as it is. So miniaudio tells linecard_notified that
// the device has started, and that puts linecard's callback in the place of malgo's. Should miniaudio's structures ever differ
// from what native.h says, it leaves malgo's where it is, and bridge.exchange goes on doing the same work.

// nativeTakeOver is the notification callback. The device's user data has to be a *shared that stays where it is.
func nativeTakeOver() *[0]byte { return (*[0]byte)(C.linecard_notified) }

// nativeNow is the time native.c goes by, in nanoseconds from some moment.
func nativeNow() int64 { return int64(C.linecard_now()) }

// These do not compile unless C and Go agree on what they share.
var (
	_ [fifoSize]struct{}                          = [C.linecard_fifo_size]struct{}{}
	_ [unsafe.Sizeof(shared{})]struct{}           = [C.sizeof_linecard_shared]struct{}{}
	_ [unsafe.Offsetof(shared{}.last)]struct{}    = [unsafe.Offsetof(C.linecard_shared{}.last)]struct{}{}
	_ [unsafe.Offsetof(shared{}.speaker)]struct{} = [unsafe.Offsetof(C.linecard_shared{}.speaker)]struct{}{}
	_ [unsafe.Offsetof(fifo{}.wrote)]struct{}     = [unsafe.Offsetof(C.linecard_fifo{}.wrote)]struct{}{}
	_ [unsafe.Offsetof(fifo{}.buf)]struct{}       = [unsafe.Offsetof(C.linecard_fifo{}.buf)]struct{}{}
)
