package app

import (
	"context"
	"errors"
	"maps"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// cardTyped is a keystroke on the card.
type cardTyped struct {
	stamp
	id     string
	values map[string]string
}

func (e cardTyped) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	card := c.cardNow()
	if card == nil {
		return s, nil
	}
	form := c.cardForm()
	form.of = c.lookup.Record.ID
	typed := map[string]string{}
	maps.Copy(typed, form.typed)
	for name, text := range e.values {
		f, ok := card.Field(name)
		switch {
		case !ok:
		case f.Value == text:
			delete(typed, name)
		default:
			typed[name] = text
		}
	}
	if maps.Equal(typed, form.typed) {
		return s, nil
	}
	form.typed, form.saved = typed, false
	c.card, c.typed = form, e.at()
	return s.with(i, c.typing(s.rules, e.at())), nil
}

// cardUndone: the agent takes back what was typed.
type cardUndone struct {
	stamp
	id string
}

func (e cardUndone) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 || s.calls[i].card.saving {
		return s, nil
	}
	c := s.calls[i]
	c.card = cardForm{}
	return s.with(i, c), nil
}

// cardWanted is Save on the card.
type cardWanted struct {
	stamp
	id   string
	done chan error // gets what came of it
}

func (e cardWanted) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, []effect{saveCard{done: e.done}}
	}
	c := s.calls[i]
	form := c.cardForm()
	if form.saving {
		return s, []effect{saveCard{done: e.done, why: fault.Err(nil, "objects.record-busy")}}
	}
	f, ok := c.cardSave()
	f.done = e.done
	if ok {
		form.saving, form.why, form.fields = true, fault.Fault{}, nil
		c.card = form
		s = s.with(i, c)
	}
	return s, []effect{f}
}

// cardSave is the save of what was typed on the card; ok is false where nothing was.
func (c *call) cardSave() (f saveCard, ok bool) {
	card, form := c.cardNow(), c.cardForm()
	if card == nil || len(form.typed) == 0 {
		return saveCard{}, false
	}
	return saveCard{id: c.id, ref: c.lookup.Record.Ref, name: c.name(), seen: *card, values: form.typed}, true
}

// leaveCard saves what was typed on the card of a call that leaves the desk. What is being saved is not saved twice.
func (c *call) leaveCard() []effect {
	if f, ok := c.cardSave(); ok && !c.card.saving {
		f.last = true
		return []effect{f}
	}
	return nil
}

// cardSaved is what came of a save.
type cardSaved struct {
	stamp
	id   string
	ref  crm.Ref
	card crm.Card
	sent map[string]string // what was saved, as it was typed
	err  error
	late fault.Fault // what to tell where the call has left the desk meanwhile; the zero Fault when it is saved
}

func (e cardSaved) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		if !e.late.IsZero() {
			s.notices[AboutAction] = e.late
		}
		return s, nil
	}
	c := s.calls[i]
	form := c.cardForm()
	if m, ok := c.who(); !ok || m.ID != e.ref.ID || form.of != e.ref.ID {
		return s, nil // the call is with somebody else by now
	}
	form.saving = false
	form.why, form.fields = fault.Of(e.err), errorFields(e.err)
	if e.err != nil && form.why.IsZero() {
		form.why = fault.New("desk.org-silent")
	}
	typed := map[string]string{}
	for name, text := range form.typed { // the agent may have typed on meanwhile
		if was, sent := e.sent[name]; e.err == nil && sent && was == text {
			continue // the org may store it in another form, such as 5 for 5.0
		}
		if f, ok := e.card.Field(name); !ok || f.Value != text {
			typed[name] = text
		}
	}
	form.typed = typed
	form.saved = e.err == nil && len(typed) == 0
	m, _ := c.who()
	if m.Details != nil {
		details := *m.Details
		details.Card = &e.card
		m.Details = &details
		c.lookup.Record = &m
	}
	c.card = form
	line := c.says("card", e.at()).with(cardState(e.err))
	line.Why = form.why
	return s.with(i, c), []effect{say{line}}
}

// errorFields are the fields of a record that an error is about.
func errorFields(err error) []string {
	if e, ok := errors.AsType[*crm.Error](err); ok {
		return e.Fields
	}
	return nil
}

func cardState(err error) string {
	if err != nil {
		return "refused"
	}
	return "saved"
}

// lastSave bounds the save of a call that has left the desk: quitting waits for it.
const lastSave = 4 * time.Second

// saveCard writes fields of a record. Nobody waits for it where the call has left the desk.
type saveCard struct {
	id     string
	ref    crm.Ref
	name   string
	seen   crm.Card
	values map[string]string
	done   chan error // gets what came of it; nil when nobody waits
	last   bool       // the call has left the desk
	why    error      // it is not done, for this reason
}

func (f saveCard) to(d *Desk) { d.look(f) }

func (f saveCard) ask(d *Desk) {
	err := f.why
	if err == nil && len(f.values) > 0 {
		err = f.save(d)
	}
	if f.done != nil {
		f.done <- err
	}
}

func (f saveCard) save(d *Desk) error {
	if d.cfg.Cards == nil {
		return fault.Err(nil, "objects.no-card")
	}
	ctx := d.ctx
	if f.last { // what was typed is not lost because the desk closes a moment later
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), lastSave)
		defer cancel()
	}
	card, err := d.cfg.Cards.SaveFields(crm.ForCall(ctx, f.id), f.ref, f.seen, f.values)
	if err != nil {
		d.cfg.Log.Warn("fields of a record not saved", "call", f.id, "err", cause(err))
	}
	var late fault.Fault
	if err != nil {
		var names []string
		for _, field := range f.seen.Fields {
			if _, ok := f.values[field.Name]; ok {
				names = append(names, field.Label)
			}
		}
		late = fault.New("objects.not-saved-in-time", "fields", names, "name", f.name, "why", fault.Of(err))
	}
	d.post(cardSaved{d.stamp(), f.id, f.ref, card, f.values, err, late})
	return err
}
