package salesforce

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"linecard/clean"
	"linecard/crm"
	"linecard/fault"
)

// The card shows the fields that the admin chose for an object. They come with what stands beside the record, in the same
// request, and some of them the agent may change.

// longestField bounds what is shown of a field, in characters.
const longestField = 4000

// mayEdit reports whether this user may change a field.
func (c *Client) mayEdit(o *object, f field) bool {
	return f.Updateable && crm.EditableType(f.Type) && !c.schema.refusesWrite(o.Name)(f.Name, "")
}

// cardFields are the fields of a row as this user sees them, without values.
func (c *Client) cardFields(row crm.Object, o *object) []crm.CardField {
	var all []crm.CardField
	for _, name := range row.Card() {
		f, ok := o.field(name)
		if !ok || c.schema.isHidden(o.Name, name) {
			continue
		}
		edit := row.Edits(name) && c.mayEdit(o, f)
		d := crm.CardField{
			Name: name, Label: clean.Line(orElse(f.Label, name)), Type: f.Type, Editable: edit,
			Required: edit && slices.Contains(row.Required, name), // what the agent cannot fill is not asked for
		}
		if edit && f.Length > 0 {
			d.Length = f.Length
		}
		for _, v := range f.Values {
			if v.Active && edit {
				d.Entries = append(d.Entries, crm.Entry{Value: v.Value, Label: orElse(clean.Line(v.Label), v.Value)})
			}
		}
		all = append(all, d)
	}
	return all
}

// parentOf is under what it is noted that the org does not follow a reference.
const parentOf = "->"

// nameOf is the path to the name of the record that a reference points to; "" where there is none that is seen.
func (c *Client) nameOf(f field) string {
	if f.Type != "reference" || f.Relationship == "" {
		return ""
	}
	name := "Name"
	if len(f.Refers) == 1 && f.Refers[0] == crm.Case {
		name = "CaseNumber"
	}
	if c.schema.isHidden(parentOf, f.Relationship) {
		return ""
	}
	if slices.ContainsFunc(f.Refers, func(o string) bool { return c.schema.isHidden(o, name) || c.schema.isHidden(o, "") }) {
		return ""
	}
	return f.Relationship + "." + name
}

// cardQuery is the query for the card of a record; it has no text where the admin chose no field of the object.
func (c *Client) cardQuery(ref crm.Ref, o *object) subquery {
	if o == nil {
		return subquery{}
	}
	fields := c.cardFields(c.row(ref.Object), o)
	if len(fields) == 0 {
		return subquery{}
	}
	names := []string{"Id"}
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, d := range fields {
		f, _ := o.field(d.Name)
		add(d.Name)
		add(c.nameOf(f))
	}
	for _, name := range []string{"LastModifiedDate", "IsPersonAccount"} {
		if c.sees(o, name) {
			add(name)
		}
	}
	if ref.Object == crm.Contact && c.sees(o, "IsPersonAccount") && c.sees(o, "AccountId") {
		add("AccountId")
	}
	return subquery{"card", "SELECT " + strings.Join(names, ", ") + " FROM " + ref.Object + " WHERE Id = " + soqlString(ref.ID)}
}

// describedForCard is the description of a record's object, where the admin chose fields of it.
func (c *Client) describedForCard(ctx context.Context, object string) *object {
	if len(c.row(object).Card()) == 0 {
		return nil
	}
	o, err := c.describe(ctx, object)
	if err != nil {
		c.cfg.Log.Debug("the card's fields are not known", "object", object, "err", err)
	}
	return o
}

// card reads a row of cardQuery.
func (c *Client) card(object string, o *object, r row) *crm.Card {
	card := &crm.Card{Fields: c.cardFields(c.row(object), o), Modified: r.time("LastModifiedDate", time.UTC)}
	if object == crm.Contact && r.flag("IsPersonAccount") && recordID.MatchString(r.text("AccountId")) {
		card.Person = r.text("AccountId")
	}
	for i := range card.Fields {
		d := &card.Fields[i]
		f, _ := o.field(d.Name)
		d.Value = fieldText(r.value(d.Name), f.Type)
		switch {
		case f.Type == "reference":
			d.Shown = r.text(c.nameOf(f))
		case len(f.Values) > 0:
			d.Shown = entryLabels(f, d.Value)
		}
		if card.Person != "" && d.Editable {
			if _, ok := c.personField(d.Name); !ok {
				d.Editable, d.Required = false, false
			}
		}
	}
	return card
}

// fieldText is a value as text; "" for none.
func fieldText(v any, kind string) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		if kind == "textarea" {
			return clean.Typed(v, true)
		}
		return clean.Short(v, longestField)
	}
	return ""
}

// entryLabels are the labels of the entries in a value; "" where they say nothing else.
func entryLabels(f field, value string) string {
	values := strings.Split(value, ";") // of a picklist with several
	for i, v := range values {
		for _, e := range f.Values {
			if e.Value == v && e.Label != "" {
				values[i] = clean.Line(e.Label)
			}
		}
	}
	if shown := strings.Join(values, "; "); shown != value {
		return shown
	}
	return ""
}

// fetchCard asks for the card of a record alone.
func (c *Client) fetchCard(ctx context.Context, ref crm.Ref, o *object) (*crm.Card, error) {
	q := c.cardQuery(ref, o)
	if q.soql == "" {
		return nil, errors.New("nothing of the object is on the card")
	}
	asked := c.get("/query", url.Values{"q": {q.soql}}, c.cfg.WriteTimeout)
	asked.owner = owner{org: ref.Org}
	rows, _, err := c.rows(ctx, asked)
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, &crm.Error{Class: crm.ClassGone, Code: "NOT_FOUND", Fault: fault.New("objects.record-gone"), Err: errors.New("no such record")}
	}
	return c.card(ref.Object, o, rows[0]), nil
}

// orgDate is when the org answered, as the condition of the next change; zero where it does not say.
func orgDate(h http.Header) time.Time {
	t, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}
