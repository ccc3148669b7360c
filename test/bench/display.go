package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// display is an Xvfb without a window manager, as for the other phones, with a session bus and a client that sees when
// a window is mapped: MapNotify on the root window, the moment when the server shows it. xdotool would poll only twice
// a second.
type display struct {
	xvfb, bus *exec.Cmd
	env       []string
	conn      net.Conn
	mapped    chan time.Time // times when a large window was mapped
	ended     chan struct{}
}

func startDisplay(ctx context.Context) (_ *display, err error) {
	d := &display{mapped: make(chan time.Time, 10), ended: make(chan struct{})}
	defer func() {
		if err != nil {
			d.close()
		}
	}()
	number, err := d.startXvfb()
	if err != nil {
		return nil, fmt.Errorf("start Xvfb: %w", err)
	}
	address, err := d.startBus()
	if err != nil {
		return nil, fmt.Errorf("start dbus-daemon: %w", err)
	}
	d.env = []string{"DISPLAY=:" + number, "DBUS_SESSION_BUS_ADDRESS=" + address, "WAYLAND_DISPLAY="}
	var dialer net.Dialer
	if d.conn, err = dialer.DialContext(ctx, "unix", "/tmp/.X11-unix/X"+number); err != nil {
		return nil, err
	}
	if err = d.greet(); err != nil {
		return nil, fmt.Errorf("speak to Xvfb: %w", err)
	}
	go d.read()
	return d, nil
}

// startXvfb lets the server choose its display number, which it writes to a pipe once it is ready.
func (d *display) startXvfb() (string, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer r.Close()
	defer w.Close()
	d.xvfb = exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-ac", "-nolisten", "tcp")
	d.xvfb.ExtraFiles = []*os.File{w}
	if err := d.xvfb.Start(); err != nil {
		return "", err
	}
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	return strings.TrimSpace(line), err
}

func (d *display) startBus() (string, error) {
	d.bus = exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	out, err := d.bus.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := d.bus.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	return strings.TrimSpace(line), err
}

// greet opens the connection and selects SubstructureNotify on the root window (X Window System Protocol, chapters 8
// and 9).
func (d *display) greet() error {
	hello := []byte{'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0} // little-endian, version 11.0, no authorization
	if _, err := d.conn.Write(hello); err != nil {
		return err
	}
	head := make([]byte, 8)
	if _, err := io.ReadFull(d.conn, head); err != nil {
		return err
	}
	body := make([]byte, 4*int(binary.LittleEndian.Uint16(head[6:])))
	if _, err := io.ReadFull(d.conn, body); err != nil {
		return err
	}
	if head[0] != 1 {
		return errors.New("the server refused")
	}
	vendor := int(binary.LittleEndian.Uint16(body[16:]))
	formats := int(body[21])
	root := binary.LittleEndian.Uint32(body[32+(vendor+3)/4*4+8*formats:])
	request := make([]byte, 16)
	request[0] = 2 // ChangeWindowAttributes
	binary.LittleEndian.PutUint16(request[2:], 4)
	binary.LittleEndian.PutUint32(request[4:], root)
	binary.LittleEndian.PutUint32(request[8:], 1<<11)  // the event mask follows
	binary.LittleEndian.PutUint32(request[12:], 1<<19) // SubstructureNotify
	_, err := d.conn.Write(request)
	return err
}

// read reads events until the connection ends. It reports windows that are at least as large as the app's smallest;
// toolkits map tiny ones internally.
func (d *display) read() {
	defer close(d.ended)
	sizes := map[uint32]bool{}
	packet := make([]byte, 32)
	for {
		if _, err := io.ReadFull(d.conn, packet); err != nil {
			return
		}
		at := time.Now()
		window := binary.LittleEndian.Uint32(packet[8:])
		switch packet[0] & 0x7f {
		case 16: // CreateNotify
			sizes[window] = large(packet[16:])
		case 22: // ConfigureNotify
			sizes[window] = large(packet[20:])
		case 19: // MapNotify
			if sizes[window] {
				select {
				case d.mapped <- at:
				default:
				}
			}
		}
	}
}

func large(size []byte) bool {
	return binary.LittleEndian.Uint16(size) >= 200 && binary.LittleEndian.Uint16(size[2:]) >= 200
}

// window waits for the next window.
func (d *display) window(ctx context.Context) (time.Time, error) {
	select {
	case at := <-d.mapped:
		return at, nil
	case <-ctx.Done():
		return time.Time{}, fmt.Errorf("no window came: %w", context.Cause(ctx))
	}
}

// drain discards the windows so far.
func (d *display) drain() {
	for {
		select {
		case <-d.mapped:
		default:
			return
		}
	}
}

func (d *display) close() {
	if d.conn != nil {
		d.conn.Close()
		<-d.ended
	}
	for _, cmd := range []*exec.Cmd{d.bus, d.xvfb} {
		if cmd != nil && cmd.Process != nil {
			_ = cmd.Process.Signal(syscall.SIGTERM)
			_ = cmd.Wait()
		}
	}
}
