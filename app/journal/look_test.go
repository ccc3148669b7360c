package journal

import (
	"errors"
	"testing"
	"time"

	"linecard/crm"
)

// "Don't log" for a call that is in the org makes the word and the look for its Task known at once: there is no moment at
// which one who looks finds no word.
func TestDontLogOfALoggedCall(t *testing.T) {
	j := openTemp(t)
	seed(t, j, crm.Answered)
	_, err := j.Begin(ctx, "c0", noon)
	must(t, err)
	must(t, j.Done(ctx, "c0", crm.Logged{Ref: task}, time.Time{}))
	must(t, j.DontLog(ctx, "c0", noon))
	e, _, ok, err := j.NextLook(ctx, noon, func(string, string) bool { return true })
	must(t, err)
	row, err := j.Call(ctx, "c0")
	must(t, err)
	if !ok || e.ID != "c0" || row.Word != crm.DontLog {
		t.Errorf("look due %v for %q, word %q", ok, e.ID, row.Word)
	}
}

// Of a call with nothing to log yet only the word is kept; of a call nobody knows, nothing.
func TestDontLogWithoutAnEntry(t *testing.T) {
	j := openTemp(t)
	must(t, j.Ring(ctx, ringing("c1")))
	must(t, j.DontLog(ctx, "c1", noon))
	row, err := j.Call(ctx, "c1")
	must(t, err)
	if row.Word != crm.DontLog {
		t.Errorf("word %q", row.Word)
	}
	if err := j.DontLog(ctx, "no such call", noon); !errors.Is(err, ErrUnknown) {
		t.Errorf("a call nobody knows: %v", err)
	}
}
