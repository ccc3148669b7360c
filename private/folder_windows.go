package private

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// Folder makes a folder for this user alone, with what will be in it, and those above it as they come. One that is there already stays as
// it is. On a file system without access lists, such as that of a memory stick, it is a folder like any other.
func Folder(dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if there, err := isFolder(dir); there || err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return err
	}
	err = create(dir)
	if errors.Is(err, fs.ErrExist) { // another program was faster
		if there, err := isFolder(dir); there || err != nil {
			return err
		}
	}
	if err != nil {
		return &fs.PathError{Op: "mkdir", Path: dir, Err: err}
	}
	return nil
}

func isFolder(dir string) (bool, error) {
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err == nil && !info.IsDir():
		err = &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
	}
	return err == nil, err
}

// create makes the folder with its access list, so that it is at no moment anybody else's.
func create(dir string) error {
	who, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return err
	}
	only, err := windows.SecurityDescriptorFromString(onlyFor(who.User.Sid.String()))
	if err != nil {
		return err
	}
	name, err := windows.UTF16PtrFromString(extended(dir))
	if err != nil {
		return err
	}
	rights := &windows.SecurityAttributes{SecurityDescriptor: only}
	rights.Length = uint32(unsafe.Sizeof(*rights))
	return windows.CreateDirectory(name, rights)
}
