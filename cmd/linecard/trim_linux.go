package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
)

// trim gives back the program pages that only the start has touched: code and constants of Linecard, of Fyne and of the
// graphics libraries that are not used again. They stay in the page cache, so a page that is needed after all costs a minor
// fault. It leaves pages that were ever written: they would lose what was written.
func trim() {
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return
	}
	defer f.Close()
	var from, to uintptr
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		var perms, offset, dev, path string
		var inode uint64
		if n, _ := fmt.Sscanf(line, "%x-%x %s %s %s %d %s", &from, &to, &perms, &offset, &dev, &inode, &path); n >= 6 {
			if n < 7 || inode == 0 || (perms != "r-xp" && perms != "r--p") || !strings.HasPrefix(path, "/") {
				from, to = 0, 0
			}
			continue
		}
		// Private_Dirty comes after the header of each mapping; relocated constants are read-only now, but were written.
		if rest, ok := strings.CutPrefix(line, "Private_Dirty:"); ok && to > from {
			if strings.TrimSpace(rest) == "0 kB" {
				_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_DONTNEED)
			}
			from, to = 0, 0
		}
	}
}
