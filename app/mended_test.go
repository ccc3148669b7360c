package app

import (
	"testing"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// What the org has refused goes out again once the agent has mended it in the wrap-up: by another record, by what is saved, and by
// Save alone, for an admin may have mended the org. Typing alone sends nothing.
func TestWhatWasRefusedIsMendedInTheWrapUp(t *testing.T) {
	notes := "Region is West."
	for name, mend := range map[string]func(r *rig) error{
		"another record": func(r *rig) error { return r.Pick("c1", danaTwin.Ref) },
		"edited, saved": func(r *rig) error {
			if err := r.EditWrap("c1", WrapEdit{Notes: &notes}); err != nil {
				return err
			}
			r.Settle(r.t.Context())
			if e, err := r.cfg.Journal.Entry(r.t.Context(), "c1"); err != nil || e.State != journal.Parked {
				r.t.Errorf("after typing: %s, %v", e.State, err)
			}
			return r.SaveWrap("c1")
		},
		"saved as it is": func(r *rig) error { return r.SaveWrap("c1") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.org.matches = []crm.Match{dana, danaTwin}
			r.org.refuse = &crm.Error{Class: crm.ClassRejected, Fault: fault.New(fault.Plain, "text", "That contact is inactive.")}
			r.call(sip.EndRemote, true)
			r.wait("refused", func(v View) bool { return v.Outbox.Parked == 1 && len(v.Calls) == 1 && v.Calls[0].Phase == WrapUp })
			r.org.refuses(nil)
			if err := mend(r); err != nil {
				t.Fatal(err)
			}
			if v := r.wait("the Task", loggedRow); v.Outbox.Parked != 0 {
				t.Errorf("outbox %+v", v.Outbox)
			}
			got := r.org.written()
			if len(got) != 1 {
				t.Fatalf("%d Tasks", len(got))
			}
			if name == "another record" && got[0].Who.ID != danaTwin.ID || name == "edited, saved" && got[0].Notes != notes {
				t.Errorf("the org got %+v", got[0])
			}
		})
	}
}
