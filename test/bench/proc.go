package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// usage is what a process has used and holds.
type usage struct {
	cpu  time.Duration // of all its threads that live
	pss  float64       // MiB, shared pages divided among those that share them
	anon float64       // MiB, its own pages that no file backs
}

// cpuTime adds up the nanoseconds of a process's threads. /proc/PID/stat counts in hundredths of a second, too coarse for an
// idle phone; threads that end in between are missed, and the app's do not.
func cpuTime(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("process %d has no threads to measure", pid)
	}
	var sum time.Duration
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			continue // the thread has just ended
		}
		ns, err := strconv.ParseInt(strings.Fields(string(raw) + " 0")[0], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", f, err)
		}
		sum += time.Duration(ns)
	}
	return sum, nil
}

// measure reads what a process uses now.
func measure(pid int) (u usage, err error) {
	if u.cpu, err = cpuTime(pid); err != nil {
		return u, err
	}
	file, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return u, err
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		kb, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		if err != nil {
			continue
		}
		switch name {
		case "Pss":
			u.pss = kb / 1024
		case "Anonymous":
			u.anon = kb / 1024
		}
	}
	return u, nil
}

// load is how many processors' worth of work the machine does, over the last minute.
func load() string {
	raw, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(raw))[0]
}
