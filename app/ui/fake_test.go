package ui

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
)

// fakeDesk writes down what it is told.
type fakeDesk struct {
	mu       sync.Mutex
	told     []string
	refused  map[string]error          // by the command's first words
	forbids  string                    // who is marked Do Not Call
	plans    map[string]crm.NumberPlan // of accounts
	recorded map[string]string         // what records say that is shown, by the number that is called
	history  []app.HistoryRow
	records  []crm.Record // who else a call may have been with

	spellings     []crm.DialSpelling
	nearby, found map[string][]crm.Record // people by what is typed: on this computer, in the org
	sought        []string                // what the org was asked
}

// refuses has every command that begins so come to an error, nil for well. The window asks other things of the desk in the background, so "the next command" could be any of them; "" is every command.
func (d *fakeDesk) refuses(command string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.refused == nil {
		d.refused = map[string]error{}
	}
	d.refused[command] = err
}

func (d *fakeDesk) note(format string, args ...any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	told := fmt.Sprintf(format, args...)
	d.told = append(d.told, told)
	for command, err := range d.refused {
		if strings.HasPrefix(told, command) && err != nil {
			return err
		}
	}
	return nil
}

// said returns what the desk was told since the last time.
func (d *fakeDesk) said() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	told := d.told
	d.told = nil
	return told
}

func (d *fakeDesk) Dial(account, n string) (string, error) {
	if account != "" {
		n += " from " + account
	}
	if err := d.forbidden(); err != nil {
		return "", err
	}
	return "new", d.note("dial %s", n)
}

func (d *fakeDesk) DialAs(account, n, as, why string) (string, error) {
	if why == "" {
		if err := d.forbidden(); err != nil {
			return "", err
		}
	}
	return "new", d.note("dial %s as %s: %s", n, as, why)
}

func (d *fakeDesk) WillDial(account, text string) (app.WillDial, error) {
	number, keys, _ := strings.Cut(text, ",")
	plan, of := d.plans[account], app.ShownBy("")
	if d.recorded[number] != "" {
		of = app.ShownByRecord
	}
	return app.WillDial{Account: account, Number: number, Read: number, Sent: plan.Dial(number), Then: strings.Trim(keys, ","), As: d.recorded[number], AsOf: of}, nil
}

func (d *fakeDesk) Spellings(string) []crm.DialSpelling { return d.spellings }

func (d *fakeDesk) TrySpelling(id, sent, reason string) (string, error) {
	if reason != "" {
		return "again", d.note("try %s as %s: %s", id, sent, reason)
	}
	if err := d.forbidden(); err != nil {
		return "", err
	}
	return "again", d.note("try %s as %s", id, sent)
}

func (d *fakeDesk) KeepSpelling(id string) error { return d.note("keep spelling of %s", id) }

func (d *fakeDesk) Pickup(account, extension string) (string, error) {
	return "new", d.note("pick up %s from %s", extension, account)
}

func (d *fakeDesk) Copied(_, text string) string {
	return app.ReadCopied(text, crm.NumberPlan{Region: "US"})
}

func (d *fakeDesk) CallEcho(account string) (string, error) {
	return "new", d.note("echo %s", account)
}

func (d *fakeDesk) AskQueue(_ context.Context, a app.QueueAsk) ([]app.QueueView, error) {
	return nil, d.note("queue %s %s at %s %s", a.Action, a.Queue, a.Account, a.Reason)
}

func (d *fakeDesk) CallVoicemail(account string) (string, error) {
	return "new", d.note("voicemail %s", account)
}

func (d *fakeDesk) DialAnyway(account, n, why string) (string, error) {
	if account != "" {
		n += " from " + account
	}
	return "new", d.note("dial anyway %s: %s", n, why)
}

func (d *fakeDesk) Consult(id, target string) (string, error) {
	if err := d.forbidden(); err != nil {
		return "", err
	}
	return "c9", d.note("consult %s %s", id, target)
}

func (d *fakeDesk) ConsultAnyway(id, target, why string) (string, error) {
	return "c9", d.note("consult anyway %s %s: %s", id, target, why)
}

func (d *fakeDesk) Transfer(id, target string) error {
	if err := d.forbidden(); err != nil {
		return err
	}
	return d.note("transfer %s %s", id, target)
}

