package app

import (
	"testing"

	"linecard/crm"
	"linecard/sip"
)

// A call that is logged with nobody, for several have the number, needs a record until the agent has picked one, or has said that it was nobody.
func TestACallNeedsARecord(t *testing.T) {
	for name, to := range map[string]crm.Ref{"a record": danaTwin.Ref, "nobody": {}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.org.matches = []crm.Match{dana, danaTwin}
			r.call(sip.EndRemote, true)
			r.wait("the Task", loggedRow)
			_ = r.Dismiss("c1") // the wrap-up is over
			listed := func() []HistoryRow {
				rows, err := r.History(HistoryFilter{NeedsRecord: true})
				if err != nil {
					t.Fatal(err)
				}
				return rows
			}
			if rows := listed(); len(rows) != 1 || rows[0].ID != "c1" || !rows[0].NeedsRecord {
				t.Fatalf("listed: %+v", rows)
			}
			if err := r.PointAt(t.Context(), "c1", to, ""); err != nil {
				t.Fatal(err)
			}
			r.wait("the call is settled", func(v View) bool { return !v.History[0].NeedsRecord && v.History[0].Log == LogDone })
			if rows := listed(); len(rows) != 0 {
				t.Errorf("still listed: %+v", rows)
			}
		})
	}
}
