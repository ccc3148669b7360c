package salesforce

import (
	"sync"
	"time"
)

// field is what a describe says of one field, as far as it matters here.
type field struct {
	Name         string      `json:"name"`
	Label        string      `json:"label"`
	Type         string      `json:"type"` // "phone", "picklist", "reference", …
	Length       int         `json:"length"`
	Createable   bool        `json:"createable"`
	Updateable   bool        `json:"updateable"`
	Filterable   bool        `json:"filterable"`
	Restricted   bool        `json:"restrictedPicklist"`
	ExternalID   bool        `json:"externalId,omitempty"`
	IDLookup     bool        `json:"idLookup,omitempty"`
	Unique       bool        `json:"unique,omitempty"`
	Relationship string      `json:"relationshipName,omitempty"`
	Values       []pickValue `json:"picklistValues,omitempty"`
}

type pickValue struct {
	Value   string `json:"value"`
	Active  bool   `json:"active"`
	Default bool   `json:"defaultValue"`
}

// takes reports whether a restricted picklist has value. Anything else takes every value.
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

// object is an object as this user sees it: fields hidden from the user are not in it.
type object struct {
	Name       string  `json:"name"`
	Searchable bool    `json:"searchable"`
	Createable bool    `json:"createable"`
	Fields     []field `json:"fields"`

	byName map[string]int
}

func (o *object) index() {
	o.byName = make(map[string]int, len(o.Fields))
	for i, f := range o.Fields {
		o.byName[f.Name] = i
	}
}

func (o *object) field(name string) (field, bool) {
	if i, ok := o.byName[name]; ok {
		return o.Fields[i], true
	}
	return field{}, false
}

// updateable returns those of the fields that may be changed in a record that exists.
func (o *object) updateable(fields map[string]any) map[string]any {
	rest := map[string]any{}
	for name, v := range fields {
		if f, ok := o.field(name); ok && f.Updateable {
			rest[name] = v
		}
	}
	return rest
}

// phones lists the fields of type phone, custom ones included, in the org's order.
func (o *object) phones() []field {
	var out []field
	for _, f := range o.Fields {
		if f.Type == "phone" {
			out = append(out, f)
		}
	}
	return out
}

// description is one object's describe and when it was true. A nil Object means that the user does not see it at all.
type description struct {
	Object   *object   `json:"object"`
	Modified string    `json:"modified"` // Last-Modified, sent back as If-Modified-Since
	At       time.Time `json:"at"`
	Format   int       `json:"format"` // of this document; see descriptionFormat
}

// descriptionFormat counts the versions of what is kept of a describe. One kept by an earlier version lacks attributes, and a
// 304 would keep it lacking them.
const descriptionFormat = 2

// schema is what is known of the org's objects, and of the fields found out to be hidden.
type schema struct {
	mu      sync.Mutex
	objects map[string]description
	hidden  map[string]map[string]bool // object → field that a query was refused for; "" stands for the whole object
	closed  string                     // the Task status that means done
	since   time.Time                  // descriptions kept from before are asked for again
}

func newSchema() schema {
	return schema{objects: map[string]description{}, hidden: map[string]map[string]bool{}}
}

func (s *schema) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects, s.hidden, s.closed = map[string]description{}, map[string]map[string]bool{}, ""
}

// renew makes descriptions from before now be asked for again: whoever links again may have been given other rights.
func (s *schema) renew(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.since = now
}

// young reports whether a description is used without asking the org.
func (s *schema) young(d description, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return now.Sub(d.At) < descriptionLife && !d.At.Before(s.since)
}

// expire makes everything be asked for again, in full, since field permissions change without a new Last-Modified.
func (s *schema) expire() {
	s.stale()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden, s.closed = map[string]map[string]bool{}, ""
}

// stale makes the descriptions be asked for again while keeping what was learned of hidden fields.
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
	if d.Object != nil {
		d.Object.index()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects[name] = d
}

// hide notes that the org refused a field, or the whole object when field is "". It reports false when it was noted
// before, so that a refusal that repeats itself ends the retries.
func (s *schema) hide(object, field string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	fields := s.hidden[object]
	if fields == nil {
		fields = map[string]bool{}
		s.hidden[object] = fields
	}
	if fields[field] {
		return false
	}
	fields[field] = true
	return true
}

func (s *schema) isHidden(object, field string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hidden[object][field]
}
