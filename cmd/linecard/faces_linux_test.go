package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"github.com/godbus/dbus/v5"

	"linecard/app"
	"linecard/app/notify/dbustest"
	"linecard/app/ui"
	"linecard/clean"
	"linecard/clean/cleantest"
	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
	"linecard/test/interop"
)

// rightToLeft are names that every face shows as they are.
var rightToLeft = []string{"דנה כהן", "ليلى حداد", "Dana دانا (VIP)", "می\u200cخواهم", "שלום 123"}

// Whatever a caller calls itself, and whatever an org calls its people, no face shows or keeps more than a clean text: window,
// title, notification, terminal, JSON, log, Task. Names that are read from right to left come through whole.
func TestNamesAreTextAtEveryFace(t *testing.T) {
	interop.Proves(t, "S8.6")
	f := newFaces(t)
	names := append([]string{strings.Repeat("A\u202e\x1b[2J", 7000), `\", \\`, "a=1;tag=x>", "%s%n", "Dana\u00a0\u2003Whitfield\u3000"}, cleantest.Names...)
	seed := seedOfNames(t)
	t.Logf("%s=%d", namesSeed, seed)
	names = append(names, cleantest.Drawn(40, seed)...)
	at := func(i int) string { return names[i%len(names)] }
	for i := 0; i < len(names); i += 4 { // four at once: a call takes its time
		number := fmt.Sprintf("+1415555%04d", 3000+i)
		f.names = []string{at(i), at(i + 1), at(i + 2), at(i + 3)}
		f.calls(number, f.lead(number))
		f.misses(fmt.Sprintf("+1415555%04d", 4000+i))
	}
	for i, name := range rightToLeft {
		number := fmt.Sprintf("+1415555%04d", 5000+i)
		f.names = []string{name, name, name, name}
		f.calls(number, f.lead(number))
	}
	f.log.mu.Lock()
	defer f.log.mu.Unlock()
	for line := range strings.SplitSeq(strings.TrimRight(f.log.b.String(), "\n"), "\n") {
		if why := cleantest.Dirt(strings.Join(strings.Fields(line), " "), 1<<20); why != "" {
			t.Errorf("the log has %.300q, which %s", line, why)
		}
	}
}

// namesSeed is the variable that has the names drawn as they were in a run that failed.
const namesSeed = "LINECARD_TEST_NAMES"

func seedOfNames(t *testing.T) int {
	t.Helper()
	text := os.Getenv(namesSeed)
	if text == "" {
		return int(time.Now().UnixNano())
	}
	seed, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return seed
}

// faces are all faces of a running program.
type faces struct {
	t     *testing.T
	demo  *demo
	run   *running
	win   fyne.Window
	ui    *ui.Window
	notes chan [2]string // title and body
	log   lockedBuffer
	names []string // of the person, the company, the title and the caller, as they were sent
	types bool     // the agent has typed it
	todo  chan func()
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func newFaces(t *testing.T) *faces {
	t.Helper()
	f := &faces{t: t, notes: make(chan [2]string, 1000), todo: make(chan func(), 1000)}
	conn := dbustest.Connect(t, dbustest.Start(t))
	if err := conn.Export(desktop{f.notes}, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if f.demo, err = startDemo(t.Context(), &options{data: t.TempDir()}, log); err != nil {
		t.Fatal(err)
	}
	s := f.demo.setup(log)
	s.config.OpenURL, s.config.NoSound, s.config.Listen = func(string) error { return nil }, true, "127.0.0.1"
	if f.run, err = s.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.run.shut)
	f.run.open(noFace{func() {}})
	if err := f.demo.enter(t.Context(), f.run.program); err != nil {
		t.Fatal(err)
	}
	if err := f.run.program.Settings().Set("logging.wrap_up", "600"); err != nil { // it takes a busy machine a while to look at all faces
		t.Fatal(err)
	}
	f.win = test.NewTempWindow(t, nil)
	f.ui = ui.New(ui.Config{
		App: test.NewTempApp(t), Window: f.win, Desk: f.run.program.Desk(), Settings: uiSettings{f.run.program}, Version: "1",
		Dispatch: func(do func()) { f.todo <- do }, Format: f.run.program.Shown,
	})
	f.win.Resize(fyne.NewSize(1100, 760))
	t.Cleanup(f.ui.Close)
	return f
}

// desktop is a notification server.
type desktop struct{ notes chan [2]string }

func (d desktop) GetCapabilities() ([]string, *dbus.Error) {
	return []string{"body", "actions"}, nil
}

func (d desktop) Notify(_ string, _ uint32, _, title, body string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.notes <- [2]string{title, body}
	return 1, nil
}

func (d desktop) CloseNotification(uint32) *dbus.Error { return nil }

// lead makes a person of those names in the org, and returns the id.
func (f *faces) lead(number string) string {
	f.t.Helper()
	text := func(name string, limit int) string {
		units := utf16.Encode([]rune(name))
		if len(units) > limit {
			units = units[:limit] // it may cut a pair in two: the org has half of it
		}
		var b strings.Builder
		for _, u := range units {
			fmt.Fprintf(&b, `\u%04x`, u)
		}
		if strings.TrimSpace(name) == "" {
			return "x"
		}
		return b.String()
	}
	body := fmt.Sprintf(`{"LastName":"%s","Company":"%s","Title":"%s","Phone":"%s"}`, text(f.names[0], 80), text(f.names[1], 255), text(f.names[2], 128), number)
	req, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, f.demo.orgURL+"/services/data/v60.0/sobjects/Lead", strings.NewReader(body))
	f.must(err)
	req.Header.Set("Authorization", "Bearer "+f.demo.org.Token())
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	f.must(err)
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	f.must(err)
	var made struct{ ID string }
	if err := json.Unmarshal(answer, &made); err != nil || made.ID == "" {
		f.t.Fatalf("%.40q: the org says %.300s", f.names, answer)
	}
	return made.ID
}

