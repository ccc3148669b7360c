package program

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/directory"
	"linecard/app/journal"
	"linecard/app/notify"
	"linecard/app/profile"
	"linecard/app/settings"
	"linecard/app/steps"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/crm/salesforce"
	"linecard/fault"
	"linecard/inorder"
	"linecard/private"
	"linecard/sip"
	"linecard/sip/audio"
	"linecard/wholefile"
)

// build makes the parts and joins them, in the order in which they need each other.
func (p *Program) build(start *steps.Steps) error {
	for _, s := range []struct {
		name string
		do   func() error
		undo func()
		code fault.Code
	}{
		{"folder", func() error { return private.Folder(p.cfg.Dir) }, nil, "program.no-folder"},
		{"settings", p.openSettings, p.closeSlow, ""},
		{"journal", p.openFiles, p.closeFiles, ""},
		{"directory", p.takeKnown, nil, ""},
		{"owners", p.openOwners, nil, ""},
		{"sound", p.openSound, func() { p.sound.Close() }, ""},
		{"errors", p.openErrors, p.closeErrors, ""},
		{"forwards", p.openForwards, func() { p.forwards.saver.Close() }, ""},
		{"meter", p.openMeter, func() { p.meter.Close() }, ""},
		{"links", p.openLinks, func() { _ = p.links.Close() }, ""},
		{"mirror", p.openMirror, func() { p.mirror.Close() }, ""},
		{"phone", p.openPhone, p.closePhone, ""},
		{"notifications", p.openBell, func() { _ = p.bell.Close() }, ""},
		{"desk", p.openDesk, p.closeDesk, ""},
		{"follow", p.followSettings, func() { p.unfollow() }, ""},
	} {
		if err := start.Do(s.name, s.do, s.undo, s.code, "folder", p.cfg.Dir); err != nil {
			return err
		}
	}
	return nil
}

func (p *Program) openSettings() error {
	p.slow = inorder.Functions(func(err error) { p.log.Error("applying settings", "err", err) })
	p.team.later = inorder.Functions(func(err error) { p.log.Error("looking who the colleagues are", "err", err) })
	if p.set == nil {
		p.set = settings.Open(p.cfg.Dir)
	}
	var err error
	if p.profile, err = profile.Open(p.cfg.Dir, p.cfg.Profiles, p.set); err != nil {
		p.log.Error("the profile is not used", "err", err)
		p.unused = fault.Of(err)
	}
	set := p.set.Get()
	catalogue.UseSetting(set.Language)
	p.replan(set)
	p.askAhead(set)
	return nil
}

// askAhead asks the keyring for the passwords of the accounts while the other parts are built.
func (p *Program) askAhead(set *settings.Settings) {
	k, ok := p.secrets.(*keyring)
	if !ok {
		return
	}
	var keys []string
	good, _ := usable(set.Accounts)
	for _, a := range good {
		keys = append(keys, settings.SIPKey(a.User, a.Server))
	}
	k.ahead(p.ctx, keys...)
}

// noKeyring tells the agent that there is no keyring, or with the zero Fault that there is one by now.
func (p *Program) noKeyring(f fault.Fault) {
	select {
	case <-p.built: // the keyring may be asked before the desk is there
		p.desk.NoticeAbout(app.AboutSecrets, f)
	case <-p.ctx.Done():
	}
}

func (p *Program) closeSlow() {
	p.team.later.Close()
	p.team.later.Wait()
	p.slow.Close()
	p.slow.Wait()
}

// openFiles opens the journal and the memory of callers beside each other: each takes a few milliseconds.
func (p *Program) openFiles() error {
	var memory error
	opened := make(chan struct{})
	go func() {
		defer close(opened)
		apart := steps.Steps{} // a panic here is a failed step as well
		memory = apart.Do("directory", p.openMemory, nil, "")
	}()
	err := p.openJournal()
	<-opened
	if err = cmp.Or(err, memory); err != nil {
		p.closeFiles()
	}
	return err
}

func (p *Program) closeFiles() {
	if p.journal != nil {
		_ = p.journal.Close()
	}
	if p.memory != nil {
		_ = p.memory.Close()
	}
}

func (p *Program) openJournal() (err error) {
	p.journal, err = journal.Open(filepath.Join(p.cfg.Dir, journal.FileName), journal.Options{
		Judge: func(f crm.Facts) crm.Verdict { return judgeOf(p.set.Get(), p.ownNames()).Judge(f) }, Log: p.log.With("part", "journal"),
		Object:        func(org, name string) string { return p.set.Get().Layouts.Choose(org, name, "").Object },
		MissedPerHour: func() int { return p.set.Get().Logging.MissedPerHour },
	})
	return err
}

func (p *Program) openMemory() (err error) {
	p.memory, err = directory.Open(filepath.Join(p.cfg.Dir, directory.FileName), directory.Options{
		Log: p.log.With("part", "directory"), Region: p.set.Get().Numbers.Country,
		Searched: func(org string) []string { return crm.OrderOf(p.set.Get().Objects, org) },
	})
	return err
}

// takeKnown takes over what an older Linecard remembered of callers in its journal. Of an org whose id is not known by now
// it is dropped: nobody could say whose people they are.
func (p *Program) takeKnown() error {
	org := p.set.Get().Org("").OrgID
	err := p.journal.TakeKnown(p.ctx, func(number string, k journal.Known) error {
		return p.memory.Import(p.ctx, org, number, k.Match, k.Picked, k.At)
	})
	if err != nil {
		p.log.Warn("what was remembered of callers could not be taken over", "err", err)
	}
	return nil
}

