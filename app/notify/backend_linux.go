package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/esiqveland/notify"
	"github.com/godbus/dbus/v5"
)

const (
	serverName  = "org.freedesktop.Notifications"
	serverPath  = "/org/freedesktop/Notifications"
	sigAction   = serverName + ".ActionInvoked"
	sigClosed   = serverName + ".NotificationClosed"
	sigOwner    = "org.freedesktop.DBus.NameOwnerChanged"
	callOwner   = "org.freedesktop.DBus.GetNameOwner"
	desktopFile = "linecard" // installed as linecard.desktop, its icon as linecard
)

// server is the notification server of a Linux desktop.
//
// esiqveland/notify gives the vocabulary (hints, urgency, reasons); the calls and signals are ours: its calls take no
// context, so a server that hangs would hang us, and its signal loop panics on a malformed signal, which any program on
// the bus may send.
type server struct {
	appName   string
	activated func(Activation)
	renewed   func() // a server has come up: ask center to call renew

	// mu is held during a call to the server too, so that the signal about a notification waits until its id is known.
	mu      sync.Mutex
	conn    *dbus.Conn
	signals chan struct{} // closed when the goroutine that reads conn's signals has ended
	owner   string        // unique name of the server, "" when there is none
	asked   string        // the owner whose capabilities these are
	actions bool
	markup  bool
	live    map[string]*note // on the screen, by our id
	closed  []closedNote     // the last few the user closed
}

type note struct {
	Notification
	owner string // server it was shown by
	id    uint32 // what that server calls it
}

// closedNote: some servers tell that a notification was closed before they tell by which action.
type closedNote struct {
	owner string
	id    uint32
	ourID string
}

func newBackend(appName string, activated func(Activation), renewed func()) backend {
	return &server{appName: appName, activated: activated, renewed: renewed, live: map[string]*note{}}
}

// connect opens a private connection: see the package comment. It never starts a bus: dbus-launch would leave a daemon
// behind on a machine without a desktop.
func (s *server) connect(ctx context.Context) error {
	if s.conn != nil && s.conn.Connected() {
		return nil
	}
	s.conn, s.owner, s.asked = nil, "", ""
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return fmt.Errorf("%w: %w", errNoDesktop, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // Auth and Hello know no context
	err = s.subscribe(ctx, conn)
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = conn.Close()
		return fmt.Errorf("%w: %w", errNoDesktop, err)
	}
	for _, n := range s.live {
		n.owner = "" // another bus gives out new names
	}
	s.conn, s.closed = conn, nil
	return nil
}

func (s *server) subscribe(ctx context.Context, conn *dbus.Conn) error {
	if err := conn.Auth(nil); err != nil {
		return err
	}
	if err := conn.Hello(); err != nil {
		return err
	}
	in := make(chan *dbus.Signal, 16)
	conn.Signal(in)
	done := make(chan struct{})
	s.signals = done
	go func() { // ends when conn is closed, which closes in
		defer close(done)
		for sig := range in {
			s.signal(sig)
		}
	}()
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchSender(serverName), dbus.WithMatchObjectPath(serverPath), dbus.WithMatchInterface(serverName)},
		{dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, serverName)},
	} {
		if err := conn.AddMatchSignalContext(ctx, match...); err != nil {
			return err
		}
	}
	return nil
}

// ask learns who the server is and what it can do. Asking starts it where the desktop starts it on demand.
func (s *server) ask(ctx context.Context) error {
	if s.owner != "" && s.asked == s.owner {
		return nil
	}
	var caps []string
	if err := s.call(ctx, "GetCapabilities").Store(&caps); err != nil {
		return err
	}
	var owner string
	if err := s.conn.BusObject().CallWithContext(ctx, callOwner, 0, serverName).Store(&owner); err != nil {
		return err
	}
	s.owner, s.asked = owner, owner
	s.actions, s.markup = slices.Contains(caps, "actions"), slices.Contains(caps, "body-markup")
	return nil
}

func (s *server) call(ctx context.Context, method string, args ...any) *dbus.Call {
	return s.conn.Object(serverName, serverPath).CallWithContext(ctx, serverName+"."+method, 0, args...)
}

func (s *server) show(ctx context.Context, n Notification) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.showOnce(ctx, n)
	var refused dbus.Error // said by the server or the bus: both are there
	if err != nil && s.conn != nil && ctx.Err() == nil && !errors.As(err, &refused) {
		_ = s.conn.Close() // the bus has gone since; there may be another
		s.conn = nil
		err = s.showOnce(ctx, n)
	}
	return err
}