// calls has the person call; the agent answers, types the name into the subject of the Task, and hangs up.
func (f *faces) calls(number, lead string) {
	f.t.Helper()
	name := f.names[0]
	id := f.rings(number)
	v := f.see("found", func(v app.View) bool {
		return len(v.Calls) > 0 && v.Calls[0].Lookup.State == app.LookupOne && v.Calls[0].Lookup.Record.ID == lead
	})
	f.look(v)
	want := v.Calls[0].Name
	if isRightToLeft(name) && want != name {
		f.t.Errorf("%q is called %q", name, want)
	}
	f.verb("answer")
	f.see("talking", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking })
	f.types = true
	f.must(f.run.program.Desk().EditWrap(id, app.WrapEdit{Notes: &name}))
	if len(f.demo.org.Tasks())%2 == 0 { // the others keep the subject that is made of the name
		f.must(f.run.program.Desk().EditWrap(id, app.WrapEdit{Subject: &name}))
	}
	f.verb("hangup")
	f.look(f.see("wrap-up", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.WrapUp }))
	f.must(f.run.program.Desk().SaveWrap(id))
	f.types = false
	f.look(f.see("logged", func(v app.View) bool {
		return len(v.Calls) == 0 && len(v.History) > 0 && v.History[0].ID == id && v.History[0].Log == app.LogDone
	}))
	tasks := f.demo.org.TasksFor(id)
	if len(tasks) != 1 {
		f.t.Fatalf("%.40q: %d Tasks", name, len(tasks))
	}
	f.task(tasks[0], want)
}

// misses has a stranger call who gives up, so that the name is the caller's own.
func (f *faces) misses(number string) {
	f.t.Helper()
	id := f.rings(number)
	f.look(f.see("nobody", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Lookup.State == app.LookupNoMatch }))
	f.must(f.run.program.Desk().Decline(id))
	f.look(f.see("in the history", func(v app.View) bool { return len(v.Calls) == 0 && len(v.History) > 0 && v.History[0].ID == id }))
}

func (f *faces) rings(number string) string {
	f.t.Helper()
	name := strings.NewReplacer("\r", " ", "\n", " ").Replace(f.names[3]) // a line end would end the header
	name = name[:min(len(name), 12_000)]                                  // longer messages are not taken
	f.demo.ring(demopbx.Caller{Name: name, Number: number, GiveUpAfter: time.Minute, TalkFor: time.Minute})
	v := f.see("ringing", func(v app.View) bool {
		return len(v.Calls) > 0 && v.Calls[0].Phase == app.Ringing && v.Calls[0].E164 == number
	})
	f.look(v)
	return v.Calls[0].ID
}

