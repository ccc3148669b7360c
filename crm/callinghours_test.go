package crm

import (
	"testing"
	"time"
)

func TestReadCallingHours(t *testing.T) {
	for _, tt := range []struct {
		hours, days string
		ok          bool
	}{
		{"", "", true},
		{"8:00-20:00", "", true},
		{" 8:00 - 20:00 ", "Mon-Fri", true},
		{"0:00-24:00", "sat, sun", true},
		{"", "fri-mon", true},
		{"20:00-8:00", "", true},
		{"8:00", "", false},
		{"8:0-9:00", "", false},
		{"8:00-24:01", "", false},
		{"8:60-9:00", "", false},
		{"-1:00-9:00", "", false},
		{"8:00-8:00", "", false},
		{"8-20", "", false},
		{"-20:00", "", false},
		{"", "monday", false},
		{"", "mon-", false},
		{"8:00-20:00-21:00", "", false},
		{"+8:00-20:00", "", false},
	} {
		if h, ok := ReadCallingHours(tt.hours, tt.days); ok != tt.ok || !ok && !h.Always() {
			t.Errorf("%q %q: %+v, %v", tt.hours, tt.days, h, ok)
		}
	}
}

func TestOutsideCallingHours(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) } // the 27th is a Friday
	for _, tt := range []struct {
		hours, days string
		at          time.Time
		outside     bool
	}{
		{"", "", at(29, 3, 0), false},
		{"8:00-20:00", "", at(29, 7, 59), true},
		{"8:00-20:00", "", at(29, 8, 0), false},
		{"8:00-20:00", "", at(29, 19, 59), false},
		{"8:00-20:00", "", at(29, 20, 0), true},
		{"8:00-20:00", "mon-fri", at(27, 12, 0), false},
		{"8:00-20:00", "mon-fri", at(28, 12, 0), true},
		{"", "fri-mon", at(29, 0, 0), false},
		{"", "fri-mon", at(26, 12, 0), true},
		{"20:00-24:00", "", at(29, 23, 59), false},
	} {
		h, ok := ReadCallingHours(tt.hours, tt.days)
		if !ok || h.Outside(tt.at) != tt.outside {
			t.Errorf("%q %q at %v: %v", tt.hours, tt.days, tt.at, !tt.outside)
		}
	}
}

func TestZonesOfNumbers(t *testing.T) {
	for typed, want := range map[string]string{
		"(312) 555-0167":   "America/Chicago",
		"+44 20 7946 0018": "Europe/London",
		"*67 415 555 0132": "America/Los_Angeles",
		"911":              "", "2041": "", "alice": "", "+883 5100 0123456": "",
	} {
		got := ""
		if z := ParseNumber(typed, NumberPlan{Region: "US"}).Zones(); len(z) > 0 {
			got = z[0].String()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", typed, got, want)
		}
	}
	if z := ParseNumber("+1 800 555 0199", NumberPlan{Region: "US"}).Zones(); len(z) < 5 {
		t.Errorf("a number of no place is in %v alone", z)
	}
}
