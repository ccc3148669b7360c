// Package program is the running program without a face: it builds the parts (phone, sound, org, journal, desk), joins them, and applies
// the settings to them.
//
//	p, err := program.New(ctx, program.Config{Dir: dir, Version: "1.0"})
//	p.Start() // goes out to the network
//	defer p.Close()
//
// A face (window, command line) works on [Program.Desk] and on the methods of Program. Settings are changed through [Program.Settings] only;
// the program follows the store, so whoever changes a setting need not know who uses it:
//
//	apply.go     which part takes which setting
//	accounts.go  phone accounts, each with its password; account_change.go changes keyring, file and phone together or not at all
//	keyring.go   the keyring, which may be locked when the program starts
//	orgs.go      the linked orgs; orgs_change.go links and unlinks one, and keeps the settings in step; orgs_remove.go drops one
//	numbers.go   how a number is read
//	doctor.go    what works and what does not
//	notices.go   what the agent has to know of the settings, the journal and the memory of callers
//
// Nothing here knows the demo: it is a Config whose settings, secrets and links are kept in memory.
package program

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/renameio/v2"
	"github.com/google/uuid"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/directory"
	"linecard/app/journal"
	"linecard/app/notify"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/fault"
	"linecard/inorder"
	"linecard/sip"
	"linecard/sip/audio"
)

// Config is what a program is made of. Dir is required.
type Config struct {
	Dir     string // data directory; it is created when missing
	Version string

	Settings *settings.Store  // nil means those in Dir
	Secrets  settings.Secrets // nil means the desktop's keyring
	Links    salesforce.Shelf // where the links to orgs are described; nil means files in Dir
	Listen   string           // local address for signalling and audio; "" means any
	NoSound  bool             // use no sound device: servers and tests

	Demo    bool                   // shown, and nothing else
	OpenURL func(url string) error // shows a page in the browser
	Raise   func()                 // brings the window forward; nil without one
	Log     *slog.Logger           // nil discards
}

// Program is the running program. Its methods may be called from any goroutine.
type Program struct {
	cfg      Config
	log      *slog.Logger
	set      *settings.Store
	secrets  settings.Secrets
	sound    *audio.Engine
	phone    *sip.Phone
	links    *salesforce.Links
	journal  *journal.Journal
	memory   *directory.Directory
	bell     notify.Notifier
	desk     *app.Desk
	accounts accounts
	kept     kept
	plans    atomic.Pointer[plans]

	unfollow func()
	slow     *inorder.Queue[func()] // what takes its time when settings change: sound devices, the journal
	ctx      context.Context        // ends with Close
	cancel   context.CancelFunc
	work     sync.WaitGroup
}

// New builds the parts. Nothing goes out to the network before [Program.Start].
func New(ctx context.Context, cfg Config) (*Program, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fault.Err(err, "program.no-folder", "folder", cfg.Dir)
	}
	p := &Program{cfg: cfg, log: cfg.Log, set: cfg.Settings, secrets: cfg.Secrets}
	p.ctx, p.cancel = context.WithCancel(ctx)
	p.slow = inorder.Functions(func(err error) { p.log.Error("applying settings", "err", err) })
	if p.set == nil {
		p.set = settings.Open(cfg.Dir)
	}
	catalogue.UseSetting(p.set.Get().Language)
	if p.secrets == nil {
		p.secrets = &keyring{warn: func(f fault.Fault) { p.desk.NoticeAbout(app.AboutSecrets, f) }}
	}
	if p.cfg.Links == nil {
		p.cfg.Links = salesforce.DirShelf(cfg.Dir)
	}
	p.accounts.init(p)
	if err := p.build(); err != nil {
		p.cancel()
		return nil, err
	}
	return p, nil
}