func (p *Program) openSound() error {
	d := p.set.Get().Devices
	p.sound = audio.New(audio.Config{
		Microphone: d.Microphone, Speaker: d.Speaker, Ringer: d.Ringer, Null: p.cfg.NoSound,
		Cadence: ringStyle(d), RingVolume: d.RingVolume, Log: p.log.With("part", "audio"),
	})
	return nil
}

func (p *Program) openLinks() (err error) {
	p.links, err = salesforce.OpenLinks(p.cfg.Links, salesforce.Config{
		Say: catalogue.Say, Layouts: func() layout.List { return p.set.Get().Layouts }, Rules: p.rulesByOrg,
		Objects: func() []crm.Object { return p.set.Get().Objects }, CallAs: func(org string) []string { return p.set.Get().RecordCallerIDs(org) }, Region: func() string { return p.set.Get().Numbers.Country },
		Meter: p.meter, Secrets: orgSecrets{p.secrets, p.ctx}, Apart: p.cfg.Renew, Log: p.log.With("part", "salesforce"),
	})
	if err != nil { // those that could be read are there
		p.log.Error("not every saved link is known", "err", err)
	}
	p.links.Order(p.set.Get().OrgIDs()...)
	names := namesOf(p.links.Status())
	p.names.Store(&names)
	return nil
}

func (p *Program) openPhone() (err error) {
	p.phone, err = sip.New(sip.Config{
		Events: p.heard, Audio: p.sound, Seen: p.seen, Leg: p.traffic.Call,
		BeforeRinging:  func(e sip.CallIncoming, proceed func()) { p.desk.BeforeRinging(e, proceed) },
		BeforeRefusing: func(e sip.CallIncoming, why fault.Fault, proceed func()) { p.desk.BeforeRefusing(e, why, proceed) },
		BeforeInvite:   func(e sip.CallDialing, proceed func()) { p.desk.BeforeInvite(e, proceed) },
		DialPlan:       func(account, number string) string { return p.plan(account).Dial(number) },
		Colleague:      func(account, number string) bool { return p.plan(account).Colleague(number) },
		Spells:         func(account, number, sent string) bool { return p.plan(account).Writes(number, sent) },
		Emergency:      func(account, number string) bool { return p.plan(account).Emergency(number) },
		SameNumber:     func(account, told, to string) bool { return same(p.plan(account), told, to) },
		Log:            p.log.With("part", "phone"), Listen: p.cfg.Listen,
		UserAgent: "Linecard/" + p.cfg.Version, Instance: installation(p.cfg.Dir),
	})
	return err
}

// closePhone ends the calls and removes the bindings.
func (p *Program) closePhone() {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := p.phone.Close(ctx); err != nil {
		p.log.Warn("the phone did not end in time", "err", err)
	}
}

func (p *Program) openBell() error {
	p.bell = notify.New(p.ctx, "Linecard", p.log.With("part", "notify"))
	return nil
}

func (p *Program) openDesk() error {
	p.desk = app.New(app.Config{
		Phone: p.phone, Ringer: p.phone, Directory: p.links, Cards: p.links, Logbook: p.links, Maker: p.links, Memory: p.memory, Owners: p, Journal: p.journal, Notifier: p.bell,
		Plan: p.plan, DialLike: p.DialLike, ByTLS: p.byTLS, OpenURL: p.cfg.OpenURL, Raise: p.cfg.Raise, Rules: rulesOf(p.set.Get(), p.ownNames()), Demo: p.cfg.Demo, Log: p.log.With("part", "desk"),
		Written: func() { p.kept.tell(p) },
		Failed:  p.troubles.failed, Logged: p.troubles.took, Hook: p.hook,
	})
	p.desk.Subscribe(p.troubles.see)
	p.desk.Subscribe(p.calls)
	p.links.OnStatus(func(all []crm.LinkStatus) {
		p.renamed(all)
		p.desk.LinksChanged(p.named(all))
		p.agents.look()
		p.orgProfiles.look()
		p.troubles.linked(all)
		p.followLinks()
		p.linkedUsers(all)
	})
	p.sound.OnChange(func(s audio.Status) { p.desk.AudioChanged(audioView(s)) })
	p.desk.Start()
	return nil
}

func (p *Program) closeDesk() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	p.desk.Close(ctx)
}

// closeMemory ends what is remembered of callers. It is no loss where the disk hangs: the orgs have all of it.
func (p *Program) closeMemory() {
	done := make(chan error, 1)
	go func() { done <- p.memory.Close() }()
	select {
	case err := <-done:
		if err != nil {
			p.log.Warn("what is remembered of callers was not written", "err", err)
		}
	case <-time.After(3 * time.Second):
		p.log.Warn("what is remembered of callers was not closed in time")
	}
}

// followSettings tells what was found on starting, and follows the settings from now on.
func (p *Program) followSettings() error {
	p.welcome()
	p.kept.tell(p)
	p.followRequests()
	p.unfollow = p.set.Follow(p.apply)
	return nil
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
	_ = wholefile.Write(path, []byte(id), 0o600) // without it the registrar sees a new phone at each start, no more
	return id
}

func audioView(s audio.Status) app.AudioView {
	return app.AudioView{Microphone: s.Microphone, Speaker: s.Speaker, Ringer: cmp.Or(s.Ringer, s.Speaker), Null: s.Null, Why: s.Problem}
}
