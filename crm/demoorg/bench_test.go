package demoorg_test

import (
	"net/url"
	"testing"

	"linecard/crm/demoorg"
)

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		demoorg.New(demoorg.Config{})
	}
}

// BenchmarkLookup measures a whole lookup over HTTP, including the client.
func BenchmarkLookup(b *testing.B) {
	_, c := start(b, demoorg.Config{DailyLimit: 1 << 40})
	path := "/search?q=" + url.QueryEscape("FIND {14155550132 OR 4155550132}"+callerReturning)
	for b.Loop() {
		if a := c.rest("GET", path, nil); a.status != 200 {
			b.Fatal(string(a.body))
		}
	}
}
