package meter_test

import (
	"fmt"
	"testing"

	"linecard/app/meter"
	"linecard/crm/salesforce"
)

// What counting one request costs, on a desk that has made many.
func BenchmarkOneRequest(b *testing.B) {
	m := meter.Open("", meter.Options{Cap: func() int { return 1 << 40 }})
	defer m.Close()
	g := salesforce.Gauge{Used: 18, Limit: 15000}
	for i := 0; b.Loop(); i++ {
		r := salesforce.Request{Org: acme, Kind: salesforce.KindSearch, Call: fmt.Sprint("c", i/3), Quota: true}
		if m.Begin(r) == nil {
			m.End(r, true, true, g)
		}
	}
}
