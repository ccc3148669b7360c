package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"linecard/app/instance"
	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
	"linecard/test/rig"
)

// settle is how long the org may continue to work on a request whose answer was lost.
const settle = 3 * time.Second

// killRig is an app that is killed repeatedly: its data and the keyring stay, and the PBX and the org run on.
type killRig struct {
	*app
	pbx    *demopbx.PBX
	org    *demoorg.Org
	random *rand.Rand

	seeded map[string]bool // call ids of the Tasks that the org had before
	modes  []period
	words  map[string]string // by call: the agent's last word that the app has confirmed
	dialed []string          // ids that dial printed
}

// period is a time with one logging mode.
type period struct {
	since time.Time
	mode  string
}

func newKillRig(t *testing.T, random *rand.Rand) *killRig {
	t.Helper()
	desktop := rig.StartBus(t)
	desktop.StartKeyring()
	k := &killRig{random: random, seeded: map[string]bool{"": true}, words: map[string]string{}}
	var url string
	k.org, url = newOrg(t)
	for _, task := range k.org.Tasks() {
		k.seeded[task.CallObject] = true
	}
	var customers []demopbx.Person
	for _, p := range k.org.People() {
		customers = append(customers, demopbx.Person{Name: p.Name, Number: p.Number})
	}
	var err error
	k.pbx, err = demopbx.Start(t.Context(), demopbx.Config{
		Users: map[string]string{extension: password}, Directory: customers, Ring: 100 * time.Millisecond, Step: 300 * time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = k.pbx.Close() })
	k.app = prepareApp(t, append(desktop.Env, "LINECARD_SECRETS=")...)
	k.start()
	t.Cleanup(k.stop)
	// The port is the same each time, so that the binding of the earlier process is replaced.
	k.account(k.pbx.Addr(), extension, password, "--local-port", fmt.Sprint(rig.Port(t)))
	k.link(url, k.org)
	k.registered()
	return k
}

// begin starts the app again, without waiting for it.
func (k *killRig) begin() {
	k.t.Helper()
	k.process = rig.Start(k.t, rig.Command{Path: linecard, Args: []string{"--headless", "-v", "--data", k.dir}, Env: k.env})
}

// ready waits until a call could come in.
func (k *killRig) ready() {
	k.t.Helper()
	rig.Until(k.t, "the phone is registered", func() bool {
		var s status
		return k.ask(&s, "status", nil) == nil && s.Phone.State == "registered"
	})
}

// logging ends the app and changes the logging mode.
func (k *killRig) logging(mode string) {
	k.t.Helper()
	k.quit()
	for key, value := range map[string]string{"mode": mode, "wrap_up": "0", "settle_seconds": fmt.Sprint(int(settle.Seconds()))} {
		k.app.do("settings", "set", "logging."+key, value)
	}
	k.modes = append(k.modes, period{time.Now(), mode})
}

// quit ends the app properly if it runs.
func (k *killRig) quit() {
	k.t.Helper()
	select {
	case <-k.process.Done():
		return
	default:
	}
	if err := k.do("quit", nil); err != nil {
		k.t.Fatalf("quit: %v", err)
	}
	if err := k.process.Wait(); err != nil {
		k.t.Errorf("the app ended badly: %v", err)
	}
	if k.reader != nil {
		_ = k.reader.Wait()
	}
}

