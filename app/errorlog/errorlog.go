// Package errorlog keeps what went wrong: errors of the link, of lookups, of logging and of the phone, each with when it was first
// and last, and how often. Errors that differ only in their time are one entry. What is kept is codes and values, so that the sentence is in
// the reader's language, and the values are those that a sentence needs: see values.go.
//
// Nothing here waits for a disk. The file is written about a second after a change.
package errorlog

import (
	"cmp"
	"log/slog"
	"slices"
	"sync"
	"time"

	"linecard/app/saver"
	"linecard/fault"
)

// FileName is the file in the data directory.
const FileName = "errors.json"

// Bounds of what is kept.
const (
	keepEntries = 200
	keepFor     = 90 * 24 * time.Hour
)

// Area is what went wrong.
type Area string

// The areas.
const (
	Link      Area = "link"      // to an org
	Lookup    Area = "lookup"    // of a caller, or of what stands beside the record
	Logging   Area = "logging"   // of a call: it waits and is tried again
	Refused   Area = "refused"   // the org refuses the log of a call: a person must look
	Phone     Area = "phone"     // registration, and calls that failed
	Directory Area = "directory" // the copy of the org's people is not brought up to date
	Notice    Area = "notice"    // an e-mail or a webhook about errors could not be sent
)

// Entry is one error, with how often it has come.
type Entry struct {
	Area    Area        `json:"area"`
	Fault   fault.Fault `json:"fault"` // the latest
	Org     string      `json:"org,omitempty"`
	Account string      `json:"account,omitempty"`
	First   time.Time   `json:"first"`
	Last    time.Time   `json:"last"`
	Count   int         `json:"count"`
}

func (e Entry) same(o Entry) bool {
	return e.Area == o.Area && e.Fault.Code == o.Fault.Code && e.Org == o.Org && e.Account == o.Account
}

// Log keeps errors. Its methods may be called from any goroutine.
type Log struct {
	now   func() time.Time
	saver *saver.Saver

	mu      sync.Mutex
	entries []Entry // the latest last
	changed func()
}

// Open reads the errors at path; with path "" they end with the log. now may be nil.
func Open(path string, now func() time.Time, log *slog.Logger) *Log {
	if now == nil {
		now = time.Now
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	l := &Log{now: now}
	var doc struct {
		Errors []Entry `json:"errors"`
	}
	saver.Load(path, &doc, log)
	l.entries = slices.DeleteFunc(doc.Errors, func(e Entry) bool { return e.Fault.IsZero() })
	l.bound()
	l.saver = saver.New(path, log, func() any {
		doc := doc
		doc.Errors = l.list()
		return doc
	})
	return l
}

// Close writes the errors.
func (l *Log) Close() { l.saver.Close() }

// OnChange calls f after every change; f must return soon. There is one f.
func (l *Log) OnChange(f func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed = f
}

// Note keeps an error. It never waits.
func (l *Log) Note(area Area, org, account string, f fault.Fault) {
	if f.IsZero() {
		return
	}
	now := l.now()
	e := Entry{Area: area, Fault: kept(f), Org: org, Account: account, First: now, Last: now, Count: 1}
	l.mu.Lock()
	if i := slices.IndexFunc(l.entries, e.same); i >= 0 {
		e.First, e.Count = l.entries[i].First, l.entries[i].Count+1
		l.entries = slices.Delete(l.entries, i, i+1)
	}
	l.entries = append(l.entries, e)
	l.bound()
	changed := l.changed
	l.mu.Unlock()
	l.saver.Changed()
	if changed != nil {
		changed()
	}
}

// bound drops what is too old or too much. The caller holds l.mu, or has the log alone.
func (l *Log) bound() {
	oldest := l.now().Add(-keepFor)
	l.entries = slices.DeleteFunc(l.entries, func(e Entry) bool { return e.Last.Before(oldest) })
	if extra := len(l.entries) - keepEntries; extra > 0 {
		l.entries = slices.Delete(l.entries, 0, extra)
	}
}

func (l *Log) list() []Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries)
}

// Entries lists the errors, the latest first.
func (l *Log) Entries() []Entry {
	all := l.list()
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Compare(b.Last.UnixNano(), a.Last.UnixNano()) })
	return all
}

// Clear forgets all errors.
func (l *Log) Clear() {
	l.mu.Lock()
	l.entries = nil
	f := l.changed
	l.mu.Unlock()
	l.saver.Changed()
	if f != nil {
		f()
	}
}
