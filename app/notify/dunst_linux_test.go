package notify

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/app/notify/dbustest"
)

// startDunst starts a real notification daemon on the bus, with a screen of its own. Its menu of actions is answered by
// a program that picks the line with the word in pick.
func startDunst(t *testing.T, address, pick string) (dunstctl func(args ...string) string) {
	t.Helper()
	dir := dbustest.Dir(t)
	menu, conf := filepath.Join(dir, "menu"), filepath.Join(dir, "dunstrc")
	for name, doc := range map[string]string{
		menu: fmt.Sprintf("#!/bin/sh\ngrep -m1 %s\n", pick),
		conf: fmt.Sprintf("[global]\ndmenu = %s\nmarkup = full\nnotification_limit = 5\n", menu),
	} {
		if err := os.WriteFile(name, []byte(doc), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	run := func(cmd *exec.Cmd) {
		t.Helper()
		if err := cmd.Start(); err != nil {
			t.Fatalf("%s: %v", cmd.Path, err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	}
	display, printed, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = display.Close() }()
	screen := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1280x800x24", "-nolisten", "tcp", "-noreset")
	screen.ExtraFiles = []*os.File{printed}
	run(screen)
	_ = printed.Close()
	number, err := bufio.NewReader(display).ReadString('\n') // printed once it takes clients
	if err != nil {
		t.Fatalf("Xvfb: %v", err)
	}
	env := append(os.Environ(), "DISPLAY=:"+strings.TrimSpace(number), "DBUS_SESSION_BUS_ADDRESS="+address, "XDG_RUNTIME_DIR="+dir, "HOME="+dir)
	dbustest.AwaitName(t, address, serverName, func() {
		dunst := exec.Command("dunst", "-config", conf)
		dunst.Env = env
		run(dunst)
	})
	return func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "dunstctl", args...)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("dunstctl %s: %v: %s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
}

// shownBy waits until the daemon shows n notifications. It tells nobody when it does: it has to be asked.
func shownBy(t *testing.T, dunstctl func(...string) string, n string) {
	t.Helper()
	for deadline := time.Now().Add(patient); dunstctl("count", "displayed") != n; {
		if time.Now().After(deadline) {
			t.Fatalf("dunst shows %s, want %s", dunstctl("count", "displayed"), n)
		}
	}
}

func TestDunstAnswers(t *testing.T) {
	address := dbustest.Start(t)
	dunstctl := startDunst(t, address, "Answer")
	n, plain, _ := open(t)

	show(t, n, ringing)
	shownBy(t, dunstctl, "1")
	dunstctl("context") // the menu of actions; Answer is picked
	if a := activation(t, n); a != (Activation{"ringing:1", "answer"}) {
		t.Errorf("picked Answer: %+v", a)
	}
	n.Withdraw("ringing:1")
	shownBy(t, dunstctl, "0")

	show(t, n, ringing)
	shownBy(t, dunstctl, "1")
	dunstctl("action", "0") // a click on the notification
	if a := activation(t, n); a != (Activation{"ringing:1", DefaultAction}) {
		t.Errorf("clicked: %+v", a)
	}
	if len(plain) > 0 {
		t.Error("shown plain although there is a daemon")
	}
}

func TestDunstShowsHostileNamesAsText(t *testing.T) {
	address := dbustest.Start(t)
	dunstctl := startDunst(t, address, "Answer")
	n, _, _ := open(t)
	hostile := ringing
	hostile.Title, hostile.Body = "<b>Dana</b> $(id) \u202eevil\x1b", "<i>Acme</i> &amp; <img src=\"/etc/passwd\">"
	show(t, n, hostile)
	shownBy(t, dunstctl, "1")
	n.Withdraw(hostile.ID)
	shownBy(t, dunstctl, "0")
	// What dunst keeps in its history is what it drew, as the markup it drew it from.
	history := dunstctl("history")
	for _, want := range []string{`<b>Dana</b> $(id) evil`, `&lt;i&gt;Acme&lt;/i&gt; &amp;amp; &lt;img src=`} {
		if !strings.Contains(strings.ReplaceAll(history, `\"`, `"`), want) {
			t.Errorf("%q is not in dunst's history: %s", want, history)
		}
	}
}

// The doctor reads what shows notifications, and that nothing does.
func TestWhoShowsNotifications(t *testing.T) {
	address := dbustest.Start(t)
	if name, err := Shower(t.Context()); err == nil {
		t.Errorf("%q shows notifications on an empty bus", name)
	}
	startDunst(t, address, "Answer")
	if name, err := Shower(t.Context()); err != nil || !strings.HasPrefix(name, "dunst ") {
		t.Errorf("%q, %v", name, err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	if name, err := Shower(t.Context()); err == nil {
		t.Errorf("%q shows notifications without a bus", name)
	}
}
