package ui

import (
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

// TestScreenshots draws the window in every state, in light and dark, through the software painter, and looks that there
// is something in the picture. With LINECARD_PICTURES naming a folder the pictures are kept there: those of the manual are
// made so.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("LINECARD_PICTURES")
	for _, mode := range []Appearance{{Mode: Light}, {Mode: Dark}, {Mode: Light, TextSize: TextLarge}} {
		for _, l := range looks() {
			name := l.name + "-" + string(mode.Mode)
			if mode.TextSize == TextLarge {
				name += "-large" // and in the smallest window
			}
			t.Run(name, func(t *testing.T) {
				b := newBench(t, func(c *Config) {
					c.Appearance = mode
					c.DemoScenes = demoScenes()
					c.TryDemo = func() error { return nil }
				})
				if mode.TextSize == TextLarge {
					b.resize(minWidth, minHeight)
				}
				b.draw(l.view())
				if l.act != nil {
					l.act(b)
					b.settle()
				}
				b.relayout()
				picture := b.cfg.Window.Canvas().Capture()
				if dir == "" {
					return
				}
				f, err := os.Create(filepath.Join(dir, name+".png"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if err := png.Encode(f, picture); err != nil {
					t.Fatal(err)
				}
			})
		}
	}
}
