package program

import (
	"cmp"
	"context"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

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
	retries int // counts retry
	telling forwardKey
	waiting []chan struct{} // of those who wait until nothing is left to tell
}

type forwardKey struct {
	account string
	way     settings.Forwarding
}

// toldForward is what a phone system forwards, as it was told.
type toldForward struct {
	Code    string    `json:"code,omitempty"` // that switched it on; "" where none was answered
	Number  string    `json:"number,omitempty"`
	Seconds int       `json:"seconds,omitempty"` // that the code told
	Proxy   string    `json:"proxy,omitempty"`   // of the account then
	At      time.Time `json:"at,omitzero"`

	Sent *sentForward `json:"sent,omitempty"`
}

// sentForward is a code that was sent since and not answered: the phone system may have done it all the same, or not.
type sentForward struct {
	Code   string `json:"code"`
	Number string `json:"number,omitempty"` // where calls may go
}

// unsure is the number that calls may go to beside the one that was told, "" for none.
func (t toldForward) unsure() string {
	if t.Sent == nil || t.Sent.Number == t.Number {
		return ""
	}
	return t.Sent.Number
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
	f.retry(func(k forwardKey, was failedForward) bool { return k.account == account && was.waits })
	f.mu.Unlock()
	f.changed()
}

// retry has what failed told again, and what could not be sent at this very moment. f.mu is held.
func (f *forwards) retry(which func(forwardKey, failedForward) bool) {
	f.retries++
	maps.DeleteFunc(f.failed, which)
}

// fail notes what went wrong; retries is the count from before the attempt. Where retry has run since, what could not be sent is not noted, and so is
// told again: the reason may be over by now, and nothing else would have it told. f.mu is held.
func (f *forwards) fail(key forwardKey, why failedForward, retries int) {
	if !why.waits || f.retries == retries {
		f.failed[key] = why
	}
}