func (s *server) showOnce(ctx context.Context, n Notification) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	old, shown := s.live[n.ID], &note{Notification: n}
	delete(s.live, n.ID)
	if n.Urgent {
		s.live[n.ID] = shown // even if this server fails: the next one gets it
	}
	if err := s.ask(ctx); err != nil {
		return err
	}
	var replaces uint32
	if old != nil && old.owner == s.owner {
		replaces = old.id
	}
	if err := s.notify(ctx, n, replaces).Store(&shown.id); err != nil {
		return err
	}
	shown.owner = s.owner
	s.live[n.ID] = shown
	return nil
}

// notify is the Notify call of the specification.
func (s *server) notify(ctx context.Context, n Notification, replaces uint32) *dbus.Call {
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(desktopFile)}
	urgency, expire := notify.UrgencyNormal, int32(notify.ExpireTimeoutSetByNotificationServer.Milliseconds())
	if n.Urgent {
		urgency, expire = notify.UrgencyCritical, 0
		hints["category"] = dbus.MakeVariant("call.incoming")
		hints["suppress-sound"] = dbus.MakeVariant(true) // the desk rings by itself
	}
	hints["urgency"] = notify.HintUrgency(urgency).Variant
	body, actions := n.Body, []string{}
	if s.markup {
		body = escapeMarkup(body)
	}
	if s.actions {
		actions = append(actions, DefaultAction, "Show") // some servers offer only this one
		for _, a := range n.Actions {
			if a.Key != DefaultAction {
				actions = append(actions, a.Key, a.Label)
			}
		}
	}
	return s.call(ctx, "Notify", s.appName, replaces, desktopFile, n.Title, body, actions, hints, expire)
}

func (s *server) withdraw(ctx context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.live[id]
	if n == nil {
		return nil
	}
	delete(s.live, id)
	if n.owner == "" || n.owner != s.owner || s.conn == nil {
		return nil // its server is gone, and it with it
	}
	return s.call(ctx, "CloseNotification", n.id).Err
}

// renew shows the urgent notifications again that an earlier server showed: a call does not stop ringing because the
// panel crashed. The others have been seen or are in a history that died with it.
func (s *server) renew(ctx context.Context) {
	s.mu.Lock()
	var again []Notification
	for id, n := range s.live {
		switch {
		case n.owner == s.owner:
		case n.Urgent:
			again = append(again, n.Notification)
		default:
			delete(s.live, id)
		}
	}
	s.mu.Unlock()
	for _, n := range again {
		_ = s.show(ctx, n) // it stays in live: the next server gets another try
	}
}

// signal takes one signal of the bus. Anyone may send us any signal: only the server's and the bus's own count.
func (s *server) signal(sig *dbus.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch sig.Name {
	case sigOwner:
		var name, old, owner string
		if sig.Sender != "org.freedesktop.DBus" || dbus.Store(sig.Body, &name, &old, &owner) != nil || name != serverName || owner == s.owner {
			return
		}
		s.owner, s.closed = owner, nil
		if owner != "" {
			s.renewed()
		}
	case sigAction:
		var id uint32
		var key string
		if sig.Sender != s.owner || dbus.Store(sig.Body, &id, &key) != nil {
			return
		}
		if ourID, ok := s.find(sig.Sender, id); ok {
			s.activated(Activation{ID: ourID, Action: key})
		}
	case sigClosed:
		var id, reason uint32
		if sig.Sender != s.owner || dbus.Store(sig.Body, &id, &reason) != nil {
			return
		}
		ourID, ok := s.find(sig.Sender, id)
		if n := s.live[ourID]; !ok || n == nil || n.id != id {
			return
		}
		delete(s.live, ourID)
		if notify.Reason(reason) == notify.ReasonDismissedByUser {
			s.closed = append(s.closed[max(0, len(s.closed)-7):], closedNote{sig.Sender, id, ourID})
		}
	}
}

// find tells which of our notifications a server means.
func (s *server) find(owner string, id uint32) (ourID string, ok bool) {
	for ourID, n := range s.live {
		if n.owner == owner && n.id == id {
			return ourID, true
		}
	}
	for i, c := range s.closed {
		if c.owner == owner && c.id == id {
			s.closed = slices.Delete(s.closed, i, i+1) // an action is told once
			return c.ourID, true
		}
	}
	return "", false
}

func (s *server) close() error {
	s.mu.Lock()
	conn, done := s.conn, s.signals
	s.conn = nil
	s.mu.Unlock()
	if conn == nil {
		return nil
	}
	err := conn.Close()
	<-done
	return err
}
