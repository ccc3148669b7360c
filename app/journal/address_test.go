package journal

import (
	"strings"
	"testing"

	"linecard/crm"
)

// A name that was dialed is kept as an address, and judged and found as the name: not by the server in it.
func TestAnAddressIsJudgedAndFoundByItsName(t *testing.T) {
	c := Call{Direction: crm.Outbound, Number: "2041x12", Dial: "sip:2041x12@192.0.2.55"}
	if got := c.Facts().Caller; got != "2041x12" {
		t.Errorf("judged as %q", got)
	}
	for _, dial := range []string{"sips:2041x12", "sips:2041x12;postd=,9"} {
		if got := (Call{Direction: crm.Outbound, Dial: dial}).Facts().Caller; got != "2041x12" {
			t.Errorf("%s is judged as %q", dial, got)
		}
	}
	if got := searchDigits(c.Number, c.Dial); strings.Contains(got, "192") {
		t.Errorf("found by %q", got)
	}
}
