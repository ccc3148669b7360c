package settings

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"linecard/app/notify/dbustest"
)

// What a program that waits for the keyring has to hear: a real gnome-keyring starts after it, takes and loses a secret, is
// locked and unlocked, and ends during a prompt.
func TestTheKeyringIsFollowed(t *testing.T) { runChild(t, "follows", dbustest.Start(t)) }

func followsTheKeyring() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	k := &Keyring{Service: otherService}
	changes := make(chan struct{}, 1000)
	go k.Follow(ctx, func() { changes <- struct{}{} })
	hear := func(what string, yet func() bool) error {
		for {
			select {
			case <-changes:
			case <-ctx.Done():
				return fmt.Errorf("nothing told of %s", what)
			}
			if yet() {
				return nil
			}
		}
	}
	if err := hear("the beginning", func() bool { return true }); err != nil {
		return err
	}
	end, err := daemon()
	if err != nil {
		return err
	}
	defer func() { end() }()
	open := func() bool { return k.Open(ctx) }
	if err := hear("a service that starts later", open); err != nil {
		return err
	}
	if err := k.Set(ctx, "key", "value"); err != nil {
		return err
	}
	has := func(want string) func() bool {
		return func() bool { got, err := k.Get(ctx, "key"); return got == want && (err == nil) == (want != "") }
	}
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		return err
	}
	defer conn.Close()
	service := conn.Object(secretService, "/org/freedesktop/secrets")
	for len(changes) > 0 {
		<-changes
	}
	if err := k.Delete(ctx, "key"); err != nil {
		return err
	}
	if err := hear("a secret that was taken out", has("")); err != nil {
		return err
	}
	login := dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	if err := service.Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{login}).Err; err != nil {
		return err
	}
	if err := hear("the lock", func() bool { return !open() }); err != nil {
		return err
	}
	if err := unlock(conn, login); err != nil {
		return err
	}
	if err := hear("the unlocking", open); err != nil {
		return err
	}
	end()
	if err := hear("the end of the service", func() bool { return !open() }); err != nil {
		return err
	}
	return nil
}

// daemon starts gnome-keyring with an open login collection.
func daemon() (end func(), err error) {
	home := os.Getenv("HOME")
	cmd := exec.Command("/usr/bin/gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
	cmd.Env = append(os.Environ(), "XDG_DATA_HOME="+home)
	cmd.Stdin = strings.NewReader("password")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	_, _ = bufio.NewReader(out).ReadString('\n')
	return func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}, nil
}

// unlock opens a collection as the login does.
func unlock(conn *dbus.Conn, collection dbus.ObjectPath) error {
	var none dbus.Variant
	var session dbus.ObjectPath
	service := conn.Object(secretService, "/org/freedesktop/secrets")
	if err := service.Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&none, &session); err != nil {
		return err
	}
	secret := struct {
		Session           dbus.ObjectPath
		Parameters, Value []byte
		ContentType       string
	}{session, nil, []byte("password"), "text/plain"}
	return service.Call("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword", 0, collection, secret).Err
}

// A service that ends while it asks for the password never answers, and neither does one whose bus ends: the call is given up, and the next one is
// made. go-keyring's own prompt is met, which panics in the second case.
func TestAServiceThatEndsDuringItsPrompt(t *testing.T) {
	t.Run("the service", func(t *testing.T) {
		address := dbustest.Start(t)
		startLocked(t, address, soon(func(k *lockedKeyring) { _ = k.conn.Close() }))
		runChild(t, "ends", address)
	})
	t.Run("the bus", func(t *testing.T) {
		address, stop := dbustest.StartIn(t, dbustest.Dir(t))
		startLocked(t, address, soon(func(*lockedKeyring) { stop() }))
		runChild(t, "endsAll", address)
	})
}

// soon does something a moment after it was prompted: when the library has the answer that the prompt is shown. No event tells of that; too
// early it has an error of another kind to tell.
func soon(do func(*lockedKeyring)) func(*lockedKeyring) {
	return func(k *lockedKeyring) { time.AfterFunc(200*time.Millisecond, func() { do(k) }) }
}

func endsDuringThePrompt() error { return duringThePrompt(false) }

func busEndsDuringThePrompt() error { return duringThePrompt(true) }

func duringThePrompt(bus bool) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	k := &Keyring{Service: Service}
	listens := make(chan struct{}, 10)
	go k.Follow(ctx, func() { listens <- struct{}{} })
	<-listens
	turn, _ := k.state()
	if _, err := k.Get(ctx, "x"); err == nil || ctx.Err() != nil {
		return fmt.Errorf("while it ended: %w", err)
	}
	if bus { // the library's call ends too
		select {
		case turn <- struct{}{}:
		case <-ctx.Done():
			return errors.New("the call goes on without a bus")
		}
	}
	if _, err := k.Get(ctx, "x"); err == nil || ctx.Err() != nil {
		return fmt.Errorf("after its end: %w", err)
	}
	return nil
}
