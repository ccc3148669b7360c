package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/renameio/v2"
	"github.com/google/uuid"

	"linecard/app"
	"linecard/app/journal"
	"linecard/app/notify"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/sip"
	"linecard/sip/audio"
)

// engine is the app without a face: the parts, built and joined.
type engine struct {
	dir     string
	log     *slog.Logger
	secrets settings.Secrets
	sound   *audio.Engine
	phone   *sip.Phone
	org     *salesforce.Client
	journal *journal.Journal
	bell    notify.Notifier
	desk    *app.Desk
	opener  func(url string) error
	demo    *demo // nil at work

	account sync.Mutex // one change of the account at a time: reading its password may take the agent a while

	mu  sync.Mutex // guards set
	set settings.Settings
}

// engineConfig is what differs between work, demo, window and headless.
type engineConfig struct {
	dir    string
	demo   *demo
	raise  func()
	opener func(url string) error
	log    *slog.Logger
}

// newEngine builds the parts. Nothing goes out to the network before start.
func newEngine(ctx context.Context, c engineConfig) (*engine, error) {
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return nil, fmt.Errorf("the data directory can't be created: %w", err)
	}
	e := &engine{dir: c.dir, log: c.log, opener: c.opener, demo: c.demo}
	var notices []string
	e.set, notices = loadSettings(c.dir, c.log)
	if c.demo != nil {
		look := e.set.Appearance
		e.set = c.demo.settings()
		e.set.Appearance = look
	}

	e.secrets = &vault{warn: func(s string) { e.desk.NoticeAbout(app.AboutSecrets, s) }}
	link := salesforce.FileStore(filepath.Join(c.dir, "link.json"))
	if c.demo != nil { // its secrets guard nothing, and nothing of it stays behind
		e.secrets, link = &settings.Memory{}, &linkStore{}
	}

	j, err := journal.Open(filepath.Join(c.dir, journal.FileName), journal.Options{Log: c.log.With("part", "journal")})
	if err != nil {
		return nil, err
	}
	e.journal = j
	notices = append(notices, j.Notice())

	e.sound = audio.New(audio.Config{
		Microphone: e.set.Devices.Microphone, Speaker: e.set.Devices.Speaker, Ringer: e.set.Devices.Ringer,
		Cadence: ringStyle(e.set.Devices), RingVolume: e.set.Devices.RingVolume, Log: c.log.With("part", "audio"),
	})
	e.org = salesforce.New(salesforce.Config{
		Store: link, Secrets: orgSecrets{e.secrets}, Dir: c.dir,
		Log: c.log.With("part", "salesforce"),
	})
	e.phone, err = sip.New(sip.Config{
		Events: func(ev sip.Event) { e.heard(ctx, ev) }, Audio: e.sound, Log: c.log.With("part", "phone"),
		UserAgent: "Linecard/" + version, Instance: installation(c.dir),
	})
	if err != nil {
		_ = j.Close()
		e.sound.Close()
		return nil, err
	}
	e.bell = notify.New(ctx, "Linecard", c.log.With("part", "notify"))
	e.desk = app.New(app.Config{
		Phone: e.phone, Ringer: e.phone, Directory: e.org, Logbook: e.org, Journal: j, Notifier: e.bell,
		Parse: e.parse, OpenURL: c.opener, Raise: c.raise, Rules: rules(e.set), Demo: c.demo != nil,
		Log: c.log.With("part", "desk"),
	})
	e.org.OnStatus(e.desk.LinkChanged)
	e.sound.OnChange(func(s audio.Status) { e.desk.AudioChanged(audioView(s)) })
	e.desk.Start()
	for _, n := range notices {
		if n != "" {
			e.desk.NoticeAbout(app.AboutStart, n)
			break // one at a time; the others are in the log
		}
	}
	return e, nil
}

// heard passes what the phone tells to the desk. A phone that has registered may ring any moment: the org's connection is
// made warm, which costs no request of its quota.
func (e *engine) heard(ctx context.Context, ev sip.Event) {
	e.desk.Heard(ev)
	if r, ok := ev.(sip.RegistrationChanged); ok && r.State == sip.Registered && e.org.Status().State == crm.Linked {
		go func() {
			if err := e.org.Warm(ctx); err != nil {
				e.log.Debug("the org is not warm", "err", err)
			}
		}()
	}
}

