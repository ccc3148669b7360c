package fault

import "syscall"

// The numbers of Windows (winerror.h). The constants of package syscall that have the names of Unix, such as syscall.EADDRINUSE, are
// invented there: no call of the system returns them.
var (
	portTaken = []syscall.Errno{
		10048, // WSAEADDRINUSE
		10013, // WSAEACCES: another program has the port to itself, or the system has reserved it
	}
	diskFull = []syscall.Errno{
		112,  // ERROR_DISK_FULL
		39,   // ERROR_HANDLE_DISK_FULL
		223,  // ERROR_FILE_TOO_LARGE
		1295, // ERROR_DISK_QUOTA_EXCEEDED
	}
	readOnly = []syscall.Errno{
		19, // ERROR_WRITE_PROTECT
	}
	refused = []syscall.Errno{
		10061, // WSAECONNREFUSED
	}
)
