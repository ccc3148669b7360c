package demoorg_test

import (
	"testing"

	"linecard/test/wait"
)

// Close ends everything that Start began: no test of this package may leave a goroutine running.
func TestMain(m *testing.M) { wait.Main(m) }
