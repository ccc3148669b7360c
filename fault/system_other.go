//go:build !windows

package fault

import "syscall"

var (
	portTaken = []syscall.Errno{syscall.EADDRINUSE}
	diskFull  = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}
	readOnly  = []syscall.Errno{syscall.EROFS}
	refused   = []syscall.Errno{syscall.ECONNREFUSED}
)
