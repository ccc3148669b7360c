package app

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"linecard/app/journal"
	"linecard/clean"
	"linecard/crm"
	"linecard/fault"
)

// What is typed on cards is on disk while it is not saved, as notes are. What a crash or an outage leaves there is saved as soon as the
// user for whom it was typed is linked: to the record of the card alone, and only where nobody else has changed the same fields since.
// A save that had arrived all the same is found in the record, and not made again.

// leftCard is what was typed on a card of a call that has left the desk, in this run or before it, and is not saved yet.
type leftCard struct {
	journal.Card
	sending bool
	tries   int
	next    time.Time // not before that
}

// cardsToSave are the forms that are saved, at the latest when the call leaves the desk.
func (c *call) cardsToSave() (forms []cardForm) {
	m, known := c.who()
	for _, form := range append(c.formerCards[:len(c.formerCards):len(c.formerCards)], c.card) {
		switch {
		case len(form.typed) == 0:
			continue
		case known && m.Ref.Is(form.ref):
			if card := c.cardNow(); card != nil {
				form.seen = *card
			}
		case !form.ref.Is(c.card.ref) && !c.wasWith(form.ref): // told when the call was given to another record
			continue
		}
		forms = append(forms, form)
	}
	return forms
}

// keepCards has what is typed on cards kept on disk, where it has changed.
func (s state) keepCards(before state) (out []effect) {
	for i := range s.calls {
		c := &s.calls[i]
		var was []cardForm
		if j := before.find(c.id); j >= 0 {
			was = before.calls[j].cardsToSave()
		}
		now := c.cardsToSave()
		if !slices.EqualFunc(now, was, cardForm.keptAs) {
			out = append(out, writeCards{c.id, s.kept(now)})
		}
	}
	return out
}

// keptAs reports whether two forms are the same on disk.
func (f cardForm) keptAs(g cardForm) bool {
	return f.ref.Is(g.ref) && f.user == g.user && f.seen.Modified.Equal(g.seen.Modified) && maps.Equal(f.typed, g.typed)
}

// kept are forms as they are on disk.
func (s state) kept(forms []cardForm) (cards []journal.Card) {
	for _, f := range forms {
		cards = append(cards, journal.Card{Ref: f.ref, User: f.user, Name: f.name, Seen: onlyTyped(f.seen, f.typed), Values: f.typed})
	}
	return cards
}

// userOf is the user of an org who is linked, or was last; of several the one whose link saves records.
func (s state) userOf(org string) string {
	if org == "" {
		return ""
	}
	return s.linkOf(org).UserID
}

// onlyTyped is what must be known of a card to save values of it.
func onlyTyped(card crm.Card, values map[string]string) crm.Card {
	var fields []crm.CardField
	for _, f := range card.Fields {
		if _, typed := values[f.Name]; typed {
			f.Entries = nil
			fields = append(fields, f)
		}
	}
	card.Fields = fields
	return card
}

// writeCards keeps what is typed on the cards of a call.
type writeCards struct {
	id    string
	cards []journal.Card
}

func (f writeCards) to(d *Desk) { d.disk.Put(f) }
func (f writeCards) write(ctx context.Context, d *Desk) error {
	return d.cfg.Journal.KeepCards(ctx, f.id, f.cards)
}

// settleCard forgets what was typed and is saved, or was refused and told.
type settleCard struct {
	id, record string
	values     map[string]string
}

func (f settleCard) to(d *Desk) { d.disk.Put(f) }
func (f settleCard) write(ctx context.Context, d *Desk) error {
	err := d.cfg.Journal.CardSettled(ctx, f.id, f.record, f.values)
	if errors.Is(err, journal.ErrUnknown) {
		return nil // forgotten with its call
	}
	return err
}

// readCards reads what an earlier run has left.
type readCards struct{}

