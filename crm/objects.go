package crm

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"linecard/fault"
)

// Object is a row of the admin's table of objects: whether callers are found among its records, by which fields, and which
// fields the card shows. The order of the rows is the order in which objects come in a list of matches. A field is named by
// its API name.
type Object struct {
	Name   string   `toml:"name" json:"name"`               // API name, such as "Contact" or "Vehicle__c"
	Org    string   `toml:"org" json:"org,omitempty"`       // id of the org that the row is for; "" for every org that has no rows of its own
	Search bool     `toml:"search" json:"search"`           // whether callers are found among its records
	Phones []string `toml:"phones" json:"phones,omitempty"` // fields that hold numbers, beside those of type phone

	Fields   []string `toml:"fields" json:"fields,omitempty"`     // what the card shows, in this order
	Editable []string `toml:"editable" json:"editable,omitempty"` // what the agent may change there
	Required []string `toml:"required" json:"required,omitempty"` // what has to be filled before Save; the agent may change it

	CallAs []string `toml:"-" json:"-"` // fields with the number that the callee is to see: the accounts name them, no table does

	Beyond map[string]any `toml:"-" json:"-"` // what the file has beyond these, kept when it is written
}

// DefaultObject is a row of which only the defaults are known.
func DefaultObject() Object { return Object{Search: true} }

// DefaultOrder is the order of the objects that are searched where the admin chose none.
var DefaultOrder = []string{Contact, Account, Lead}

// MostObjects bounds the rows of an org. A search names each of them, and Salesforce's own search takes no more than twenty well.
const MostObjects = 20

// ObjectsOf are the rows for an org: its own, else those for every org, else those that are built in.
func ObjectsOf(all []Object, org string) []Object {
	of := func(org string) (rows []Object) {
		for _, o := range all {
			if o.Org == org {
				rows = append(rows, o.Clone())
			}
		}
		return rows
	}
	if rows := of(org); len(rows) > 0 {
		return rows
	}
	if rows := of(""); len(rows) > 0 {
		return rows
	}
	var rows []Object
	for _, name := range DefaultOrder {
		rows = append(rows, Object{Name: name, Search: true})
	}
	return rows
}

// SetObjects are the rows with others in the place of those for an org.
func SetObjects(all []Object, org string, rows []Object) []Object {
	out := slices.DeleteFunc(slices.Clone(all), func(o Object) bool { return o.Org == org })
	for _, o := range rows {
		o.Org = org
		out = append(out, o)
	}
	return out
}

// OrderOf is the order of the objects that are searched of an org.
func OrderOf(all []Object, org string) []string {
	var order []string
	for _, o := range ObjectsOf(all, org) {
		if o.Search {
			order = append(order, o.Name)
		}
	}
	return order
}

// Card are the fields of the row that the card shows: the chosen ones, and behind them those that may be changed or have to
// be filled and are not among them.
func (o Object) Card() []string {
	var fields []string
	for _, f := range slices.Concat(o.Fields, o.Editable, o.Required) {
		if !slices.Contains(fields, f) {
			fields = append(fields, f)
		}
	}
	return fields
}

// Edits reports whether the agent may change a field.
func (o Object) Edits(field string) bool {
	return slices.Contains(o.Editable, field) || slices.Contains(o.Required, field)
}

// Clone is the row with nothing shared that can be changed.
func (o Object) Clone() Object {
	for _, list := range []*[]string{&o.Phones, &o.Fields, &o.Editable, &o.Required} {
		*list = slices.Clone(*list)
	}
	return o
}

