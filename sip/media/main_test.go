package media

import (
	"testing"

	"linecard/test/wait"
)

func TestMain(m *testing.M) { wait.Main(m) }
