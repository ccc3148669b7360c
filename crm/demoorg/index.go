package demoorg

import (
	"slices"
	"time"

	"linecard/crm/demoorg/sosl"
)

// searchIndex is what SOSL finds. It lags behind the rows by a fixed time, as Salesforce's does by minutes: until then
// it has the former state of a row, or nothing.
type searchIndex struct {
	lag     time.Duration
	how     sosl.PhoneIndex
	entries map[string]*indexEntry // by record id
	pending []pendingEntry         // by due time, soonest first
}

type pendingEntry struct {
	due time.Time
	row *record
}

// indexEntry holds the searchable fields of one row.
type indexEntry struct {
	texts  map[*field]sosl.Text
	phones map[*field]sosl.Phone
}

func newSearchIndex(lag time.Duration, how sosl.PhoneIndex) *searchIndex {
	return &searchIndex{lag: lag, how: how, entries: map[string]*indexEntry{}}
}

func (x *searchIndex) entry(r *record) *indexEntry {
	e := &indexEntry{texts: map[*field]sosl.Text{}, phones: map[*field]sosl.Phone{}}
	for _, f := range r.object.fields {
		s, ok := r.values[f.name].(string)
		switch {
		case !ok || !f.searchable():
		case f.kind == kPhone:
			e.phones[f] = sosl.NewPhone(s, x.how)
		default:
			e.texts[f] = sosl.Words(s)
		}
	}
	return e
}

// put records a change of a row, immediately or after the lag; undo reverts it.
func (x *searchIndex) put(r *record, now time.Time) (undo func()) {
	if !r.object.searchable {
		return func() {}
	}
	if x.lag == 0 {
		old := x.entries[r.id]
		x.entries[r.id] = x.entry(r)
		return func() {
			if x.entries[r.id] = old; old == nil {
				delete(x.entries, r.id)
			}
		}
	}
	x.pending = append(x.pending, pendingEntry{now.Add(x.lag), r})
	return func() {
		x.pending = slices.DeleteFunc(x.pending, func(p pendingEntry) bool { return p.row == r })
	}
}

// catchUp indexes the changes that are due.
func (x *searchIndex) catchUp(now time.Time) {
	n := 0
	for n < len(x.pending) && !x.pending[n].due.After(now) {
		x.entries[x.pending[n].row.id] = x.entry(x.pending[n].row)
		n++
	}
	x.pending = slices.Delete(x.pending, 0, n)
}

// flush indexes all changes now.
func (x *searchIndex) flush() {
	for _, p := range x.pending {
		x.entries[p.row.id] = x.entry(p.row)
	}
	x.pending = nil
}

// found reports whether e matches the row in those fields of a scope that the user may see.
func (x *searchIndex) found(r *record, e sosl.Expr, in sosl.Scope, visible func(*field) bool) bool {
	entry := x.entries[r.id]
	if entry == nil {
		return false
	}
	return sosl.Matches(e, func(t *sosl.Term) bool {
		for f, words := range entry.texts {
			if inScope(f, in) && visible(f) && words.Has(t) {
				return true
			}
		}
		for f, p := range entry.phones {
			if inScope(f, in) && visible(f) && p.Has(t) {
				return true
			}
		}
		return false
	})
}

func inScope(f *field, in sosl.Scope) bool {
	switch in {
	case sosl.PhoneFields:
		return f.kind == kPhone
	case sosl.EmailFields:
		return f.kind == kEmail
	case sosl.NameFields:
		return f.isName || f.name == "FirstName" || f.name == "LastName"
	case sosl.SidebarFields:
		return f.isName || f.kind == kPhone || f.kind == kEmail
	}
	return true
}
