package settings

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"linecard/app/catalogue"
	"linecard/app/notify/dbustest"
)

// The keyring library keeps one connection to the session bus for the life of the process, so each test that needs a
// bus runs in a process of its own: this test binary, with the name of one of these functions in childEnv.
const childEnv = "LINECARD_SETTINGS_CHILD"

const otherService = "linecard-test"

var children = map[string]func() error{
	"keeps":   keepsSecrets,
	"memory":  fallsBackToMemory,
	"waiting": givesUpWaiting,
	"retries": retriesAfterForeignSignal,
	"tells":   tellsWhetherItIsOpen,
	"open":    tellsThatItIsOpen,
	"there":   isThere,
	"follows": followsTheKeyring,
	"ends":    endsDuringThePrompt,
	"endsAll": busEndsDuringThePrompt,
	"refuses": refusesThoseWhoWait,
}

func TestMain(m *testing.M) {
	if f := children[os.Getenv(childEnv)]; f != nil {
		if err := f(); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func runChild(t *testing.T, name, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0])
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) } // one that hangs shows where
	// An empty PATH: dbus-launch must not even be looked for.
	cmd.Env = []string{childEnv + "=" + name, "DBUS_SESSION_BUS_ADDRESS=" + address, "HOME=" + t.TempDir(), "PATH=", "XDG_RUNTIME_DIR=" + t.TempDir()}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// startKeyring starts GNOME Keyring on the bus with a login collection that opens with the given password.
func startKeyring(t *testing.T, address, password string) {
	t.Helper()
	home := dbustest.Dir(t)
	dbustest.AwaitName(t, address, "org.freedesktop.secrets", func() {
		cmd := exec.Command("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
		cmd.Env = append(os.Environ(), "DBUS_SESSION_BUS_ADDRESS="+address, "HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home, "XDG_CACHE_HOME="+home)
		cmd.Stdin = strings.NewReader(password)
		if err := cmd.Start(); err != nil {
			t.Fatalf("gnome-keyring-daemon: %v", err)
		}
		t.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	})
}

func TestGnomeKeyring(t *testing.T) {
	address := dbustest.Start(t)
	startKeyring(t, address, "\n") // an empty password is a newline; empty input would make no collection
	runChild(t, "keeps", address)
}

func keepsSecrets() error {
	ctx := context.Background()
	s, warning := OpenSecrets(ctx, "", otherService)
	if _, ok := s.(*Keyring); !ok || !warning.IsZero() {
		return fmt.Errorf("got %T, %q", s, warning)
	}
	key := SIPKey("2041", "pbx.example")
	if _, err := s.Get(ctx, key); !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("before Set: %w", err)
	}
	for _, secret := range []string{"geheim", "schlüssel\n\"'$(x)", strings.Repeat("x", 4096)} {
		if err := s.Set(ctx, key, secret); err != nil {
			return err
		}
		if got, err := (&Keyring{Service: otherService}).Get(ctx, key); err != nil || got != secret {
			return fmt.Errorf("got %q: %w", got, err)
		}
	}
	if _, err := (&Keyring{Service: Service}).Get(ctx, key); !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("a secret is seen in another namespace: %w", err)
	}
	if !s.(*Keyring).Open(ctx) {
		return errors.New("an open keyring is called locked")
	}
	if err := s.Delete(ctx, key); err != nil {
		return err
	}
	if err := s.Delete(ctx, key); err != nil {
		return fmt.Errorf("deleted twice: %w", err)
	}
	if _, err := s.Get(ctx, key); !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("after Delete: %w", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Set(gone, key, "x"); !errors.Is(err, context.Canceled) {
		return fmt.Errorf("cancelled: %w", err)
	}
	return nil
}

func TestNoKeyring(t *testing.T) {
	t.Run("no bus", func(t *testing.T) { runChild(t, "memory", "unix:path=/nonexistent") })
	t.Run("no address", func(t *testing.T) { runChild(t, "memory", "") })
	t.Run("autolaunch", func(t *testing.T) { runChild(t, "memory", "autolaunch:") })
	t.Run("bus without keyring", func(t *testing.T) { runChild(t, "memory", dbustest.Start(t)) })
	t.Run("no collection", func(t *testing.T) {
		address := dbustest.Start(t)
		startKeyring(t, address, "")
		runChild(t, "memory", address)
	})
}

func fallsBackToMemory() error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	s, warning := OpenSecrets(ctx, "", Service)
	if _, ok := s.(*Memory); !ok || !strings.HasPrefix(catalogue.Say(warning), "Passwords can't be saved on this computer, so you'll sign in again next time.") {
		return fmt.Errorf("got %T, %q", s, warning)
	}
	return nil
}

