package ui

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestGolden compares what the window is made of, in every state, with the markup kept in testdata. What differs is
// written to testdata/failed: look at it, and move it over the old one if it is what you meant.
func TestGolden(t *testing.T) {
	for _, l := range looks() {
		t.Run(l.name, func(t *testing.T) {
			b := newBench(t, func(c *Config) {
				c.DemoScenes = demoScenes()
				c.TryDemo = func() error { return nil }
				l.needs(c)
			})
			b.draw(l.view())
			if l.act != nil {
				l.act(b)
				b.settle()
			}
			b.relayout()
			part := l.part(b)
			size := part.Size()
			if size.Width == 0 { // parts that were put together for this
				size = fyne.NewSize(1120, part.MinSize().Height)
			}
			c := test.NewCanvas()
			c.SetPadded(false)
			c.SetContent(part)
			c.Resize(size)
			relayout(part)
			relayout(part)
			test.AssertRendersToMarkup(t, l.name+".xml", c)
		})
	}
}
