package app

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"linecard/app/catalogue"
	"linecard/app/journal"
	"linecard/crm"
)

// cardOpened: the agent opens the card of a past call.
type cardOpened struct {
	stamp
	past *openedCall
	done chan<- struct{}
}

func (e cardOpened) next(s state) (state, []effect) {
	if s.find(e.past.call.id) >= 0 || s.opened != nil && s.opened.call.id == e.past.call.id { // what was typed on it since it was read stays
		return s, []effect{tellDone{e.done}}
	}
	out := s.leaveOpened()
	s.opened = e.past
	return s, append(out, tellDone{e.done})
}

// cardClosed: the agent closes the card of a past call, or saves what was typed there.
type cardClosed struct {
	stamp
	id    string // "" is whichever is open
	saved bool
	done  chan<- struct{}
}

func (e cardClosed) next(s state) (state, []effect) {
	o := s.opened
	if o == nil || e.id != "" && e.id != o.call.id {
		return s, []effect{tellDone{e.done}}
	}
	out := s.leaveOpened()
	if e.saved && o.writes {
		out = append(out, logDraft{o.call.id}, sendMended{o.call.id})
	}
	s.opened = nil
	return s, append(out, readHistory{}, tellDone{e.done})
}

// leaveOpened has what was typed on the card of a past call sent.
func (s state) leaveOpened() []effect {
	o := s.opened
	if o == nil || !o.dirty {
		return nil
	}
	return []effect{writePast{id: o.call.id, form: o.call.form, whole: true, what: o.chosen}}
}

// typedPast takes what was typed on the card of a past call. It is on disk per keystroke; the Task is touched when the keys have rested.
func (s state) typedPast(e wrapEdited) (state, []effect) {
	if s.opened == nil || s.opened.call.id != e.id || !s.opened.writes {
		return s, nil
	}
	o := *s.opened
	if !o.relates() {
		e.edit.What = nil
	}
	was := o.call.form
	if o.call.form = o.call.with(e.edit); o.call.form.same(was) {
		return s, nil
	}
	o.dirty, o.chosen = true, o.chosen || e.edit.What != nil
	s.opened = &o
	return s, []effect{writePast{id: e.id, form: o.call.form, whole: true, what: o.chosen, until: e.at().Add(pastRests)}}
}

// pastMoved takes the writer's news of the call whose card is open. What the history knows of it by then comes with that.
func (s state) pastMoved(e logMoved) state {
	if s.opened == nil || s.opened.call.id != e.id {
		return s
	}
	o := *s.opened
	o.call.log = e.standing
	s.opened = &o
	return s
}

// rereadCall is the call whose card is open, as the journal has it now.
type rereadCall struct {
	id   string // "" for none
	past *openedCall
}

// rereadOpened reads the call again whose card is open.
func (d *Desk) rereadOpened(ctx context.Context) (rereadCall, error) {
	o := d.now.Load().opened
	if o == nil {
		return rereadCall{}, nil
	}
	past, err := d.past(ctx, o.call.id)
	if err != nil && !errors.Is(err, ErrNoSuchCall) {
		return rereadCall{}, err
	}
	return rereadCall{o.call.id, past}, nil
}

// reread takes what the journal has of the call whose card is open. What is typed there is newer; a call that is gone from the history has no card.
func (s state) reread(r rereadCall) state {
	if s.opened == nil || r.id == "" || s.opened.call.id != r.id {
		return s
	}
	if r.past == nil {
		s.opened = nil
		return s
	}
	was, o := s.opened, *r.past
	if before, ok := was.call.who(); ok {
		if now, ok := o.call.who(); ok && now.Ref.Is(before.Ref) { // with what is remembered of the record
			o.call.lookup = was.call.lookup
		}
	}
	if was.dirty && o.writes {
		what := o.call.form.what
		o.call.form, o.dirty, o.chosen = was.call.form, true, was.chosen
		if !was.activity.Who.Is(o.activity.Who) { // it was pointed at somebody else meanwhile
			o.call.form.what, o.chosen = what, false
		}
	}
	s.opened = &o
	return s
}

// openedView draws the past call whose card is open; nil for none.
func (s *state) openedView() *CallView {
	o := s.opened
	if o == nil {
		return nil
	}
	v := &CallView{}
	s.view(&o.call, v)
	row := s.placed([]HistoryRow{o.row})[0]
	v.Past, v.Number, v.Then, v.Again, v.Earlier, v.Transfer = &row, row.Number, row.Then, row.Dial, row.Earlier, row.Transfer
	v.RecordsOwner, v.Card, v.Wrap.Asked = nil, CardView{}, nil
	if !o.writes {
		v.Wrap.Choices = nil
		return v
	}
	a := o.activity
	a.Subject, a.Notes, a.Disposition, a.Answers = o.call.form.subject, o.call.form.notes, o.call.form.disposition, o.call.form.answers
	v.Wrap.Asked = askedBy(s.rules.Layouts.For(a), a)
	w := &v.Wrap
	if !o.relates() {
		w.Choices = nil
	} else if !w.What.IsZero() && !slices.ContainsFunc(w.Choices, w.What.Is) {
		w.Choices = append([]crm.Ref{w.What}, w.Choices...)
	}
	w.Error = catalogue.Say(w.Why)
	return v
}

// writePast changes what the agent wrote about a past call.
type writePast struct {
	id    string
	was   form // where it is not the whole one: what it was changed from
	form  form
	whole bool
	what  bool      // what it is related to was chosen too
	until time.Time // the Task is left alone until then
}

func (f writePast) to(d *Desk) { d.disk.Put(f) }

func (f writePast) write(ctx context.Context, d *Desk) error {
	err := d.cfg.Journal.EditPast(ctx, f.id, f.whole, f.until, f.into)
	if f.whole && (errors.Is(err, journal.ErrUnknown) || errors.Is(err, journal.ErrState)) { // the call has been deleted, or is not logged any more
		return nil
	}
	return err
}

// into is an activity with what was typed.
func (f writePast) into(a crm.Activity) crm.Activity {
	if f.whole || f.form.subject != f.was.subject {
		a.Subject = f.form.subject
	}
	if f.whole || f.form.notes != f.was.notes {
		a.Notes = f.form.notes
	}
	if f.whole || f.form.disposition != f.was.disposition {
		a.Disposition = f.form.disposition
	}
	if f.whole || !maps.Equal(f.form.answers, f.was.answers) {
		a.Answers = f.form.answers
	}
	if f.what && a.Who.Object == crm.Contact {
		a.What = f.form.what
	}
	return a
}

// tellDone tells whoever waits that the desk has heard.
type tellDone struct{ done chan<- struct{} }

func (f tellDone) to(*Desk) { close(f.done) }
