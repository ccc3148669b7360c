//go:build unix

package instance

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"linecard/fault"
)

const (
	sockName = "linecard.sock"
	addrName = "linecard.addr"
)

// maxSocketPath leaves room in sun_path, which is 108 bytes on Linux and 104 on macOS.
const maxSocketPath = 100

// place returns where the server of dir is to listen, and makes the folder. dir is absolute.
func place(dir string) (string, error) {
	if sock := filepath.Join(dir, sockName); len(sock) <= maxSocketPath {
		return sock, nil
	}
	sum := sha256.Sum256([]byte(dir))
	name := fmt.Sprintf("linecard-%x.sock", sum[:8])
	if run := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(run) && len(filepath.Join(run, name)) <= maxSocketPath {
		return filepath.Join(run, name), nil
	}
	own := filepath.Join(os.TempDir(), fmt.Sprintf("linecard-%d", os.Getuid()))
	if err := os.Mkdir(own, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	// Someone else may have made it first, in a temporary directory all users share.
	if err := ownFolder(own); err != nil {
		return "", err
	}
	if sock := filepath.Join(own, name); len(sock) <= maxSocketPath {
		return sock, nil
	}
	return "", fault.Err(nil, "instance.no-short-folder")
}

// ownFolder makes sure that path is a real folder nobody else can enter.
func ownFolder(path string) error {
	st, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !st.IsDir() || st.Mode().Perm()&0o077 != 0 || !isMine(st) {
		return fault.Err(nil, "instance.not-your-folder", "folder", path)
	}
	return nil
}

// announce tells clients where the socket is, when it is not inside dir.
func announce(dir, sock string) error {
	path := filepath.Join(dir, addrName)
	if filepath.Dir(sock) == dir {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	return os.WriteFile(path, []byte(sock+"\n"), 0o600) // a client that reads half of it tries again
}

// find returns where a server of dir would be listening.
func find(dir string) (string, error) {
	if sock := filepath.Join(dir, sockName); len(sock) <= maxSocketPath {
		return sock, nil
	}
	b, err := os.ReadFile(filepath.Join(dir, addrName))
	return strings.TrimSpace(string(b)), err
}

// errRefused is what dialling a socket gives that nobody listens on any more.
var errRefused error = syscall.ECONNREFUSED

func isMine(st fs.FileInfo) bool {
	s, ok := st.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Getuid()
}
