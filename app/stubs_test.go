package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"linecard/app/notify"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
	"linecard/test/wait"
)

// phoneStub writes down what it is told.
type phoneStub struct {
	mu   sync.Mutex
	did  []string
	stop func()

	coded      func(done func(fault.Fault)) // what becomes of codes; nil has them done at once
	consulted  func()                       // what it does before it says that it consults somebody
	noCallerID bool                         // it shows no number that a record names
	accounts   []string                     // their ids, the first one first
}

func (p *phoneStub) note(format string, args ...any) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.did = append(p.did, fmt.Sprintf(format, args...))
	return nil
}

func (p *phoneStub) DialAs(account, n, note, _ string) (string, error) {
	return p.Dial(account, n, note)
}

func (p *phoneStub) DialFor(account, n, note, sent, as string) (string, error) {
	if sent != "" {
		n += " as " + sent
	}
	if p.noCallerID {
		return "", fault.Err(nil, "sip.caller-id-unknown", "number", as, "numbers", []string{})
	}
	return p.Dial(account, n+" shown "+as+" of the record", note)
}

func (p *phoneStub) DialSpelled(account, n, note, sent, as string) (string, error) {
	if as != "" {
		sent += " shown " + as
	}
	return p.Dial(account, n+" as "+sent, note)
}

func (p *phoneStub) Dial(account, n, note string) (string, error) {
	if note != "" {
		n += " (" + note + ")"
	}
	if account != "" {
		n += " from " + account
	}
	return "dialled", p.note("dial %s", n)
}

func (p *phoneStub) Pickup(account, extension, code string) (string, error) {
	return "picked", p.note("pick up %s from %s by %q", extension, account, code)
}

func (p *phoneStub) CallCode(account, code string, done func(fault.Fault)) error {
	err := p.note("code %s from %s", code, account)
	if p.coded != nil {
		p.coded(done)
	} else {
		done(fault.Fault{})
	}
	return err
}

func (p *phoneStub) Registrations() (all []sip.RegistrationChanged) {
	for _, account := range p.accounts {
		all = append(all, sip.RegistrationChanged{Account: account})
	}
	return all
}
func (p *phoneStub) Answer(id string) error          { return p.note("answer %s", id) }
func (p *phoneStub) Decline(id string) error         { return p.note("decline %s", id) }
func (p *phoneStub) Hangup(id string) error          { return p.note("hangup %s", id) }
func (p *phoneStub) Hold(id string) error            { return p.note("hold %s", id) }
func (p *phoneStub) Resume(id string) error          { return p.note("resume %s", id) }
func (p *phoneStub) SetMute(id string, m bool) error { return p.note("mute %s %v", id, m) }
func (p *phoneStub) SendDTMF(id, d string) error     { return p.note("dtmf %s %s", id, d) }
func (p *phoneStub) Transfer(id, t string) error     { return p.note("transfer %s %s", id, t) }
func (p *phoneStub) Consult(id, t string) (string, error) {
	if p.consulted != nil {
		p.consulted()
	}
	return "consulted", p.note("consult %s %s", id, t)
}
func (p *phoneStub) Swap(id string) error          { return p.note("swap %s", id) }
func (p *phoneStub) Complete(id string) error      { return p.note("complete %s", id) }
func (p *phoneStub) Connect(id, o string) error    { return p.note("connect %s %s", id, o) }
func (p *phoneStub) CancelConsult(id string) error { return p.note("cancel %s", id) }
func (p *phoneStub) Conference(ids ...string) (string, error) {
	return "room", p.note("conference %s", strings.Join(ids, " "))
}
func (p *phoneStub) Follow(id string) error  { return p.note("follow %s", id) }
func (p *phoneStub) Refuse(id string) error  { return p.note("refuse %s", id) }
func (p *phoneStub) Silence(id string) error { return p.note("silence %s", id) }
func (p *phoneStub) SetDND(on bool) error    { return p.note("dnd %v", on) }
func (p *phoneStub) has(what string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Contains(p.did, what)
}

func (p *phoneStub) await(t *testing.T, what string) {
	t.Helper()
	until(t, what, func() bool { return p.has(what) })
}

// orgStub is a directory and a logbook that fails as told.
type orgStub struct {
	mu        sync.Mutex
	matches   []crm.Match
	others    []crm.Match // that Search finds too
	down      error
	refuse    *crm.Error
	loseReply bool          // the next write is done, its reply lost
	hang      chan struct{} // lookups wait for it
	hung      atomic.Int32  // lookups that have waited for it
	tasks     []crm.Activity
	updates   []crm.Activity
	checks    int
	searched  int
	asked     []string // the orgs that lookups were about
	id        string   // of the org
	deleted   int
	card      *crm.Card
	saving    chan struct{} // saves of the card wait for it
	seen      []crm.Card    // the cards that saves went by
	saved     []map[string]string
	savedOf   []string // ids of the records
	savedAs   []string // the users
}

func (o *orgStub) fail(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.down = err
}

// silent has questions wait until the channel is closed; with nil they are answered again.
func (o *orgStub) silent(hang chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.hang = hang
}

func (o *orgStub) link(id string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.id = id
}

