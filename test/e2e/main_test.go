// Package e2e drives the headless app as a user's program would: as a separate process, controlled from the command
// line, with real peers from test/rig and a demo org in the test process. test/README.md lists what each test proves.
//
// The app is built once, with the race detector: a data race ends its process with status 66, which every test checks
// when it stops the app.
package e2e

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"linecard/test/rig"
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

// holdPorts in the environment makes this program occupy TCP ports of 127.0.0.1 until its input ends, in place of
// running tests: it acts as another program that uses the ports, in the network namespace in which it is started.
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

// appBuilt in the environment is the path of an app that is built already.
const appBuilt = "LINECARD_E2E_APP"

func build(m *testing.M) (int, error) {
	if err := rig.DependOnSources(); err != nil {
		return 0, err
	}
	if linecard = os.Getenv(appBuilt); linecard != "" { // by the run that has started this one
		return m.Run(), nil
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
