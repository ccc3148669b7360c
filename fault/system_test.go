package fault

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"testing"
)

// A port that another program has is recognized in what this system really says of it.
func TestATakenPort(t *testing.T) {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, err = net.ListenTCP("tcp4", l.Addr().(*net.TCPAddr))
	if err == nil || !PortTaken(fmt.Errorf("bind: %w", err)) {
		t.Errorf("not recognized: %v", err)
	}
	u, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Close()
	_, err = net.ListenUDP("udp4", u.LocalAddr().(*net.UDPAddr))
	if err == nil || !PortTaken(err) {
		t.Errorf("not recognized: %v", err)
	}
}

func TestWhatTheSystemSaysOfTheDisk(t *testing.T) {
	for _, n := range diskFull {
		if err := error(&fs.PathError{Op: "write", Path: "f", Err: os.NewSyscallError("write", n)}); !DiskFull(err) || ReadOnly(err) || PortTaken(err) {
			t.Errorf("%v: full %v, read-only %v, taken %v", err, DiskFull(err), ReadOnly(err), PortTaken(err))
		}
	}
	for _, n := range readOnly {
		if err := error(&fs.PathError{Op: "open", Path: "f", Err: n}); !ReadOnly(err) || DiskFull(err) {
			t.Errorf("%v: full %v, read-only %v", err, DiskFull(err), ReadOnly(err))
		}
	}
	for _, err := range []error{nil, fs.ErrPermission, errors.New("disk full")} {
		if DiskFull(err) || ReadOnly(err) || PortTaken(err) {
			t.Errorf("%v is taken for one of them", err)
		}
	}
}
