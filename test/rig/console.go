package rig

import (
	"fmt"
	"testing"
)

// console is a phone that takes its commands as lines of input.
type console struct {
	t       testing.TB
	process *Process
	heard   int // lines of its output that were waited for
}

// Do sends a command.
func (c *console) Do(command string) {
	c.t.Helper()
	if _, err := fmt.Fprintln(c.process.line, command); err != nil {
		c.t.Fatalf("%s: %v", command, err)
	}
}

// Await waits for a line that it prints after the one that was waited for last.
func (c *console) Await(part string) (line string) {
	c.t.Helper()
	line, c.heard = c.process.waitLine(c.heard, part)
	return line
}
