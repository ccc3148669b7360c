package salesforce

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/google/renameio/v2"
	"golang.org/x/sync/errgroup"

	"linecard/crm"
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
}

// descriptionLife is how long a description is used without asking whether it has changed.
const descriptionLife = 12 * time.Hour

// describedObjects is what lookup and log need to know.
var describedObjects = []string{crm.Contact, crm.Account, crm.Lead, crm.Task}

// schema is what is known of the org's objects, and of the fields found out to be hidden.
type schema struct {
	mu      sync.Mutex
	objects map[string]description
	hidden  map[string]map[string]bool // object → field that a query was refused for; "" stands for the whole object
	closed  string                     // the Task status that means done
}

func newSchema() schema {
	return schema{objects: map[string]description{}, hidden: map[string]map[string]bool{}}
}

func (s *schema) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.objects, s.hidden, s.closed = map[string]description{}, map[string]map[string]bool{}, ""
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

// describeAll brings the descriptions up to date, from disk where they are young enough, and finds the closed status.
func (c *Client) describeAll(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	for _, name := range describedObjects {
		g.Go(func() error {
			_, err := c.describe(ctx, name)
			return err
		})
	}
	g.Go(func() error {
		_, err := c.closedStatus(ctx)
		return err
	})
	return g.Wait()
}

// keepDescribed brings missing and old descriptions up to date in the background. The ring path never waits for one.
func (c *Client) keepDescribed() {
	for _, name := range describedObjects {
		if d, ok := c.schema.get(name); ok && c.cfg.Now().Sub(d.At) < descriptionLife {
			continue
		}
		c.background(func(ctx context.Context) {
			_, err, _ := c.flights.Do("describe", func() (any, error) { return nil, c.describeAll(ctx) })
			if err != nil {
				c.cfg.Log.Warn("the org's objects are not described yet", "err", errors.Unwrap(err))
			}
		})
		return
	}
}

// describe returns what the user may do with an object, nil when the user does not see it.
func (c *Client) describe(ctx context.Context, name string) (*object, error) {
	d, known := c.schema.get(name)
	if !known {
		if d, known = c.readDescription(name); known {
			c.schema.put(name, d)
		}
	}
	if known && c.cfg.Now().Sub(d.At) < descriptionLife {
		return d.Object, nil
	}
	q := c.get("/sobjects/"+name+"/describe", nil, c.cfg.WriteTimeout)
	if known && d.Modified != "" {
		q.header = http.Header{"If-Modified-Since": {d.Modified}}
	}
	r, err := c.do(ctx, q, nil)
	switch code := codeOf(err); {
	case code == "NOT_FOUND" || code == "INVALID_TYPE" || code == "INSUFFICIENT_ACCESS":
		d = description{}
	case err != nil:
		return nil, err
	case r.status != http.StatusNotModified:
		o := new(object)
		if err := decode(r.body, o, true); err != nil {
			return nil, err
		}
		d = description{Object: o, Modified: r.header.Get("Last-Modified")}
	}
	d.At = c.cfg.Now()
	c.schema.put(name, d)
	c.writeDescription(name, d)
	return d.Object, nil
}

// descriptionFile is per org, user and version: two users of one org see different fields.
func (c *Client) descriptionFile(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cfg.Dir == "" || !recordID.MatchString(c.link.OrgID) || !recordID.MatchString(c.link.UserID) || !apiVersion.MatchString(c.link.APIVersion) {
		return ""
	}
	return filepath.Join(c.cfg.Dir, "describe", c.link.OrgID, c.link.UserID, c.link.APIVersion, name+".json")
}

var apiVersion = regexp.MustCompile(`^v[0-9]+\.[0-9]+$`)

func (c *Client) readDescription(name string) (description, bool) {
	file := c.descriptionFile(name)
	if file == "" {
		return description{}, false
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return description{}, false
	}
	var d description
	if err := json.Unmarshal(b, &d); err != nil || (d.Object != nil && d.Object.Name != name) {
		c.cfg.Log.Warn("a cached description is of no use and is fetched again", "object", name, "err", err)
		return description{}, false
	}
	return d, true
}

func (c *Client) writeDescription(name string, d description) {
	file := c.descriptionFile(name)
	if file == "" {
		return
	}
	b, err := json.Marshal(d)
	err = errors.Join(err, os.MkdirAll(filepath.Dir(file), 0o700))
	if err == nil {
		err = renameio.WriteFile(file, b, 0o600)
	}
	if err != nil {
		c.cfg.Log.Warn("a description could not be cached", "object", name, "err", err)
	}
}
