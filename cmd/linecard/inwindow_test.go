package main

import (
	"os"
	"testing"
)

// inWindow is set in the process of a test with a real window. Such a test needs a process of its own, since a window belongs to
// the main thread.
const inWindow = "LINECARD_TEST_IN_WINDOW"

// mainThread runs there what has to be run on the main thread.
var mainThread = make(chan func())

// runInWindow is TestMain in such a process.
func runInWindow(m *testing.M) {
	ended := make(chan int, 1)
	go func() { ended <- m.Run() }()
	for {
		select {
		case do := <-mainThread:
			do()
		case code := <-ended:
			os.Exit(code)
		}
	}
}
