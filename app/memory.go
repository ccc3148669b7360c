package app

import (
	"context"
	"sync"

	"linecard/app/journal"
	"linecard/crm"
)

// journalMemory is a Memory in RAM over the journal's table of known numbers.
type journalMemory struct {
	journal *journal.Journal

	mu    sync.RWMutex
	known map[string]Known // by E.164
}

// Recall leaves out what another org said.
func (m *journalMemory) Recall(org string, n crm.Number) (Known, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	k, ok := m.known[n.E164]
	if ok && org != "" && k.Match.Org != "" && k.Match.Org != org {
		return Known{}, false
	}
	return k, ok
}

func (m *journalMemory) Remember(ctx context.Context, org string, n crm.Number, r crm.Match, picked bool) error {
	if r.Org == "" {
		r.Org = org
	}
	m.mu.Lock()
	old, ok := m.known[n.E164]
	if ok && old.Picked && old.Match.ID == r.ID {
		picked = true
	}
	if !ok || !old.Picked || picked {
		m.known[n.E164] = Known{Match: r, Picked: picked}
	}
	m.mu.Unlock()
	return m.journal.Remember(ctx, n.E164, r, picked)
}

func (m *journalMemory) Forget(ctx context.Context, _ string) error {
	m.mu.Lock()
	clear(m.known)
	m.mu.Unlock()
	return m.journal.Forget(ctx)
}

// loadMemory reads what was remembered in earlier runs.
type loadMemory struct{ *journalMemory }

func (f loadMemory) write(ctx context.Context, d *Desk) error {
	known, err := d.cfg.Journal.AllKnown(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	for number, k := range known {
		if _, ok := f.known[number]; !ok {
			f.known[number] = k
		}
	}
	return err
}
