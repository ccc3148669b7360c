package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"linecard/app/catalogue"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/app/steps"
	"linecard/crm/demoorg"
	"linecard/crm/salesforce"
	"linecard/fault"
	"linecard/sip/demopbx"
)

// The demo's extension. Its password protects nothing: the PBX listens on loopback and ends with the demo.
const (
	demoExtension = "2041"
	demoPassword  = "demo"
)

// demo is a PBX and an org in this process to try Linecard with. They are reached over UDP and HTTP like real ones.
type demo struct {
	pbx    *demopbx.PBX
	org    *demoorg.Org
	orgURL string
	people []demoorg.Person
	scenes []scene
	data   string // data directory
	dir    string // removed when the demo ends; "" for nothing
	ctx    context.Context
	cancel context.CancelFunc
}

// startDemo starts the PBX and the org, and makes a data directory that is removed when the demo ends.
func startDemo(ctx context.Context, o *options, log *slog.Logger) (*demo, error) {
	d := &demo{data: o.data}
	d.ctx, d.cancel = context.WithCancel(ctx)
	start := steps.Steps{Before: beforeStep, After: afterStep}
	err := start.Do("demo-folder", func() error { return d.makeFolder(log) }, nil, "cmd.demo.no-folder")
	if err == nil {
		err = start.Do("demo-org", func() error { return d.startOrg(log) }, nil, "cmd.demo.no-org")
	}
	if err == nil {
		err = start.Do("demo-pbx", func() error { return d.startPBX(log) }, nil, "cmd.demo.no-pbx")
	}
	if err != nil {
		d.close() // what is there of it
		return nil, err
	}
	d.scenes = d.makeScenes()
	return d, nil
}

func (d *demo) makeFolder(log *slog.Logger) (err error) {
	if d.data != "" { // a directory that the user named is kept
		return nil
	}
	sweepDemos(log)
	d.dir, err = os.MkdirTemp("", demoDir)
	d.data = filepath.Join(d.dir, demoData)
	return err
}

func (d *demo) startOrg(log *slog.Logger) (err error) {
	d.org = demoorg.New(demoorg.Config{AutoApprove: true, CustomObjects: true, Log: log.With("part", "demo org")})
	d.orgURL, err = d.org.Start("127.0.0.1:0")
	d.people = d.org.People()
	return err
}

func (d *demo) startPBX(log *slog.Logger) (err error) {
	directory := make([]demopbx.Person, len(d.people))
	for i, p := range d.people {
		directory[i] = demopbx.Person{Name: p.Name, Number: p.Number}
	}
	d.pbx, err = demopbx.Start(d.ctx, demopbx.Config{
		Users: map[string]string{demoExtension: demoPassword, "2042": demoPassword}, Directory: directory, Log: log.With("part", "demo PBX"),
	})
	return err
}

// close ends what was started, also after a start that failed.
func (d *demo) close() {
	d.cancel()
	if d.pbx != nil {
		_ = d.pbx.Close()
	}
	if d.org != nil {
		_ = d.org.Close()
	}
	if d.dir != "" {
		_ = os.RemoveAll(d.dir)
	}
}

// setup is the app in the demo: its settings, secrets and link are kept in memory, so that nothing stays on the disk.
func (d *demo) setup(log *slog.Logger) setup {
	set := settings.Default()
	set.Appearance = settings.Open(d.data).Get().Appearance
	account := settings.DefaultAccount()
	account.Server, account.User, account.DisplayName = d.pbx.Addr(), demoExtension, catalogue.Text("cmd.demo.you")
	account.Conference = demopbx.Room
	account.EchoTest = demopbx.EchoTest
	set.Accounts = []settings.Account{account}
	set.Orgs = []settings.Org{{LoginHost: d.orgURL, ClientID: d.org.ClientID()}}
	set.Logging.Settle = 5 // this org is quick, so after "Salesforce down" nobody has to wait two minutes for the Task
	secrets := &settings.Memory{}
	_ = secrets.Set(d.ctx, settings.SIPKey(account.User, account.Server), demoPassword) // memory never fails
	log.Info("demo", "data", d.data, "org", d.orgURL, "pbx", d.pbx.Addr())
	return setup{
		config: program.Config{
			Dir: d.data, Version: version, Log: log, Demo: true,
			Settings: settings.InMemory(set), Secrets: secrets, Links: salesforce.MemoryStores(),
		},
		appID: demoAppID, scenes: d.scenes, title: func() string { return catalogue.Text("cmd.demo.title") },
		banner: catalogue.Text("cmd.demo.folder", "folder", d.data),
		past:   d.seed,
		begin: func(ctx context.Context, p *program.Program) error {
			if err := d.enter(ctx, p); err != nil {
				return fault.Err(err, "cmd.demo.not-started", "why", err)
			}
			d.ring(d.dana())
			return nil
		},
		close: d.close,
	}
}

// enter links the org and waits until the phone is registered. The link is made through the whole of OAuth; the org's
// authorize page answers as it does for an agent who is logged in.
func (d *demo) enter(ctx context.Context, p *program.Program) error {
	if _, err := p.Link(ctx, program.LinkRequest{Host: d.orgURL, Key: d.org.ClientID()}, browse(ctx)); err != nil {
		return err
	}
	return d.pbx.WaitRegistered(ctx, demoExtension)
}

// browse is a browser without a window: it follows where the page sends it.
func browse(ctx context.Context) func(url string) error {
	return func(url string) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		go func() {
			res, err := http.DefaultClient.Do(req)
			if err == nil {
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
			}
		}()
		return nil
	}
}

// ring makes c call the agent, and does not wait for the end of the call.
func (d *demo) ring(c demopbx.Caller) {
	c.To = demoExtension
	go func() {
		if _, err := d.pbx.Call(d.ctx, c); err != nil && !errors.Is(err, context.Canceled) {
			slog.Debug("demo call", "err", err)
		}
	}()
}

// dana is the first caller: the first of the org's people.
func (d *demo) dana() demopbx.Caller { return d.from(d.people[0]) }

// from is a call from one of the org's people, who waits a minute for an answer and talks for ten.
func (d *demo) from(p demoorg.Person) demopbx.Caller {
	return demopbx.Caller{Name: p.Name, Number: p.Number, TalkFor: 10 * time.Minute, GiveUpAfter: time.Minute}
}

// shared is a person whose number is on several records of the same rank, so that the agent has to pick one.
func (d *demo) shared() demoorg.Person {
	for _, p := range d.people {
		rivals := 0
		for _, q := range d.people {
			if q.Number == p.Number && q.Object == p.Object {
				rivals++
			}
		}
		if rivals > 1 {
			return p
		}
	}
	return d.people[0]
}
