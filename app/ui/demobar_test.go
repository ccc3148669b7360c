package ui

import (
	"testing"

	"linecard/app"
)

// TestWhatIsBrokenOnPurpose stays on the bar until it is mended, wherever it was broken from.
func TestWhatIsBrokenOnPurpose(t *testing.T) {
	down := breaking("Salesforce down", "Bring Salesforce back")
	b := newBench(t, func(c *Config) { c.DemoScenes = []Scene{down} })
	expect := func(broken bool) {
		t.Helper()
		if b.shows(down.Label) == broken || b.shows(down.Mend) != broken {
			t.Errorf("%q is shown: %v, %q: %v", down.Label, b.shows(down.Label), down.Mend, b.shows(down.Mend))
		}
	}
	idle := app.View{Demo: true}
	b.draw(idle)
	expect(false)
	b.press(down.Label)
	b.settle()
	expect(true)
	b.press(down.Mend)
	b.settle()
	expect(false)
	down.Run() // by the command line
	b.draw(idle)
	expect(true)
}
