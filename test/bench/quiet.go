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
	quietEnough  = 0.25 // processors that other work may use
	quietLook    = 500 * time.Millisecond
	quietPatient = 10 * time.Second
)

// quiet waits, for at most ten seconds, until the machine is almost idle, and returns how many processors were in use
// in the last half second. It is called between runs, when the bench itself does nothing.
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

// idleTicks is the idle time of all processors together, including waiting for disks.
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
