package program

import (
	"context"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/saver"
	"linecard/app/settings"
	"linecard/fault"
	"linecard/sip"
)

// The phone system forwards the calls of accounts that say so. It is told by codes: each change once, while the account is registered. What it was told
// is kept on disk, because it holds while the computer is off. What it refuses is told again when the agent asks, when the setting changes, and after the
// next start; what could not be sent, when the account registers.

// forwardsFile is what phone systems were told, in the data directory.
const forwardsFile = "forwarding.json"

// forwards tells phone systems where calls go.
type forwards struct {
	p     *Program
	wake  chan struct{}
	saver *saver.Saver

	mu      sync.Mutex
	told    map[string]map[settings.Forwarding]toldForward // by account
	failed  map[forwardKey]failedForward
	telling forwardKey
	waiting []chan struct{} // of those who wait until nothing is left to tell
}

type forwardKey struct {
	account string
	way     settings.Forwarding
}

// toldForward is what a phone system forwards, as it was told.
type toldForward struct {
	Code   string    `json:"code"` // that switched it on
	Number string    `json:"number"`
	At     time.Time `json:"at"`
}

// failedForward is what it was not told.
type failedForward struct {
	code    string // that was, or would have been, called
	why     fault.Fault
	waits   bool // for the registration
	missing bool // there is no code
}

func (p *Program) openForwards() error {
	f := &p.forwards
	f.p, f.wake, f.told, f.failed = p, make(chan struct{}, 1), map[string]map[settings.Forwarding]toldForward{}, map[forwardKey]failedForward{}
	path, log := filepath.Join(p.cfg.Dir, forwardsFile), p.log.With("part", "forwards")
	saver.Load(path, &f.told, log)
	if f.told == nil { // the file says null
		f.told = map[string]map[settings.Forwarding]toldForward{}
	}
	f.saver = saver.New(path, log, f.copied)
	return nil
}

// copied is what is written.
func (f *forwards) copied() any {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := map[string]map[settings.Forwarding]toldForward{}
	for account, told := range f.told {
		all[account] = maps.Clone(told)
	}
	return all
}

// changed tells that the settings may have changed.
func (f *forwards) changed() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// registered tells that an account is registered: what waited for that is told now.
func (f *forwards) registered(account string) {
	f.mu.Lock()
	maps.DeleteFunc(f.failed, func(k forwardKey, was failedForward) bool { return k.account == account && was.waits })
	f.mu.Unlock()
	f.changed()
}

