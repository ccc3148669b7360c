package program

import (
	"path/filepath"
	"reflect"
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
	links   map[string]crm.LinkStatus // as they were told last, by org
	parked  int                       // calls whose log is refused
	refusal fault.Fault               // of the latest of them
}

func (p *Program) openErrors() error {
	t := &p.troubles
	log := p.log.With("part", "errors")
	t.log = errorlog.Open(filepath.Join(p.cfg.Dir, errorlog.FileName), nil, log)
	t.links = map[string]crm.LinkStatus{}
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

func (p *Program) closeErrors() {
	for _, w := range p.troubles.watches {
		w.Close()
	}
	p.troubles.log.Close()
}

// nameOfOrg is what an org is called, "" when that is not known. It goes by what was told of the links, and asks no part that may not be
// there yet.
func (p *Program) nameOfOrg(id string) string {
	p.troubles.mu.Lock()
	s := p.troubles.links[id]
	p.troubles.mu.Unlock()
	return app.OrgTitle(p.named([]crm.LinkStatus{s})[0])
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
func (t *troubles) failed(what app.Failure, org, account string, err error) {
	f, leftOff := faultIn(err), crm.IsLeftOff(err)
	switch what {
	case app.LookupFailure:
		if !leftOff {
			t.log.Note(errorlog.Lookup, org, account, f)
		}
	case app.LoggingFailure:
		t.log.Note(errorlog.Logging, org, account, f)
		if !leftOff {
			t.each(func(w *alert.Watch) { w.Broke(errorlog.Logging, org, f) })
		}
	case app.RecordFailure:
		t.log.Note(errorlog.Refused, org, account, f)
	case app.RefusalFailure:
		t.log.Note(errorlog.Refused, org, account, f)
		t.mu.Lock()
		t.refusal = f
		t.mu.Unlock()
	}
}

// took takes that an org has taken a call.
func (t *troubles) took(org string) {
	t.each(func(w *alert.Watch) { w.Well(errorlog.Logging, org) })
}

// see takes from the View how many calls are refused.
func (t *troubles) see(v app.View) {
	t.mu.Lock()
	was, why := t.parked, t.refusal
	t.parked = v.Outbox.Parked
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

// linked takes how the links stand.
func (t *troubles) linked(all []crm.LinkStatus) {
	t.mu.Lock()
	was := t.links
	t.links = map[string]crm.LinkStatus{}
	for _, s := range all {
		if s.OrgID != "" {
			t.links[s.OrgID] = s
		}
	}
	t.mu.Unlock()
	for _, s := range all {
		old := was[s.OrgID]
		switch {
		case s.OrgID == "":
			continue
		case s.State == crm.Inactive:
			if old.State != crm.Inactive || !reflect.DeepEqual(old.Reason, s.Reason) {
				t.log.Note(errorlog.Link, s.OrgID, "", s.Reason)
			}
			t.each(func(w *alert.Watch) { w.Broke(errorlog.Link, s.OrgID, s.Reason) })
		case s.State == crm.Waiting: // a keyring that stays locked: nothing is found and nothing is logged
			t.each(func(w *alert.Watch) { w.Broke(errorlog.Link, s.OrgID, s.Reason) })
		case s.State == crm.Linked && old.State == crm.Waiting:
			t.each(func(w *alert.Watch) { w.Cured(errorlog.Link, s.OrgID, old.Reason.Code) })
		case s.State == crm.Linked && s.Trouble.IsZero() && s.APILimit > 0: // it has answered in this run
			t.each(func(w *alert.Watch) { w.Well(errorlog.Link, s.OrgID) })
		}
		if s.Trouble.Code != old.Trouble.Code && s.State == crm.Linked {
			t.log.Note(errorlog.Link, s.OrgID, "", s.Trouble)
		}
	}
	for org := range was { // unlinked: nobody waits for it
		t.mu.Lock()
		_, still := t.links[org]
		t.mu.Unlock()
		if !still {
			t.each(func(w *alert.Watch) { w.Forget(errorlog.Link, org); w.Forget(errorlog.Logging, org) })
		}
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
