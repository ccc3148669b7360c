package mirror

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"linecard/app/directory"
	"linecard/crm"
	"linecard/fault"
)

// state is how far a copy is, as it is stored with the copy.
type state struct {
	Paused  bool               `json:"paused,omitempty"`
	Asked   bool               `json:"asked,omitempty"` // it must be brought up to date now
	Objects map[string]*object `json:"objects,omitempty"`
	Checked time.Time          `json:"checked,omitzero"` // when all of it was up to date last, by this computer's clock
	Error   fault.Fault        `json:"error,omitzero"`   // why it waits
	Of      string             `json:"of,omitempty"`     // the object that the error is about, where the others could be read
	Next    time.Time          `json:"next,omitzero"`    // when it is tried again after an error
	Fails   int                `json:"fails,omitempty"`  // errors one after another
}

// object is how far the copy of one object is.
type object struct {
	Shape  string     `json:"shape,omitempty"`  // what is copied of each record
	Cursor crm.Cursor `json:"cursor,omitzero"`  // of the reading under way
	Began  time.Time  `json:"began,omitzero"`   // when the reading of all began, by this computer's clock
	Drop   bool       `json:"drop,omitempty"`   // all is read: what is older than Began is not in the org any more
	Whole  time.Time  `json:"whole,omitzero"`   // when all was read last; zero: never
	Mark   time.Time  `json:"mark,omitzero"`    // by the org's clock: every change before it is here
	Gone   time.Time  `json:"gone,omitzero"`    // likewise for deletions
	Synced time.Time  `json:"synced,omitzero"`  // when it was up to date last, by this computer's clock
	Phones string     `json:"phones,omitempty"` // the fields with numbers that were chosen then
	Hidden bool       `json:"hidden,omitempty"` // the user does not see the object, or none of its phones
}

// phones are the fields with numbers that are chosen of an object.
func (c Choice) phones(object string) string {
	var fields []string
	for _, f := range c.Phones {
		if name, field, _ := strings.Cut(f, "."); name == object {
			fields = append(fields, field)
		}
	}
	return strings.Join(fields, ",")
}

// reading reports whether all of the object is being read.
func (o *object) reading() bool { return o.Whole.IsZero() || !o.Began.IsZero() }

// again makes all of the object be read again. What is there is shown until then.
func (o *object) again(shape string, now time.Time) {
	*o = object{Shape: shape, Began: now, Whole: o.Whole}
}

func (s *state) object(name string) *object {
	if s.Objects == nil {
		s.Objects = map[string]*object{}
	}
	if s.Objects[name] == nil {
		s.Objects[name] = &object{}
	}
	return s.Objects[name]
}

func (s *state) clone() state {
	c := *s
	c.Objects = map[string]*object{}
	for name, o := range s.Objects {
		kept := *o
		c.Objects[name] = &kept
	}
	return c
}

// State is what a copy is doing.
type State string

// The states of a copy.
const (
	Off       State = "off"       // not chosen
	Paused    State = "paused"    // by the agent or the admin
	Waiting   State = "waiting"   // for the link, or after an error
	Preparing State = "preparing" // the org works on the query
	Copying   State = "copying"
	UpToDate  State = "up to date"
)

// Status is one copy, for the window and the command line.
type Status struct {
	Org     string      `json:"org"`
	User    string      `json:"user"`
	State   State       `json:"state"`
	Object  string      `json:"object,omitempty"` // that is being read, or that the copy waits for alone
	Read    int         `json:"read,omitempty"`   // of it, in this reading
	Total   int         `json:"total,omitempty"`  // of it; 0 while it is not known
	Records int         `json:"records"`          // in the copy
	Bytes   int64       `json:"bytes"`            // on the disk, of the whole directory
	Objects []string    `json:"objects"`          // chosen
	Hidden  []string    `json:"hidden,omitempty"` // chosen, and not shown to the user by the org
	Whole   bool        `json:"whole"`            // all that is chosen has been read once
	Checked time.Time   `json:"checked,omitzero"` // when it was up to date last
	Asked   bool        `json:"-"`                // it is about to be brought up to date, as a person wants it
	Error   fault.Fault `json:"-"`                // why it waits
	Next    time.Time   `json:"next,omitzero"`    // when it is tried again, or brought up to date
}

// Busy reports whether a copy is being brought up to date, or is about to be.
func (s Status) Busy() bool {
	return s.State == Copying || s.State == Preparing || s.Asked
}

// Status tells how each copy is, in the order of the links.
func (m *Mirror) Status() []Status {
	m.mu.Lock()
	workers := slices.Clone(m.workers)
	m.mu.Unlock()
	all := []Status{}
	for _, w := range workers {
		all = append(all, w.status())
	}
	return all
}

func (w *worker) status() Status {
	c := w.m.o.Choice(w.book.Org)
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.state
	out := Status{
		Org: w.book.Org, User: w.book.User, Objects: c.Objects, Records: w.records, Bytes: w.m.store.Size(), Checked: s.Checked, Error: s.Error, Next: s.Next, Asked: s.Asked && c.On && w.org.Status().State == crm.Linked,
		Whole: len(c.Objects) > 0,
	}
	for _, name := range c.Objects {
		o := s.Objects[name]
		out.Whole = out.Whole && o != nil && (!o.Whole.IsZero() || o.Hidden)
		if o != nil && o.Hidden {
			out.Hidden = append(out.Hidden, name)
		}
	}
	switch {
	case !c.On:
		out.State = Off
	case s.Paused:
		out.State = Paused
	case w.now != "":
		o := s.object(w.now)
		out.State, out.Object, out.Read, out.Total = Copying, w.now, o.Cursor.Read+w.taken, o.Cursor.Total
		if out.Total > 0 {
			out.Read = min(out.Read, out.Total)
		}
		if o.Cursor.Job != "" && !o.Cursor.Ready {
			out.State = Preparing
		}
	case !s.Error.IsZero() || w.org.Status().State != crm.Linked:
		out.State, out.Object = Waiting, s.Of
	case out.Whole && !s.Checked.IsZero():
		out.State = UpToDate
		out.Next = s.Checked.Add(c.Every)
	default:
		out.State = Waiting
	}
	return out
}

// decode reads what was stored with a copy.
func decode(b []byte) (s state) {
	if json.Unmarshal(b, &s) != nil {
		return state{}
	}
	return s
}

func (s *state) encode() []byte {
	b, err := json.Marshal(s)
	if err != nil {
		return []byte("{}")
	}
	return b
}

// prefixes are how the ids of an object's records begin. A person account is stored with the id of its contact.
var prefixes = map[string]string{crm.Account: "001", crm.Contact: "003", crm.Lead: "00Q"}

var _ Store = (*directory.Directory)(nil)
