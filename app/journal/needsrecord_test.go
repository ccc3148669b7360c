package journal

import (
	"slices"
	"testing"
	"time"

	"linecard/crm"
)

// What is listed of the calls that need a record, whatever else is asked for.
func TestNeedsRecord(t *testing.T) {
	j := openTemp(t)
	for i, c := range []struct {
		id     string
		change func(c *Call)
	}{
		{"unknown", func(*Call) {}},
		{"known", func(c *Call) { c.Who = crm.Ref{Object: crm.Contact, ID: "003A"} }},
		{"withheld", func(c *Call) { c.Withheld = true }},
		{"colleague", func(c *Call) { c.Extension = true }},
		{"unasked", func(*Call) {}},
		{"private", func(*Call) {}},
		{"nobody", func(*Call) {}},
	} {
		final, a := ended(c.id)
		final.Started, final.Who, final.Object = noon.Add(time.Duration(i)*time.Minute), crm.Ref{}, ""
		c.change(&final)
		a.Unidentified = c.id == "unasked"
		must(t, j.Hangup(ctx, final, a))
	}
	live := ringing("live")
	must(t, j.Ring(ctx, live))
	must(t, j.Discard(ctx, "private"))
	must(t, j.Point(ctx, "nobody", nil))
	for _, f := range []Filter{{NeedsRecord: true}, {NeedsRecord: true, Limit: 1}, {NeedsRecord: true, Text: "415"}} {
		rows, err := j.History(ctx, f)
		must(t, err)
		if !slices.Equal(ids(rows), []string{"unknown"}) {
			t.Errorf("%+v: %v", f, ids(rows))
		}
	}
	nobody, err := j.Call(ctx, "nobody")
	must(t, err)
	if f := nobody.Facts(); f.Object != "" || nobody.NeedsRecord {
		t.Errorf("for the rules it is with %q", f.Object)
	}
}