// build makes the parts and joins them.
func (p *Program) build() (err error) {
	p.journal, err = journal.Open(filepath.Join(p.cfg.Dir, journal.FileName), journal.Options{
		Judge: func(f crm.Facts) crm.Verdict { return judgeOf(p.set.Get()).Judge(f) }, Log: p.log.With("part", "journal"),
		MissedPerHour: func() int { return p.set.Get().Logging.MissedPerHour },
	})
	if err != nil {
		return err
	}
	p.memory, err = directory.Open(filepath.Join(p.cfg.Dir, directory.FileName), directory.Options{Log: p.log.With("part", "directory")})
	if err != nil {
		_ = p.journal.Close()
		return err
	}
	set := p.set.Get()
	p.takeKnown(set.Org("").OrgID)
	p.plans.Store(plansOf(set))
	p.sound = audio.New(audio.Config{
		Microphone: set.Devices.Microphone, Speaker: set.Devices.Speaker, Ringer: set.Devices.Ringer, Null: p.cfg.NoSound,
		Cadence: ringStyle(set.Devices), RingVolume: set.Devices.RingVolume, Log: p.log.With("part", "audio"),
	})
	p.links, err = salesforce.OpenLinks(p.cfg.Links, salesforce.Config{Say: catalogue.Say, Secrets: orgSecrets{p.secrets, p.ctx}, Log: p.log.With("part", "salesforce")})
	if err != nil { // those that could be read are there
		p.log.Error("not every saved link is known", "err", err)
	}
	p.links.Order(orgIDs(set)...)
	p.phone, err = sip.New(sip.Config{
		Events: p.heard, Audio: p.sound,
		BeforeRinging: func(e sip.CallIncoming, proceed func()) { p.desk.BeforeRinging(e, proceed) },
		BeforeInvite:  func(e sip.CallDialing, proceed func()) { p.desk.BeforeInvite(e, proceed) },
		DialPlan:      func(account, number string) string { return p.plan(account).Dial(number) },
		Log:           p.log.With("part", "phone"), Listen: p.cfg.Listen,
		UserAgent: "Linecard/" + p.cfg.Version, Instance: installation(p.cfg.Dir),
	})
	if err != nil {
		_ = p.memory.Close()
		_ = p.journal.Close()
		p.sound.Close()
		_ = p.links.Close()
		return err
	}
	p.bell = notify.New(p.ctx, "Linecard", p.log.With("part", "notify"))
	p.desk = app.New(app.Config{
		Phone: p.phone, Ringer: p.phone, Directory: p.links, Logbook: p.links, Memory: p.memory, Journal: p.journal, Notifier: p.bell,
		Plan: p.plan, OpenURL: p.cfg.OpenURL, Raise: p.cfg.Raise, Rules: rulesOf(set), Demo: p.cfg.Demo, Log: p.log.With("part", "desk"),
		Written: func() { p.kept.tell(p) },
	})
	p.links.OnStatus(p.desk.LinksChanged)
	p.sound.OnChange(func(s audio.Status) { p.desk.AudioChanged(audioView(s)) })
	p.desk.Start()
	p.welcome()
	p.kept.tell(p)
	p.unfollow = p.set.Follow(p.apply)
	return nil
}

// takeKnown takes over what an older Linecard remembered of callers in its journal. Of an org whose id is not known by now
// it is dropped: nobody could say whose people they are.
func (p *Program) takeKnown(org string) {
	err := p.journal.TakeKnown(p.ctx, func(number string, k journal.Known) error {
		return p.memory.Import(p.ctx, org, number, k.Match, k.Picked, k.At)
	})
	if err != nil {
		p.log.Warn("what was remembered of callers could not be taken over", "err", err)
	}
}

// Start goes out to the network: the accounts register, the saved links are taken up.
func (p *Program) Start() {
	p.desk.LinksChanged(p.links.Status())
	p.desk.SetAccounts(accountsOf(p.set.Get()))
	p.work.Go(p.accounts.run)
	for _, c := range p.links.All() {
		p.work.Go(func() { p.restoreLink(c) })
	}
	p.work.Go(p.keepBounds)
}

// heard passes what the phone tells to the desk. An account that has registered may ring any moment: the connection to its org
// is made warm, which costs no request of the org's quota.
func (p *Program) heard(e sip.Event) {
	p.desk.Heard(e)
	r, ok := e.(sip.RegistrationChanged)
	if !ok || r.State != sip.Registered {
		return
	}
	if c := p.asks(r.Account); c != nil {
		go func() {
			if err := c.Warm(p.ctx); err != nil {
				p.log.Debug("the org is not warm", "err", err)
			}
		}()
	}
}

// Close takes the parts down, each with its own deadline: calls first, so that nobody is left talking to a dead phone.
func (p *Program) Close() {
	p.unfollow()
	p.cancel()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	if err := p.phone.Close(ctx); err != nil {
		p.log.Warn("the phone did not end in time", "err", err)
	}
	cancel()
	p.work.Wait()
	p.slow.Close()
	p.slow.Wait()
	ctx, cancel = context.WithTimeout(context.Background(), 5*time.Second)
	p.desk.Close(ctx)
	cancel()
	_ = p.bell.Close()
	p.sound.Close()
	_ = p.links.Close()
	_ = p.memory.Close()
	if err := p.journal.Close(); err != nil {
		p.log.Error("journal", "err", err, "callsLost", p.journal.Unsaved().Calls)
	}
}

// Desk is where calls are worked on.
func (p *Program) Desk() *app.Desk { return p.desk }

// Settings is where settings are read and changed.
func (p *Program) Settings() *settings.Store { return p.set }

// Journal is the history and the outbox on disk.
func (p *Program) Journal() *journal.Journal { return p.journal }

// Dir is the data directory.
func (p *Program) Dir() string { return p.cfg.Dir }

// OpenURL shows a page in the browser.
func (p *Program) OpenURL(url string) error { return p.cfg.OpenURL(url) }

// CallStats counts the packets of a call that is up.
func (p *Program) CallStats(id string) (sip.Stats, error) { return p.phone.Stats(id) }

// Devices lists the microphones and speakers of the computer. It asks the sound system, which may take a while.
func (p *Program) Devices() (microphones, speakers []string, err error) {
	devices, err := p.sound.Devices()
	for _, d := range devices {
		if d.Kind == audio.Microphone {
			microphones = append(microphones, d.Name)
			continue
		}
		speakers = append(speakers, d.Name)
	}
	return microphones, speakers, err
}

// TestTone plays a tone on the speaker in use.
func (p *Program) TestTone() { p.sound.Ring(audio.ToneTest) }

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

func audioView(s audio.Status) app.AudioView {
	return app.AudioView{Microphone: s.Microphone, Speaker: s.Speaker, Ringer: cmp.Or(s.Ringer, s.Speaker), Null: s.Null, Why: s.Problem}
}