// TellForwards tells phone systems again what they have refused, and waits until nothing is left to tell. account "" is every one. The error is the first of
// what went wrong.
func (p *Program) TellForwards(ctx context.Context, account string) error {
	f := &p.forwards
	done := make(chan struct{})
	f.mu.Lock()
	maps.DeleteFunc(f.failed, func(k forwardKey, _ failedForward) bool { return account == "" || k.account == account })
	f.waiting = append(f.waiting, done)
	f.mu.Unlock()
	f.changed()
	select {
	case <-done:
	case <-ctx.Done():
		return ctx.Err()
	case <-p.ctx.Done():
		return p.ctx.Err()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range p.set.Get().Accounts {
		for _, way := range settings.Forwardings() {
			if failed, ok := f.failed[forwardKey{a.ID(), way}]; ok && (account == "" || a.ID() == account) {
				return fault.Err(nil, "program.forward-not-told", "why", failed.why)
			}
		}
	}
	return nil
}

// run tells what is to be told until the program ends.
func (f *forwards) run() {
	for f.p.ctx.Err() == nil {
		f.show()
		if key, account, on, code, ok := f.due(); ok {
			f.show()
			f.tell(key, account, on, code)
			continue
		}
		select {
		case <-f.wake:
		case <-f.p.ctx.Done():
		}
	}
}

// wanted is the code by which a phone system forwards the calls of an account in a way, as it is set; "" where it is not to forward any. without reports that
// there is no code for what is set.
func (f *forwards) wanted(a settings.Account, way settings.Forwarding) (code string, without bool) {
	number := a.Forwarded(way)
	if number == "" || !a.ForwardsByPBX() {
		return "", false
	}
	on, _ := a.ForwardCodes.Of(way)
	if d, err := phoneAccount(a, "").Dialable(number); err == nil {
		number = f.p.plan(a.ID()).Dial(d.Number)
	}
	return strings.NewReplacer(settings.NumberHere, number, settings.SecondsHere, strconv.Itoa(a.ForwardSeconds())).Replace(on), on == ""
}

// due is what is to be told next, and the code for that; on says that it switches forwarding on. Where nothing is, those who wait are told.
func (f *forwards) due() (key forwardKey, a settings.Account, on bool, code string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.telling = forwardKey{}
	for _, a := range f.p.set.Get().Accounts {
		for _, way := range settings.Forwardings() {
			key, on := forwardKey{a.ID(), way}, true
			code, without := f.wanted(a, way)
			if code == f.told[key.account][way].Code && !without {
				delete(f.failed, key)
				continue
			}
			if code == "" && !without {
				_, code = a.ForwardCodes.Of(way)
				on, without = false, code == ""
			}
			if was, failed := f.failed[key]; failed && was.code == code && was.missing == without {
				continue
			}
			delete(f.failed, key)
			if without {
				f.failed[key] = failedForward{code: code, why: fault.New("program.no-forward-code", "key", "forward_codes", "account", key.account), missing: true}
				continue
			}
			f.telling = key
			return key, a, on, code, true
		}
	}
	for _, done := range f.waiting {
		close(done)
	}
	f.waiting = nil
	return forwardKey{}, settings.Account{}, false, "", false
}

// tell calls a code, and keeps what has come of it.
func (f *forwards) tell(key forwardKey, a settings.Account, on bool, code string) {
	why, sent := f.call(key.account, a.Server, code)
	if f.p.ctx.Err() != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.telling = forwardKey{}
	switch {
	case !why.IsZero():
		f.failed[key] = failedForward{code: code, why: why, waits: !sent}
		return
	case !on:
		delete(f.told[key.account], key.way)
	default:
		if f.told[key.account] == nil {
			f.told[key.account] = map[settings.Forwarding]toldForward{}
		}
		f.told[key.account][key.way] = toldForward{code, a.Forwarded(key.way), time.Now()}
	}
	f.saver.Changed()
}

// call calls a code of a registered account; sent is false where it could not even be sent.
func (f *forwards) call(account, server, code string) (why fault.Fault, sent bool) {
	registered := false
	for _, r := range f.p.phone.Registrations() {
		if r.Account == account {
			registered, why = r.State == sip.Registered, r.Reason
		}
	}
	if !registered {
		if why.IsZero() {
			why = fault.New("sip.not-registered", "server", server)
		}
		return why, false
	}
	done := make(chan fault.Fault, 1)
	if err := f.p.phone.CallCode(account, code, func(why fault.Fault) { done <- why }); err != nil {
		return fault.Of(err), false
	}
	select {
	case why := <-done:
		return why, true
	case <-f.p.ctx.Done():
		return fault.Fault{}, true
	}
}

// show tells the desk what phone systems were told.
func (f *forwards) show() { f.p.desk.ForwardsTold(f.all()) }

// ForwardsTold is what phone systems were told, by the ids of accounts.
func (p *Program) ForwardsTold() map[string][]app.ForwardTold {
	all := p.forwards.all()
	for _, told := range all {
		for i := range told {
			told[i].Reason = catalogue.Say(told[i].Why)
		}
	}
	return all
}

func (f *forwards) all() map[string][]app.ForwardTold {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := map[string][]app.ForwardTold{}
	for _, a := range f.p.set.Get().Accounts {
		for _, way := range settings.Forwardings() {
			key, told := forwardKey{a.ID(), way}, f.told[a.ID()][way]
			one := app.ForwardTold{When: string(way), Told: told.Number, Telling: f.telling == key, Why: f.failed[key].why}
			if a.ForwardsByPBX() {
				one.Number = a.Forwarded(way)
			}
			if way == settings.ForwardNoAnswer {
				one.Seconds = a.ForwardSeconds()
			}
			if one.Number != "" || one.Told != "" {
				all[a.ID()] = append(all[a.ID()], one)
			}
		}
	}
	return all
}
