package demoorg

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// record is one row. A stored record is never modified: a change stores a new one in its place, so that a transaction
// can be undone and the search index can lag behind.
type record struct {
	object  *object
	id      string
	values  map[string]any // by API name: string, bool, float64, soql.Date or time.Time; absent when null
	deleted bool
}

func (r *record) get(name string) any {
	if r == nil {
		return nil
	}
	return r.values[name]
}

func (r *record) text(name string) string {
	s, _ := r.get(name).(string)
	return s
}

func (r *record) flag(name string) bool {
	b, _ := r.get(name).(bool)
	return b
}

func (r *record) time(name string) time.Time {
	t, _ := r.get(name).(time.Time)
	return t
}

// with returns a copy of r with changed values; nil clears a value.
func (r *record) with(changes map[string]any) *record {
	c := *r
	c.values = maps.Clone(r.values)
	for k, v := range changes {
		if v == nil {
			delete(c.values, k)
		} else {
			c.values[k] = v
		}
	}
	return &c
}

// database holds the rows in the order in which they were created. The org's lock guards it.
type database struct {
	instance string // two characters in the middle of every id
	serial   map[string]uint64
	rows     map[string]*record  // by id
	tables   map[string][]string // object → ids, oldest first
	keys     map[string][]string // object.field=value → ids of the rows that have or had the value; see rowsByKey
	index    *searchIndex        // updated with every change
	volume   *volume             // contacts that are made when they are read; nil for none
	undo     []func()            // undoes the running transaction
	open     bool                // a transaction is running
	changed  func()              // called at each change, with the org locked; nil while it is seeded
}

func newDatabase(instance string, index *searchIndex) *database {
	return &database{
		instance: instance, serial: map[string]uint64{}, rows: map[string]*record{},
		tables: map[string][]string{}, keys: map[string][]string{}, index: index,
	}
}

func (d *database) nextID(o *object) string {
	d.serial[o.prefix]++
	return newID(o.prefix, d.instance, d.serial[o.prefix])
}

// put stores a new row or the new state of a row.
func (d *database) put(r *record, now time.Time) {
	if d.changed != nil {
		d.changed()
	}
	old := d.rows[r.id]
	if old == nil {
		d.tables[r.object.name] = append(d.tables[r.object.name], r.id)
	}
	d.rows[r.id] = r
	for _, f := range r.object.keyed {
		if v := r.text(f); v != "" && v != old.text(f) {
			k := keyOf(r.object, f, v)
			d.keys[k] = append(d.keys[k], r.id)
		}
	}
	restore := d.index.put(r, now)
	if d.open {
		d.undo = append(d.undo, func() {
			restore()
			if old != nil {
				d.rows[r.id] = old
				return
			}
			delete(d.rows, r.id)
			t := d.tables[r.object.name]
			d.tables[r.object.name] = t[:len(t)-1] // rows are undone newest first
		})
	}
}

// find returns a row by id in either length, whether deleted or not.
func (d *database) find(id string) *record {
	id, ok := normalID(id)
	if !ok {
		return nil
	}
	if r := d.rows[id]; r != nil {
		return r
	}
	return d.volume.find(id)
}

// live returns the row of a reference, or nil when it does not exist any more.
func (d *database) live(id any) *record {
	s, _ := id.(string)
	r := d.rows[s]
	if r == nil {
		r = d.volume.find(s)
	}
	if r == nil || r.deleted {
		return nil
	}
	return r
}

// all returns an object's rows, oldest first.
func (d *database) all(o *object, deleted bool) []*record {
	var rs []*record
	for _, id := range d.tables[o.name] {
		if r := d.rows[id]; deleted || !r.deleted {
			rs = append(rs, r)
		}
	}
	return rs
}

func keyOf(o *object, field, value string) string {
	return o.name + "." + field + "=" + strings.ToLower(value)
}

// rowsByKey returns the rows that may have a value in a keyed field, oldest first, without reading other rows. A row that
// has changed since or was undone may be included or missing, so the caller must compare.
func (d *database) rowsByKey(o *object, field, value string, deleted bool) []*record {
	ids := slices.Clone(d.keys[keyOf(o, field, value)])
	slices.Sort(ids) // ids count upwards
	var rs []*record
	for _, id := range slices.Compact(ids) {
		if r := d.rows[id]; r != nil && (deleted || !r.deleted) {
			rs = append(rs, r)
		}
	}
	return rs
}

// savepoint marks the state to which rollback returns. Savepoints nest; the outermost is the transaction.
func (d *database) savepoint() (rollback, commit func()) {
	outer, mark := d.open, len(d.undo)
	d.open = true
	end := func() {
		if !outer {
			d.open, d.undo = false, nil
		}
	}
	rollback = func() {
		for i := len(d.undo) - 1; i >= mark; i-- {
			d.undo[i]()
		}
		d.undo = d.undo[:mark]
		end()
	}
	return rollback, end
}
