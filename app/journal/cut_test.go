package journal

import (
	"path/filepath"
	"testing"

	"linecard/crm"
)

// A call that a crash has cut off is marked as that in the history and in what is logged of it, also where the agent had
// typed; a call that ended well is not.
func TestACallCutOffByACrashIsMarked(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openAt(t, path)
	for _, id := range []string{"plain", "typed"} {
		c := ringing(id)
		c.Verdict, c.AnsweredAt = crm.LogYes, noon.Add(1)
		must(t, j.Ring(ctx, c))
	}
	_, a := ended("typed")
	a.Notes = "half a sen"
	must(t, j.EditActivity(ctx, "typed", *a))
	c, a := ended("well")
	must(t, j.Hangup(ctx, c, a))
	must(t, j.Close()) // calls that are still on are left as a crash leaves them
	j = openAt(t, path)
	for id, cut := range map[string]bool{"plain": true, "typed": true, "well": false} {
		row, err := j.Call(ctx, id)
		must(t, err)
		if row.Cut != cut || row.Why.Is(CutOff) != cut || entry(t, j, id).Activity.Cut != cut {
			t.Errorf("%s: row cut %v, why %v, activity cut %v", id, row.Cut, row.Why, entry(t, j, id).Activity.Cut)
		}
	}
	if e := entry(t, j, "typed"); e.Activity.Notes != "half a sen" {
		t.Errorf("notes %q", e.Activity.Notes)
	}
}
