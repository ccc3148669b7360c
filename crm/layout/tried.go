package layout

import (
	"time"

	"linecard/crm"
	"linecard/fault"
)

// Preview is what a layout would write of a call, in full, and what the org would not take of it.
type Preview struct {
	Rendered
	Object string         `json:"object"`
	Sent   map[string]any `json:"sent"` // all that would be sent, Linecard's own fields among it
}

// Tried is what became of a test log.
type Tried struct {
	Record  crm.Ref       `json:"record,omitzero"`
	Refused fault.Fault   `json:"refused,omitzero"`  // why the org did not take it; nothing was made then
	Waits   fault.Fault   `json:"waits,omitzero"`    // why the log of the call would wait for its owner; nothing was made then
	Without []Problem     `json:"without,omitempty"` // what the org refused of it: the record was made without that
	Deleted bool          `json:"deleted"`
	Kept    fault.Fault   `json:"kept,omitzero"` // why it was not deleted again
	Took    time.Duration `json:"took"`
	Orgs    []TriedIn     `json:"orgs,omitempty"` // of a layout for every org, where several are linked: each of them
}

// Said is what became of it, as a fault without a failure: the catalogue has the sentence.
func (t Tried) Said() fault.Fault {
	if len(t.Orgs) > 0 {
		return saidOfEach(t.Orgs)
	}
	switch {
	case !t.Waits.IsZero():
		return fault.New("layout.test-waits", "why", t.Waits)
	case !t.Refused.IsZero():
		return fault.New("layout.test-refused", "why", t.Refused)
	case !t.Deleted:
		return fault.New("layout.test-not-deleted", "name", t.Record.Name, "why", t.Kept)
	}
	if len(t.Without) > 0 {
		var reasons []any
		for _, p := range t.Without {
			reasons = append(reasons, p.Why)
		}
		return fault.New("layout.test-without", "object", t.Record.Object, "id", t.Record.ID, "reasons", reasons)
	}
	return fault.New("layout.test-done", "object", t.Record.Object, "id", t.Record.ID)
}
