package app

import (
	"maps"
	"slices"

	"linecard/crm"
	"linecard/fault"
)

// A call may be with another record from one moment to the next: the org's answer says another than what was remembered, the
// agent picks one of several, the phone system says that the call goes on with somebody else. What was typed on the card of the
// former record is never given to the new one.
//
//   - Where the call goes on with another party, the card was the right one, and it is saved.
//   - Where it is the same party and only the record was another, the agent may have meant whoever is shown now. Nothing is
//     saved, and the agent is told what was typed. It is there again when the call is given back to that record.

// turnCards looks after the cards of the records that calls are not with any more.
func (s state) turnCards(before state) (state, []effect) {
	var out []effect
	for i := range s.calls {
		c := s.calls[i]
		kept := c.keepsCard(before)
		if !c.turned() {
			if kept {
				s = s.with(i, c)
			}
			continue
		}
		if f := c.card; len(f.typed) > 0 || f.saving || kept && !f.ref.IsZero() { // a key may be on its way
			switch before := c.wasWith(f.ref); {
			case before && !f.saving:
				var save saveCard
				f, save = f.save(c.id)
				out = append(out, save)
			case !before && len(f.typed) > 0:
				s.notices[AboutAction] = f.told()
			}
			c.formerCards = append(c.formerCards[:len(c.formerCards):len(c.formerCards)], f)
		}
		c.card = cardForm{}
		if m, ok := c.who(); ok {
			if j := c.formerCard(m.Ref); j >= 0 {
				c.card = c.formerCards[j]
				c.formerCards = slices.Delete(slices.Clone(c.formerCards), j, j+1)
			}
		}
		s = s.with(i, c)
	}
	return s, out
}

// keepsCard keeps the card that the call had in the state before, for what is typed on it and still on its way.
func (c *call) keepsCard(before state) bool {
	j := before.find(c.id)
	if j < 0 {
		return false
	}
	was := before.calls[j]
	card := was.cardNow()
	if card == nil {
		return false
	}
	old, _ := was.who()
	if m, ok := c.who(); ok && m.Ref.Is(old.Ref) {
		return false
	}
	switch {
	case c.card.ref.Is(old.Ref):
		c.card.seen = *card
	case c.formerCard(old.Ref) < 0:
		c.formerCards = append(c.formerCards[:len(c.formerCards):len(c.formerCards)], cardForm{ref: old.Ref, name: old.Name, seen: *card})
	}
	return true
}

// turned reports whether the form is that of another record than the one the call is with. A call that is with nobody for the
// moment, since the org is being asked, may be with the same one in the next.
func (c *call) turned() bool {
	m, ok := c.who()
	switch {
	case ok && c.card.ref.IsZero():
		return c.formerCard(m.Ref) >= 0
	case c.card.ref.IsZero():
		return false
	case ok:
		return !m.Ref.Is(c.card.ref)
	}
	return c.lookup.State == LookupNoMatch || c.lookup.State == LookupMany || c.wasWith(c.card.ref)
}

// wasWith reports whether a record is that of a party that the call was with before.
func (c *call) wasWith(record crm.Ref) bool {
	return slices.ContainsFunc(c.earlier, func(f formerParty) bool { return f.lookup.Record != nil && f.lookup.Record.Is(record) })
}

func (c *call) formerCard(record crm.Ref) int {
	return slices.IndexFunc(c.formerCards, func(f cardForm) bool { return f.ref.Is(record) })
}

// told is what the agent is told of a form that is not saved.
func (f cardForm) told() fault.Fault {
	var fields []string
	card := f.seen.With(f.typed, f.seen.Modified)
	for _, name := range slices.Sorted(maps.Keys(f.typed)) {
		if field, ok := card.Field(name); ok {
			fields = append(fields, field.Label+" "+field.Text())
		}
	}
	return fault.New("objects.typed-for-another", "name", f.name, "fields", fields)
}

// typedLate takes a keystroke on the card of a record that the call is not with any more: it was on its way.
func (c call) typedLate(s state, i int, e cardTyped) (state, []effect) {
	j := c.formerCard(e.record)
	if j < 0 {
		return s, nil
	}
	form, changed := c.formerCards[j].with(c.formerCards[j].seen, e.values)
	if !changed {
		return s, nil
	}
	if len(c.formerCards[j].typed) == 0 {
		form.user = s.userOf(form.ref.Org)
	}
	var out []effect
	switch before := c.wasWith(form.ref); {
	case before && !form.saving:
		var save saveCard
		form, save = form.save(c.id)
		out = []effect{save}
	case !before:
		s.notices[AboutAction] = form.told()
	}
	c.formerCards = slices.Clone(c.formerCards)
	c.formerCards[j], c.typed = form, e.at()
	return s.with(i, c), out
}

// savedLate takes what came of a save for a record that the call is not with any more. What was typed while it went on is saved
// behind it.
func (c call) savedLate(s state, i int, e cardSaved) (state, []effect) {
	if !e.late.IsZero() {
		s.notices[AboutAction] = e.late
	}
	j := c.formerCard(e.ref)
	if j < 0 {
		return s, nil
	}
	form := c.formerCards[j]
	form.saving, form.seen = false, e.card
	var out []effect
	if e.err == nil {
		form.typed = unsaved(form.typed, e.card, e.took())
		if len(form.typed) > 0 && c.wasWith(form.ref) {
			var save saveCard
			form, save = form.save(c.id)
			out = append(out, save)
		}
	}
	c.formerCards = slices.Clone(c.formerCards)
	c.formerCards[j] = form
	return s.with(i, c), out
}
