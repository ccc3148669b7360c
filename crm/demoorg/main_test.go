package demoorg_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Close ends everything Start began: no test of this package may leave a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
