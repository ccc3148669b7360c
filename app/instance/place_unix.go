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

// What a refuge holds of a data directory: its name, and one of these.
const (
	sockExt = ".sock"
	lockExt = ".lock"
)

// maxSocketPath leaves room in sun_path, which is 108 bytes on Linux and 104 on macOS.
const maxSocketPath = 100

// place returns where the server of dir is to listen, and makes the folder. dir is absolute.
func place(dir string) (string, error) {
	if sock := filepath.Join(dir, sockName); len(sock) <= maxSocketPath {
		return sock, nil
	}
	return elsewhere(dir, sockExt)
}

// refuge is the name that the lock and the socket of dir have outside of it, whatever way leads to dir.
func refuge(dir string) string {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	sum := sha256.Sum256([]byte(dir))
	return fmt.Sprintf("linecard-%x", sum[:8])
}

// runtimeFolder is the session's own folder; "" where there is none. A program that is not started by the session, such as a timer's, is
// not told of it, and must find the app all the same.
func runtimeFolder() string {
	if run := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(run) {
		return run
	}
	if run := fmt.Sprintf("/run/user/%d", os.Getuid()); ownFolder(run) == nil {
		return run
	}
	return ""
}

// tmpFolder is a folder of the user's own in the temporary directory.
func tmpFolder() string { return filepath.Join(os.TempDir(), fmt.Sprintf("linecard-%d", os.Getuid())) }

// elsewhere is where what cannot be in dir is, and makes the folder.
func elsewhere(dir, ext string) (string, error) {
	name := refuge(dir)
	fits := func(folder string) bool { return len(filepath.Join(folder, name+sockExt)) <= maxSocketPath }
	if run := runtimeFolder(); run != "" && fits(run) && isFolder(run) {
		return filepath.Join(run, name+ext), nil
	}
	own := tmpFolder()
	if err := os.Mkdir(own, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	// Someone else may have made it first, in a temporary directory all users share.
	if err := ownFolder(own); err != nil {
		return "", err
	}
	if fits(own) {
		return filepath.Join(own, name+ext), nil
	}
	return "", fault.Err(nil, "instance.no-short-folder")
}

// elsewheres are the places where what is not in dir may be. It makes none.
func elsewheres(dir, ext string) (paths []string) {
	name := refuge(dir)
	if run := runtimeFolder(); run != "" {
		paths = append(paths, filepath.Join(run, name+ext))
	}
	if own := tmpFolder(); ownFolder(own) == nil {
		paths = append(paths, filepath.Join(own, name+ext))
	}
	return paths
}

func isFolder(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
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

// unwritable reports whether err says that a folder takes no file.
func unwritable(err error) bool {
	return errors.Is(err, fs.ErrPermission) || fault.ReadOnly(err) || fault.DiskFull(err)
}

// mayServe reports whether dir may be served although it takes no file: it can be read, and it is not another user's, who may be
// serving it where nobody else can see that.
func mayServe(dir string, why error) bool {
	if !unwritable(why) {
		return false
	}
	if _, err := os.ReadDir(dir); err != nil {
		return false
	}
	st, err := os.Stat(dir)
	return err == nil && (isMine(st) || !errors.Is(why, fs.ErrPermission))
}

// lockElsewhere is where the lock of dir is to be, where none can be made in it; "" where dir cannot be served at all. A lock file that
// is there and cannot be opened may be held.
func lockElsewhere(dir string, why error) string {
	if _, err := os.Lstat(filepath.Join(dir, lockName)); !errors.Is(err, fs.ErrNotExist) || !mayServe(dir, why) {
		return ""
	}
	path, err := elsewhere(dir, lockExt)
	if err != nil {
		return ""
	}
	return path
}

// locksElsewhere are the places of locks outside of dir.
func locksElsewhere(dir string) []string { return elsewheres(dir, lockExt) }

// announce tells clients where the socket is, when it is not inside dir. Where dir takes no file, clients look there all the same.
func announce(dir, sock string) error {
	path := filepath.Join(dir, addrName)
	var err error
	if filepath.Dir(sock) == dir {
		err = os.Remove(path)
	} else {
		err = os.WriteFile(path, []byte(sock+"\n"), 0o600) // a client that reads half of it tries again
	}
	if errors.Is(err, fs.ErrNotExist) || unwritable(err) {
		return nil
	}
	return err
}

// find returns where a server of dir would be listening, the likeliest first.
func find(dir string) []string {
	first := filepath.Join(dir, sockName)
	if len(first) > maxSocketPath {
		b, err := os.ReadFile(filepath.Join(dir, addrName))
		if first = strings.TrimSpace(string(b)); err != nil || first == "" {
			return elsewheres(dir, sockExt)
		}
	}
	return append([]string{first}, elsewheres(dir, sockExt)...)
}

// errRefused is what dialling a socket gives that nobody listens on any more.
var errRefused error = syscall.ECONNREFUSED

func isMine(st fs.FileInfo) bool {
	s, ok := st.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Getuid()
}