// look judges what the faces show now: the window, the notifications, the verbs as text and as JSON.
func (f *faces) look(v app.View) {
	f.t.Helper()
	f.ui.SetView(v)
	f.draw()
	f.judge("the title", isolates.Replace(f.win.Title()), 1000)
	objects := test.LaidOutObjects(f.win.Content())
	for _, o := range f.win.Canvas().Overlays().List() {
		objects = append(objects, test.LaidOutObjects(o)...)
	}
	var window strings.Builder
	for _, o := range objects {
		if text, ok := o.(*canvas.Text); ok {
			if shown := isolates.Replace(text.Text); !f.typed(shown) && !f.typed(text.Text) {
				f.judge("the window", strings.Join(strings.Fields(shown), " "), 1000)
			}
			window.WriteString(text.Text + "\n")
		}
	}
	if len(v.Calls) > 0 {
		name := f.names[3] // until the record is found, and where there is none
		if v.Calls[0].Lookup.State == app.LookupOne {
			name = f.names[0]
		}
		if isRightToLeft(name) && !strings.Contains(window.String(), name) {
			f.t.Errorf("%q is not in the window", name)
		}
	}
	if len(v.Calls) > 0 && v.Calls[0].Phase == app.Ringing && v.Calls[0].Lookup.State == app.LookupPending {
		return // the verbs are asked a moment later
	}
	for _, verb := range []string{"calls", "history", "outbox", "status"} {
		for line := range strings.SplitSeq(f.verb(verb), "\n") {
			f.judge(verb, strings.Join(strings.Fields(line), " "), 30_000)
		}
		var answer any
		if err := json.Unmarshal([]byte(f.verb(verb, "--json")), &answer); err != nil {
			f.t.Errorf("%s --json: %v", verb, err)
		}
		texts(reflect.ValueOf(answer), func(s string) {
			if !f.typed(s) {
				f.judge(verb+" --json", s, 1000)
			}
		})
	}
	for {
		select {
		case n := <-f.notes:
			f.judge("a notification's title", isolates.Replace(n[0]), 120)
			for line := range strings.SplitSeq(n[1], "\n") {
				f.judge("a notification", isolates.Replace(line), 120)
			}
			continue
		default:
		}
		return
	}
}

// draw does what the window has to do by now.
func (f *faces) draw() {
	for {
		select {
		case do := <-f.todo:
			do()
		default:
			return
		}
	}
}

// typed reports whether a text is what the agent typed, or a line of it. A form shows that as long as it was typed, without what
// shows nothing.
func (f *faces) typed(s string) bool {
	return f.types && s != "" && (strings.Contains(clean.Typed(f.names[0], true), s) || strings.Contains(clean.Typed(f.names[0], false), s))
}

// isolates are put around names from right to left where they are drawn.
var isolates = strings.NewReplacer("\u2068", "", "\u2069", "")

func (f *faces) task(task demoorg.Task, name string) {
	f.t.Helper()
	f.judge("the Task's subject", task.Subject, 255)
	for line := range strings.SplitSeq(task.Description, "\n") {
		f.judge("the Task's description", line, 32_000)
	}
	if isRightToLeft(name) && !strings.Contains(task.Subject, name) {
		f.t.Errorf("the Task of %q is called %q", name, task.Subject)
	}
}

func (f *faces) judge(face, text string, limit int) {
	f.t.Helper()
	if why := cleantest.Dirt(strings.TrimSpace(text), limit); why != "" {
		f.t.Errorf("%.40q: %s shows %.300q, which %s", f.names, face, text, why)
	}
}

// verb runs a verb as the command line does.
func (f *faces) verb(args ...string) string {
	f.t.Helper()
	var out, errs bytes.Buffer
	if code := run(append([]string{"--data", f.demo.data}, args...), strings.NewReader(""), &out, &errs); code != 0 {
		f.t.Fatalf("%.40q: %v: %s", f.names, args, &errs)
	}
	return out.String()
}

// see waits for a View that fits.
func (f *faces) see(what string, fits func(app.View) bool) app.View {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 30*time.Second)
	defer cancel()
	views := make(chan app.View, 1)
	defer f.run.program.Desk().Subscribe(func(v app.View) {
		select {
		case <-views:
		default:
		}
		views <- v
	})()
	for v := f.run.program.Desk().View(); ; {
		if fits(v) {
			return v
		}
		select {
		case v = <-views:
		case <-ctx.Done():
			f.t.Fatalf("%.40q: never %s: %d calls, %.300v", f.names, what, len(v.Calls), lookups(v))
		}
	}
}

func lookups(v app.View) (all []app.LookupView) {
	for _, c := range v.Calls {
		all = append(all, c.Lookup)
	}
	return all
}

func (f *faces) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatalf("%.40q: %v", f.names, err)
	}
}

// isRightToLeft reports whether a name is read from right to left, clean, and short enough for the org and for every place in the window.
func isRightToLeft(name string) bool {
	return name == clean.Line(name) && clean.Isolate(name) != name && len(utf16.Encode([]rune(name))) <= 40
}

// texts calls f with every text of a decoded JSON value.
func texts(v reflect.Value, f func(string)) {
	switch v.Kind() {
	case reflect.String:
		f(v.String())
	case reflect.Interface:
		if !v.IsNil() {
			texts(v.Elem(), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), f)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			texts(v.MapIndex(k), f)
		}
	}
}
