package rig

import (
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

// Keyring is a gnome-keyring whose life a test has in its hand.
type Keyring struct {
	t       testing.TB
	process *Process
	bus     *dbus.Conn
}

const (
	secrets         = "org.freedesktop.secrets"
	login           = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	keyringPassword = "keyring password"
)

// RunKeyring starts gnome-keyring and opens its login collection. What an earlier one has kept is there again.
func (d *Desktop) RunKeyring() *Keyring {
	d.t.Helper()
	k := d.RunLockedKeyring()
	k.Unlock()
	return k
}

// RunLockedKeyring is RunKeyring with a collection that stays locked, and for which nobody is asked for the password.
func (d *Desktop) RunLockedKeyring() *Keyring {
	d.t.Helper()
	args := []string{"--foreground", "--components=secrets", "--control-directory=" + d.dir}
	c := Command{Path: program(d.t, "gnome-keyring-daemon"), Args: args, Env: d.Env}
	fresh := !d.keyring
	if d.keyring = true; fresh { // the first one makes the collection
		c.Args, c.Stdin = append(args, "--unlock"), strings.NewReader(keyringPassword)
	}
	address, _ := strings.CutPrefix(d.Env[0], "DBUS_SESSION_BUS_ADDRESS=")
	bus, err := dbus.Connect(address)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = bus.Close() })
	k := &Keyring{t: d.t, process: Start(d.t, c), bus: bus}
	Until(d.t, "the keyring has its collection", func() bool { _, err := k.locked(); return err == nil })
	if fresh {
		k.Lock()
	}
	return k
}

func (k *Keyring) locked() (is bool, err error) {
	v, err := k.bus.Object(secrets, login).GetProperty("org.freedesktop.Secret.Collection.Locked")
	if err == nil {
		is, _ = v.Value().(bool)
	}
	return is, err
}

func (k *Keyring) service(method string, args ...any) *dbus.Call {
	return k.bus.Object(secrets, "/org/freedesktop/secrets").Call(method, 0, args...)
}

// Lock locks the collection, as a desktop does when its owner goes away.
func (k *Keyring) Lock() {
	k.t.Helper()
	k.must(k.TryLock())
}

// TryLock is Lock of a keyring that may have ended by itself.
func (k *Keyring) TryLock() error {
	return k.service("org.freedesktop.Secret.Service.Lock", []dbus.ObjectPath{login}).Err
}

// Unlock opens the collection with its password, as the login does.
func (k *Keyring) Unlock() {
	k.t.Helper()
	k.must(k.TryUnlock())
}

// TryUnlock is Unlock of a keyring that may have ended by itself.
func (k *Keyring) TryUnlock() error {
	password, err := k.secret(keyringPassword)
	if err != nil {
		return err
	}
	return k.service("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword", login, password).Err
}

type secret struct {
	Session           dbus.ObjectPath
	Parameters, Value []byte
	ContentType       string
}

func (k *Keyring) secret(text string) (secret, error) {
	var none dbus.Variant
	var session dbus.ObjectPath
	err := k.service("org.freedesktop.Secret.Service.OpenSession", "plain", dbus.MakeVariant("")).Store(&none, &session)
	return secret{session, nil, []byte(text), "text/plain"}, err
}

// item finds the item of an attribute's value.
func (k *Keyring) item(username string) dbus.BusObject {
	k.t.Helper()
	var open, shut []dbus.ObjectPath
	k.must(k.service("org.freedesktop.Secret.Service.SearchItems", map[string]string{"username": username}).Store(&open, &shut))
	if len(open) != 1 {
		k.t.Fatalf("%d open items of %s, %d locked", len(open), username, len(shut))
	}
	return k.bus.Object(secrets, open[0])
}

// Change puts another secret in an item's place, as programs do that know its attributes.
func (k *Keyring) Change(username, text string) {
	k.t.Helper()
	attributes, err := k.item(username).GetProperty("org.freedesktop.Secret.Item.Attributes")
	k.must(err)
	as, err := k.secret(text)
	k.must(err)
	properties := map[string]dbus.Variant{
		"org.freedesktop.Secret.Item.Attributes": attributes, "org.freedesktop.Secret.Item.Label": dbus.MakeVariant(username),
	}
	k.must(k.bus.Object(secrets, login).Call("org.freedesktop.Secret.Collection.CreateItem", 0, properties, as, true).Err)
}

// Remove takes an item out.
func (k *Keyring) Remove(username string) {
	k.t.Helper()
	k.must(k.item(username).Call("org.freedesktop.Secret.Item.Delete", 0).Err)
}

// Done is closed once it has ended, by itself too.
func (k *Keyring) Done() <-chan struct{} { return k.process.Done() }

// Kill ends it.
func (k *Keyring) Kill() { k.process.Kill() }

func (k *Keyring) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatalf("gnome-keyring: %v", err)
	}
}
