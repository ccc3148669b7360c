package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"linecard/app/journal"
	"linecard/crm"
)

// A rule may have a Lead, a Contact, an Account or a Case made of a call that no record matches. It is made once, under the rule of the
// writer: the attempt is marked in the journal before its first byte goes out (Making), and after one whose end is not known
// nothing is made before the settling time and a look that found nothing. While the call is on, one attempt is made at most;
// what that does not do, the sender of the call's Task does before it writes the Task.

// makes begins the record that the rules want made of the call while it goes on.
func (c call) makes(r Rules) (call, []effect) {
	if c.making != "" || !c.ended.IsZero() || c.org == "" || r.Table.Len() == 0 {
		return c, nil
	}
	v := r.Judge(c.facts())
	if v.Create == "" || v.Log != crm.LogYes || v.CreateAt != crm.PopRing && (v.CreateAt != crm.PopAnswer || c.answered.IsZero()) {
		return c, nil
	}
	a := c.activity()
	if a.Make = v.Create; isItself(a) {
		return c, nil
	}
	c.making, c.makingFor = a.Make, c.number
	return c, []effect{makeRecord{c.id, a, c.number}}
}

// madeOf reports whether a record is one that a rule had made of the call.
func (c *call) madeOf(m crm.Match) bool { return m.Ref.Is(c.made) }

// makeRecord has the record of a call made that goes on.
type makeRecord struct {
	id       string
	activity crm.Activity
	number   crm.Number
}

func (f makeRecord) to(d *Desk) {
	m := markMaking{f, make(chan bool, 1)}
	if d.cfg.Maker != nil && d.disk.Put(m) {
		d.look(m)
	}
}

// markMaking marks the attempt on disk; the request goes out once that is done.
type markMaking struct {
	makeRecord
	marked chan bool
}

func (f markMaking) write(ctx context.Context, d *Desk) error {
	now := d.cfg.Clock.Now()
	err := d.cfg.Journal.TypeActivity(ctx, f.id, f.activity, time.Time{})
	if err == nil {
		err = d.cfg.Journal.Making(ctx, f.id, now)
	}
	if err == nil {
		d.writer.begins(makingOf(f.id))
		d.writer.attempted(makingOf(f.id), now)
	}
	f.marked <- err == nil
	if errors.Is(err, journal.ErrState) { // the agent said "don't log" this moment
		return nil
	}
	return err
}

// ask makes the record. Of what does not happen before the desk closes the next run takes care.
func (f markMaking) ask(d *Desk) {
	select {
	case ok := <-f.marked:
		if ok {
			defer d.writer.ends(makingOf(f.id))
			d.make(f.makeRecord)
		}
	case <-d.ctx.Done():
	}
}

// makingOf names the attempts to make the record of a call, beside those to write its Task.
func makingOf(id string) string { return id + "/record" }

// make makes the record of a call that goes on. What fails is left to the sender.
func (d *Desk) make(f makeRecord) {
	ctx := context.WithoutCancel(d.ctx)
	made, err := d.found(d.ctx, f.activity)
	switch {
	case err != nil:
		err = harmless(err)
	case made == nil:
		var rec crm.Record
		d.writer.attempted(makingOf(f.id), d.cfg.Clock.Now()) // the computer may have slept since it was marked
		if rec, err = d.cfg.Maker.Make(d.writer.leaving(d.ctx, makingOf(f.id)), f.activity); err == nil {
			made = &rec
		}
	case made.User == "": // another desk has just made one for the number
		d.note(d.cfg.Journal.NotMade(ctx, f.id))
		d.post(lookupWanted{d.stamp(), f.id})
		return
	}
	if err != nil {
		d.cfg.Log.Warn("record not made", "call", f.id, "err", cause(err))
		if !mayHaveArrived(err) {
			d.note(d.cfg.Journal.NotMade(ctx, f.id))
		}
		return
	}
	d.made(ctx, f.id, f.activity, *made, f.number)
}

