package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	neturl "net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"linecard/crm/demoorg"
	"linecard/test/rig"
)

// app is the running app with the command line that controls it.
type app struct {
	t       *testing.T
	dir     string
	env     []string
	within  []string // a command line that runs the app: a network namespace
	flags   []string // further flags of the app
	window  bool     // with its window, on the screen of env
	process *rig.Process
	ways    int // how many calls have found a way by ICE

	mu     sync.Mutex
	events []event
	said   chan struct{} // closed and replaced with every event
	reader *exec.Cmd
}

// gorace ends a program at its first data race, and saves the second that each command would wait for one at its end.
const gorace = "GORACE=halt_on_error=1 atexit_sleep_ms=0"

// event is a line of `linecard events --json`.
type event struct {
	Event   string `json:"event"`
	Call    string `json:"call"`
	Account string `json:"account"`
	Number  string `json:"number"`
	Name    string `json:"name"`
	State   string `json:"state"`
	Target  string `json:"target"`
	With    string `json:"with"`
	Reason  string `json:"reason"`
	Task    *ref   `json:"task"`
	Record  *ref   `json:"record"`
}

type ref struct{ Object, ID, Name, URL string }

// newApp starts the app with an empty data directory. Secrets are kept in memory unless env says otherwise.
func newApp(t *testing.T, env ...string) *app {
	t.Helper()
	return newAppWithin(t, nil, env...)
}

// newAppWithin is newApp in a network namespace.
func newAppWithin(t *testing.T, within []string, env ...string) *app {
	t.Helper()
	a := prepareApp(t, env...)
	a.within = within
	a.start()
	t.Cleanup(a.stop)
	return a
}

// prepareApp makes the environment of an app that is not started yet.
func prepareApp(t *testing.T, env ...string) *app {
	t.Helper()
	a := &app{t: t, dir: filepath.Join(rig.Dir(t), "data"), said: make(chan struct{})}
	// The desktop of the person who runs the test is not used: no notifications on the screen, no sound.
	a.env = append([]string{
		"LINECARD_SECRETS=memory", "DBUS_SESSION_BUS_ADDRESS=", "DISPLAY=", "WAYLAND_DISPLAY=", "PULSE_SERVER=unix:/nonexistent",
		"XDG_RUNTIME_DIR=", gorace, "HOME=" + rig.Dir(t),
	}, env...)
	return a
}

// start runs the app and reads its events from the first one on.
func (a *app) start() {
	a.t.Helper()
	run := append(slices.Clone(a.within), linecard, "-v", "--data", a.dir)
	if !a.window {
		run = append(run, "--headless")
	}
	run = append(run, a.flags...)
	a.process = rig.Start(a.t, rig.Command{Path: run[0], Args: run[1:], Env: a.env})
	rig.Until(a.t, "the app answers", func() bool {
		_, err := a.try("status", "--json")
		return err == nil
	})
	a.follow()
}

// stop quits the app as a user does and checks that it ends well; status 66 would be a data race.
func (a *app) stop() {
	a.t.Helper()
	select {
	case <-a.process.Done():
	default:
		if _, err := a.try("quit"); err != nil {
			a.t.Errorf("quit: %v", err)
			a.process.Stop()
			return
		}
		if err := a.process.Wait(); err != nil {
			a.t.Errorf("the app ended badly: %v", err)
		}
	}
	_ = a.reader.Wait()
	if strings.Contains(a.process.Output(), "DATA RACE") {
		a.t.Error("the app has a data race")
	}
	a.checkLog()
}

// checkLog checks that the log has no secrets, and no names or numbers of callers from level info up.
func (a *app) checkLog() {
	a.t.Helper()
	for line := range strings.SplitSeq(a.process.Output(), "\n") {
		for _, secret := range []string{password, trunkPass} {
			if strings.Contains(line, secret) {
				a.t.Errorf("a password is in the log: %s", line)
			}
		}
		if strings.Contains(line, "level=DEBUG") {
			continue
		}
		for _, who := range []string{"Whitfield", "4155550132", "555-0132"} {
			if strings.Contains(line, who) {
				a.t.Errorf("who calls is in the log above debug level: %s", line)
			}
		}
	}
}

// kill ends the app as a power cut would, and returns when the process has ended.
func (a *app) kill() {
	a.process.Kill()
	_ = a.reader.Wait()
}

func (a *app) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, linecard, append(args, "--data", a.dir)...)
	cmd.Env = append(os.Environ(), a.env...)
	return cmd
}

// try runs a command and returns its output; the error is the sentence that the user reads.
func (a *app) try(args ...string) (string, error) { return a.tryWith(nil, args...) }

