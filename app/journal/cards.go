package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"linecard/clean"
	"linecard/crm"
)

// What the agent types on the card of a record is on disk with the call until the org has it, so that a crash does not lose it. It
// is the record's and the user's it was typed for, and not the call's: a call that is pointed at another record leaves it alone.

// Card is what was typed on the card of a record.
type Card struct {
	Call   string            `json:"-"`
	Ref    crm.Ref           `json:"ref"`
	User   string            `json:"user,omitempty"` // id of the org's user that was linked; "" while none was known
	Name   string            `json:"name"`           // of the record, as people know it
	Seen   crm.Card          `json:"seen"`           // as the agent saw it, the typed fields alone
	Values map[string]string `json:"values"`         // by field
}

// KeepCards notes what is typed on cards during a call and not saved; nothing takes back what was noted.
func (j *Journal) KeepCards(ctx context.Context, call string, cards []Card) error {
	doc, err := encodeCards(cards)
	if err != nil {
		return err
	}
	return j.write(ctx, call, change{opCards, func(ctx context.Context, tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE calls SET cards = ?2 WHERE id = ?1", call, doc))
	}})
}

// CardSettled forgets values that were typed on the card of a record during a call: the org has them, or has refused them and the agent
// was told. What was typed in their place since stays.
func (j *Journal) CardSettled(ctx context.Context, call, record string, values map[string]string) error {
	return j.write(ctx, call, change{"card settled", func(ctx context.Context, tx *sql.Tx) error {
		var doc string
		err := tx.QueryRowContext(ctx, "SELECT cards FROM calls WHERE id = ?", call).Scan(text(&doc))
		if err != nil || doc == "" {
			return unknown(err)
		}
		cards := decodeCards(doc)
		for i := range cards {
			if cards[i].Ref.ID == record {
				maps.DeleteFunc(cards[i].Values, func(name, text string) bool { was, ok := values[name]; return ok && was == text })
			}
		}
		if doc, err = encodeCards(cards); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE calls SET cards = ?2 WHERE id = ?1", call, doc)
		return err
	}})
}

// Cards returns what was typed on cards and is not settled, of all calls.
func (j *Journal) Cards(ctx context.Context) (all []Card, err error) {
	rows, err := j.reader().QueryContext(ctx, "SELECT id, cards FROM calls INDEXED BY calls_cards WHERE cards <> '' ORDER BY started")
	if err != nil {
		return nil, j.explain("cards", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var id, doc string
		if err := rows.Scan(text(&id), text(&doc)); err != nil {
			return nil, j.explain("cards", err)
		}
		for _, c := range decodeCards(doc) {
			c.Call = id
			all = append(all, c)
		}
	}
	return all, j.explain("cards", rows.Err())
}

// encodeCards writes cards; "" where nothing is typed.
func encodeCards(cards []Card) (string, error) {
	cards = slices.DeleteFunc(slices.Clone(cards), func(c Card) bool { return len(c.Values) == 0 })
	if len(cards) == 0 {
		return "", nil
	}
	b, err := json.Marshal(cards)
	return string(b), err
}

// decodeCards reads them. Damaged ones are none.
func decodeCards(doc string) (cards []Card) {
	if doc == "" || json.Unmarshal([]byte(doc), &cards) != nil {
		return nil
	}
	for i := range cards {
		c := &cards[i]
		c.Ref, c.Name = cleanRef(c.Ref), clean.Line(c.Name)
		for k := range c.Seen.Fields {
			f := &c.Seen.Fields[k]
			f.Label = clean.Line(f.Label)
			if value, typed := c.Values[f.Name]; typed {
				c.Values[f.Name] = clean.Typed(value, f.Type == "textarea")
			}
		}
	}
	return slices.DeleteFunc(cards, func(c Card) bool { return c.Ref.IsZero() || len(c.Values) == 0 })
}
