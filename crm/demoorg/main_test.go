package demoorg_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Close ends everything that Start began: no test of this package may leave a goroutine running.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