func (a *app) tryWith(stdin io.Reader, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), rig.Patience)
	defer cancel()
	cmd := a.command(ctx, args...)
	cmd.Stdin = stdin
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return string(out), &commandError{exit.ExitCode(), strings.TrimSpace(string(exit.Stderr))}
	}
	return string(out), err
}

// commandError is a command that failed: its exit status and the sentence on standard error.
type commandError struct {
	status   int
	sentence string
}

func (e *commandError) Error() string { return e.sentence }

// do runs a command that must succeed.
func (a *app) do(args ...string) string {
	a.t.Helper()
	out, err := a.try(args...)
	if err != nil {
		a.t.Fatalf("linecard %s: %v", strings.Join(args, " "), err)
	}
	return out
}

// json runs a command with --json and decodes its output.
func (a *app) json(v any, args ...string) {
	a.t.Helper()
	out := a.do(append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), v); err != nil {
		a.t.Fatalf("linecard %s --json printed %q: %v", strings.Join(args, " "), out, err)
	}
}

// account adds a phone account and waits until it is registered; extra are further flags.
func (a *app) account(server, user, secret string, extra ...string) {
	a.t.Helper()
	args := append([]string{"account", "set", "--server", server, "--user", user, "--password-stdin"}, extra...)
	if _, err := a.tryWith(strings.NewReader(secret+"\n"), args...); err != nil {
		a.t.Fatalf("account set: %v", err)
	}
}

// registered waits until the phone is registered.
func (a *app) registered() {
	a.t.Helper()
	a.await("registration", inState("registered"))
}

// linking lets one app link at a time: there are only three callback ports on the machine.
var linking sync.Mutex

// link links the org through its authorize page, as a browser with a session does; extra are further flags.
func (a *app) link(url string, org *demoorg.Org, extra ...string) {
	a.t.Helper()
	a.linkAs(demoorg.FirstUser, url, org, extra...)
}

// linkAs is link for a user of the org.
func (a *app) linkAs(user, url string, org *demoorg.Org, extra ...string) {
	a.t.Helper()
	linking.Lock()
	defer linking.Unlock()
	p := rig.Start(a.t, rig.Command{Path: linecard, Env: a.env, Args: append([]string{"link", "--data", a.dir, "--login-host", url, "--client-id", org.ClientID(), "--no-browser"}, extra...)})
	page := p.WaitLine("://")
	res, err := http.Get(page + "&login_hint=" + neturl.QueryEscape(user))
	if err != nil {
		a.t.Fatalf("authorize page: %v", err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		a.t.Fatalf("authorize page: %s", res.Status)
	}
	if err := p.Wait(); err != nil {
		a.t.Fatalf("link: %v: %s", err, p.Output())
	}
}

// call is one call of `calls --json`.
type call struct {
	ID, Direction, Phase, Name, Company, Number, E164, Called, Codec, Encryption, EndReason, EndText string
	Withheld, Muted                                                                                  bool
	Lookup                                                                                           struct {
		State   string
		Error   string
		Record  *match
		Matches []match
	}
	Log struct {
		State, Error string
		Task         ref
	}
	Form struct{ Subject string }
}

type match struct {
	ref
	Name, Company string
}

// call returns the call with the id from the desk.
func (a *app) call(id string) call {
	a.t.Helper()
	var calls []call
	a.json(&calls, "calls")
	i := slices.IndexFunc(calls, func(c call) bool { return c.ID == id })
	if i < 0 {
		a.t.Fatalf("call %s is not on the desk: %+v", id, calls)
	}
	return calls[i]
}

// row is a line of `history --json`.
type row struct {
	ID, Direction, Outcome, Name, Company, Number, Dial, Log, Error string
	Started                                                         time.Time
	Seconds                                                         int
	Who, Task                                                       ref
}

// row returns the history's row of a call.
func (a *app) row(id string) row {
	a.t.Helper()
	var rows []row
	a.json(&rows, "history")
	i := slices.IndexFunc(rows, func(r row) bool { return r.ID == id })
	if i < 0 {
		a.t.Fatalf("call %s is not in the history: %+v", id, rows)
	}
	return rows[i]
}

// status is the answer of `status --json`.
type status struct {
	PID   int
	Phone struct {
		State, Reason, Extension string
		Code                     int
	}
	Salesforce struct{ State, Reason string }
	Audio      struct {
		Null    bool
		Problem string
	}
	Calls, Missed, Goroutines int
	Outbox                    struct{ Waiting, Elsewhere, Parked int }
	Notice                    string
}

func (a *app) status() (s status) {
	a.t.Helper()
	a.json(&s, "status")
	return s
}
