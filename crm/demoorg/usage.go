package demoorg

import (
	"fmt"
	"time"
)

// usage counts API requests as Salesforce does: over the last 24 hours, a composite as one, a batch as the number of
// its parts. OAuth, identity and the list of versions do not count.
type usage struct {
	at []time.Time // time of each request, oldest first
}

func (u *usage) add(now time.Time, n int) {
	u.forget(now)
	for range n {
		u.at = append(u.at, now)
	}
}

func (u *usage) forget(now time.Time) {
	n := 0
	for n < len(u.at) && now.Sub(u.at[n]) >= 24*time.Hour {
		n++
	}
	u.at = u.at[n:]
}

// header returns the value of Sforce-Limit-Info.
func (u *usage) header(limit int) string { return fmt.Sprintf("api-usage=%d/%d", len(u.at), limit) }

// Usage returns how many API requests were counted in the last 24 hours, and how many are allowed.
func (o *Org) Usage() (used, limit int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.usage.forget(o.now())
	return len(o.usage.at), o.cfg.DailyLimit
}

// UseUp adds to the used API requests, as another integration of the customer would.
func (o *Org) UseUp(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.usage.add(o.now(), n)
}

// limits is the answer of /limits: the few that a client uses.
func (o *Org) limits() ordered {
	left := max(o.cfg.DailyLimit-len(o.usage.at), 0)
	limit := func(max, left int) ordered { return ordered{{"Max", max}, {"Remaining", left}} }
	return ordered{
		{"ConcurrentAsyncGetReportInstances", limit(200, 200)},
		{"DailyApiRequests", limit(o.cfg.DailyLimit, left)},
		{"DailyAsyncApexExecutions", limit(250000, 250000)},
		{"DailyBulkApiBatches", limit(15000, 15000)},
		{"DailyBulkV2QueryFileStorageMB", limit(976562, 976562)},
		{"DailyBulkV2QueryJobs", limit(maxBulkJobs, max(maxBulkJobs-len(o.jobs), 0))},
		{"DailyStreamingApiEvents", limit(10000, 10000)},
		{"DataStorageMB", limit(5, 5)},
		{"FileStorageMB", limit(20, 20)},
		{"SingleEmail", limit(15, 15)},
	}
}
