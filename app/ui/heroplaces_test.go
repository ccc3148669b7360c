package ui

import (
	"testing"

	"fyne.io/fyne/v2"

	"linecard/app"
)

// Whatever the org answers while it rings, Answer and Decline keep their places; and a call keeps its buttons from the dialing to its end.
func TestTheButtonsOfACallKeepTheirPlaces(t *testing.T) {
	colleague := unknown("")
	colleague.Extension, colleague.Name, colleague.Number = true, "Priya Raman", "2044"
	bare := unknown(app.LookupPending)
	bare.Called = ""
	rings := map[string]app.CallView{
		"one": dana(), "pending": unknown(app.LookupPending), "many": unknown(app.LookupMany), "no match": unknown(app.LookupNoMatch),
		"failed": unknown(app.LookupFailed), "not linked": unknown(app.LookupNotLinked), "withheld": unknown(app.LookupWithheld),
		"a colleague": colleague, "no number called": bare,
	}
	held := talking()
	held.Phase, held.HeldSince = app.Held, noon
	far := dialing()
	far.FarRings = false
	calls := map[string]app.CallView{"talking": talking(), "held": held, "wrap-up": wrapUp(), "a stranger": unknownTalk(), "dialing": dialing(), "not ringing there": far}
	for _, size := range []fyne.Size{fyne.NewSize(1120, 700), fyne.NewSize(threePanes, 560), fyne.NewSize(1920, 1040)} {
		b := newBench(t, nil)
		b.resize(size.Width, size.Height)
		places := map[fyne.Position][]string{}
		for name, c := range rings {
			b.draw(with(idle(), c))
			at := b.absolute(b.centre.ring.answer)
			places[at] = append(places[at], name)
		}
		if len(places) != 1 {
			t.Errorf("%v: Answer is at %v", size, places)
		}
		places = map[fyne.Position][]string{}
		for name, c := range calls {
			b.draw(with(idle(), c))
			at := b.absolute(b.centre.call.controls)
			places[at] = append(places[at], name)
		}
		if len(places) != 1 {
			t.Errorf("%v: the buttons are at %v", size, places)
		}
	}
}
