package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/fault"
)

// Whoever is refused a call for the hour reads the time where the callee is, though the sentence crosses from one process to another.
func TestTheCalleesTimeIsTold(t *testing.T) {
	tokyo := time.FixedZone("", 9*60*60)
	refused := orAnyway(fault.Err(nil, app.OutsideHours, "at", time.Date(2026, 11, 29, 16, 9, 0, 0, tokyo)))
	sent, err := json.Marshal(fault.Of(refused))
	if err != nil {
		t.Fatal(err)
	}
	var got fault.Fault
	if err := json.Unmarshal(sent, &got); err != nil {
		t.Fatal(err)
	}
	if said := catalogue.Say(got); !strings.Contains(said, "16:09") {
		t.Errorf("told %q", said)
	}
}
