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
//	build.go     makes the parts, step by step, and joins them
//	apply.go     which part takes which setting
//	accounts.go  phone accounts, each with its password; account_change.go changes keyring, file and phone together or not at all
//	holdmusic.go  what callers on hold hear
//	colleagues.go  keeps who the colleagues are up to date, and has their phones watched; forwards.go, forwards_shown.go  what phone systems are told of forwarding
//	keyring.go   the keyring, which may be locked when the program starts; keychange.go follows what becomes of it
//	orgs.go      the linked orgs; orgs_change.go links and unlinks one, and keeps the settings in step; orgs_remove.go drops one
//	requests.go  what is asked of Salesforce, and what is left off
//	errors.go    what went wrong; alerts.go has people told of it
//	numbers.go   how a number is read
//	rules.go     the admin's table, tried on past calls; hooks.go  whom it tells of calls; owners.go  which user owns a log
//	doctor.go    what works and what does not; what is judged by a view alone is in app/checkup
//	profile.go   what an administrator gives to all desks; profile_org.go, profile_take.go and profile_publish.go keep it in an org
//	notices.go   what the agent has to know of the settings, the journal and the memory of callers
//
// Nothing here knows the demo: it is a Config whose settings, secrets and links are kept in memory.
package program

import (
	"context"
	"log/slog"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"linecard/app"
	"linecard/app/directory"
	"linecard/app/hooks"
	"linecard/app/journal"
	"linecard/app/meter"
	"linecard/app/mirror"
	"linecard/app/notify"
	"linecard/app/owners"
	"linecard/app/profile"
	"linecard/app/settings"
	"linecard/app/steps"
	"linecard/crm/salesforce"
	"linecard/fault"
	"linecard/inorder"
	"linecard/sip"
	"linecard/sip/audio"
	"linecard/sip/trace"
)

// Config is what a program is made of. Dir is required.
type Config struct {
	Dir     string // data directory; it is created when missing
	Version string

	Settings *settings.Store       // nil means those in Dir
	Profiles []string              // paths of a profile that was installed with the program; one that was imported outweighs them
	Secrets  settings.Secrets      // nil means the desktop's keyring
	Renew    func() *exec.Cmd      // makes the process that renews a link; see [salesforce.Config]; nil for none
	Links    salesforce.LinkStores // where the links to orgs are described; nil means files in Dir
	Listen   string                // local address for signalling and audio; "" means any
	NoSound  bool                  // use no sound device: servers and tests

	Demo       bool                    // shown, and nothing else
	OpenURL    func(url string) error  // shows a page in the browser
	Raise      func()                  // brings the window forward; nil without one
	AlertAfter time.Duration           // how long a link must be broken before somebody is told; 0 means a minute
	Before     func(step string) error // called before each step of the start; see [steps.Steps]
	After      func(step string) error // likewise, once it is done
	Now        func() time.Time        // for what is done once a day; nil means time.Now
	Log        *slog.Logger            // nil discards
}

// Program is the running program. Its methods may be called from any goroutine.
type Program struct {
	cfg         Config
	log         *slog.Logger
	set         *settings.Store
	secrets     settings.Secrets
	sound       *audio.Engine
	phone       *sip.Phone
	traffic     trace.Log // the SIP messages of the last while
	links       *salesforce.Links
	meter       *meter.Meter
	journal     *journal.Journal
	memory      *directory.Directory
	mirror      *mirror.Mirror
	owners      *owners.Book
	team        colleagues
	bell        notify.Notifier
	desk        *app.Desk
	accounts    accounts
	keys        keyChanges
	kept        kept
	troubles    troubles
	music       holdMusic
	forwards    forwards
	hooks       hooks.Queue // what addresses must be told of calls
	profile     *profile.Keeper
	agents      *agents
	orgProfiles *orgProfiles
	unused      fault.Fault // why a profile that is there is not used
	plans       atomic.Pointer[plans]
	planner     planner
	names       atomic.Pointer[map[string]string] // what the linked orgs call themselves, by id
	ruling      sync.Mutex                        // held while the desk gets its rules, so that the latest ones arrive last

	unfollow func()
	slow     *inorder.Queue[func()] // what takes its time when settings change: sound devices, the journal
	built    chan struct{}          // closed once the parts are there
	ctx      context.Context        // ends with Close
	cancel   context.CancelFunc
	work     sync.WaitGroup
}

// New builds the parts. Nothing goes out to the network before [Program.Start].
func New(ctx context.Context, cfg Config) (*Program, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	p := &Program{
		cfg: cfg, log: cfg.Log, set: cfg.Settings, secrets: cfg.Secrets,
		agents: newAgents(), orgProfiles: newOrgProfiles(cfg.Now),
	}
	p.ctx, p.cancel = context.WithCancel(ctx)
	p.built, p.team.look = make(chan struct{}), make(chan struct{}, 1)
	if p.secrets == nil {
		p.secrets = newKeyring(p.noKeyring)
	}
	if p.cfg.Links == nil {
		p.cfg.Links = salesforce.DirStores(cfg.Dir)
	}
	p.accounts.init(p)
	p.music.p = p
	start := steps.Steps{Before: cfg.Before, After: cfg.After}
	if err := p.build(&start); err != nil {
		p.cancel()
		start.Undo()
		return nil, err
	}
	close(p.built)
	return p, nil
}

// Start goes out to the network: the accounts register, the saved links are taken up.
func (p *Program) Start() {
	p.desk.LinksChanged(p.named(p.links.Status()))
	p.desk.SetAccounts(accountsOf(p.set.Get()))
	p.lookColleaguesLater()
	p.work.Go(p.forwards.run)
	p.work.Go(p.followKeyring)
	p.music.follow()
	p.work.Go(p.accounts.run)
	for _, c := range p.links.All() {
		p.work.Go(func() { p.restoreLink(c) })
	}
	p.work.Go(p.keepLinks)
	p.work.Go(p.keepLinksAlive)
	p.work.Go(p.keepAgents)
	p.work.Go(p.keepOrgProfile)
	p.work.Go(p.keepBounds)
	p.work.Go(p.keepOwners)
}

// heard passes what the phone tells to the desk. An account that has registered may ring any moment: the connection to its org
// is made warm, which costs no request of the org's quota.
func (p *Program) heard(e sip.Event) {
	r, ok := e.(sip.RegistrationChanged)
	if ok && r.State == sip.Registered {
		p.owns(r.Account, r.Own) // before a call that comes next is read
	}
	p.desk.Heard(e)
	p.troubles.heard(e)
	if !ok || r.State != sip.Registered {
		return
	}
	p.forwards.registered(r.Account)
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
	p.closePhone()
	p.hooks.Close()
	p.work.Wait()
	p.closeSlow()
	p.closeDesk()
	_ = p.bell.Close()
	p.sound.Close()
	p.mirror.Close()
	_ = p.links.Close()
	p.closeErrors()
	p.forwards.saver.Close()
	p.meter.Close()
	p.closeMemory()
	if err := p.journal.Close(); err != nil {
		p.log.Error("journal", "err", err, "callsLost", p.journal.Unsaved().Calls)
	}
}

// now is the time, for what is done once a day.
func (p *Program) now() time.Time {
	if p.cfg.Now != nil {
		return p.cfg.Now()
	}
	return time.Now()
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