func (o *orgStub) Lookup(ctx context.Context, org string, n crm.Number) (crm.Result, error) {
	o.mu.Lock()
	hang := o.hang
	o.mu.Unlock()
	if hang != nil {
		o.hung.Add(1)
		select {
		case <-hang:
		case <-ctx.Done():
			return crm.Result{}, ctx.Err()
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.searched++
	o.asked = append(o.asked, org)
	return crm.Result{Number: n, Matches: o.matches}, o.down
}

func (o *orgStub) LookupAll(ctx context.Context, org string, ns []crm.Number) (all []crm.Result, err error) {
	for _, n := range ns {
		r, err := o.Lookup(ctx, org, n)
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func (o *orgStub) Search(_ context.Context, _, text string) (found []crm.Record, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.others {
		if strings.Contains(m.Name, text) {
			found = append(found, m.Record)
		}
	}
	return found, o.down
}

func (o *orgStub) Details(context.Context, crm.Ref) (crm.Details, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return crm.Details{Card: o.card}, nil
}

func (o *orgStub) SaveFields(_ context.Context, user string, ref crm.Ref, seen crm.Card, values map[string]string) (crm.Card, error) {
	if o.saving != nil {
		<-o.saving
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse != nil {
		return seen, o.refuse
	}
	stored := map[string]string{} // as the org stores it
	for name, text := range values {
		stored[name] = strings.TrimSpace(text)
	}
	o.seen = append(o.seen, seen)
	card := seen.With(stored, seen.Modified)
	o.card, o.saved, o.savedOf = &card, append(o.saved, values), append(o.savedOf, ref.ID)
	o.savedAs = append(o.savedAs, user)
	return card, nil
}

// savedField returns what was saved of a field, the last first.
func (o *orgStub) savedField(name string) (values []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, s := range o.saved {
		if v, ok := s[name]; ok {
			values = append([]string{v}, values...)
		}
	}
	return values
}

func (o *orgStub) refuses(err *crm.Error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.refuse = err
}

func (o *orgStub) Log(_ context.Context, a crm.Activity, checkFirst bool) (crm.Logged, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down != nil {
		return crm.Logged{}, o.down
	}
	if o.refuse != nil {
		return crm.Logged{}, o.refuse
	}
	if a.Org != o.id {
		return crm.Logged{}, &crm.Error{Class: crm.ClassNotLinked, Fault: fault.New(fault.Plain, "text", "This call belongs to another org.")}
	}
	if checkFirst {
		return crm.Logged{}, fmt.Errorf("nobody looks that way")
	}
	ref := crm.Ref{Object: crm.Task, ID: "00T" + a.CallID}
	o.tasks = append(o.tasks, a)
	if o.loseReply {
		o.loseReply = false
		return crm.Logged{}, &crm.Error{Class: crm.ClassAmbiguous, Fault: fault.New(fault.Plain, "text", "Salesforce's answer got lost.")}
	}
	return crm.Logged{Ref: ref}, nil
}

func (o *orgStub) Find(_ context.Context, a crm.Activity) ([]crm.Ref, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.down != nil {
		return nil, o.down
	}
	o.checks++
	if slices.ContainsFunc(o.tasks, func(b crm.Activity) bool { return b.CallID == a.CallID }) {
		return []crm.Ref{{Object: crm.Task, ID: "00T" + a.CallID}}, nil
	}
	return nil, nil
}

func (o *orgStub) LogAll(ctx context.Context, all []crm.Activity) ([]crm.Written, error) {
	written := make([]crm.Written, len(all))
	for i, a := range all {
		written[i].Logged, written[i].Err = o.Log(ctx, a, false)
	}
	return written, nil
}

func (o *orgStub) FindAll(ctx context.Context, all []crm.Activity) (map[string][]crm.Ref, bool, error) {
	found := map[string][]crm.Ref{}
	for _, a := range all {
		refs, err := o.Find(ctx, a)
		if err != nil {
			return nil, false, err
		}
		found[a.CallID] = refs
	}
	return found, true, nil
}

func (o *orgStub) Follow(_ context.Context, ref crm.Ref) (crm.Record, error) {
	return crm.Record{Ref: ref}, nil
}

func (o *orgStub) Upserts(string, string, string) bool { return false }

func (o *orgStub) Update(_ context.Context, _ crm.Ref, a crm.Activity) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.updates = append(o.updates, a)
	return nil
}

// updated are the changes that Tasks got.
func (o *orgStub) searches() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.searched
}

func (o *orgStub) updated() []crm.Activity {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.updates)
}

func (o *orgStub) Delete(context.Context, crm.Ref) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.deleted++
	return nil
}

func (o *orgStub) written() []crm.Activity {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.tasks)
}

func (o *orgStub) checked() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.checks
}

func (o *orgStub) awaitDeleted(t *testing.T) {
	t.Helper()
	until(t, "the Task deleted", func() bool { o.mu.Lock(); defer o.mu.Unlock(); return o.deleted == 1 })
}

// bellStub is a notification server with one button-presser.
type bellStub struct {
	shown chan notify.Notification
	gone  chan string
	press chan notify.Activation
}

func newBell() *bellStub {
	return &bellStub{make(chan notify.Notification, 100), make(chan string, 100), make(chan notify.Activation, 1)}
}

func (b *bellStub) Show(n notify.Notification) error      { b.shown <- n; return nil }
func (b *bellStub) Withdraw(id string)                    { b.gone <- id }
func (b *bellStub) Activations() <-chan notify.Activation { return b.press }

// until polls something that has no event of its own, with a deadline far beyond what it takes.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(wait.Patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// nobell is a desktop without notifications.
type nobell struct{}

func (nobell) Show(notify.Notification) error        { return nil }
func (nobell) Withdraw(string)                       {}
func (nobell) Activations() <-chan notify.Activation { return nil }