func (d *fakeDesk) TransferAnyway(id, target, why string) error {
	return d.note("transfer anyway %s %s: %s", id, target, why)
}

// forbidden is the error about somebody who must not be called.
func (d *fakeDesk) forbidden() error {
	if d.forbids == "" {
		return nil
	}
	return fault.Err(nil, "desk.do-not-call", "name", d.forbids)
}
func (d *fakeDesk) Swap(id string) error           { return d.note("swap %s", id) }
func (d *fakeDesk) Complete(id string) error       { return d.note("complete %s", id) }
func (d *fakeDesk) Connect(id, other string) error { return d.note("connect %s %s", id, other) }

func (d *fakeDesk) CancelConsult(id string) error { return d.note("cancel %s", id) }
func (d *fakeDesk) Conference(ids ...string) (string, error) {
	return "room", d.note("conference %s", strings.Join(ids, " "))
}

func (d *fakeDesk) Follow(id string) error {
	if err := d.forbidden(); err != nil {
		return err
	}
	return d.note("follow %s", id)
}

func (d *fakeDesk) FollowAnyway(id, target, why string) error {
	return d.note("follow anyway %s %s: %s", id, target, why)
}
func (d *fakeDesk) Refuse(id string) error               { return d.note("refuse %s", id) }
func (d *fakeDesk) Answer(id string) error               { return d.note("answer %s", id) }
func (d *fakeDesk) Decline(id string) error              { return d.note("decline %s", id) }
func (d *fakeDesk) Hangup(id string) error               { return d.note("hangup %s", id) }
func (d *fakeDesk) Hold(id string) error                 { return d.note("hold %s", id) }
func (d *fakeDesk) Resume(id string) error               { return d.note("resume %s", id) }
func (d *fakeDesk) SetMute(id string, on bool) error     { return d.note("mute %s %v", id, on) }
func (d *fakeDesk) SendDTMF(id, keys string) error       { return d.note("dtmf %s %s", id, keys) }
func (d *fakeDesk) Silence(id string) error              { return d.note("silence %s", id) }
func (d *fakeDesk) Pick(id string, record crm.Ref) error { return d.note("pick %s %s", id, record.ID) }
func (d *fakeDesk) LookupAgain(id string) error          { return d.note("lookup %s", id) }
func (d *fakeDesk) SaveWrap(id string) error             { return d.note("save %s", id) }
func (d *fakeDesk) UndoCard(id string) error             { return d.note("undo card %s", id) }
func (d *fakeDesk) SaveCard(id string) error             { return d.note("save card %s", id) }
func (d *fakeDesk) EditCardOf(id string, _ crm.Ref, v map[string]string) error {
	return d.note("card %s %v", id, v)
}
func (d *fakeDesk) DontLog(id string) error     { return d.note("don't log %s", id) }
func (d *fakeDesk) Dismiss(id string) error     { return d.note("dismiss %s", id) }
func (d *fakeDesk) SetDND(on bool)              { _ = d.note("dnd %v", on) }
func (d *fakeDesk) DismissNotice(f fault.Fault) { _ = d.note("dismiss notice %s", f.Code) }
func (d *fakeDesk) MarkMissedSeen()             { _ = d.note("seen") }
func (d *fakeDesk) OwedDone(what string) error  { return d.note("owed done %s", what) }
func (d *fakeDesk) SendAll() (int, error)       { return 0, d.note("send all") }
func (d *fakeDesk) RetryLog(id string) error    { return d.note("retry %s", id) }
func (d *fakeDesk) LogAs(id string) error       { return d.note("log as %s", id) }
func (d *fakeDesk) Nearby(_ context.Context, _, text string) []crm.Record {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.nearby[text]
}

func (d *fakeDesk) FindPeople(_ context.Context, _, text string) ([]crm.Record, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.sought = append(d.sought, text)
	return d.found[text], nil
}

func (d *fakeDesk) WhoElse(_ context.Context, id, text string) ([]crm.Record, error) {
	return d.records, d.note("who else %s %q", id, text)
}

func (d *fakeDesk) PointAt(_ context.Context, id string, record crm.Ref, text string) error {
	if text != "" {
		return d.note("point %s at %q for %q", id, record.ID, text)
	}
	return d.note("point %s at %q", id, record.ID)
}

