package program

import (
	"net/netip"
	"strings"
	"testing"

	"linecard/app"
	"linecard/fault"
)

// TestDoctorTellsOfSTUN: who sees us where, or why that is not known; calls go on either way.
func TestDoctorTellsOfSTUN(t *testing.T) {
	good := checkSTUN(app.STUN{Server: "stun.example.com", Seen: netip.MustParseAddr("203.0.113.7")}).say()
	if !good.OK || good.Minor || !strings.Contains(good.Detail, "203.0.113.7") || !strings.Contains(good.Detail, "stun.example.com") {
		t.Errorf("%+v", good)
	}
	bad := checkSTUN(app.STUN{Server: "stun.example.com", Reason: fault.New("sip.stun.silent", "server", "stun.example.com")}).say()
	if bad.OK || !bad.Minor || !strings.Contains(bad.Remedy, "stun.example.com") || !strings.Contains(bad.Remedy, "Settings > Phone") {
		t.Errorf("%+v", bad)
	}
}