// A keyring that asks the person for its password takes as long as the person does.
func TestLockedKeyringDoesNotHoldUsUp(t *testing.T) {
	address := dbustest.Start(t)
	startLocked(t, address, nil)
	runChild(t, "waiting", address)
}

func givesUpWaiting() error {
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	// It is there, so secrets are not kept elsewhere: it is asked again when it is open.
	if s, warning := OpenSecrets(ctx, "", Service); !warning.IsZero() {
		return fmt.Errorf("got %T and %q", s, warning)
	}
	k := &Keyring{Service: Service}
	for range 3 { // the second waits for the first, which is never answered
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		_, err := k.Get(ctx, "x")
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(catalogue.Error(err), "Unlock it and try again.") {
			return fmt.Errorf("locked: %w", err)
		}
	}
	return nil
}

// Whether it is locked can be asked without a prompt.
func TestLockedKeyringIsNotPrompted(t *testing.T) {
	address := dbustest.Start(t)
	startLocked(t, address, nil)
	runChild(t, "tells", address)
}

func tellsWhetherItIsOpen() error {
	if (&Keyring{Service: Service}).Open(context.Background()) {
		return errors.New("a locked keyring is called open")
	}
	return nil
}

// Secrets are kept in the login collection where there is one, though another one may be the one by default: the lock that counts
// is that of the login collection.
func TestLockOfTheCollectionInUse(t *testing.T) {
	for child, locked := range map[string]map[dbus.ObjectPath]bool{
		"open":  {loginCollection: false, "/org/freedesktop/secrets/aliases/default": true},
		"tells": {loginCollection: true, "/org/freedesktop/secrets/aliases/default": false},
		"there": {loginCollection: true}, // none is the one by default
	} {
		t.Run(child, func(t *testing.T) {
			address := dbustest.Start(t)
			conn := dbustest.Connect(t, address)
			const path = "/org/freedesktop/secrets"
			service := collections{values: map[string]any{"Collections": []dbus.ObjectPath{loginCollection}}}
			if err := errors.Join(conn.Export(service, path, "org.freedesktop.DBus.Properties"), conn.Export(service, path, "org.freedesktop.Secret.Service")); err != nil {
				t.Fatal(err)
			}
			for at, is := range locked {
				if err := conn.Export(collections{values: map[string]any{"Locked": is}}, at, "org.freedesktop.DBus.Properties"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := conn.RequestName("org.freedesktop.secrets", dbus.NameFlagDoNotQueue); err != nil {
				t.Fatal(err)
			}
			runChild(t, child, address)
		})
	}
}

func tellsThatItIsOpen() error {
	if !(&Keyring{Service: Service}).Open(context.Background()) {
		return errors.New("an open keyring is called locked")
	}
	return nil
}

func isThere() error {
	if dismissed := errors.New("failed to unlock correct collection '/org/freedesktop/secrets/collection/login'"); absent(context.Background(), dismissed) {
		return errors.New("a keyring whose owner said no is called absent")
	}
	return nil
}

// collections is an object of a Secret Service that has properties, and no collection by default.
type collections struct{ values map[string]any }

// Get is of org.freedesktop.DBus.Properties.
func (c collections) Get(_, property string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant(c.values[property]), nil
}

// ReadAlias is of org.freedesktop.Secret.Service.
func (c collections) ReadAlias(string) (dbus.ObjectPath, *dbus.Error) { return "/", nil }

// The library takes the first signal it sees for the answer of the prompt. The second try meets an unlocked keyring.
func TestForeignSignalDuringThePrompt(t *testing.T) {
	address := dbustest.Start(t)
	startLocked(t, address, func(k *lockedKeyring) { // the signal of some other program, while the person types
		_ = k.conn.Emit("/org/freedesktop/secrets/prompt/1", "org.freedesktop.Secret.Prompt.Unrelated")
	})
	runChild(t, "retries", address)
}

func retriesAfterForeignSignal() error {
	_, err := (&Keyring{Service: Service}).Get(context.Background(), "x")
	if !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("after a foreign signal: %w", err)
	}
	return nil
}

// lockedKeyring is a Secret Service whose collection is locked and whose prompt nobody answers. It counts as unlocked
// from the second time it is asked.
type lockedKeyring struct {
	conn     *dbus.Conn
	asked    int
	onPrompt func(*lockedKeyring)
}

func startLocked(t *testing.T, address string, onPrompt func(*lockedKeyring)) {
	t.Helper()
	k := &lockedKeyring{conn: dbustest.Connect(t, address), onPrompt: onPrompt}
	const path = "/org/freedesktop/secrets"
	for object, iface := range map[dbus.ObjectPath]string{
		path: "org.freedesktop.Secret.Service", path + "/prompt/1": "org.freedesktop.Secret.Prompt",
		path + "/aliases/default": "org.freedesktop.Secret.Collection",
	} {
		if err := k.conn.Export(k, object, iface); err != nil {
			t.Fatal(err)
		}
	}
	if err := k.conn.Export(k, path+"/aliases/default", "org.freedesktop.DBus.Properties"); err != nil {
		t.Fatal(err)
	}
	if _, err := k.conn.RequestName("org.freedesktop.secrets", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
}

// Unlock is of org.freedesktop.Secret.Service.
func (k *lockedKeyring) Unlock(objects []dbus.ObjectPath) ([]dbus.ObjectPath, dbus.ObjectPath, *dbus.Error) {
	if k.asked++; k.asked > 1 && k.onPrompt != nil {
		return objects, "/", nil
	}
	return nil, "/org/freedesktop/secrets/prompt/1", nil
}

// Prompt is of org.freedesktop.Secret.Prompt.
func (k *lockedKeyring) Prompt(string) *dbus.Error {
	if k.onPrompt != nil {
		k.onPrompt(k)
	}
	return nil
}

// Get is of org.freedesktop.DBus.Properties.
func (k *lockedKeyring) Get(_, property string) (dbus.Variant, *dbus.Error) {
	return dbus.MakeVariant(property == "Locked" && k.asked < 2), nil
}

// SearchItems is of org.freedesktop.Secret.Collection.
func (k *lockedKeyring) SearchItems(map[string]string) ([]dbus.ObjectPath, *dbus.Error) {
	return []dbus.ObjectPath{}, nil
}

func TestMemory(t *testing.T) {
	ctx := t.Context()
	s, warning := OpenSecrets(ctx, "memory", Service)
	if !warning.IsZero() {
		t.Errorf("asked for, so no warning: %q", warning)
	}
	if _, err := s.Get(ctx, "a"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := errors.Join(s.Set(ctx, "a", "1"), s.Set(ctx, "a", "2"), s.Set(ctx, "b", "3"), s.Delete(ctx, "b"), s.Delete(ctx, "b")); err != nil {
		t.Error(err)
	}
	if got, err := s.Get(ctx, "a"); got != "2" || err != nil {
		t.Error(got, err)
	}
	if _, err := s.Get(ctx, "b"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if out := fmt.Sprintf("%v %+v %#v %s", s, s, s, s); strings.Contains(out, "2") {
		t.Errorf("a secret is printed: %s", out)
	}
}
