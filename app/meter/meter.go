// Package meter counts what is asked of Salesforce: by org and local day, by kind, and by the call that it was asked for. It keeps
// the counts over a restart, holds them against the desk's own cap and the org's gauge, and decides what is left off while one of
// them is nearly used up:
//
//  1. the copy of the org's people,
//  2. what stands beside a caller's record,
//  3. records by typed text,
//  4. who has a number that is not remembered,
//
// and, at the desk's own cap only, everything else. Writing a call is never left off before: then it waits, as the queue waits
// for an org whose requests are used up.
//
// Nothing here waits for a disk or a network. The file is written about a second after a change, so a crash may forget the
// requests of that second.
package meter

import (
	"log/slog"
	"sync"
	"time"

	"linecard/app/saver"
	"linecard/crm"
	"linecard/crm/salesforce"
)

// FileName is the file in the data directory.
const FileName = "requests.json"

// Bounds of what is kept.
const (
	keepDays  = 35
	keepCalls = 200
)

// Options are what a meter needs beside its file.
type Options struct {
	Cap      func() int       // requests a day; 0 or nil for none
	Copies   func() bool      // whether the org's people are copied; nil means not
	Now      func() time.Time // nil means time.Now
	Location *time.Location   // of the agent; nil means time.Local
	Log      *slog.Logger     // nil discards
}

// Meter is a [salesforce.Meter]. Its methods may be called from any goroutine.
type Meter struct {
	o     Options
	saver *saver.Saver

	mu      sync.Mutex
	doc     document
	running int // requests that are on their way and may count

	telling sync.Mutex // held while changed is called
	changed func(State)
	told    State
	quit    chan struct{}
	watch   sync.WaitGroup
}

// document is what is in the file.
type document struct {
	Days   map[string]map[string]Count `json:"days"`   // by local day and org
	Gauges map[string]Reading          `json:"gauges"` // by org
	Calls  []Call                      `json:"calls"`  // the latest last
}

// Count is how many requests were made.
type Count struct {
	Kinds   map[salesforce.Kind]int `json:"kinds"`
	Counted int                     `json:"counted"` // of them, those that count against the org's requests of the day
}

// Total is how many requests were made in all.
func (c Count) Total() (n int) {
	for _, k := range c.Kinds {
		n += k
	}
	return n
}

// Add adds the requests of o.
func (c *Count) Add(o Count) {
	if c.Kinds == nil {
		c.Kinds = map[salesforce.Kind]int{}
	}
	for k, n := range o.Kinds {
		c.Kinds[k] += n
	}
	c.Counted += o.Counted
}

func (c *Count) add(k salesforce.Kind, counted bool) {
	if c.Kinds == nil {
		c.Kinds = map[salesforce.Kind]int{}
	}
	c.Kinds[k]++
	if counted {
		c.Counted++
	}
}

// Call is what one call has cost.
type Call struct {
	ID  string `json:"call"`
	Org string `json:"org"`
	Count
	At time.Time `json:"at"` // of the last request
}

// Reading is what an org said of its requests of the last 24 hours.
type Reading struct {
	Used  int       `json:"used"`
	Limit int       `json:"limit"`
	At    time.Time `json:"at"`
}

// Open reads the counts at path; with path "" they end with the meter.
func Open(path string, o Options) *Meter {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Location == nil {
		o.Location = time.Local
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	m := &Meter{o: o, quit: make(chan struct{})}
	saver.Load(path, &m.doc, o.Log)
	if m.doc.Days == nil {
		m.doc.Days = map[string]map[string]Count{}
	}
	if m.doc.Gauges == nil {
		m.doc.Gauges = map[string]Reading{}
	}
	m.saver = saver.New(path, o.Log, m.copied)
	m.watch.Go(m.keepWatch)
	return m
}

// OnChange calls f whenever what is left off has changed, and now unless nothing is: one call at a time. f must return soon.
func (m *Meter) OnChange(f func(State)) {
	m.telling.Lock()
	m.changed = f
	m.telling.Unlock()
	m.tell()
}

// Close writes the counts.
func (m *Meter) Close() {
	close(m.quit)
	m.watch.Wait()
	m.saver.Close()
}

// keepWatch tells when a new day or an old gauge ends what is left off.
func (m *Meter) keepWatch() {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			m.Recheck()
		case <-m.quit:
			return
		}
	}
}

// today is the agent's local day.
func (m *Meter) today() string { return m.o.Now().In(m.o.Location).Format(time.DateOnly) }

// Begin implements [salesforce.Meter].
func (m *Meter) Begin(r salesforce.Request) error {
	if !r.Quota {
		return nil
	}
	m.mu.Lock()
	s := m.state(r.Org)
	refused := s.refuses(r.Use)
	if !refused {
		m.running++
	}
	m.mu.Unlock()
	if refused {
		m.tell()
		return s.refusal(r.Use, m.o.Now().In(m.o.Location))
	}
	return nil
}

// End implements [salesforce.Meter].
func (m *Meter) End(r salesforce.Request, sent, counted bool, g salesforce.Gauge) {
	m.mu.Lock()
	if r.Quota {
		m.running--
	}
	if sent {
		m.count(r, counted)
	}
	if g != (salesforce.Gauge{}) && r.Org != "" {
		m.doc.Gauges[r.Org] = Reading{g.Used, g.Limit, m.o.Now()}
	}
	m.mu.Unlock()
	if sent {
		m.saver.Changed()
	}
	m.Recheck()
}

func (m *Meter) count(r salesforce.Request, counted bool) {
	day := m.today()
	if m.doc.Days[day] == nil {
		m.doc.Days[day] = map[string]Count{}
		m.forget()
	}
	c := m.doc.Days[day][r.Org]
	c.add(r.Kind, counted)
	m.doc.Days[day][r.Org] = c
	if r.Call == "" {
		return
	}
	of := Call{ID: r.Call, Org: r.Org}
	for i, have := range m.doc.Calls {
		if have.ID == r.Call {
			of = have
			m.doc.Calls = append(m.doc.Calls[:i], m.doc.Calls[i+1:]...)
			break
		}
	}
	of.add(r.Kind, counted)
	of.At = m.o.Now()
	m.doc.Calls = append(m.doc.Calls, of)
	if extra := len(m.doc.Calls) - keepCalls; extra > 0 {
		m.doc.Calls = append([]Call(nil), m.doc.Calls[extra:]...)
	}
}

// forget drops days that are too old. The caller holds m.mu.
func (m *Meter) forget() {
	oldest := m.o.Now().In(m.o.Location).AddDate(0, 0, -keepDays).Format(time.DateOnly)
	for day := range m.doc.Days {
		if day < oldest {
			delete(m.doc.Days, day)
		}
	}
}

// copied is the document as it is now, for the file.
func (m *Meter) copied() any {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.doc.clone()
}

// usedToday is how many requests of today count, or may, in all orgs together. The caller holds m.mu.
func (m *Meter) usedToday() int {
	n := m.running
	for _, c := range m.doc.Days[m.today()] {
		n += c.Counted
	}
	return n
}

var _ salesforce.Meter = (*Meter)(nil)

// order is what is left off, first to last.
func (m *Meter) order() []crm.Use {
	all := []crm.Use{crm.UseDirectory, crm.UsePanel, crm.UseSearch, crm.UseStranger}
	if m.o.Copies == nil || !m.o.Copies() {
		return all[1:]
	}
	return all
}
