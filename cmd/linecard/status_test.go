package main

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"linecard/app"
)

// Who is not let in is told of each account in words, as --json tells it: another edge of the phone system may be among them.
func TestStatusTellsWhoWasNotLetIn(t *testing.T) {
	var out bytes.Buffer
	printStatus(&out, statusAnswer{Accounts: []phoneAnswer{
		{Extension: "2041", Server: "pbx.example.com", Uninvited: []app.Uninvited{
			{From: netip.MustParseAddr("198.51.100.7"), Count: 40}, {From: netip.MustParseAddr("203.0.113.9"), Count: 2},
		}},
		{Extension: "300", Server: "sales.example.com"},
		{Extension: "301", Server: "sales.example.com", Uninvited: []app.Uninvited{{From: netip.MustParseAddr("203.0.113.9"), Count: 1}}},
	}})
	for _, want := range []string{
		"42 calls from 198.51.100.7, 203.0.113.9 were not answered",
		"1 call from 203.0.113.9 was not answered",
	} {
		if got := out.String(); strings.Count(got, want) != 1 {
			t.Errorf("status says\n%s, not %q", got, want)
		}
	}
	if n := strings.Count(out.String(), "not answered"); n != 2 {
		t.Errorf("%d accounts say it", n)
	}
}