var apiName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,79}$`)

// IsAPIName reports whether a text can be the API name of an object or a field: letters, digits and underscores, which a
// query may name as they are.
func IsAPIName(name string) bool { return apiName.MatchString(name) }

// Tidy brings a row into order, and returns what cannot be an API name.
func (o Object) Tidy() (tidy Object, strange []string) {
	o = o.Clone()
	o.Name = strings.TrimSpace(o.Name)
	if !IsAPIName(o.Name) {
		strange = append(strange, o.Name)
	}
	for _, list := range []*[]string{&o.Phones, &o.Fields, &o.Editable, &o.Required} {
		var names []string
		for _, name := range *list {
			name = strings.TrimSpace(name)
			switch {
			case name == "" || slices.Contains(names, name):
			case !IsAPIName(name):
				strange = append(strange, name)
			default:
				names = append(names, name)
			}
		}
		*list = names
	}
	return o, strange
}

// Card is what the admin chose of a record's fields, as the org has it.
type Card struct {
	Fields   []CardField `json:"fields"`
	Modified time.Time   `json:"modified,omitzero"` // when the record was changed last, by the org's clock
	Person   string      `json:"person,omitempty"`  // of a person account's contact: id of the account, where it is changed
}

// CardField is a field on the card.
type CardField struct {
	Name     string  `json:"name"`            // API name
	Label    string  `json:"label"`           // as the org shows it
	Type     string  `json:"type"`            // as the describe names it: "picklist"
	Value    string  `json:"value"`           // as the org has it; "" for nothing. A boolean is "true" or "false"
	Shown    string  `json:"shown,omitempty"` // what people read in place of Value: the label of an entry, the name of a record
	Editable bool    `json:"editable,omitempty"`
	Required bool    `json:"required,omitempty"` // before Save
	Entries  []Entry `json:"entries,omitempty"`  // of a picklist
	Length   int     `json:"length,omitempty"`   // in characters; 0 where it does not matter
}

// Entry is an entry of a picklist.
type Entry struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// editable are the types of fields that the agent can change on the card.
var editable = []string{"string", "textarea", "phone", "email", "url", "picklist", "combobox", "boolean", "int", "double", "currency", "percent", "date"}

// EditableType reports whether the agent can change fields of a type on the card.
func EditableType(kind string) bool { return slices.Contains(editable, kind) }

// Text is what people read of a field.
func (f CardField) Text() string {
	if f.Shown != "" {
		return f.Shown
	}
	return f.Value
}

// Field is the field with a name, by its API name or its label.
func (c *Card) Field(name string) (CardField, bool) {
	if c == nil {
		return CardField{}, false
	}
	for _, same := range []func(CardField) bool{
		func(f CardField) bool { return f.Name == name },
		func(f CardField) bool { return strings.EqualFold(f.Name, name) || strings.EqualFold(f.Label, name) },
	} {
		if i := slices.IndexFunc(c.Fields, same); i >= 0 {
			return c.Fields[i], true
		}
	}
	return CardField{}, false
}

// ObjectInfo is an object that an org has, for a list to choose from.
type ObjectInfo struct {
	Name   string `json:"name"`
	Label  string `json:"label"`
	Custom bool   `json:"custom"`
}

// ObjectState is how a row of the table stands in an org.
type ObjectState struct {
	Object
	Label      string        `json:"label,omitempty"` // as the org shows it; "" while it is not known
	Found      []string      `json:"found,omitempty"` // fields by which callers are found, by API name
	Labels     []string      `json:"-"`               // and as the org shows them
	Activities bool          `json:"activities"`      // whether a Task can be related to its records
	Known      bool          `json:"known"`           // the org has described the object
	Problems   []fault.Fault `json:"problems,omitempty"`
}

// FoundBy are the fields by which callers are found, as people read them: by their labels where those are known.
func (s ObjectState) FoundBy() []string {
	if len(s.Labels) == len(s.Found) {
		return s.Labels
	}
	return s.Found
}

// ObjectTrial is what a search for a number finds, by object.
type ObjectTrial struct {
	Result Result
	Rows   []TrialRow
	Taken  *Match // what the agent would be shown without a question; nil when they would be asked, or nobody is found
}

// TrialRow is what was found in one object.
type TrialRow struct {
	Object   string  `json:"object"`
	Hits     int     `json:"hits"`    // records that the org's search found
	Matches  []Match `json:"matches"` // those of them that hold the number
	Searched bool    `json:"searched"`
}

// With is the card with other values, as the record is after a change at a time.
func (c Card) With(values map[string]string, at time.Time) Card {
	c.Fields, c.Modified = slices.Clone(c.Fields), at
	for i := range c.Fields {
		f := &c.Fields[i]
		value, changed := values[f.Name]
		if !changed {
			continue
		}
		f.Value, f.Shown = value, ""
		for _, e := range f.Entries {
			if e.Value == value && e.Label != value {
				f.Shown = e.Label
			}
		}
	}
	return c
}
