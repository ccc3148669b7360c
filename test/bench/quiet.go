package main

import (
	"bufio"
	"context"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	quietEnough  = 0.25 // processors that others may use
	quietLook    = 500 * time.Millisecond
	quietPatient = 10 * time.Second
)

// quiet waits, for ten seconds at most, until the machine does next to nothing, and tells how many processors were in use
// in the last half second. It is called between runs, when nothing of the bench's own is at work.
func quiet(ctx context.Context) float64 {
	var busy float64
	for end := time.Now().Add(quietPatient); time.Now().Before(end); {
		was, began := idleTicks(), time.Now()
		if pause(ctx, quietLook) != nil {
			break
		}
		idle := float64(idleTicks()-was) / 100 // /proc/stat counts hundredths of a second
		busy = max(0, float64(runtime.NumCPU())-idle/time.Since(began).Seconds())
		if busy <= quietEnough {
			break
		}
	}
	return busy
}

// idleTicks is how long all processors together have been idle, waiting for disks included.
func idleTicks() int64 {
	file, err := os.Open("/proc/stat")
	if err != nil {
		return 0
	}
	defer file.Close()
	line, _ := bufio.NewReader(file).ReadString('\n')
	var sum int64
	if f := strings.Fields(line); len(f) > 5 {
		for _, s := range f[4:6] {
			n, err := strconv.ParseInt(s, 10, 64)
			if err == nil {
				sum += n
			}
		}
	}
	return sum
}
