package salesforce

import (
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// tally is a Meter that counts, and refuses the uses that it is told to.
type tally struct {
	mu      sync.Mutex
	kinds   map[Kind]int
	calls   map[string]int
	counted int
	sent    int
	orgs    map[string]int // counted
	gauge   Gauge
	refuse  map[crm.Use]bool
}

func newTally() *tally {
	return &tally{kinds: map[Kind]int{}, calls: map[string]int{}, orgs: map[string]int{}, refuse: map[crm.Use]bool{}}
}

func (m *tally) Begin(r Request) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r.Quota && m.refuse[r.Use] {
		return &crm.Error{Class: crm.ClassQuota, Code: crm.CodeLeftOff}
	}
	return nil
}

func (m *tally) End(r Request, sent, counted bool, g Gauge) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if sent {
		m.sent++
		m.kinds[r.Kind]++
		m.calls[r.Call]++
	}
	if counted {
		m.counted++
		m.orgs[r.Org]++
	}
	if g.Used > m.gauge.Used { // answers that come at the same time come in any order
		m.gauge = g
	}
}

func (m *tally) snapshot() (kinds map[Kind]int, counted int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.kinds), m.counted
}

// agrees wants the same count of the meter and of the org, and every request that arrived at the org in the meter.
func (m *tally) agrees(t *testing.T, r *rig, after string) {
	t.Helper()
	m.mu.Lock()
	defer m.mu.Unlock()
	if used, limit := r.org.Usage(); used != m.counted || m.orgs[r.org.ID()] != m.counted || m.gauge != (Gauge{used, limit}) {
		t.Errorf("after %s the org counts %d of %d; the meter %d, of them %d for this org, gauge %v", after, used, limit, m.counted, m.orgs[r.org.ID()], m.gauge)
	}
	if arrived := r.org.Count("", ""); m.sent > arrived {
		t.Errorf("after %s %d requests arrived, and the meter has %d", after, arrived, m.sent)
	}
}

// The meter and the org count the same over HTTP, through every kind of request and through refusals of the session.
func TestTheMeterAgreesWithTheOrg(t *testing.T) {
	m := newTally()
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Meter = m })
	m.agrees(t, r, "the link")
	n := r.number(t, "Dana Whitfield")
	found, err := r.Lookup(crm.ForCall(t.Context(), "c1"), n)
	if err != nil || len(found.Matches) == 0 {
		t.Fatal(found, err)
	}
	m.agrees(t, r, "a lookup")
	if _, err := r.Details(crm.ForCall(t.Context(), "c1"), found.Matches[0].Ref); err != nil {
		t.Fatal(err)
	}
	m.agrees(t, r, "the panel")
	a := crm.Activity{CallID: "c1", Org: r.org.ID(), Direction: crm.Inbound, Number: n.E164, Started: time.Now()}
	logged, err := r.Log(t.Context(), a, true)
	if err != nil {
		t.Fatal(err)
	}
	m.agrees(t, r, "the log")
	if err := r.Update(t.Context(), logged.Ref, a); err != nil {
		t.Fatal(err)
	}
	if _, err := r.LogAll(t.Context(), []crm.Activity{{CallID: "c2", Org: r.org.ID(), Started: time.Now()}, {CallID: "c3", Org: r.org.ID(), Started: time.Now()}}); err != nil {
		t.Fatal(err)
	}
	if err := r.Delete(t.Context(), logged.Ref); err != nil {
		t.Fatal(err)
	}
	m.agrees(t, r, "the writes")
	r.org.ExpireSessions()
	if _, err := r.Search(t.Context(), "Whitfield"); err != nil { // 401, a new token, and again
		t.Fatal(err)
	}
	m.agrees(t, r, "a session that ended")
	r.org.UseUp(1000)
	if err := r.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if used, limit := r.org.Usage(); m.gauge != (Gauge{used, limit}) {
		t.Errorf("the gauge says %v, the org %d of %d", m.gauge, used, limit)
	}
	for _, k := range []Kind{KindSearch, KindDetails, KindQuery, KindDescribe, KindWrite, KindToken, KindIdentity, KindVersions} {
		if m.kinds[k] == 0 {
			t.Errorf("no request of kind %s: %v", k, m.kinds)
		}
	}
	if m.kinds[KindOther] > 0 {
		t.Errorf("requests of no kind: %v", m.kinds)
	}
	if m.calls["c1"] < 5 { // search, panel, find, write, update
		t.Errorf("the call has %d requests: %v", m.calls["c1"], m.calls)
	}
}

