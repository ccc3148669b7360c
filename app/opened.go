package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
	"linecard/sip"
)

// A past call opens as a card: the same facts and the same form as while it was on the desk, as the journal has them. What is typed there
// changes the same Task, however long ago the call was. One card is open at a time, and what was typed on it is sent when it is closed, or
// when the keys have rested.

// ErrNothingToEdit is what an edit of a past call says that is not logged.
var ErrNothingToEdit = fault.Err(nil, "desk.nothing-to-edit")

// pastRests is how long a Task is left alone after the last key on the card of a past call.
const pastRests = 30 * time.Second

// openedCall is a past call whose card is open.
type openedCall struct {
	call     call
	row      HistoryRow
	activity crm.Activity // as it is on disk; its zero value where the call has none
	writes   bool         // there is a log to change
	chosen   bool         // the agent has said here what it is related to
	dirty    bool         // something was typed here
}

// Open opens the card of a past call in place of the one that is open. A call that is still on the desk has its card there, and none is
// opened. It reads the disk.
func (d *Desk) Open(id string) error {
	if _, here := d.View().call(id); here {
		return nil
	}
	o, err := d.past(d.ctx, id)
	if err != nil {
		return err
	}
	return d.told(func(done chan<- struct{}) event { return cardOpened{d.stamp(), d.recalled(o), done} })
}

// CloseCard closes the card of a past call, with id "" whichever is open. What was typed there is sent.
func (d *Desk) CloseCard(id string) error { return d.closeCard(id, false) }

func (d *Desk) closeCard(id string, saved bool) error {
	if saved {
		d.Settle(d.ctx) // what was typed a moment ago counts
		if o := d.View().Opened; o != nil && o.ID == id && o.Past.Log != LogSkipped && o.Past.Log != LogNone {
			if names := o.Wrap.Unanswered(); len(names) > 0 {
				return fault.Err(nil, "layout.unanswered", "names", names)
			}
		}
	}
	return d.told(func(done chan<- struct{}) event { return cardClosed{d.stamp(), id, saved, done} })
}

// told waits until the desk has heard of an event.
func (d *Desk) told(e func(done chan<- struct{}) event) error {
	done := make(chan struct{})
	d.post(e(done))
	select {
	case <-done:
		return nil
	case <-d.ctx.Done():
		return context.Cause(d.ctx)
	}
}

// Shown is a call of the desk, or of the past as its card would show it. It may read the disk.
func (d *Desk) Shown(id string) (CallView, error) {
	v := d.View()
	if c, here := v.call(id); here {
		return c, nil
	}
	if v.Opened != nil && v.Opened.ID == id {
		return *v.Opened, nil
	}
	o, err := d.past(d.ctx, id)
	if err != nil {
		return CallView{}, err
	}
	s := *d.now.Load()
	s.opened = d.recalled(o)
	return *s.openedView(), nil
}

// past reads a past call. It asks nobody else.
func (d *Desk) past(ctx context.Context, id string) (*openedCall, error) {
	r, err := d.cfg.Journal.Call(ctx, id)
	switch {
	case err != nil:
		return nil, pastCall(err)
	case r.Ended.IsZero():
		return nil, ErrNotOver
	}
	e, err := d.cfg.Journal.Entry(ctx, id)
	if err != nil && !errors.Is(err, journal.ErrUnknown) {
		return nil, err
	}
	o := &openedCall{row: historyRow(r), activity: e.Activity, writes: err == nil && e.State != journal.Discarded && r.Word != crm.DontLog && !e.Reason.Is(journal.Unreadable)}
	o.call = call{
		id: r.ID, account: r.Account, link: link{r.Org, r.User}, direction: r.Direction, phase: Past, party: sip.Party{Name: r.Name},
		number: d.numberOf(r), called: r.Called, started: r.Started, answered: r.AnsweredAt, ended: r.Ended, end: sip.CallEnded{Text: r.Why},
		log: logStanding{state: o.row.Log, task: r.Task, reason: r.Reason},
	}
	o.call.number.Extension = r.Extension
	if r.State == journal.Ready {
		o.call.log.nextTry = r.Due
	}
	o.call.lookup = lookedUp(r)
	if o.writes {
		o.laid(e.Activity, d.rules().Layouts)
	}
	return o, nil
}

