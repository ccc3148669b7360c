package rig

import (
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// Keyboard presses keys on a screen as a person at it would, and moves and presses the mouse: through the X server's XTEST extension, to
// whatever window has the focus. It speaks the few requests of the X protocol that this takes.
type Keyboard struct {
	t      testing.TB
	conn   net.Conn
	root   uint32
	window uint32
	xtest  byte // major opcode
	name   uint32
}

// The keycodes of a PC keyboard at an X server, on which US English is the default layout.
const (
	KeyControl = 37
	KeyReturn  = 36
)

var keycodes = func() map[rune]byte {
	codes := map[rune]byte{' ': 65, '.': 60}
	for first, row := range map[byte]string{10: "1234567890", 24: "qwertyuiop", 38: "asdfghjkl", 52: "zxcvbnm"} {
		for i, r := range row {
			codes[r] = first + byte(i)
		}
	}
	return codes
}()

// NewKeyboard sits down at the desktop's screen, in front of its largest window, and waits for that one to come.
func NewKeyboard(t testing.TB, d *Desktop) *Keyboard {
	t.Helper()
	display := ""
	for _, e := range d.Env {
		if value, ok := strings.CutPrefix(e, "DISPLAY=:"); ok {
			display = value
		}
	}
	conn, err := net.Dial("unix", "/tmp/.X11-unix/X"+display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	k := &Keyboard{t: t, conn: conn}
	k.greet()
	k.xtest = k.ask(98, 0, append(le16(5, 0), "XTEST\x00\x00\x00"...))[9]
	k.name = le32of(k.ask(16, 0, append(le16(12, 0), "_NET_WM_NAME"...))[8:])
	Until(t, "the window is on the screen", func() bool { k.window = k.largest(); return k.window != 0 })
	k.send(42, 1, le32(k.window, 0)) // SetInputFocus: there is no window manager to do it
	return k
}

// Title is that of the window.
func (k *Keyboard) Title() string {
	k.t.Helper()
	const anyType, words = 0, 256
	r := k.ask(20, 0, le32(k.window, k.name, anyType, 0, words))
	return string(r[32:][:le32of(r[16:])])
}

// Class is the name and the class by which docks and task bars know the window (WM_CLASS).
func (k *Keyboard) Class() (instance, class string) {
	k.t.Helper()
	const classAtom, anyType, words = 67, 0, 256
	r := k.ask(20, 0, le32(k.window, classAtom, anyType, 0, words))
	instance, rest, _ := strings.Cut(string(r[32:][:le32of(r[16:])]), "\x00")
	class, _, _ = strings.Cut(rest, "\x00")
	return instance, class
}

// Type presses and releases the keys of a text: small letters, digits, spaces. A person would rest between them for as long.
func (k *Keyboard) Type(text string, rest time.Duration) {
	k.t.Helper()
	for _, r := range text {
		k.press(keycodes[r], true)
		k.press(keycodes[r], false)
		time.Sleep(rest)
	}
}

// Ctrl presses a letter, '.' or '\n' with Ctrl.
func (k *Keyboard) Ctrl(r rune) {
	k.t.Helper()
	code := keycodes[r]
	if r == '\n' {
		code = KeyReturn
	}
	k.press(KeyControl, true)
	k.press(code, true)
	k.press(code, false)
	k.press(KeyControl, false)
}

// press is XTestFakeInput: KeyPress is 2, KeyRelease 3.
func (k *Keyboard) press(code byte, down bool) {
	k.t.Helper()
	if code == 0 {
		k.t.Fatal("the keyboard has no such key")
	}
	kind := byte(3)
	if down {
		kind = 2
	}
	k.send(k.xtest, 2, append([]byte{kind, code, 0, 0}, make([]byte, 28)...))
}

// Point moves the mouse to a place on the screen, in pixels from its upper left corner: XTestFakeInput's MotionNotify is 6.
func (k *Keyboard) Point(x, y uint16) {
	k.t.Helper()
	body := append([]byte{6, 0, 0, 0}, make([]byte, 28)...)
	binary.LittleEndian.PutUint16(body[20:], x)
	binary.LittleEndian.PutUint16(body[22:], y)
	k.send(k.xtest, 2, body)
}

// Click presses and releases the left button of the mouse at a place in the window, in pixels from its upper left corner.
func (k *Keyboard) Click(x, y uint16) {
	k.t.Helper()
	g := k.ask(14, 0, le32(k.window)) // GetGeometry
	k.Point(binary.LittleEndian.Uint16(g[12:])+x, binary.LittleEndian.Uint16(g[14:])+y)
	const down, up, left = 4, 5, 1
	for _, kind := range []byte{down, up} {
		k.send(k.xtest, 2, append([]byte{kind, left, 0, 0}, make([]byte, 28)...))
	}
}

// Size is that of the window, in pixels.
func (k *Keyboard) Size() (width, height uint16) {
	k.t.Helper()
	g := k.ask(14, 0, le32(k.window))
	return binary.LittleEndian.Uint16(g[16:]), binary.LittleEndian.Uint16(g[18:])
}

// largest is the largest window on the screen, 0 while there is none of the size of a program's.
func (k *Keyboard) largest() (window uint32) {
	r := k.ask(15, 0, le32(k.root))
	most := 500 * 400
	for i := range int(binary.LittleEndian.Uint16(r[16:])) {
		child := le32of(r[32+4*i:])
		g := k.ask(14, 0, le32(child))
		if size := int(binary.LittleEndian.Uint16(g[16:])) * int(binary.LittleEndian.Uint16(g[18:])); size > most {
			window, most = child, size
		}
	}
	return window
}

// greet opens the connection: the X protocol, version 11, without authorization.
func (k *Keyboard) greet() {
	if _, err := k.conn.Write([]byte{'l', 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0}); err != nil {
		k.t.Fatal(err)
	}
	head := k.read(8)
	body := k.read(4 * int(binary.LittleEndian.Uint16(head[6:])))
	if head[0] != 1 {
		k.t.Fatalf("the X server refuses: %s", body)
	}
	vendor, formats := int(binary.LittleEndian.Uint16(body[16:])), int(body[21])
	k.root = le32of(body[32+(vendor+3)/4*4+8*formats:])
}

func (k *Keyboard) send(opcode, detail byte, body []byte) {
	k.t.Helper()
	request := append([]byte{opcode, detail}, le16(uint16(1+len(body)/4))...)
	if _, err := k.conn.Write(append(request, body...)); err != nil {
		k.t.Fatal(err)
	}
}

// ask sends a request and returns its reply. Events are not waited for.
func (k *Keyboard) ask(opcode, detail byte, body []byte) []byte {
	k.t.Helper()
	k.send(opcode, detail, body)
	for {
		r := k.read(32)
		switch r[0] {
		case 0:
			k.t.Fatalf("the X server answers request %d with error %d", opcode, r[1])
		case 1:
			return append(r, k.read(4*int(le32of(r[4:])))...)
		}
	}
}

func (k *Keyboard) read(n int) []byte {
	k.t.Helper()
	b := make([]byte, n)
	if _, err := io.ReadFull(k.conn, b); err != nil {
		k.t.Fatal(err)
	}
	return b
}

func le32of(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

func le32(all ...uint32) (b []byte) {
	for _, v := range all {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func le16(all ...uint16) (b []byte) {
	for _, v := range all {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}
