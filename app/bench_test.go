package app

import (
	"testing"
	"time"

	"linecard/crm"
	"linecard/sip"
)

// BenchmarkRenderKeystroke is what one keystroke in the form costs before the window hears of it, with two callers on
// the desk whom nobody knows: the event and the new View.
func BenchmarkRenderKeystroke(b *testing.B) {
	s := state{rules: someRules(), links: []crm.LinkStatus{{State: crm.Linked}}}
	for _, id := range []string{"c1", "c2"} {
		s, _ = next(s, callArrived{stamp: stamp{t0}, direction: crm.Inbound, id: id, party: sip.Party{User: number.Raw}, number: number})
		s, _ = next(s, lookupEnded{stamp: stamp{t0}, id: id, result: crm.Result{Number: number}})
		s, _ = next(s, phoneEvent{stamp{t0}, sip.CallAnswered{ID: id, At: t0}})
	}
	notes := "renewal, 40 seats"
	for n := 0; b.Loop(); n++ {
		text := notes[:n%len(notes)+1]
		s, _ = next(s, wrapEdited{stamp{t0.Add(time.Second)}, "c1", WrapEdit{Notes: &text}})
		if v := render(&s, false); len(v.Calls) != 2 {
			b.Fatal(v.Calls)
		}
	}
}
