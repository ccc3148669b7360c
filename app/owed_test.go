package app

import (
	"errors"
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/sip"
)

// TestOwedUntilSomebodyTalks: a caller who rang twice in vain is one row with two calls, until the agent has called back.
func TestOwedUntilSomebodyTalks(t *testing.T) {
	r := newRig(t)
	missed(t, r, "m1", "+14155550140", time.Hour)
	missed(t, r, "m2", "+14155550140", time.Minute)
	v := r.wait("what is owed", func(v View) bool { return v.OwedCount == 1 && v.Owed[0].Times == 2 })
	if o := v.Owed[0]; o.ID != "m2" || o.Kind != OwedMissed || o.Dial != "+14155550140" {
		t.Errorf("owed %+v", o)
	}
	e := sip.CallDialing{ID: "back", Account: "2@x", At: t0, Party: sip.Party{User: "+14155550140"}}
	proceeded := make(chan struct{})
	r.BeforeInvite(e, func() { close(proceeded) })
	<-proceeded
	r.Heard(e)
	r.Heard(sip.CallAnswered{ID: "back", At: t0, Codec: "PCMU"})
	r.Heard(sip.CallEnded{ID: "back", At: t0.Add(time.Minute), Reason: sip.EndRemote})
	v = r.wait("nothing owed", func(v View) bool { return v.OwedCount == 0 && len(v.History) == 3 })
	for _, h := range v.History {
		if h.Settled != (h.Outcome == crm.Missed) {
			t.Errorf("%s is settled: %v", h.ID, h.Settled)
		}
	}
}

// TestOwedDone: the agent says it by any spelling of the number or by a call; what is not owed is refused.
func TestOwedDone(t *testing.T) {
	for name, what := range map[string]string{"number": " (415) 555-0140", "E.164": "+14155550140", "newest call": "m2", "as shown": "415-555-0140 as shown"} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			missed(t, r, "m1", "+14155550140", time.Hour)
			missed(t, r, "m2", "+14155550140", time.Minute)
			for _, wrong := range []string{"", "+14155550199", "nobody's"} {
				if err := r.OwedDone(wrong); !errors.Is(err, ErrNotOwed) {
					t.Errorf("done with %q: %v", wrong, err)
				}
			}
			if err := r.OwedDone(what); err != nil {
				t.Fatal(err)
			}
			if rows, err := r.Owed(); err != nil || len(rows) != 0 {
				t.Errorf("owed %+v, %v", rows, err)
			}
			r.wait("nothing owed", func(v View) bool { return v.OwedCount == 0 && len(v.History) == 2 })
		})
	}
	r := newRig(t)
	missed(t, r, "m1", "+14155550140", time.Hour)
	missed(t, r, "m2", "+14155550140", time.Minute)
	if err := r.OwedDone("m1"); err != nil {
		t.Fatal(err)
	}
	if rows, err := r.Owed(); err != nil || len(rows) != 1 || rows[0].Times != 1 || rows[0].ID != "m2" {
		t.Errorf("after the older call is done with: %+v, %v", rows, err)
	}
}

// missed puts a missed call some time ago into the journal.
func missed(t *testing.T, r *rig, id, number string, ago time.Duration) {
	t.Helper()
	at := t0.Add(-ago)
	err := r.cfg.Journal.Import(t.Context(), []journal.Past{{Call: journal.Call{
		ID: id, Account: "2@x", Direction: crm.Inbound, Outcome: crm.Missed, Number: "415-555-0140 as shown", Dial: number, Started: at, Ended: at.Add(20 * time.Second),
	}}})
	if err != nil {
		t.Fatal(err)
	}
	r.Reread()
}
