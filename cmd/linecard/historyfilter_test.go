package main

import (
	"testing"
	"time"

	"linecard/app"
	"linecard/crm"
)

// Days are those of the computer's clock; the last one is among them.
func TestHistoryFilter(t *testing.T) {
	zone := time.FixedZone("", 9*3600)
	now := time.Date(2026, 11, 28, 0, 30, 0, 0, zone)
	day := func(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, zone) }
	for _, tt := range []struct {
		args map[string]string
		want app.HistoryFilter
		fine bool
	}{
		{nil, app.HistoryFilter{}, true},
		{map[string]string{"from": "today"}, app.HistoryFilter{From: day(28)}, true},
		{map[string]string{"from": "yesterday", "to": "yesterday"}, app.HistoryFilter{From: day(27), Before: day(28)}, true},
		{
			map[string]string{"to": "2026-11-30", "direction": "out", "outcome": "no answer"},
			app.HistoryFilter{Before: day(31), Direction: crm.Outbound, Outcome: crm.NoAnswer},
			true,
		},
		{
			map[string]string{"before": "2026-11-28T01:02:03.000004Z", "behind": "c1", "to": "today", "limit": "7"},
			app.HistoryFilter{Before: time.Date(2026, 11, 28, 1, 2, 3, 4000, time.UTC), BeforeID: "c1", Limit: 7},
			true,
		},
		{map[string]string{"from": "28.11.2026"}, app.HistoryFilter{}, false},
		{map[string]string{"direction": "Inbound"}, app.HistoryFilter{}, false},
		{map[string]string{"outcome": "splendid"}, app.HistoryFilter{}, false},
		{map[string]string{"limit": "0"}, app.HistoryFilter{}, false},
	} {
		got, err := historyFilter(tt.args, now)
		if (err == nil) != tt.fine {
			t.Errorf("%v: %v", tt.args, err)
		}
		if tt.fine && !(got.From.Equal(tt.want.From) && got.Before.Equal(tt.want.Before)) {
			t.Errorf("%v: from %v, before %v", tt.args, got.From, got.Before)
		}
		got.From, got.Before = tt.want.From, tt.want.Before
		if tt.fine && got != tt.want {
			t.Errorf("%v: %+v", tt.args, got)
		}
	}
}