// laid fills the form with what was logged.
func (o *openedCall) laid(a crm.Activity, all layout.List) {
	c := &o.call
	c.form = form{subject: a.Subject, notes: a.Notes, disposition: a.Disposition, answers: a.Answers}
	if o.relates() {
		c.form.what = a.What
	}
	c.laid.name, c.laid.object = a.Layout, a.Object
	a.Subject = ""
	c.title.subject = crm.DefaultSubject(a)
	if l := all.For(a); !slices.Equal(l.Subject, ownSubject) {
		c.laid.subject = l.SubjectOf(layout.Call{Activity: a})
	}
}

// relates reports whether the agent may say what the call is related to beside whom it was with.
func (o *openedCall) relates() bool { return o.activity.Who.Object == crm.Contact }

// lookedUp is whom a past call was with, as the journal knows it.
func lookedUp(r journal.Row) LookupView {
	switch {
	case !r.Who.IsZero():
		m := crm.Match{Record: crm.Record{Ref: r.Who, Company: r.Company}}
		m.Name = cmp.Or(m.Name, r.Name)
		return LookupView{State: LookupOne, Record: &m, Matches: []crm.Match{m}, Known: true}
	case r.Withheld:
		return LookupView{State: LookupWithheld}
	case r.Extension || r.Unidentified:
		return LookupView{}
	case r.Org == "":
		return LookupView{State: LookupNotLinked}
	}
	return LookupView{State: LookupNoMatch}
}

// recalled is the call with what is remembered of the record. It reads the disk.
func (d *Desk) recalled(o *openedCall) *openedCall {
	m, ok := o.call.who()
	if !ok || !o.call.number.Public() {
		return o
	}
	k, known := d.cfg.Memory.Recall(cmp.Or(m.Org, o.call.org), o.call.number)
	i := slices.IndexFunc(k.Result.Matches, func(k crm.Match) bool { return k.Is(m.Ref) })
	if !known || i < 0 {
		return o
	}
	out := *o
	of := k.Result.Matches[i]
	out.call.lookup.Record, out.call.lookup.Matches = &of, []crm.Match{of}
	return &out
}

// left reports whether a call with an id is not on the desk.
func (d *Desk) left(id string) bool {
	_, here := d.View().call(id)
	return id != "" && !here
}

// editPast changes what was written about a past call. Unless its card is open it waits for the disk.
func (d *Desk) editPast(id string, e WrapEdit) error {
	if o := d.View().Opened; o != nil && o.ID == id {
		if !d.openedWrites(id) {
			return ErrNothingToEdit
		}
		d.post(wrapEdited{d.stamp(), id, e})
		return nil
	}
	o, err := d.past(d.ctx, id)
	if err != nil {
		return err
	}
	if !o.writes {
		return ErrNothingToEdit
	}
	was := o.call.form
	o.call.form = o.call.with(e)
	edit := writePast{id: id, was: was, form: o.call.form, what: e.What != nil && o.relates()}
	err = d.inDiskLane(d.ctx, func(ctx context.Context) error { return edit.write(ctx, d) })
	switch {
	case journal.Kept(err):
		err = nil
	case errors.Is(err, journal.ErrUnknown), errors.Is(err, journal.ErrState):
		return ErrNothingToEdit
	}
	d.writer.hurry()
	d.disk.Put(readHistory{})
	return err
}

// openedWrites reports whether there is a log to change of the call whose card is open.
func (d *Desk) openedWrites(id string) bool {
	o := d.now.Load().opened
	return o != nil && o.call.id == id && o.writes
}
