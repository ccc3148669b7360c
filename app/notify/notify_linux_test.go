package notify

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"linecard/app/notify/dbustest"
	"linecard/test/wait"
)

func TestMain(m *testing.M) { wait.Main(m) }

var ringing = Notification{
	ID: "ringing:1", Title: "Dana Whitfield", Body: "Contact · Acme Corp\n(415) 555-0132", Urgent: true,
	Actions: []Action{{"answer", "Answer"}, {"decline", "Decline"}},
}

var missed = Notification{ID: "missed:1", Title: "Missed call from Dana", Actions: []Action{{"call back", "Call back"}}}

// open returns the Notifier of this system. What it would show plain goes to plain instead of another program.
func open(t testing.TB) (n *center, plain chan Notification, log *syncBuffer) {
	t.Helper()
	log = &syncBuffer{}
	plain = make(chan Notification, 16)
	n = newCenter(t.Context(), slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	n.fallback = func(n Notification) error { plain <- n; return nil }
	n.patience = patient
	n.start(newBackend("Linecard", n.activated, n.renew))
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
		for _, secret := range []string{"Dana", "Acme", "0132"} {
			if strings.Contains(log.String(), secret) {
				t.Errorf("%q is in the log: %s", secret, log.String())
			}
		}
	})
	return n, plain, log
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func show(t testing.TB, n Notifier, note Notification) {
	t.Helper()
	if err := n.Show(note); err != nil {
		t.Fatal(err)
	}
}

func activation(t testing.TB, n Notifier) Activation {
	t.Helper()
	select {
	case a := <-n.Activations():
		return a
	case <-time.After(patient):
		t.Fatal("no activation")
		return Activation{}
	}
}

func TestIncomingCallCanBeAnswered(t *testing.T) {
	server := startServer(t, dbustest.Start(t), "actions", "body", "body-markup")
	n, _, _ := open(t)
	show(t, n, ringing)
	got := server.next()
	if got.App != "Linecard" || got.Title != "Dana Whitfield" || got.Expire != 0 || got.Replaces != 0 {
		t.Errorf("shown %+v", got)
	}
	if want := []string{"default", "Show", "answer", "Answer", "decline", "Decline"}; !slices.Equal(got.Actions, want) {
		t.Errorf("actions %q", got.Actions)
	}
	for hint, want := range map[string]any{"urgency": byte(2), "category": "call.incoming", "desktop-entry": "linecard", "suppress-sound": true} {
		if v := got.Hints[hint]; v.Value() != want {
			t.Errorf("hint %s is %v, want %v", hint, v, want)
		}
	}
	server.emit(sigAction, got.ID, "answer")
	if a := activation(t, n); a != (Activation{"ringing:1", "answer"}) {
		t.Errorf("activation %+v", a)
	}
	n.Withdraw("ringing:1")
	if id := server.nextClose(); id != got.ID {
		t.Errorf("closed %d, want %d", id, got.ID)
	}
}

func TestMissedCallStaysQuietly(t *testing.T) {
	server := startServer(t, dbustest.Start(t), "actions")
	n, _, _ := open(t)
	show(t, n, missed)
	got := server.next()
	if got.Expire != -1 || got.Hints["urgency"].Value() != byte(1) {
		t.Errorf("shown %+v", got)
	}
	server.emit(sigAction, got.ID, "default")
	if a := activation(t, n); a != (Activation{"missed:1", DefaultAction}) {
		t.Errorf("activation %+v", a)
	}
}

func TestSameIDReplaces(t *testing.T) {
	server := startServer(t, dbustest.Start(t), "actions")
	n, _, _ := open(t)
	show(t, n, ringing)
	first := server.next()
	known := ringing
	known.Body = "Contact · Acme Corp"
	show(t, n, known)
	second := server.next()
	if second.Replaces != first.ID || second.Body != known.Body {
		t.Errorf("second %+v", second)
	}
	server.emit(sigClosed, first.ID, uint32(2)) // the user closes it: the next is a new one
	server.emit(sigAction, first.ID, "late")    // some servers tell in this order
	if a := activation(t, n); a != (Activation{"ringing:1", "late"}) {
		t.Errorf("activation %+v", a)
	}
	show(t, n, known)
	if third := server.next(); third.Replaces != 0 {
		t.Errorf("third replaces %d, which was closed", third.Replaces)
	}
}

