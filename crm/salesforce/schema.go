package salesforce

import (
	"sync"
	"time"

	"linecard/crm"
	"linecard/crm/layout"
)

// field is the description of one field, as far as it is used here.
type field struct {
	Name         string      `json:"name"`
	Label        string      `json:"label"`
	Type         string      `json:"type"` // "phone", "picklist", "reference", …
	Length       int         `json:"length"`
	Digits       int         `json:"digits,omitempty"`
	Precision    int         `json:"precision,omitempty"`
	Scale        int         `json:"scale,omitempty"`
	Createable   bool        `json:"createable"`
	Updateable   bool        `json:"updateable"`
	Filterable   bool        `json:"filterable"`
	Nillable     bool        `json:"nillable"`
	Defaulted    bool        `json:"defaultedOnCreate"`
	Restricted   bool        `json:"restrictedPicklist"`
	ExternalID   bool        `json:"externalId,omitempty"`
	IDLookup     bool        `json:"idLookup,omitempty"`
	Unique       bool        `json:"unique,omitempty"`
	NameField    bool        `json:"nameField,omitempty"`   // it names the record
	Refers       []string    `json:"referenceTo,omitempty"` // objects that a reference may point to
	Relationship string      `json:"relationshipName,omitempty"`
	Values       []pickValue `json:"picklistValues,omitempty"`
}

type pickValue struct {
	Value   string `json:"value"`
	Label   string `json:"label,omitempty"`
	Active  bool   `json:"active"`
	Default bool   `json:"defaultValue"`
}

// required reports whether the org takes no new record without a value for the field.
func (f field) required() bool { return f.Createable && !f.Nillable && !f.Defaulted }

// takes reports whether a restricted picklist has value. Other fields take every value.
func (f field) takes(value string) bool {
	if !f.Restricted || len(f.Values) == 0 {
		return true
	}
	for _, v := range f.Values {
		if v.Active && v.Value == value {
			return true
		}
	}
	return false
}

// object is an object as this user sees it: it has no fields that are hidden from the user.
type object struct {
	Name        string       `json:"name"`
	Label       string       `json:"label,omitempty"`
	Searchable  bool         `json:"searchable"`
	Createable  bool         `json:"createable"`
	Updateable  bool         `json:"updateable"`
	Fields      []field      `json:"fields"`
	RecordTypes []recordType `json:"recordTypeInfos,omitempty"`

	byName map[string]int
	laid   *layout.Object // as the layouts see it
}

// recordType is a record type of an object. Master stands for none.
type recordType struct {
	ID        string `json:"recordTypeId"`
	Name      string `json:"name"`
	APIName   string `json:"developerName"`
	Active    bool   `json:"active"`
	Available bool   `json:"available"`                // to this user
	Default   bool   `json:"defaultRecordTypeMapping"` // a record of this user gets it when none is named
	Master    bool   `json:"master"`
}

func (o *object) index() {
	o.byName = make(map[string]int, len(o.Fields))
	for i, f := range o.Fields {
		o.byName[f.Name] = i
	}
	o.laid = o.described()
}

func (o *object) field(name string) (field, bool) {
	if i, ok := o.byName[name]; ok {
		return o.Fields[i], true
	}
	return field{}, false
}

// updateable returns the fields that may be changed in an existing record.
func (o *object) updateable(fields map[string]any) map[string]any {
	rest := map[string]any{}
	for name, v := range fields {
		if f, ok := o.field(name); ok && f.Updateable {
			rest[name] = v
		}
	}
	return rest
}

// phones lists the fields of type phone, custom ones included, in the org's order, and behind them those of the extra ones
// that hold text.
func (o *object) phones(extra ...string) []field {
	var out []field
	for _, f := range o.Fields {
		if f.Type == "phone" {
			out = append(out, f)
		}
	}
	for _, name := range extra {
		if f, ok := o.field(name); ok && f.Type == "string" {
			out = append(out, f)
		}
	}
	return out
}

// description is the describe of one object with its time. A nil Object means that the user does not see the object.
type description struct {
	Object   *object   `json:"object"`
	Modified string    `json:"modified"` // the Last-Modified header, sent back as If-Modified-Since
	At       time.Time `json:"at"`
	Format   int       `json:"format"` // version of this document; see descriptionFormat
}

// descriptionFormat is the version of the stored form of a describe. One of an earlier version lacks attributes, and a
// 304 would keep it without them.
const descriptionFormat = 5

