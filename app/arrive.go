package app

import (
	"cmp"
	"context"
	"errors"
	"runtime"
	"sync"
	"time"

	"linecard/app/directory"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// Heard takes what the phone tells. It is the phone's event function.
func (d *Desk) Heard(e sip.Event) {
	switch e := e.(type) {
	case sip.CallIncoming:
		d.arrive(incoming(e))
	case sip.CallDialing:
		d.arrive(dialing(e))
	case sip.CallIdentity:
		d.post(d.identity(e))
	case sip.CallEnded:
		d.rings.drop(e.ID)
		d.post(phoneEvent{d.stamp(), e})
	case sip.CallTakenBack:
		d.rings.drop(e.ID)
		d.disk.Put(forgetRing{e.ID})
	default:
		d.post(phoneEvent{d.stamp(), e})
	}
}

func incoming(e sip.CallIncoming) callArrived {
	return callArrived{
		stamp: stamp{e.At}, direction: crm.Inbound, id: e.ID, account: e.Account, party: e.Party, called: e.Called, refused: e.Refused, forwarded: e.Forwarded,
		told: toldOnce{diverted: e.Diverted, sipID: e.SIPID, headers: e.Headers, signalling: crm.Signalling(e.Signalling)},
	}
}

func dialing(e sip.CallDialing) callArrived {
	return callArrived{stamp: stamp{e.At}, direction: crm.Outbound, id: e.ID, account: e.Account, party: e.Party, then: e.Then, secure: e.Secure, override: e.Note, consults: e.Consults, gathers: e.Gathers, picks: e.Picks, spelling: e.Spelled, as: e.As, asOfRecord: e.AsOfRecord, told: toldOnce{sipID: e.SIPID}}
}

func (d *Desk) arrive(e callArrived) {
	if r := d.rings.get(e.id); r != nil {
		e.party, e.number, e.known, e.choice, e.kept, e.drawn, e.told, e.override, e.echo = r.party, r.number, r.known, r.choice, r.kept, r.drawn, r.told, r.override, r.echo
	} else {
		e = d.read(e)
	}
	e.unkept = e.spelling != "" && d.onlyTried(e.account, e.number.Raw, e.spelling)
	d.post(e)
}

// read reads the number and asks memory, which both take microseconds: the first card waits for nothing else.
func (d *Desk) read(e callArrived) callArrived {
	if e.direction == crm.Inbound {
		e.party = d.signalled(e.account, e.party)
	}
	if e.number = d.parse(e.account, e.party); e.gathers != nil {
		e.number = roomNumber(e.party)
	}
	if e.echo = e.echoes(d.now.Load()); e.echo {
		e.number.Extension = true // nobody is looked up by it
	}
	e.told.called, e.told.divertedBy = d.spelled(e.account, e.called), d.spelled(e.account, e.told.diverted)
	if !e.number.Public() {
		return e
	}
	s := d.now.Load()
	c := e.bare(*s)
	places := s.places(&c)
	if len(places) == 0 {
		places = []string{s.callers(e.account)}
	}
	e.known, e.choice = d.recallAll(places, e.number)
	return e
}

// recallAll is what memory knows of a number in orgs: of several that know it, all of it, for the agent to choose from.
func (d *Desk) recallAll(orgs []string, n crm.Number) (known *crm.Result, choice crm.Ref) {
	for _, org := range orgs {
		k, ok := d.recall(org, n)
		if !ok || len(k.Result.Matches) == 0 && len(orgs) > 1 {
			continue
		}
		choice = cmp.Or(choice, chosenBefore(org, k))
		if len(orgs) > 1 {
			k.Result = k.Result.In(org)
		}
		if known == nil {
			known = &k.Result
			continue
		}
		both := known.With(k.Result)
		known = &both
	}
	return known, choice
}

// spelled is a text as a number by the dial plan of the account that it came on.
func (d *Desk) spelled(account, text string) crm.Spelling {
	if text == "" {
		return crm.Spelling{}
	}
	return crm.Spelled(crm.ParseNumber(text, d.plan(account)))
}

// identity reads whom a call is said to be with by now, and asks the memory of the call's org.
func (d *Desk) identity(e sip.CallIdentity) partyChanged {
	s := d.now.Load()
	if i := s.find(e.ID); i < 0 || s.calls[i].direction == crm.Inbound || s.calls[i].party.User != e.Party.User { // not the number that was dialed
		e.Party = d.signalled(e.Account, e.Party)
	}
	p := partyChanged{stamp: stamp{e.At}, id: e.ID, party: e.Party, number: d.parse(e.Account, e.Party), answer: e.Answer, transferred: e.Transferred}
	if !p.number.Public() {
		return p
	}
	orgs := []string{s.callers(e.Account)}
	if i := s.find(e.ID); i >= 0 && s.calls[i].org != "" {
		c := s.calls[i]
		c.number = p.number
		orgs = s.places(&c)
	}
	p.known, p.choice = d.recallAll(orgs, p.number)
	return p
}

// signalled is a caller without what the PBX puts before numbers, and with what it leaves out.
func (d *Desk) signalled(account string, p sip.Party) sip.Party {
	p.User = d.plan(account).Signalled(p.User)
	return p
}

// parse reads a signalled number with the dial plan of the account it came on.
func (d *Desk) parse(account string, p sip.Party) crm.Number {
	if p.Withheld {
		return crm.Number{Raw: p.User, Withheld: true}
	}
	return crm.ParseParty(p.User, p.Host, d.plan(account))
}

func (d *Desk) plan(account string) crm.NumberPlan {
	if d.cfg.Plan == nil {
		return crm.NumberPlan{}
	}
	return d.cfg.Plan(account)
}

// choice is the record of an org that the agent picked for a number before.
func (d *Desk) choice(org string, n crm.Number) crm.Ref {
	k, _ := d.cfg.Memory.Recall(org, n)
	return chosenBefore(org, k)
}

// chosenBefore is the record that the agent picked before, of what memory knows of a number in an org.
func chosenBefore(org string, k directory.Known) crm.Ref {
	if k.Choice == "" {
		return crm.Ref{}
	}
	return crm.Ref{Org: org, ID: k.Choice}
}

// BeforeInvite puts an outbound call on disk before its INVITE leaves, then calls proceed. CallDialing must follow. A full
// disk counts as done, for the journal keeps the call in memory then. Why somebody is consulted who must not be called comes from [Desk.ConsultAnyway].
func (d *Desk) BeforeInvite(e sip.CallDialing, proceed func()) {
	if reason, ok := d.reasons.LoadAndDelete(e.Consults); ok {
		e.Note = reason.(string)
	}
	d.keep(dialing(e), fault.Fault{}, proceed)
}

// BeforeRinging puts an inbound call on disk before its 180 leaves, then calls proceed. CallIncoming must follow. How long to
// wait for proceed is for the phone to say.
func (d *Desk) BeforeRinging(e sip.CallIncoming, proceed func()) {
	d.keep(incoming(e), fault.Fault{}, proceed)
}

// BeforeRefusing puts a call that never rings on disk before its caller is told so, with the reason, then calls proceed.
// CallIncoming must follow, or CallTakenBack.
func (d *Desk) BeforeRefusing(e sip.CallIncoming, why fault.Fault, proceed func()) {
	d.keep(incoming(e), why, proceed)
}

// keep has the call written. A caller waits to hear it ring, so that begins here and now: the scheduler gives it this processor, and need not
// wake another thread for it, which on a machine with work to do takes longer than the writing. So it is with the phone's queue once the call
// is written.
func (d *Desk) keep(e callArrived, why fault.Fault, proceed func()) {
	e = d.read(e)
	c := e.call(*d.now.Load())
	e.kept = &keptRing{c.link, c.verdict}
	e.drawn = make(chan struct{})
	d.rings.add(&ring{e})
	if e.echo {
		proceed()
		return
	}
	f := &keepRing{call: c, why: why, proceed: sync.OnceFunc(proceed), done: make(chan struct{})}
	if !d.disk.Put(f) || !d.ringing.Put(f) {
		f.proceed()
	}
	runtime.Gosched()
}

// keepRing is writeRing for a call that the phone has not told of yet. It is written in a lane of its own, for a disk that is being waited for
// would hold up a caller who waits to hear it ring. What becomes of the call waits for that in the lane of the disk.
type keepRing struct {
	call    call
	why     fault.Fault // why it is refused at once; the zero Fault for the others
	proceed func()
	done    chan struct{} // closed when it was written
	err     error         // what came of that
}

// ring writes the call. An inbound one goes on as soon as it is safe from the end of the process.
func (d *Desk) ring(f *keepRing) {
	defer close(f.done)
	defer func() {
		if f.call.direction == crm.Inbound {
			f.proceed()
			runtime.Gosched() // the 180 goes out before the lane waits for the disk
		}
	}()
	row := d.row(&f.call)
	row.Why = f.why
	f.err = d.cfg.Journal.Ring(context.WithoutCancel(d.ctx), row)
}

// write makes the call safe from a power cut, too. The agent who dials can wait that long.
func (f *keepRing) write(ctx context.Context, d *Desk) error {
	<-f.done
	defer f.proceed()
	err := f.err
	switch {
	case err != nil:
	case f.call.direction == crm.Inbound:
		d.disk.Replace(syncJournal{}, isSync)
		return nil
	default:
		err = d.cfg.Journal.Sync(ctx)
	}
	if f.call.override != "" {
		err = errors.Join(err, d.cfg.Journal.TypeActivity(ctx, f.call.id, f.call.activity(), time.Time{}))
	}
	return err
}

// syncJournal waits for the disk: once for all the calls that rang since the last time.
type syncJournal struct{}

func (syncJournal) write(ctx context.Context, d *Desk) error { return d.cfg.Journal.Sync(ctx) }

func isSync(f diskEffect) bool { _, ok := f.(syncJournal); return ok }

// forgetRing takes back what was kept of a call that was none.
type forgetRing struct{ id string }

func (f forgetRing) write(ctx context.Context, d *Desk) error {
	return d.cfg.Journal.TakeBack(ctx, f.id)
}

// awaitArrival waits until the call is in the View, if the phone has asked for its being kept: whoever is told its id may hang it up at
// once. For the disk the phone has waited, as long as one waits for a disk.
func (d *Desk) awaitArrival(id string) {
	r := d.rings.get(id)
	if r == nil {
		return // over by now
	}
	select {
	case <-r.drawn:
	case <-d.ctx.Done():
	}
}

// ring is a call that was put on disk before the phone told of it.
type ring struct{ callArrived }

// rings are those of calls under way, by id.
type rings struct {
	mu  sync.Mutex
	all map[string]*ring
}

func (r *rings) add(one *ring) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = map[string]*ring{}
	}
	r.all[one.id] = one
}

func (r *rings) get(id string) *ring {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all[id]
}

func (r *rings) drop(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, id)
}
