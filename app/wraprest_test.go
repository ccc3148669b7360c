package app

import (
	"testing"
	"time"
)

// TestAFormStaysUntilItsKeysRest: where there is no wrap-up time, or next to none, a call that ends in the middle of a sentence leaves
// the desk when the keys have rested, and at once when nobody types.
func TestAFormStaysUntilItsKeysRest(t *testing.T) {
	for _, wrapUp := range []time.Duration{0, time.Second} {
		y := newTale(t)
		y.s.rules.WrapUp = wrapUp
		y.rings("A")
		y.answers("A")
		y.types("A", "his mobile ")
		y.ends("A")
		y.rests(keysRest - 1500*time.Millisecond)
		y.types("A", "his mobile 0171")
		y.rests(keysRest - time.Second)
		y.inFront("A")
		y.types("A", "his mobile 0171 3920054")
		y.rests(keysRest + time.Second)
		y.inFront("")

		y.rings("B")
		y.answers("B")
		y.types("B", "nothing")
		y.rests(keysRest)
		y.ends("B")
		y.rests(wrapUp)
		y.inFront("")
	}
}
