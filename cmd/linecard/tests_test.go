package main

import (
	"strings"
	"testing"

	"linecard/app/program"
	"linecard/crm"
	"linecard/crm/layout"
)

// The trial of a profile says what would be locked, and names the layouts that there are and that there would be.
func TestTheTrialOfAProfileIsTold(t *testing.T) {
	before := layout.List{{Name: "Call", Object: crm.Task}}
	after := layout.List{{Name: "Call", Object: crm.Task, Subject: []layout.Value{"{name}"}}}
	for _, c := range []struct {
		now  layout.List
		says string
	}{{before, "Call → Call, with other contents"}, {nil, "→ Call"}} {
		var out strings.Builder
		trialText(&out, program.ProfileTrial{
			Profile: "IT", Locked: []string{"logging", "layouts"}, Changes: []program.ProfileChange{{Key: "layouts", Now: c.now, Then: after}},
		})
		for _, part := range []string{"logging, layouts", c.says} {
			if !strings.Contains(out.String(), part) {
				t.Errorf("it does not say %q:\n%s", part, out.String())
			}
		}
	}
}