// schema is what is known about the org's objects, and about fields that turned out to be hidden.
type schema struct {
	mu      sync.Mutex
	objects map[string]description
	hidden  map[string]map[string]bool // object → field that a query was refused for; "" stands for the whole object
	refused map[string]map[string]bool // field of Task, or Case.field → value that a write was refused for; "" stands for the whole field
	closed  string                     // the Task status that means done
	asked   time.Time                  // when the org was asked for it; zero for never
	trusted []trusted                  // Tasks that were written with it some time after
	since   time.Time                  // descriptions older than this are fetched again
}

func newSchema() schema {
	return schema{objects: map[string]description{}, hidden: map[string]map[string]bool{}, refused: map[string]map[string]bool{}}
}

func (s *schema) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects, s.hidden, s.refused = map[string]description{}, map[string]map[string]bool{}, map[string]map[string]bool{}
	s.closed, s.asked, s.trusted = "", time.Time{}, nil
}

// renew makes all current descriptions be fetched again: a user who links again may have other permissions.
func (s *schema) renew(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = now
}

// recent reports whether a description is used without asking the org.
func (s *schema) recent(d description, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Sub(d.At) < descriptionLife && !d.At.Before(s.since)
}

// expire makes everything be fetched again, in full, since field permissions change without a new Last-Modified.
func (s *schema) expire() {
	s.stale()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden, s.refused = map[string]map[string]bool{}, map[string]map[string]bool{}
	s.asked = time.Time{}
}

// reread makes the descriptions and the closed status be fetched again, and keeps what the org has refused since: the
// description of a field may be wrong for this user.
func (s *schema) reread() {
	s.stale()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = time.Time{}
}

// closedStatus returns the Task status that means done, and false when the org has to be asked for it.
func (s *schema) closedStatus(now time.Time) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed, !s.asked.IsZero() && now.Sub(s.asked) < closedLife
}

func (s *schema) setClosed(status string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.asked = status, now
}

// refuse notes that the org refused a value of a field of an object, or the field when value is "". It returns false when
// this was noted before.
func (s *schema) refuse(object, field, value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return noted(s.refused, refusedField(object, field), value)
}

// noted notes what of something, and reports whether that is news.
func noted(notes map[string]map[string]bool, of, what string) bool {
	if notes[of][what] {
		return false
	}
	if notes[of] == nil {
		notes[of] = map[string]bool{}
	}
	notes[of][what] = true
	return true
}

// forgive forgets which values of a field were refused.
func (s *schema) forgive(field string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for value := range s.refused[field] {
		if value != "" {
			delete(s.refused[field], value)
		}
	}
}

// isRefused reports whether a write was refused for a value of a field of Task.
func (s *schema) isRefused(field, value string) bool { return s.isRefusedIn(crm.Task, field, value) }

func (s *schema) isRefusedIn(object, field, value string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused[refusedField(object, field)][value] || s.refused[refusedField(object, "")][value] && value != ""
}

// refusedField is the key of a field in what was refused.
func refusedField(object, field string) string {
	if object == crm.Task {
		return field
	}
	return object + "." + field
}

// isReadOnly reports whether a write was refused for a field of Task.
func (s *schema) isReadOnly(field string) bool { return s.refusesWrite(crm.Task)(field, "") }

// refusesWrite tells which values of a field of an object must not be sent; value "" stands for the field.
func (s *schema) refusesWrite(object string) func(field, value string) bool {
	return func(field, value string) bool {
		return s.isRefusedIn(object, field, value) || value == "" && s.isHidden(object, field)
	}
}

// stale makes the descriptions be fetched again and keeps what was learned about hidden fields.
func (s *schema) stale() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, d := range s.objects {
		d.At, d.Modified = time.Time{}, ""
		s.objects[name] = d
	}
}

func (s *schema) get(name string) (description, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.objects[name]
	return d, ok
}

func (s *schema) put(name string, d description) {
	if d.Object != nil && d.Object.byName == nil { // one that the org says is unchanged is in use already
		d.Object.index()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[name] = d
}

// hide notes that the org refused a field, or the whole object when field is "". It returns false when this was noted
// before, so that a repeated refusal ends the retries.
func (s *schema) hide(object, field string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return noted(s.hidden, object, field)
}

func (s *schema) isHidden(object, field string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hidden[object][field]
}
