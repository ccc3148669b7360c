package main

import (
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"linecard/test/rig"
)

// openKeyring makes the keyring open for the next process.
func (w *world) openKeyring() {
	w.t.Helper()
	ended := false
	select {
	case <-w.keyring.Done():
		ended = true
	default:
		if !w.locked || w.keyring.TryUnlock() == nil {
			break
		}
		select {
		case <-w.keyring.Done():
			ended = true
		case <-time.After(rig.Patience):
			w.t.Fatal("gnome-keyring runs, and does not open")
		}
	}
	if w.locked = false; ended { // it fails an assertion of its own when a client is killed while it answers
		w.t.Log("gnome-keyring has ended, and is started again")
		w.keyring = w.desktop.RunKeyring()
	}
}

// lockKeyring locks the keyring while the app runs, and ends the org's sessions: the app would need a new token, which the keyring could not
// take. It waits for its turn at the link, as every exchange does: what the org has given away in place of an earlier token is kept before.
func (l *life) lockKeyring() {
	turn := flock.New(filepath.Join(l.dir, "link.lock"))
	if !l.until(rig.Patience, func() bool { got, err := turn.TryLock(); return got && err == nil }) {
		return // killed
	}
	defer func() { _ = turn.Close() }()
	l.world.locked = true
	if err := l.keyring.TryLock(); err != nil {
		return // it has ended by itself, see openKeyring
	}
	l.org.ExpireSessions()
}

// locks draws whether the keyring is locked in a life: in the first one, whose link has never been renewed, and in some of those whose kill is not
// aimed at an exchange.
func (l *life) locks() bool { return l.number == 1 || l.aim != "keyring" && l.random.IntN(6) == 0 }
