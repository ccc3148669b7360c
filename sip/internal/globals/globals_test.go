package globals_test

import (
	"testing"

	"github.com/emiago/sipgo/sip"

	"linecard/sip/internal/globals"
)

func TestSet(t *testing.T) {
	globals.Set()
	if sip.DefaultLogger().Enabled(t.Context(), 1000) {
		t.Error("sipgo logs")
	}
	if sip.UDPMTUSize < 10000 {
		t.Errorf("the largest datagram is %d octets", sip.UDPMTUSize)
	}
	sip.UDPMTUSize = 1 // once: a second call changes nothing under goroutines that read it
	globals.Set()
	if sip.UDPMTUSize != 1 {
		t.Error("set again")
	}
}