func TestServersDifferInWhatTheyCan(t *testing.T) {
	hostile := ringing
	hostile.Title, hostile.Body = "<b>Dana</b>\u202e", "<img src=x> & \x1b[31m"
	for name, tt := range map[string]struct {
		caps    []string
		body    string
		actions int
	}{
		"markup":     {[]string{"body-markup", "actions"}, "&lt;img src=x&gt; &amp; [31m", 6},
		"no markup":  {[]string{"actions"}, "<img src=x> & [31m", 6},
		"no actions": {[]string{"body"}, "<img src=x> & [31m", 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := startServer(t, dbustest.Start(t), tt.caps...)
			n, _, _ := open(t)
			show(t, n, hostile)
			got := server.next()
			if got.Title != "<b>Dana</b>" || got.Body != tt.body || len(got.Actions) != tt.actions {
				t.Errorf("shown %v", got)
			}
		})
	}
}

func TestOnlyTheServersOwnSignalsCount(t *testing.T) {
	address := dbustest.Start(t)
	server := startServer(t, address, "actions")
	n, _, _ := open(t)
	show(t, n, ringing)
	got := server.next()

	// Another program sends us what the server would send, straight to our own name so that no match rule is in the way.
	var names []string
	intruder := dbustest.Connect(t, address)
	if err := intruder.BusObject().Call("org.freedesktop.DBus.ListNames", 0).Store(&names); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasPrefix(name, ":") && name != intruder.Names()[0] && name != server.conn.Names()[0] {
			emitTo(t, intruder, name, sigAction, got.ID, "answer")
		}
	}
	server.emit(sigAction, "not a number", 7)       // malformed: must not end us
	server.emit(sigAction, got.ID+1, "answer")      // of another application
	server.emit(sigClosed)                          // malformed
	server.emit(serverName+".Unheard", got.ID, "x") // of a later specification
	server.emit(sigAction, got.ID, "decline")
	if a := activation(t, n); a != (Activation{"ringing:1", "decline"}) {
		t.Errorf("activation %+v: only the server's decline was real", a)
	}
}

// emitTo sends a signal to one connection only.
func emitTo(t *testing.T, conn *dbus.Conn, to, signal string, args ...any) {
	t.Helper()
	i := strings.LastIndexByte(signal, '.')
	sent := make(chan *dbus.Call, 1)
	conn.SendWithContext(t.Context(), &dbus.Message{
		Type: dbus.TypeSignal, Flags: dbus.FlagNoReplyExpected,
		Headers: map[dbus.HeaderField]dbus.Variant{
			dbus.FieldPath: dbus.MakeVariant(dbus.ObjectPath(serverPath)), dbus.FieldInterface: dbus.MakeVariant(signal[:i]),
			dbus.FieldMember: dbus.MakeVariant(signal[i+1:]), dbus.FieldDestination: dbus.MakeVariant(to),
			dbus.FieldSignature: dbus.MakeVariant(dbus.SignatureOf(args...)),
		}, Body: args,
	}, sent)
	// The bus answers in order: when this is back, the signal has been passed on.
	if err := conn.BusObject().Call("org.freedesktop.DBus.GetId", 0).Err; err != nil {
		t.Fatal(err)
	}
}

func TestRestartedServerShowsTheCallAgain(t *testing.T) {
	address := dbustest.Start(t)
	first := startServer(t, address, "actions")
	n, _, _ := open(t)
	show(t, n, ringing)
	show(t, n, missed)
	first.next()
	first.next()
	first.stop()

	second := startServer(t, address, "actions", "body-markup")
	got := second.next()
	if got.Title != ringing.Title || got.Replaces != 0 {
		t.Fatalf("shown again: %v", got)
	}
	second.emit(sigAction, got.ID, "answer")
	if a := activation(t, n); a != (Activation{"ringing:1", "answer"}) {
		t.Errorf("activation %+v", a)
	}
	n.Withdraw("ringing:1")
	second.nextClose()
	if len(second.shown) != 0 {
		t.Errorf("the missed call came up again: %v", <-second.shown)
	}
}

