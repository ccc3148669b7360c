package program

import (
	"path/filepath"
	"slices"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/alert"
	"linecard/app/errorlog"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// troubles keeps what goes wrong, and has chosen people told of what breaks. What it is told comes from the goroutines of calls
// and links: it only notes it.
type troubles struct {
	log     *errorlog.Log
	watches []*alert.Watch

	mu      sync.Mutex
	links   []crm.LinkStatus // as they were told last
	failing map[crmUser]bool // whose calls an org does not take for now
	parked  int              // calls whose log is refused
	refusal fault.Fault      // of the latest of them
}

func (p *Program) openErrors() error {
	t := &p.troubles
	log := p.log.With("part", "errors")
	t.log = errorlog.Open(filepath.Join(p.cfg.Dir, errorlog.FileName), nil, log)
	t.failing = map[crmUser]bool{}
	place := alert.Here(p.nameOfOrg)
	pause := func() time.Duration { return time.Duration(p.set.Get().Errors.PauseMinutes) * time.Minute }
	for file, sender := range map[string]alert.Sender{"alerts-mail.json": p.mailer(place), "alerts-webhook.json": p.webhook(place)} {
		t.watches = append(t.watches, alert.New(filepath.Join(p.cfg.Dir, file), sender, alert.Options{
			Pause: pause, Log: log, Grace: p.cfg.AlertAfter,
			Failed: func(err error) { t.log.Note(errorlog.Notice, "", "", faultIn(err)) },
		}))
	}
	return nil
}

func (p *Program) closeErrors() { p.troubles.close() }

func (t *troubles) close() {
	for _, w := range t.watches {
		w.Close()
	}
	t.log.Close()
}

// nameOfOrg is what an org is called, "" when that is not known. It goes by what was told of the links, and asks no part that may not be
// there yet.
func (p *Program) nameOfOrg(id string) string {
	p.troubles.mu.Lock()
	all := slices.Clone(p.troubles.links)
	p.troubles.mu.Unlock()
	all = slices.DeleteFunc(all, func(s crm.LinkStatus) bool { return s.OrgID != id })
	if len(all) == 0 {
		return ""
	}
	return app.OrgTitle(p.named(all)[0])
}

// each does something with every watch.
func (t *troubles) each(f func(*alert.Watch)) {
	for _, w := range t.watches {
		f(w)
	}
}

// faultIn is the fault of an error; an error without one says itself what it has to say.
func faultIn(err error) fault.Fault {
	if f := fault.Of(err); !f.IsZero() {
		return f
	}
	return fault.New(fault.Plain, "text", err.Error())
}

// failed takes what an org did not do for the desk. What Linecard left off by itself is no error of a lookup, and at the desk's own cap calls
// wait as the admin wants it.
func (t *troubles) failed(what app.Failure, org, user, account string, err error) {
	f, leftOff := faultIn(err), crm.IsLeftOff(err)
	switch what {
	case app.LookupFailure:
		if !leftOff {
			t.log.Note(errorlog.Lookup, org, account, f)
		}
	case app.LoggingFailure:
		t.log.Note(errorlog.Logging, org, account, f)
		if leftOff {
			return
		}
		t.mu.Lock()
		t.failing[crmUser{org, user}] = true
		t.mu.Unlock()
		t.each(func(w *alert.Watch) { w.Broke(errorlog.Logging, org, f) })
	case app.RecordFailure:
		t.log.Note(errorlog.Refused, org, account, f)
	case app.RefusalFailure:
		t.log.Note(errorlog.Refused, org, account, f)
		t.mu.Lock()
		t.refusal = f
		t.mu.Unlock()
	}
}

// took takes that an org has taken a call of a user. Logging to the org works once it takes those of all its users.
func (t *troubles) took(org, user string) {
	t.mu.Lock()
	delete(t.failing, crmUser{org, user})
	others := false
	for of := range t.failing {
		others = others || of.org == org
	}
	t.mu.Unlock()
	if !others {
		t.each(func(w *alert.Watch) { w.Well(errorlog.Logging, org) })
	}
}

// see takes from the View how many calls are refused.
func (t *troubles) see(v app.View) {
	t.mu.Lock()
	was, why := t.parked, t.refusal
	t.parked = v.Outbox.Parked
	if v.Outbox.Waiting == 0 { // whoever's calls failed has none that waits: the next one that is taken tells how it is
		clear(t.failing)
	}
	t.mu.Unlock()
	if why.IsZero() {
		why = v.Outbox.Why // refused in an earlier run
	}
	switch {
	case v.Outbox.Parked > 0 && was == 0:
		t.each(func(w *alert.Watch) { w.Broke(errorlog.Refused, "", why) })
	case v.Outbox.Parked == 0:
		t.each(func(w *alert.Watch) { w.Well(errorlog.Refused, "") })
	}
}

// heard takes what the phone tells: a registration that fails, and calls that fail for a reason that somebody can mend.
func (t *troubles) heard(e sip.Event) {
	switch e := e.(type) {
	case sip.RegistrationChanged:
		if e.State == sip.Unreachable || e.State == sip.Refused {
			t.log.Note(errorlog.Phone, "", e.Account, e.Reason)
		}
	case sip.CallEnded:
		if e.Reason == sip.EndFailed {
			t.log.Note(errorlog.Phone, "", e.Account, e.Text)
		}
	}
}
