package ui

import (
	"sync/atomic"
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

func demoScenes() []Scene {
	var scenes []Scene
	for _, label := range []string{"New call", "Many matches", "Unknown caller", "Withheld"} {
		scenes = append(scenes, Scene{Label: label, Run: func() {}})
	}
	return append(scenes, breaking("Salesforce down", "Bring Salesforce back"), Scene{Label: "Link broken", Run: func() {}},
		breaking("Quota used up", "Refill the quota"))
}

// breaking is a scene that breaks something when it is played, and mends it the next time.
func breaking(label, mend string) Scene {
	var on atomic.Bool
	return Scene{Label: label, Mend: mend, Run: func() { on.Store(!on.Load()) }, On: on.Load}
}
