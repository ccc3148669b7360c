package app

import (
	"slices"
	"strings"

	"linecard/app/catalogue"
	"linecard/clean"
	"linecard/crm"
	"linecard/fault"
)

// What is typed on a card is cleaned, and read as the fields of that card have it, whoever the call is with by then.

// cardOf is the card of the record that the call is with, or of a former one; known is false where the call has none of a record.
func (c *call) cardOf(record crm.Ref) (of crm.Ref, card crm.Card, known bool) {
	m, ok := c.who()
	if record.IsZero() || ok && m.Is(record) {
		if now := c.cardNow(); now != nil {
			card = *now
		}
		return m.Ref, card, true
	}
	if j := c.formerCard(record); j >= 0 {
		return c.formerCards[j].ref, c.formerCards[j].seen, true
	}
	return crm.Ref{}, crm.Card{}, false
}

// readCard is what was typed in fields of a card, which are called by their API names or labels, as the fields have it.
func readCard(card crm.Card, values map[string]string) (map[string]string, error) {
	typed := map[string]string{}
	for name, text := range values {
		f, ok := cardField(card.Fields, name)
		switch {
		case !ok:
			return nil, fault.Err(nil, "objects.no-field-on-card", "field", name)
		case !f.Editable:
			return nil, fault.Err(nil, "objects.read-only", "field", f.Label)
		}
		typed[f.Name] = readField(f, clean.Typed(text, f.Type == "textarea"))
	}
	return typed, nil
}

// cardField is the field with a name, by API name or label.
func cardField(fields []crm.CardField, name string) (crm.CardField, bool) {
	for _, same := range []func(crm.CardField) bool{
		func(f crm.CardField) bool { return f.Name == name },
		func(f crm.CardField) bool { return strings.EqualFold(f.Name, name) || strings.EqualFold(f.Label, name) },
	} {
		if i := slices.IndexFunc(fields, same); i >= 0 {
			return fields[i], true
		}
	}
	return crm.CardField{}, false
}

// readField is a text as the field has it: an entry by its value, where people write its label, and a yes or no as true or false.
func readField(f crm.CardField, text string) string {
	if !slices.ContainsFunc(f.Entries, func(e crm.Entry) bool { return e.Value == text }) {
		if i := slices.IndexFunc(f.Entries, func(e crm.Entry) bool { return strings.EqualFold(e.Label, text) }); i >= 0 {
			text = f.Entries[i].Value
		}
	}
	if f.Type != "boolean" {
		return text
	}
	for _, yes := range []string{"true", "yes", "1", catalogue.Text("objects.yes")} {
		if strings.EqualFold(strings.TrimSpace(text), yes) {
			return "true"
		}
	}
	return "false"
}
