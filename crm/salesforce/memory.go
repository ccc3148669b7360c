package salesforce

import (
	"slices"
	"sync"
	"time"

	"linecard/crm"
)

// maxRemembered bounds the memory to about a month of callers of a busy agent.
const maxRemembered = 2000

// memory holds the answers of lookups by E.164 number.
type memory struct {
	mu      sync.Mutex
	results map[string]crm.Result
}

func newMemory() memory { return memory{results: map[string]crm.Result{}} }

func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.results = map[string]crm.Result{}
}

func (m *memory) get(n crm.Number) (crm.Result, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.results[n.E164]
	if !ok {
		return crm.Result{}, false
	}
	r.Matches = append([]crm.Match(nil), r.Matches...)
	r.Number, r.Cached = n, true
	return r, true
}

// drop forgets the answers that hold a record.
func (m *memory) drop(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for number, r := range m.results {
		if slices.ContainsFunc(r.Matches, func(match crm.Match) bool { return key15(match.ID) == key15(id) }) {
			delete(m.results, number)
		}
	}
}

// put keeps r unless a newer answer is known. When there are too many, it removes the oldest.
func (m *memory) put(r crm.Result) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, ok := m.results[r.Number.E164]; ok && old.At.After(r.At) {
		return
	}
	if _, there := m.results[r.Number.E164]; !there && len(m.results) >= maxRemembered {
		var oldest string
		var at time.Time
		for k, v := range m.results {
			if oldest == "" || v.At.Before(at) {
				oldest, at = k, v.At
			}
		}
		delete(m.results, oldest)
	}
	r.Matches = append([]crm.Match(nil), r.Matches...)
	m.results[r.Number.E164] = r
}

// Known returns what an earlier lookup of n found, at any age and without a request: the card to show until Lookup has
// confirmed it.
func (c *Client) Known(n crm.Number) (crm.Result, bool) {
	if !n.Public() {
		return crm.Result{}, false
	}
	return c.memory.get(n)
}

// Remember puts an answer into the memory, such as one kept on disk from an earlier run. Lookup uses it in place of a
// request while it is younger than Config.Memory, by its At.
func (c *Client) Remember(r crm.Result) {
	if r.Number.E164 != "" {
		c.memory.put(r)
	}
}