// start goes out to the network: the account registers, the saved link is taken up.
func (e *engine) start(ctx context.Context) {
	configured := e.settings().Account.Configured()
	e.desk.AccountSet(configured)
	e.desk.LinkChanged(e.org.Status())
	if e.demo != nil { // it sets its account and links its org itself
		return
	}
	if configured {
		go e.register(ctx)
	}
	go func() {
		if err := e.org.Restore(ctx); err != nil {
			e.log.Warn("the saved link could not be taken up", "err", err)
		}
	}()
}

// register signs the account on with the password from the keyring, which may keep us waiting for its owner.
func (e *engine) register(ctx context.Context) {
	e.account.Lock()
	defer e.account.Unlock()
	a := e.settings().Account
	password, err := e.secrets.Get(ctx, settings.SIPKey(a.User, a.Server))
	if err != nil {
		e.log.Warn("no SIP password", "err", err)
	}
	if err := e.phone.SetAccount(sipAccount(a, password)); err != nil {
		e.desk.NoticeAbout(app.AboutAccount, err.Error())
	}
}

// close takes the parts down, each with its own deadline: calls first, so that nobody is left talking to a dead phone.
func (e *engine) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	if err := e.phone.Close(ctx); err != nil {
		e.log.Warn("the phone did not end in time", "err", err)
	}
	cancel()
	ctx, cancel = context.WithTimeout(context.Background(), 5*time.Second)
	e.desk.Close(ctx)
	cancel()
	_ = e.bell.Close()
	e.sound.Close()
	_ = e.org.Close()
	if err := e.journal.Close(); err != nil {
		e.log.Error("journal", "err", err, "callsLost", e.journal.Unsaved().Calls)
	}
}

func (e *engine) settings() settings.Settings {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.set
}

// change changes the settings and writes them.
func (e *engine) change(f func(*settings.Settings)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	next := e.set
	f(&next)
	if e.demo == nil { // the demo leaves no trace
		if err := settings.Save(e.dir, next); err != nil {
			return err
		}
	}
	e.set = next
	return nil
}

// parse reads a signalled number with the agent's country and dial plan.
func (e *engine) parse(p sip.Party) crm.Number {
	if p.Withheld {
		return crm.Number{Raw: p.User, Withheld: true}
	}
	s := e.settings()
	return crm.ParseParty(p.User, p.Host, crm.NumberPlan{
		Region: s.Numbers.Country, OutsidePrefix: s.Numbers.OutsidePrefix, Domain: s.Account.Server,
	})
}

// installation is the UUID by which a registrar knows this installation again (RFC 5626 §4.1), made at the first start.
func installation(dir string) string {
	path := filepath.Join(dir, "installation")
	if b, err := os.ReadFile(path); err == nil {
		if id, err := uuid.ParseBytes(b); err == nil {
			return id.String()
		}
	}
	id := uuid.NewString()
	_ = renameio.WriteFile(path, []byte(id), 0o600) // without it the registrar sees a new phone at each start, no more
	return id
}

// rules are the settings the desk goes by.
func rules(s settings.Settings) app.Rules {
	l := s.Logging
	r := app.DefaultRules()
	r.WrapUp, r.Outcomes = time.Duration(l.WrapUp)*time.Second, l.Outcomes
	on := l.Mode != "never"
	r.Inbound, r.Outbound, r.Missed, r.Unanswered = on && l.Inbound, on && l.Outbound, on && l.Missed, on && l.Failed
	r.Colleagues, r.Ask = l.Internal, l.Mode == "ask"
	n := s.Notifications
	r.NotifyRinging, r.NotifyMissed, r.NotifyParked, r.Raise = n.Incoming, n.Missed, n.LogFailed, n.RaiseWindow
	r.Pop = app.Pop(s.Salesforce.Pop)
	return r
}

func sipAccount(a settings.Account, password string) sip.Account {
	return sip.Account{
		Server: a.Server, User: a.User, AuthUser: a.AuthUser, Password: password, DisplayName: a.DisplayName,
		Transport: a.Transport, Port: a.LocalPort, Proxy: a.Proxy, Expires: time.Duration(a.Expires) * time.Second, Lines: a.Lines,
	}
}

// ringStyle is how the phone rings. A volume of 0 is silence, where the engine takes 0 for its default.
func ringStyle(d settings.Devices) string {
	if d.RingVolume == 0 {
		return audio.CadenceSilent
	}
	return d.RingStyle
}

func audioView(s audio.Status) app.AudioView {
	return app.AudioView{Microphone: s.Microphone, Speaker: s.Speaker, Ringer: cmp.Or(s.Ringer, s.Speaker), Null: s.Null, Problem: s.Problem}
}