// settle starts the app, with an org without faults, and waits until no call waits to be logged.
func (k *killRig) settle() {
	k.t.Helper()
	k.org.ClearFaults()
	k.begin()
	k.ready()
	var s status
	done := false
	defer func() {
		if !done {
			var outbox json.RawMessage
			_ = k.ask(&outbox, "outbox", nil)
			k.t.Logf("it is %s; status %+v, outbox %s", time.Now().UTC().Format(time.TimeOnly), s, outbox)
		}
	}()
	pressed := time.Now()
	rig.Until(k.t, "nothing waits to be logged", func() bool {
		if time.Since(pressed) > settle/5 { // an impatient agent presses Retry: entries that must not be sent yet stay in the outbox
			pressed = time.Now()
			k.retry()
		}
		if k.ask(&s, "status", nil) != nil || s.Salesforce.State != "Linked" || s.Outbox.Waiting != 0 || s.Calls != 0 {
			return false
		}
		for _, r := range k.history() {
			if r.Log == "sending" || r.Log == "queued" && k.modeOf(r) == "always" {
				return false
			}
		}
		return true
	})
	done = true
}

// retry asks the app to log every waiting call now.
func (k *killRig) retry() {
	k.t.Helper()
	var outboxRow []struct{ ID, State string }
	if err := k.ask(&outboxRow, "outbox", nil); err != nil {
		k.t.Fatalf("outbox: %v", err)
	}
	for _, w := range outboxRow {
		if w.State == "ready" {
			_ = k.do("outbox-retry", map[string]string{"id": w.ID}) // it may have been logged in the meantime
		}
	}
}

// logged counts the Tasks of the app's calls.
func (k *killRig) logged() (n int) {
	for _, task := range k.org.Tasks() {
		if !k.seeded[task.CallObject] {
			n++
		}
	}
	return n
}

// modeOf returns the logging mode at the beginning of a call.
func (k *killRig) modeOf(r row) string {
	mode := ""
	for _, e := range k.modes {
		if r.Started.After(e.since) {
			mode = e.mode
		}
	}
	return mode
}

// ask sends a request through the control socket, as the command line does, but without starting a process.
func (k *killRig) ask(answer any, verb string, args map[string]string) error {
	ctx, cancel := context.WithTimeout(context.Background(), rig.Patience)
	defer cancel()
	return instance.Call(ctx, k.dir, instance.Request{Verb: verb, Args: args}, func(raw json.RawMessage) error {
		if answer == nil {
			return nil
		}
		return json.Unmarshal(raw, answer)
	})
}

func (k *killRig) do(verb string, args map[string]string) error { return k.ask(nil, verb, args) }

// dial calls a number and records the id that the agent gets.
func (k *killRig) dial(number string) string {
	k.t.Helper()
	var dialed struct{ Call string }
	if err := k.ask(&dialed, "dial", map[string]string{"number": number}); err != nil {
		k.t.Fatalf("dial: %v", err)
	}
	k.dialed = append(k.dialed, dialed.Call)
	return dialed.Call
}

// ringing returns the id of the ringing call, or "" when its caller gave up before it was seen.
func (k *killRig) ringing(left <-chan struct{}) (id string) {
	k.t.Helper()
	rig.Until(k.t, "the call is on the desk, or over", func() bool {
		for _, c := range k.calls() {
			if c.Phase == "ringing" {
				id = c.ID
			}
		}
		select {
		case <-left:
			return true
		default:
			return id != ""
		}
	})
	return id
}

// calls returns the calls on the desk.
func (k *killRig) calls() (calls []call) {
	k.t.Helper()
	if err := k.ask(&calls, "calls", nil); err != nil {
		k.t.Fatalf("calls: %v", err)
	}
	return calls
}

// over waits until a call has ended.
func (k *killRig) over(id string) {
	k.t.Helper()
	rig.Until(k.t, "call "+id+" is over", func() bool { return !k.on(id) })
}

// on reports whether a call is still on the desk.
func (k *killRig) on(id string) bool {
	k.t.Helper()
	return slices.ContainsFunc(k.calls(), func(c call) bool { return c.ID == id && c.Phase != "wrap-up" && c.Phase != "ended" })
}

func (k *killRig) history() (rows []row) {
	k.t.Helper()
	if err := k.ask(&rows, "history", map[string]string{"limit": "100000"}); err != nil {
		k.t.Fatalf("history: %v", err)
	}
	return rows
}