// found looks for a record that another attempt has made of the call, or another desk for its number, which has no User then; nil
// for none.
func (d *Desk) found(ctx context.Context, a crm.Activity) (*crm.Record, error) {
	found, err := d.cfg.Maker.FindMade(ctx, a)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(found, func(r crm.Record) bool { return r.User != "" }); i >= 0 {
		return &found[i], nil
	}
	if len(found) > 0 {
		return &found[0], nil
	}
	return nil, nil
}

// mayHaveArrived reports whether a request that ended with err may have been carried out all the same.
func mayHaveArrived(err error) bool {
	var ce *crm.Error
	return !errors.As(err, &ce) || ce.Class == crm.ClassAmbiguous
}

// made tells the journal and the desk of a record that was made of a call.
func (d *Desk) made(ctx context.Context, id string, a crm.Activity, r crm.Record, with crm.Number) {
	d.note(d.cfg.Journal.Made(ctx, id, r))
	d.writer.settled(makingOf(id))
	d.cfg.Log.Info("record made", "call", id, "object", r.Object, "record", r.ID)
	d.post(recordMade{d.stamp(), id, r, a.Org, with})
}

// note logs a journal error about a record; the sender looks again.
func (d *Desk) note(err error) {
	if err != nil && !errors.Is(err, journal.ErrUnknown) {
		d.cfg.Log.Error("record of a call", "err", err)
	}
}

// recordMade: a rule's record of a call is in the org.
type recordMade struct {
	stamp
	id     string
	record crm.Record
	org    string
	with   crm.Number // whom it was made for
}

// next shows the call with its new record, unless it has another by now, and opens it as the rules say.
func (e recordMade) next(s state) (state, []effect) {
	line := Event{Event: "record-made", At: e.at(), Call: e.id, Org: e.org, Name: e.record.Name, Record: &e.record.Ref}
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{say{line}, readHistory{}}
	}
	c := s.calls[i]
	line.Account, line.Number = c.account, c.dial()
	c.made = e.record.Ref
	if c.lookup.Record != nil || c.word == crm.DontLog || !c.isWith(e.with) {
		return s.with(i, c), []effect{say{line}, readHistory{}}
	}
	if e.record.Object == crm.Case { // the caller is nobody's record still; the call is about the Case
		about, popped := c.about(e.record.Ref).acts(s.rules)
		out := append([]effect{say{line}, readHistory{}}, popped...)
		switch {
		case about.verdict == crm.LogNo:
		case about.live():
			out = append(out, writeDraft{about.id, about.activity(), about.form.until})
		default:
			out = append(out, writeEdit{about.id, about.activity()})
		}
		return s.with(i, about), out
	}
	m := crm.Match{Record: e.record}
	if len(e.record.Phones) > 0 {
		m.Why = crm.Why{PhoneField: e.record.Phones[0], Closeness: crm.Exact}
	}
	c.lookup = LookupView{State: LookupOne, Record: &m, Matches: []crm.Match{m}}
	out := []effect{
		say{line},
		readHistory{},
		rememberAnswer{c.org, crm.Result{Number: c.number, Matches: []crm.Match{m}, At: e.at(), Org: c.org}}, // the next call is from somebody known
	}
	s, more := identified(s.with(i, c), i, crm.Ref{})
	return s, append(out, more...)
}

// about is the call about a Case that a rule had made of it, unless the agent has chosen something else.
func (c call) about(ref crm.Ref) call {
	if c.form.what.IsZero() {
		ref.User = ""
		c.form.what = ref
	}
	return c
}

// page is what opens in the browser for the call: its record, or the Case that a rule had made of it.
func (c *call) page() string {
	if m, ok := c.who(); ok {
		return m.URL
	}
	return c.made.URL
}

// wantsRecord reports whether a record will be made of the call that the activity is of.
func wantsRecord(a crm.Activity) bool {
	return a.Make != "" && a.Who.IsZero() && a.What.IsZero() && a.Number != "" && !a.Unidentified && !isItself(a)
}

// isItself reports whether the log of the call is the Case that a rule wants made of it: it is one, and needs no other.
func isItself(a crm.Activity) bool { return a.Make == crm.Case && a.WrittenAs() == crm.Case }