// The bus itself goes with the session and comes back with the next: the desk may have been kept running.
func TestBusComesBack(t *testing.T) {
	dir := dbustest.Dir(t)
	address, stop := dbustest.StartIn(t, dir)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	first := startServer(t, address, "actions")
	n, plain, _ := open(t)
	show(t, n, ringing)
	first.next()
	stop()
	wait.For(t, first.conn.Context().Done())

	address, _ = dbustest.StartIn(t, dir)
	second := startServer(t, address, "actions")
	show(t, n, ringing)
	got := second.next()
	if got.Replaces != 0 {
		t.Errorf("replaces %d of another server", got.Replaces)
	}
	second.emit(sigAction, got.ID, "answer")
	if a := activation(t, n); a != (Activation{"ringing:1", "answer"}) {
		t.Errorf("activation %+v", a)
	}
	if len(plain) > 0 {
		t.Errorf("shown plain too")
	}
}

func TestServerThatComesLate(t *testing.T) {
	address := dbustest.Start(t)
	n, plain, _ := open(t)
	show(t, n, ringing)
	if got := wait.For(t, plain); got.ID != ringing.ID { // there is a desktop but no server: another way is tried
		t.Errorf("plain %+v", got)
	}
	server := startServer(t, address, "actions")
	if got := server.next(); got.Title != ringing.Title {
		t.Errorf("shown %v", got)
	}
}

func TestServerThatRefuses(t *testing.T) {
	server := startServer(t, dbustest.Start(t), "actions")
	server.refuse <- errors.New("too many notifications")
	n, plain, log := open(t)
	show(t, n, missed)
	if got := wait.For(t, plain); got.ID != missed.ID {
		t.Errorf("plain %+v", got)
	}
	show(t, n, missed)
	server.next()
	if strings.Contains(log.String(), "WARN") {
		t.Errorf("shown plain, nothing to warn of: %s", log)
	}
}

func TestWithoutADesktopNothingIsStarted(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+dbustest.Dir(t)+"/nobody")
	n, plain, log := open(t)
	show(t, n, ringing)
	show(t, n, missed)
	n.Withdraw(ringing.ID)
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if len(plain) > 0 {
		t.Error("beeep would have started a bus")
	}
	if err := n.Show(missed); !errors.Is(err, ErrClosed) {
		t.Errorf("show after close: %v", err)
	}
	if _, open := <-n.Activations(); open {
		t.Error("activations are not closed")
	}
	if c := strings.Count(log.String(), "WARN"); c > 1 {
		t.Errorf("complained %d times: %s", c, log)
	}
}

func TestCloseTakesTheRingingCallAway(t *testing.T) {
	server := startServer(t, dbustest.Start(t), "actions")
	n, _, _ := open(t)
	show(t, n, missed)
	show(t, n, ringing)
	server.next()
	rings := server.next()
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	if id := server.nextClose(); id != rings.ID || len(server.closes) != 0 {
		t.Errorf("closed %d and %d more, want the ringing one %d", id, len(server.closes), rings.ID)
	}
}

func TestEndsWithItsContext(t *testing.T) {
	dbustest.Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	n := New(ctx, "Linecard", slog.New(slog.DiscardHandler))
	cancel()
	if _, open := <-n.Activations(); open {
		t.Error("activations are not closed")
	}
}

// A server that hangs must not hold up the desk, and what was overtaken in the meantime is not shown any more.
func TestWishesOvertakeEachOther(t *testing.T) {
	b := &slowBackend{gate: make(chan struct{}), got: make(chan string, 16)}
	c := newCenter(t.Context(), slog.New(slog.DiscardHandler))
	c.fallback = func(Notification) error { return nil }
	c.start(b)
	show(t, c, Notification{ID: "a", Title: "1"})
	if got := wait.For(t, b.got); got != "show a 1" {
		t.Fatal(got)
	}
	for _, title := range []string{"2", "3"} { // the first is still being shown
		show(t, c, Notification{ID: "a", Title: title})
		show(t, c, Notification{ID: "b", Title: title})
	}
	c.Withdraw("b")
	close(b.gate)
	if got := []string{wait.For(t, b.got), wait.For(t, b.got)}; !slices.Equal(got, []string{"show a 3", "withdraw b"}) {
		t.Errorf("then %q", got)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

type slowBackend struct {
	gate chan struct{}
	got  chan string
}

func (b *slowBackend) show(_ context.Context, n Notification) error {
	b.got <- "show " + n.ID + " " + n.Title
	<-b.gate
	return nil
}

func (b *slowBackend) withdraw(_ context.Context, id string) error {
	b.got <- "withdraw " + id
	return nil
}
func (b *slowBackend) renew(context.Context) {}
func (b *slowBackend) close() error          { return nil }
