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
	record crm.Ref // on whose card
	values map[string]string
}

func (e cardTyped) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s, nil
	}
	c := s.calls[i]
	m, ok := c.who()
	if !ok || !m.Ref.Is(e.record) {
		return c.typedLate(s, i, e)
	}
	card := c.cardNow()
	if card == nil {
		return s, nil
	}
	form, changed := c.cardForm().with(*card, e.values)
	if !changed {
		return s, nil
	}
	if len(c.cardForm().typed) == 0 {
		form.user = s.userOf(m.Org)
	}
	form.ref, form.name = m.Ref, m.Name
	c.card, c.typed = form, e.at()
	return s.with(i, c.typing(s.rules, e.at())), nil
}

// with is the form with what was typed in fields of the card; changed is false where that is nothing new.
func (f cardForm) with(card crm.Card, values map[string]string) (_ cardForm, changed bool) {
	typed := map[string]string{}
	maps.Copy(typed, f.typed)
	for name, text := range values {
		field, ok := card.Field(name)
		switch {
		case !ok:
		case field.Value == text:
			delete(typed, name)
		default:
			typed[name] = text
		}
	}
	if maps.Equal(typed, f.typed) {
		return f, false
	}
	f.seen, f.typed, f.saved = card, typed, false
	return f, true
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
	if form.saving { // what is typed since is saved behind it
		return s, []effect{saveAgain{form.run, e}}
	}
	card := c.cardNow()
	if card == nil || len(form.typed) == 0 {
		return s, []effect{saveCard{done: e.done}}
	}
	form.seen = *card
	form, f := form.save(c.id)
	f.done, c.card = e.done, form
	return s.with(i, c), []effect{f}
}

// save is the save of what was typed, and the form while that is on its way.
func (f cardForm) save(call string) (cardForm, saveCard) {
	f.saving, f.why, f.fields = true, fault.Fault{}, nil
	f.run = &cardRun{done: make(chan struct{}), values: f.typed}
	return f, saveCard{id: call, ref: f.ref, user: f.user, name: f.name, seen: f.seen, values: f.typed, run: f.run}
}

// leaveCard saves what was typed on the cards of a call that leaves the desk. What is being saved is not saved twice: what was
// typed since is saved behind it.
func (c *call) leaveCard() (out []effect) {
	for _, form := range c.cardsToSave() {
		f := saveCard{id: c.id, ref: form.ref, user: form.user, name: form.name, seen: form.seen, values: form.typed, last: true}
		if form.saving {
			f.after = form.run
		}
		out = append(out, f)
	}
	return out
}

// cardSaved is what came of a save.
type cardSaved struct {
	stamp
	id   string
	ref  crm.Ref
	user string // as whom it was saved
	name string
	card crm.Card
	sent map[string]string // what was saved, as it was typed
	err  error
	late fault.Fault // what to tell where the call has left the desk meanwhile; the zero Fault when it is saved
}

func (e cardSaved) next(s state) (state, []effect) {
	i := s.find(e.id)
	if i < 0 {
		return s.savedLeft(e)
	}
	c := s.calls[i]
	form := c.cardForm()
	if m, ok := c.who(); !ok || !m.Ref.Is(e.ref) || !form.ref.Is(e.ref) {
		return c.savedLate(s, i, e) // the call is with somebody else by now
	}
	form.saving = false
	form.why, form.fields = fault.Of(e.err), errorFields(e.err)
	if e.err != nil && form.why.IsZero() {
		form.why = fault.New("desk.org-silent")
	}
	form.typed = unsaved(form.typed, e.card, e.took()) // the agent may have typed on meanwhile
	form.saved = e.err == nil && len(form.typed) == 0
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

// took is what the org took, as it was typed.
func (e cardSaved) took() map[string]string {
	if e.err != nil {
		return nil
	}
	return e.sent
}

// unsaved is what was typed and is not in the record. What the org took just now is in it, perhaps in another form, such as 5 for 5.0.
func unsaved(values map[string]string, card crm.Card, took map[string]string) map[string]string {
	typed := map[string]string{}
	for name, text := range values {
		if was, ok := took[name]; ok && was == text {
			continue
		}
		if f, ok := card.Field(name); !ok || f.Value != text {
			typed[name] = text
		}
	}
	return typed
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
	user   string // of the record's org, as whom it is saved; "" where none was known
	name   string
	seen   crm.Card
	values map[string]string
	done   chan error // gets what came of it; nil when nobody waits
	last   bool       // the call has left the desk
	left   bool       // it did so long ago, or in an earlier run
	run    *cardRun   // itself, for those behind it; nil when there is none
	after  *cardRun   // the one before it; nil when there is none
}

// cardRun is a save on its way, for those that wait behind it.
type cardRun struct {
	values map[string]string
	done   chan struct{} // closed at its end, once the desk was told
	card   crm.Card      // the record's card, then
	err    error
}

// saveAgain is Save while a save is on its way: it comes again once that has ended.
type saveAgain struct {
	after *cardRun
	event cardWanted
}

func (f saveAgain) to(d *Desk) { d.look(f) }

func (f saveAgain) ask(d *Desk) {
	<-f.after.done
	f.event.stamp = d.stamp()
	d.post(f.event)
}

func (f saveCard) to(d *Desk) { d.look(f) }

func (f saveCard) ask(d *Desk) {
	if f.after != nil {
		<-f.after.done
		f = f.behind(f.after)
	}
	var err error
	if len(f.values) > 0 {
		err = f.save(d)
	}
	if f.run != nil {
		close(f.run.done)
	}
	if f.done != nil {
		f.done <- err
	}
}

// behind is the save of what the one before it has not saved. What that one was refused has been told, and is not tried again:
// the org would refuse the rest with it.
func (f saveCard) behind(before *cardRun) saveCard {
	switch {
	case before.err == nil:
		f.seen, f.values = before.card, unsaved(f.values, before.card, before.values)
	case !errors.Is(before.err, context.Canceled):
		rest := maps.Clone(f.values)
		maps.DeleteFunc(rest, func(name, text string) bool { was, ok := before.values[name]; return ok && was == text })
		f.values = rest
	}
	return f
}

func (f saveCard) save(d *Desk) error {
	if d.cfg.Cards == nil {
		return fault.Err(nil, "objects.no-card")
	}
	ctx := d.ctx
	if f.last && !f.left { // what was typed is not lost because the desk closes a moment later
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), lastSave)
		defer cancel()
	}
	card, err := d.cfg.Cards.SaveFields(crm.ForCall(ctx, f.id), f.user, f.ref, f.seen, f.values)
	if err != nil {
		d.cfg.Log.Warn("fields of a record not saved", "call", f.id, "err", cause(err))
	}
	var late fault.Fault
	if err != nil {
		late = f.lateWords(err)
	}
	if err == nil || f.last && !waits(err) { // the desk may close before it hears of it
		d.disk.Put(settleCard{f.id, f.ref.ID, f.values})
	}
	if f.run != nil {
		f.run.card, f.run.err = card, err
	}
	d.post(cardSaved{d.stamp(), f.id, f.ref, f.user, f.name, card, f.values, err, late})
	return err
}
