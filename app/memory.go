package app

import (
	"sync"

	"linecard/app/journal"
	"linecard/crm"
)

// memory is what is remembered of numbers, from this run and earlier ones, in RAM: the first card waits for no disk.
type memory struct {
	mu    sync.RWMutex
	known map[string]journal.Known // by E.164
}

func newMemory() *memory { return &memory{known: map[string]journal.Known{}} }

// recall answers who a number is without waiting: the org's own recent answer if there is one, else who it was the last
// time. choice is the record the agent picked for the number, "" for none.
func (m *memory) recall(dir Directory, n crm.Number) (r *crm.Result, choice string) {
	m.mu.RLock()
	k, ok := m.known[n.E164]
	m.mu.RUnlock()
	if ok && k.Picked {
		choice = k.Match.ID
	}
	if fresh, ok := dir.Known(n); ok {
		return &fresh, choice
	}
	if !ok {
		return nil, ""
	}
	return &crm.Result{Number: n, Matches: []crm.Match{k.Match}, At: k.At, Cached: true}, choice
}

// choice is the record the agent picked for a number, "" for none.
func (m *memory) choice(n crm.Number) string {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if k, ok := m.known[n.E164]; ok && k.Picked {
		return k.Match.ID
	}
	return ""
}

// keep notes a match; one that was picked stays until another is picked.
func (m *memory) keep(n crm.Number, k journal.Known) {
	m.mu.Lock()
	defer m.mu.Unlock()
	old, ok := m.known[n.E164]
	if ok && old.Picked && !k.Picked {
		if old.Match.ID != k.Match.ID {
			return
		}
		k.Picked = true
	}
	m.known[n.E164] = k
}

// load adds what earlier runs remembered, under what this run knows already.
func (m *memory) load(known map[string]journal.Known) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for number, k := range known {
		if _, ok := m.known[number]; !ok {
			m.known[number] = k
		}
	}
}

// forget drops everything.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.known)
}
