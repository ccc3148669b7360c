// Package e2e drives the headless app as a user's program would: a process of its own, steered from the command line, with
// real peers from test/rig around it and a demo org in the test process. test/README.md says which test proves what.
//
// The app is built once, with the race detector: a race anywhere in it ends its process with status 66, which every test
// looks at when it stops the app.
package e2e

import (
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// linecard is the path of the app under test.
var linecard string

func TestMain(m *testing.M) {
	if ports := os.Getenv(holdPorts); ports != "" {
		hold(strings.Split(ports, ","))
	}
	code, err := build(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// holdPorts in the environment makes this program occupy TCP ports of 127.0.0.1 until its input ends, instead of testing:
// some other program that has them, in whatever network namespace it is started.
const holdPorts = "LINECARD_E2E_HOLD_PORTS"

func hold(ports []string) {
	for _, port := range ports {
		if _, err := net.Listen("tcp", "127.0.0.1:"+port); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	fmt.Println("holding")
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func build(m *testing.M) (int, error) {
	if err := sources(); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "lc-e2e-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	linecard = filepath.Join(dir, "linecard")
	cmd := exec.Command("go", "build", "-race", "-buildvcs=false", "-o", linecard, "linecard/cmd/linecard")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("the app does not build: %w", err)
	}
	return m.Run(), nil
}

// sources looks at every source file of the app. `go test` keeps a result for as long as nothing a test looked at has
// changed, and what a build in another process reads it does not know.
func sources() error {
	for _, dir := range []string{"app", "cmd", "crm", "fault", "inorder", "resources", "sip", "go.mod", "go.sum"} {
		err := filepath.WalkDir(filepath.Join("..", "..", dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || strings.HasSuffix(path, "_test.go") {
				return nil // a file may come and go while we look
			}
			_, _ = os.Stat(path)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
