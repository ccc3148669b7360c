package checkup_test

import (
	"net/netip"
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/checkup"
	"linecard/fault"
)

// TestDoctorTellsOfSTUN: who sees us where, or why that is not known; calls go on either way.
func TestDoctorTellsOfSTUN(t *testing.T) {
	good := checkup.STUN(app.STUN{Server: "stun.example.com", Seen: netip.MustParseAddr("203.0.113.7")}).Line()
	if !good.OK || good.Minor || !strings.Contains(good.Detail, "203.0.113.7") || !strings.Contains(good.Detail, "stun.example.com") {
		t.Errorf("%+v", good)
	}
	bad := checkup.STUN(app.STUN{Server: "stun.example.com", Reason: fault.New("sip.stun.silent", "server", "stun.example.com")}).Line()
	if bad.OK || !bad.Minor || !strings.Contains(bad.Remedy, "stun.example.com") || !strings.Contains(bad.Remedy, "Settings > Phone") {
		t.Errorf("%+v", bad)
	}
}
