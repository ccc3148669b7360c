package app

import (
	"slices"
	"strings"
	"time"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
)

// The card has the fields of the record that the admin chose. What the agent types in one stays here until it is saved, by the
// agent's word or at the latest when the call leaves the desk; what Salesforce does not take stays too, with why.
//
// What is typed belongs to the record whose card it was typed on, whomever the call is with by the time it arrives here: see
// formercard.go.

// cardForm is what the agent typed on the card of a record.
type cardForm struct {
	ref    crm.Ref           // the record
	user   string            // id of the org's user who was linked when it was typed, in whose name it is saved; "" while none was known
	name   string            // as people know it
	seen   crm.Card          // as it was when something was typed last
	typed  map[string]string // by field, where it is not what the org has; replaced and never changed
	saving bool
	run    *cardRun    // the save that is on its way, or was the last
	saved  bool        // what was typed last is in the org
	why    fault.Fault // why it is not
	fields []string    // that Why is about
}

// CardView is the card of the record that the call is with.
type CardView struct {
	Object  string // API name of the record's object
	Fields  []CardFieldView
	Changed bool        // something is typed that is not saved
	Saving  bool        // it is on its way
	Saved   bool        // what was typed last is saved
	Why     fault.Fault // why it was not saved
	Error   string      // Why as a plain sentence
}

// CardFieldView is a field on the card.
type CardFieldView struct {
	crm.CardField
	Typed   string // what the agent typed, or the value
	Changed bool   // it was typed and is not saved
	Refused bool   // Why is about this field
}

// cardNow is the card of the record that the call is with; nil for none.
func (c *call) cardNow() *crm.Card {
	m, ok := c.who()
	if !ok || m.Details == nil {
		return nil
	}
	return m.Details.Card
}

// cardForm is what was typed about the record that the call is with.
func (c *call) cardForm() cardForm {
	if m, ok := c.who(); ok && c.card.ref.Is(m.Ref) {
		return c.card
	}
	return cardForm{}
}

func (c *call) cardView() CardView {
	card := c.cardNow()
	if card == nil {
		return CardView{}
	}
	form := c.cardForm()
	v := CardView{
		Object: c.lookup.Record.Object, Changed: len(form.typed) > 0, Saving: form.saving, Saved: form.saved && len(form.typed) == 0,
		Why: form.why, Error: catalogue.Say(form.why),
	}
	for _, f := range card.Fields {
		text, changed := form.typed[f.Name]
		if !changed {
			text = f.Value
		}
		v.Fields = append(v.Fields, CardFieldView{CardField: f, Typed: text, Changed: changed, Refused: !form.why.IsZero() && slices.Contains(form.fields, f.Name)})
	}
	return v
}

// Lacking are the labels of the fields that have to be filled before Save and are not.
func (v CardView) Lacking() (labels []string) {
	for _, f := range v.Fields {
		if f.Required && strings.TrimSpace(f.Typed) == "" {
			labels = append(labels, f.Label)
		}
	}
	return labels
}

// EditCard takes what was typed in fields of the card, by their API names or labels; it is kept at once, and saved by
// [Desk.SaveCard] or when the call leaves the desk. With id "" it is the focused call.
func (d *Desk) EditCard(id string, values map[string]string) error {
	return d.EditCardOf(id, crm.Ref{}, values)
}

// EditCardOf is [Desk.EditCard] for what was typed on the card of a record: where the call is with another record by now, it stays that
// one's, and is read as its card reads it. With the zero Ref it is the one that the call is with.
func (d *Desk) EditCardOf(id string, record crm.Ref, values map[string]string) error {
	return d.on(id, ErrNoCall, anyCall, func(id string) error {
		s := d.now.Load()
		i := s.find(id)
		if i < 0 {
			return ErrNoSuchCall
		}
		of, card, known := s.calls[i].cardOf(record)
		switch {
		case !known: // the card of a record that the call has never been with, or that was given up
			return nil
		case len(card.Fields) == 0:
			return fault.Err(nil, "objects.no-card")
		}
		typed, err := readCard(card, values)
		if err != nil {
			return err
		}
		d.post(cardTyped{d.stamp(), id, of, typed})
		return nil
	})
}

// UndoCard takes back what was typed on the card and is not saved.
func (d *Desk) UndoCard(id string) error {
	return d.on(id, ErrNoCall, anyCall, func(id string) error {
		d.post(cardUndone{d.stamp(), id})
		return nil
	})
}

// SaveCard writes what was typed on the card into the record, and returns why that was not done; what was typed stays then.
func (d *Desk) SaveCard(id string) error {
	return d.on(id, ErrNoCall, anyCall, func(id string) error {
		d.Settle(d.ctx) // what was typed a moment ago counts
		done := make(chan error, 1)
		d.post(cardWanted{d.stamp(), id, done})
		select {
		case err := <-done:
			return err
		case <-d.ctx.Done():
			return nil
		}
	})
}

// finishCard makes the card ready for the end of the wrap-up: what has to be filled is, and what was typed is saved. The
// agent's word not to log the call asks for nothing.
func (d *Desk) finishCard(id string) error {
	d.Settle(d.ctx)
	c, ok := d.View().call(id)
	if !ok {
		return nil
	}
	if labels := c.Card.Lacking(); len(labels) > 0 && c.Wrap.Log != LogSkipped {
		return fault.Err(nil, "objects.fill-first", "fields", labels)
	}
	if !c.Card.Changed {
		return nil
	}
	return d.SaveCard(id)
}

// Words is what people read of a field: yes or no, a date as they write it, the label of an entry.
func (f CardFieldView) Words() string {
	switch f.Type {
	case "boolean":
		if f.Value == "true" {
			return catalogue.Text("objects.yes")
		}
		return catalogue.Text("objects.no")
	case "date", "datetime":
		for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05.000-0700", time.RFC3339} {
			if t, err := time.Parse(layout, f.Value); err == nil {
				return catalogue.Text("objects.date", "at", t)
			}
		}
	}
	return f.Text()
}
