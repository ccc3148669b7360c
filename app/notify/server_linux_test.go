package notify

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"linecard/app/notify/dbustest"
)

// patient is how long something that must happen may take on a busy machine.
const patient = 20 * time.Second

// shown is one Notify call as the server got it.
type shown struct {
	App, Icon, Title, Body string
	Replaces, ID           uint32
	Actions                []string
	Hints                  map[string]dbus.Variant
	Expire                 int32
}

// fakeServer is a notification server on the test's bus.
type fakeServer struct {
	t      testing.TB
	conn   *dbus.Conn
	caps   []string
	shown  chan shown
	closes chan uint32
	refuse chan error // an error here answers the next Notify

	mu   sync.Mutex
	last uint32
}

func startServer(t testing.TB, address string, caps ...string) *fakeServer {
	t.Helper()
	s := &fakeServer{
		t: t, conn: dbustest.Connect(t, address), caps: caps, shown: make(chan shown, 16), closes: make(chan uint32, 16),
		refuse: make(chan error, 1), last: 100,
	}
	if err := s.conn.Export(exported{s}, serverPath, serverName); err != nil {
		t.Fatal(err)
	}
	if reply, err := s.conn.RequestName(serverName, dbus.NameFlagDoNotQueue); err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatal(reply, err)
	}
	return s
}

func (s *fakeServer) stop() { _ = s.conn.Close() }

func (s *fakeServer) emit(signal string, args ...any) {
	s.t.Helper()
	if err := s.conn.Emit(serverPath, signal, args...); err != nil {
		s.t.Fatal(err)
	}
}

func (s *fakeServer) next() shown {
	s.t.Helper()
	select {
	case n := <-s.shown:
		return n
	case <-time.After(patient):
		s.t.Fatal("nothing was shown")
		return shown{}
	}
}

func (s *fakeServer) nextClose() uint32 {
	s.t.Helper()
	select {
	case id := <-s.closes:
		return id
	case <-time.After(patient):
		s.t.Fatal("nothing was closed")
		return 0
	}
}

// exported are the methods of the specification.
type exported struct{ s *fakeServer }

func (e exported) GetCapabilities() ([]string, *dbus.Error) { return e.s.caps, nil }

func (e exported) Notify(app string, replaces uint32, icon, title, body string, actions []string,
	hints map[string]dbus.Variant, expire int32,
) (uint32, *dbus.Error) {
	select {
	case err := <-e.s.refuse:
		return 0, dbus.MakeFailedError(err)
	default:
	}
	e.s.mu.Lock()
	id := replaces
	if id == 0 {
		e.s.last++
		id = e.s.last
	}
	e.s.mu.Unlock()
	e.s.shown <- shown{app, icon, title, body, replaces, id, actions, hints, expire}
	return id, nil
}

func (e exported) CloseNotification(id uint32) *dbus.Error {
	e.s.closes <- id
	_ = e.s.conn.Emit(serverPath, sigClosed, id, uint32(3))
	return nil
}

func (n shown) String() string { return fmt.Sprintf("%d %q %q %v", n.ID, n.Title, n.Body, n.Actions) }