// TellForwards tells phone systems again what they have refused, and waits until nothing is left to tell. account "" is every one. The error is the first of
// what went wrong.
func (p *Program) TellForwards(ctx context.Context, account string) error {
	f := &p.forwards
	done := make(chan struct{})
	f.mu.Lock()
	f.retry(func(k forwardKey, _ failedForward) bool { return account == "" || k.account == account })
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

// wanted is the code by which a phone system forwards the calls of an account in a way, as settings have it; "" where it is not to forward any. without
// reports that there is no code for what is set.
func (f *forwards) wanted(s *settings.Settings, a settings.Account, way settings.Forwarding) (code string, without bool) {
	number := a.Forwarded(way)
	if number == "" || !a.ForwardsByPBX() {
		return "", false
	}
	on, _ := a.ForwardCodes.Of(way)
	if d, err := phoneAccount(a, "").Dialable(number); err == nil {
		number = f.p.plansOf(s).of(a.ID()).Dial(d.Number)
	}
	return strings.NewReplacer(settings.NumberHere, number, settings.SecondsHere, strconv.Itoa(a.ForwardSeconds())).Replace(on), on == ""
}

// due is what is to be told next, and the code for that; on says that it switches forwarding on. What is to stop comes first: a code that stops one way may
// stop others too. Where nothing is to be told, those who wait hear of it.
func (f *forwards) due() (key forwardKey, a settings.Account, on bool, code string, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.telling = forwardKey{}
	s := f.p.set.Get()
	for _, on := range []bool{false, true} {
		for _, a := range s.Accounts {
			for _, way := range settings.Forwardings() {
				if code, ok := f.dueOf(s, a, way, on); ok {
					f.telling = forwardKey{a.ID(), way}
					return f.telling, a, on, code, true
				}
			}
		}
	}
	for _, done := range f.waiting {
		close(done)
	}
	f.waiting = nil
	return forwardKey{}, settings.Account{}, false, "", false
}

// dueOf is the code that is to be called to switch a way on, or off, if any is. f.mu is held.
func (f *forwards) dueOf(s *settings.Settings, a settings.Account, way settings.Forwarding, on bool) (code string, due bool) {
	key := forwardKey{a.ID(), way}
	code, without := f.wanted(s, a, way)
	off := code == "" && !without
	if on == off {
		return "", false
	}
	told := f.told[key.account][way]
	if told.Sent == nil && code == told.Code && (code == "" || told.Proxy == a.Proxy) && !without { // by another proxy it was told to another phone system
		delete(f.failed, key)
		return "", false
	}
	if off {
		_, code = a.ForwardCodes.Of(way)
		without = code == ""
	}
	if was, failed := f.failed[key]; failed && was.code == code && was.missing == without {
		return "", false
	}
	delete(f.failed, key)
	if without {
		f.failed[key] = failedForward{code: code, why: fault.New("program.no-forward-code", "key", "forward_codes", "account", key.account), missing: true}
	}
	return code, !without
}

// tell calls a code, and keeps what has come of it. That it is sent is on the disk before it is: what the phone system has done is else not known any more
// when the program ends meanwhile. It stays there until a code is answered.
func (f *forwards) tell(key forwardKey, a settings.Account, on bool, code string) {
	before, retries := f.toldOf(key)
	sends := before
	sends.Sent = &sentForward{Code: code, Number: before.Number}
	switch {
	case on:
		sends.Sent.Number = a.Forwarded(key.way)
	case before.Sent != nil:
		sends.Sent.Number = before.Sent.Number
	}
	why, sent := f.reachable(a), false
	if why.IsZero() {
		f.keep(key, sends)
		f.saver.Write()
		why, sent = f.call(key.account, code)
		if !sent {
			f.keep(key, before)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.telling = forwardKey{}
	switch {
	case !why.IsZero():
		f.fail(key, failedForward{code: code, why: why, waits: !sent}, retries)
		return
	case !on:
		delete(f.told[key.account], key.way)
		if len(f.told[key.account]) == 0 {
			delete(f.told, key.account)
		}
	default:
		told := toldForward{Code: code, Number: a.Forwarded(key.way), Proxy: a.Proxy, At: time.Now()}
		told.Seconds = secondsTold(a, key.way)
		f.told[key.account][key.way] = told
	}
	f.saver.Changed()
}

// secondsTold are how long a call rings first, where the phone system is told.
func secondsTold(a settings.Account, way settings.Forwarding) int {
	if on, _ := a.ForwardCodes.Of(way); strings.Contains(on, settings.SecondsHere) {
		return a.ForwardSeconds()
	}
	return 0
}

// toldOf returns what is known of a way, and the count of retries at that moment.
func (f *forwards) toldOf(key forwardKey) (told toldForward, retries int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.told[key.account][key.way], f.retries
}

// keep notes what is known of a way.
func (f *forwards) keep(key forwardKey, told toldForward) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.told[key.account] == nil {
		f.told[key.account] = map[settings.Forwarding]toldForward{}
	}
	if f.told[key.account][key.way] = told; told == (toldForward{}) {
		delete(f.told[key.account], key.way)
	}
	f.saver.Changed()
}

// reachable says why no code of an account can be sent now. The phone must have the account as it is set, or its old phone system would be told.
func (f *forwards) reachable(a settings.Account) (why fault.Fault) {
	for _, r := range f.p.phone.Registrations() {
		if r.Account == a.ID() {
			if why = r.Reason; r.State == sip.Registered && f.p.accounts.handed(a) {
				return fault.Fault{}
			}
		}
	}
	if why.IsZero() {
		why = fault.New("sip.not-registered", "server", a.Server)
	}
	return why
}

// call calls a code of a registered account; sent is false where it could not even be sent.
func (f *forwards) call(account, code string) (why fault.Fault, sent bool) {
	done := make(chan fault.Fault, 1)
	if err := f.p.phone.CallCode(account, code, func(why fault.Fault) { done <- why }); err != nil {
		return fault.Of(err), false
	}
	select {
	case why := <-done:
		return why, true
	case <-f.p.ctx.Done():
	}
	select { // it may be there as well
	case why := <-done:
		return why, true
	default:
		return fault.New("sip.code-unanswered", "code", code), true
	}
}

// again has what an account's phone system has refused told again.
func (f *forwards) again(account string) {
	f.mu.Lock()
	f.retry(func(k forwardKey, _ failedForward) bool { return account == "" || k.account == account })
	f.mu.Unlock()
	f.changed()
}

// stopped reports whether an account may go: its phone system forwards nothing that it was told, or was asked to stop in vain. The error names the number.
func (f *forwards) stopped(a settings.Account) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, way := range settings.Forwardings() {
		key := forwardKey{a.ID(), way}
		told, is := f.told[key.account][way]
		_, failed := f.failed[key]
		if is && !(failed && (a.Forwarded(way) == "" || !a.ForwardsByPBX())) {
			return fault.Err(nil, "program.still-forwards", "number", cmp.Or(told.unsure(), told.Number), "account", key.account)
		}
	}
	return nil
}
