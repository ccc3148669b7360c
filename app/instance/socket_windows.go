package instance

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// listen opens the pipe, for this user only. Windows refuses it while another process has one of the name.
func listen(dir string) (net.Listener, error) {
	who, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	ln, err := winio.ListenPipe(pipeName(dir), &winio.PipeConfig{SecurityDescriptor: onlyFor(who.User.Sid.String())})
	if errors.Is(err, fs.ErrPermission) { // the first instance of a name is asked for
		return nil, ErrRunning
	}
	return ln, err
}

// connect connects to the instance of dir.
func connect(ctx context.Context, dir string) (net.Conn, error) {
	return winio.DialPipeContext(ctx, pipeName(dir))
}

// absent reports whether err means that nobody listens. A pipe that is busy is there, and one that ends is not connected.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, windows.ERROR_PIPE_NOT_CONNECTED) || errors.Is(err, windows.ERROR_NO_DATA)
}

// remains: the pipe of a process that was killed goes with it.
func remains(string) ([]string, error) { return nil, nil }

// lockElsewhere: on Windows a folder that takes no file is not served.
func lockElsewhere(string, error) string { return "" }

func locksElsewhere(string) []string { return nil }

// isMine: the temporary directory of Windows is the user's own.
func isMine(fs.FileInfo) bool { return true }