// What the meter leaves off is not asked for, and says nothing of the link: it stays as it is, and nothing is held.
func TestWhatIsLeftOffIsNotSent(t *testing.T) {
	m := newTally()
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Meter = m })
	n := r.number(t, "Dana Whitfield")
	found, err := r.Lookup(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	before, status := r.org.Count("", ""), r.Status()
	m.refuse[crm.UsePanel], m.refuse[crm.UseSearch], m.refuse[crm.UseStranger] = true, true, true
	_, panel := r.Details(t.Context(), found.Matches[0].Ref)
	_, typed := r.Search(t.Context(), "Whitfield")
	_, stranger := r.Lookup(crm.ForUse(t.Context(), crm.UseStranger), n)
	for what, err := range map[string]error{"panel": panel, "search": typed, "stranger": stranger} {
		if !crm.IsLeftOff(err) || classOf(err) != crm.ClassQuota {
			t.Errorf("%s: %v", what, err)
		}
	}
	if after := r.org.Count("", ""); after != before {
		t.Errorf("%d requests went out", after-before)
	}
	if now := r.Status(); now.State != status.State || !now.Trouble.IsZero() {
		t.Errorf("the link says %+v", now)
	}
	if _, err := r.Log(t.Context(), crm.Activity{CallID: "c9", Org: r.org.ID(), Started: time.Now()}, false); err != nil {
		t.Errorf("the call is not logged: %v", err)
	}
	if _, err := r.Lookup(t.Context(), n); err != nil {
		t.Errorf("a caller that is known is not asked for: %v", err)
	}
}

// A request that never reached the org is not counted; one whose answer was lost is, for the org may have counted it.
func TestLostRequests(t *testing.T) {
	m := newTally()
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Meter = m })
	_, before := m.snapshot()
	r.org.Close()
	if _, err := r.Search(t.Context(), "Whitfield"); err == nil {
		t.Fatal("the org is gone, and answers")
	}
	if _, after := m.snapshot(); after != before {
		t.Errorf("%d requests counted that nobody got", after-before)
	}
}

func TestKindOfARequest(t *testing.T) {
	for _, tt := range []struct {
		method, path string
		want         Kind
	}{
		{"GET", "/services/data/v62.0/search", KindSearch},
		{"GET", "/services/data/v62.0/search/", KindSearch},
		{"POST", "/services/data/v62.0/parameterizedSearch", KindSearch},
		{"GET", "/services/data/v62.0/query", KindQuery},
		{"GET", "/services/data/v62.0/query/01g000000000001-2000", KindQuery},
		{"GET", "/services/data/v62.0/queryAll/", KindQuery},
		{"GET", "/services/data/v62.0/limits", KindLimits},
		{"POST", "/services/data/v62.0/composite", KindDetails},
		{"POST", "/services/data/v62.0/composite/sobjects", KindWrite},
		{"PATCH", "/services/data/v62.0/composite/sobjects/Task/Linecard_Call_Id__c", KindWrite},
		{"GET", "/services/data/v62.0/sobjects/Task/describe", KindDescribe},
		{"GET", "/services/data/v62.0/sobjects/Contact/003000000000001", KindRecord},
		{"POST", "/services/data/v62.0/sobjects/Task", KindWrite},
		{"PATCH", "/services/data/v62.0/sobjects/Task/00T000000000001", KindWrite},
		{"DELETE", "/services/data/v62.0/sobjects/Task/00T000000000001", KindWrite},
		{"GET", "/services/data/v62.0/sobjects/ContentVersion/068000000000001/VersionData", KindFile},
		{"POST", "/services/data/v62.0/sobjects/ContentDocumentLink", KindFile},
		{"GET", "/services/data/v62.0/sobjects/ContentVersion/describe", KindDescribe},
		{"GET", "/services/data", KindVersions},
		{"GET", "/services/data/", KindVersions},
		{"POST", "/services/oauth2/token", KindToken},
		{"POST", "/services/oauth2/revoke", KindToken},
		{"GET", "/services/oauth2/authorize", KindLogin},
		{"GET", "/id/00D000000000001/005000000000001", KindIdentity},
		{"GET", "/services/data/v62.0/jobs/query", KindBulk},
		{"GET", "/", KindOther},
	} {
		if got := kindOf(tt.method, tt.path); got != tt.want {
			t.Errorf("%s %s is %s, want %s", tt.method, tt.path, got, tt.want)
		}
	}
}

func TestGauge(t *testing.T) {
	for info, want := range map[string]Gauge{
		"api-usage=18/15000": {18, 15000},
		"api-usage=25/5000; per-app-api-usage=17/250(appName=sample-connected-app)": {25, 5000},
		"per-app-api-usage=17/250(appName=a), api-usage=1/2":                        {1, 2},
		" api-usage= 3 / 4 ": {3, 4},
		"":                   {},
		"api-usage=":         {},
		"api-usage=x/5":      {},
		"api-usage=5":        {},
		"per-app-api-usage=1/2(appName=api-usage=9/9)": {},
	} {
		got, ok := gaugeOf(info)
		if ok != (want != Gauge{}) || ok && got != want {
			t.Errorf("%q: %v %v, want %v", info, got, ok, want)
		}
	}
	var _ http.RoundTripper = metered{}
}