func (readCards) write(ctx context.Context, d *Desk) error {
	cards, err := d.cfg.Journal.Cards(ctx)
	if len(cards) > 0 {
		d.cfg.Log.Info("what was typed on cards is still to be saved", "cards", len(cards))
		d.post(cardsLeft{d.stamp(), cards})
	}
	return err
}

// cardsLeft: an earlier run has left these.
type cardsLeft struct {
	stamp
	cards []journal.Card
}

func (e cardsLeft) next(s state) (state, []effect) {
	s.left = slices.Clone(s.left)
	for _, c := range e.cards {
		s.left = append(s.left, leftCard{Card: c})
	}
	return s, nil
}

// sendLeft saves the left cards whose time has come: at once when their user's link begins to work.
func (s state) sendLeft(before state, at time.Time) (state, []effect) {
	var out []effect
	for i, l := range s.left {
		if l.sending || !s.saves(l) || at.Before(l.next) && before.saves(l) && before.answers(l.Ref.Org) == s.answers(l.Ref.Org) {
			continue
		}
		s.left = slices.Clone(s.left)
		s.left[i].sending = true
		out = append(out, saveCard{id: l.Call, ref: l.Ref, user: l.User, name: l.Name, seen: l.Seen, values: l.Values, last: true, left: true})
	}
	return s, out
}

// saves reports whether the user for whom a card was typed is linked.
func (s state) saves(l leftCard) bool { return linked(s.links, link{l.Ref.Org, l.User}) }

// answers reports whether an org has answered the last request.
func (s state) answers(org string) bool {
	return slices.ContainsFunc(s.links, func(l crm.LinkStatus) bool { return l.OrgID == org && l.State == crm.Linked && l.Trouble.IsZero() })
}

// Pauses between two tries to save a left card.
const (
	leftAgain     = time.Minute
	leftAgainMost = 30 * time.Minute
)

// savedLeft takes what came of a save for a call that has left the desk. What could not be asked of the org waits.
func (s state) savedLeft(e cardSaved) (state, []effect) {
	i := slices.IndexFunc(s.left, func(l leftCard) bool { return l.Call == e.id && l.Ref.ID == e.ref.ID && maps.Equal(l.Values, e.sent) })
	s.left = slices.Clone(s.left)
	switch {
	case !waits(e.err):
		if i >= 0 {
			s.left = slices.Delete(s.left, i, i+1)
		}
		if !e.late.IsZero() {
			s.notices[AboutAction] = e.late
		}
		return s, []effect{settleCard{e.id, e.ref.ID, e.sent}}
	case i < 0:
		s.left = append(s.left, leftCard{Card: journal.Card{
			Call: e.id, Ref: e.ref, User: e.user, Name: e.name, Seen: onlyTyped(e.card, e.sent), Values: e.sent,
		}})
		i = len(s.left) - 1
		if !e.late.IsZero() {
			s.notices[AboutAction] = e.late
		}
	}
	l := &s.left[i]
	l.sending, l.next = false, e.at().Add(min(leftAgain<<min(l.tries, 10), leftAgainMost))
	l.tries++
	return s, nil
}

// waits reports whether a save can be made later that did not succeed: the org has not refused it.
func waits(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	ce, ok := errors.AsType[*crm.Error](err)
	return ok && !slices.Contains([]crm.Class{crm.ClassRejected, crm.ClassPermission, crm.ClassGone}, ce.Class)
}

// lateWords are what the agent is told of a save that the call did not wait for.
func (f saveCard) lateWords(err error) fault.Fault {
	var fields []string
	for _, field := range f.seen.Fields {
		if _, ok := f.values[field.Name]; ok {
			fields = append(fields, clean.Line(field.Label))
		}
	}
	if waits(err) {
		return fault.New("objects.saved-later", "fields", fields, "name", f.name)
	}
	return fault.New("objects.not-saved-in-time", "fields", fields, "name", f.name, "why", fault.Of(err))
}
