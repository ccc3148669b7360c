package program_test

import (
	"strings"
	"testing"

	"linecard/app"
	"linecard/app/directory/disktest"
	"linecard/crm"
	"linecard/sip"
)

// On a disk that cannot be written the program works: known callers are known, and the agent is told what is kept in memory
// only. What is said goes when it is no longer so.
func TestADiskThatCannotBeWritten(t *testing.T) {
	r := ready(t)
	c := r.remembers()
	r.stop()
	unlock := disktest.ReadOnly(t, r.dir, 0o400)
	r.start()
	const journal = "Linecard may not write to"
	r.see("calls in memory", func(v app.View) bool { return strings.HasPrefix(v.Notice, journal) })
	r.see("registered and linked", func(v app.View) bool { return v.Phone.State == sip.Registered && v.Org.State == crm.Linked })
	r.see("callers in memory", func(v app.View) bool {
		if strings.HasPrefix(v.Notice, journal) {
			r.desk.DismissNotice(v.Told) // as the agent who has read it
		}
		return strings.Contains(v.Notice, "What is remembered of callers can't be written")
	})

	got := r.ring(c)
	if l := got.Lookup; l.State != app.LookupOne || got.Name != r.org.People()[0].Name {
		t.Errorf("the first card: %q, %+v", got.Name, l)
	}
	if err := r.desk.Decline(got.ID); err != nil {
		t.Fatal(err)
	}
	r.see("an empty desk", func(v app.View) bool { return len(v.Calls) == 0 })

	unlock()
	one := r.ring(c)
	r.see("found again, and nothing to say", func(v app.View) bool { return v.Notice == "" && len(v.Calls) > 0 && !v.Calls[0].Lookup.Known })
	if err := r.desk.Decline(one.ID); err != nil {
		t.Fatal(err)
	}
	r.see("both calls in the history", func(v app.View) bool { return len(v.Calls) == 0 && len(v.History) == 3 })
}