func (d *fakeDesk) SendHeld() (int, error)     { return 1, d.note("send held") }
func (d *fakeDesk) DropHeld() (int, error)     { return 1, d.note("drop held") }
func (d *fakeDesk) DiscardLog(id string) error { return d.note("discard %s", id) }
func (d *fakeDesk) EditWrap(id string, e app.WrapEdit) error {
	switch {
	case e.Subject != nil:
		return d.note("subject %s %q", id, *e.Subject)
	case e.Notes != nil:
		return d.note("notes %s %q", id, *e.Notes)
	case e.Disposition != nil:
		return d.note("outcome %s %q", id, *e.Disposition)
	case e.What != nil:
		return d.note("related %s %q", id, e.What.ID)
	case e.Answers != nil:
		return d.note("answers %s %v", id, e.Answers)
	}
	return d.note("empty edit %s", id)
}

func (d *fakeDesk) History(f app.HistoryFilter) ([]app.HistoryRow, error) {
	err := d.note("history %q missed=%v notlogged=%v", f.Text, f.Missed, f.NotLogged)
	d.mu.Lock()
	defer d.mu.Unlock()
	var rows []app.HistoryRow
	for _, r := range d.history {
		if (!f.Missed || r.Outcome == "missed") && (!f.NotLogged || r.Log == app.LogQueued || r.Log == app.LogParked || r.Log == app.LogElsewhere) &&
			(!f.NeedsRecord || r.NeedsRecord) &&
			mentions(r, f.Text) {
			rows = append(rows, r)
		}
	}
	return rows, err
}

// pump stands in for Fyne's loop: what the window dispatches is run by the test's own goroutine. Fyne's test driver would
// run it on whichever goroutine asks, and make every test a data race.
type pump struct{ queue chan func() }

func (p *pump) dispatch(f func()) { p.queue <- f }

// bench is a window under test.
type bench struct {
	*Window
	t        testing.TB
	desk     *fakeDesk
	settings *fakeSettings
	pump     *pump
	opened   []string
	quit     int
	now      time.Time

	folderFor string // title under which a folder was asked for last
}

// theApp is one for all tests: a new one would empty Fyne's caches of fonts and icons, and filling them is most of what a
// test of the window does. A window puts its own look on.
var theApp = sync.OnceValue(test.NewApp)

// noon is when every test happens: 21 November 2026, 11:20.
var noon = time.Date(2026, 11, 21, 11, 20, 0, 0, time.UTC)

func newBench(t testing.TB, change func(*Config)) *bench {
	t.Helper()
	a := theApp()
	win := a.NewWindow("")
	t.Cleanup(win.Close)
	b := &bench{
		t: t, desk: &fakeDesk{history: history()}, settings: &fakeSettings{form: savedForm(), free: make(chan struct{})},
		pump: &pump{make(chan func(), 1000)}, now: noon,
	}
	var mu sync.Mutex
	cfg := Config{
		App: a, Window: win, Desk: b.desk, Settings: b.settings, Appearance: Appearance{Mode: Light},
		Dispatch: b.pump.dispatch, Now: func() time.Time { return b.now }, Version: "0.1.0",
		OpenURL: func(address string) error {
			mu.Lock()
			defer mu.Unlock()
			b.opened = append(b.opened, address)
			return nil
		},
		Quit: func() { b.quit++ },
	}
	if change != nil {
		change(&cfg)
	}
	b.Window = New(cfg)
	win.Resize(fyne.NewSize(1120, 700))
	t.Cleanup(b.Close)
	return b
}

// settle waits for the commands on their way and runs all that was dispatched.
func (b *bench) settle() {
	for {
		b.typing.Wait()
		b.running.Wait()
		select {
		case f := <-b.pump.queue:
			f()
		default:
			return
		}
	}
}

// draw gives the window a View and lets it settle.
func (b *bench) draw(v app.View) {
	b.t.Helper()
	b.SetView(v)
	b.settle()
}

// resize changes the window's size as the agent would.
func (b *bench) resize(w, h float32) {
	b.cfg.Window.Resize(fyne.NewSize(w, h))
	b.relayout()
}
