package app

import (
	"testing"

	"linecard/crm"
	"linecard/sip"
)

// Each line about a log says whose the call is and with whom it was: a program that reads them keeps nothing itself.
func TestEventsOfALogSayWhose(t *testing.T) {
	for name, do := range map[string]func(*life, string) error{
		"written":        func(*life, string) error { return nil },
		"don't log":      func(l *life, id string) error { return l.desk.DontLog(id) },
		"discarded":      func(l *life, id string) error { return l.desk.DiscardLog(id) },
		"sent once more": func(l *life, id string) error { return l.desk.RetryLog(id) },
		"written by its sender": func(l *life, _ string) error {
			l.org.is(func() { l.org.down = false })
			_, err := l.desk.SendAll()
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLife(t, t.TempDir())
			l.org.matches = []crm.Match{dana}
			l.begin()
			t.Cleanup(func() { l.close() })
			id := l.ring("work", "+14155550132", true)
			l.answer(id)
			l.await("the card", func() bool {
				calls := l.desk.View().Calls
				return len(calls) == 1 && calls[0].Lookup.State == LookupOne
			})
			l.org.is(func() { l.org.down = name != "written" })
			events := l.desk.Events(t.Context())
			l.endCall(id, sip.EndRemote)
			l.quiet()
			l.await("the first attempt", func() bool { l.quiet(); return l.still() })
			if err := do(l, id); err != nil {
				t.Fatal(err)
			}
			seen := 0
			want := map[string]string{"written": string(LogDone), "written by its sender": string(LogDone), "sent once more": string(LogQueued)}[name]
			if want == "" {
				want = string(LogSkipped)
			}
			for e := range events {
				if e.Call != id || e.Event != "log" {
					continue
				}
				seen++
				if e.Account != "work" || e.Org != "00DA" || e.User != "005A" || e.Number != "+14155550132" || e.Name != dana.Name || e.Record == nil || e.Record.ID != dana.ID {
					t.Errorf("line %d: %+v", seen, e)
				}
				if e.State == want {
					return
				}
			}
		})
	}
}
