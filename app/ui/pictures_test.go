package ui

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
)

// TestScreenshots draws the window through the software painter, without a display. With LINECARD_PICTURES naming a folder it
// draws every state in light, in dark, and in large text in the smallest window, and keeps the pictures there: those of
// the manual are made so, and every one of them should be looked at after a change. Without it, two states must do.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("LINECARD_PICTURES")
	few := []string{"talking", "settings-salesforce"}
	for _, mode := range []Appearance{{Mode: Light}, {Mode: Dark}, {Mode: Light, TextSize: TextLarge}} {
		for _, l := range looks() {
			if dir == "" && !slices.Contains(few, l.name) {
				continue
			}
			name := l.name + "-" + string(mode.Mode)
			if mode.TextSize == TextLarge {
				name += "-large"
			}
			t.Run(name, func(t *testing.T) {
				picture := photograph(t, l, mode, fyne.Size{})
				if n := colours(picture); n < 100 {
					t.Errorf("the picture has only %d colours", n)
				}
				if dir != "" {
					keep(t, picture, filepath.Join(dir, name+".png"))
				}
			})
		}
	}
}

// TestScreenshotsOfNarrowWindows draws the states, as TestScreenshots does, in a window that is as wide as a phone, and in one with two panes.
func TestScreenshotsOfNarrowWindows(t *testing.T) {
	dir := os.Getenv("LINECARD_PICTURES")
	for name, size := range map[string]fyne.Size{"phone": fyne.NewSize(leastWidth, 568), "two": fyne.NewSize(twoPanes+40, 568)} {
		for _, mode := range []Appearance{{Mode: Light}, {Mode: Dark}} {
			for _, l := range looks() {
				if strings.HasPrefix(l.name, "settings-") || l.name == "demo-broken" || dir == "" && l.name != "talking" {
					continue
				}
				name := l.name + "-" + string(mode.Mode) + "-" + name
				t.Run(name, func(t *testing.T) {
					picture := photograph(t, l, mode, size)
					if n := colours(picture); n < 100 {
						t.Errorf("the picture has only %d colours", n)
					}
					if dir != "" {
						keep(t, picture, filepath.Join(dir, name+".png"))
					}
				})
			}
		}
	}
}

func photograph(t *testing.T, l look, mode Appearance, size fyne.Size) image.Image {
	b := newBench(t, func(c *Config) {
		c.Appearance = mode
		l.needs(c)
		c.DemoScenes = demoScenes()
		c.TryDemo = func() error { return nil }
	})
	switch {
	case !size.IsZero():
		b.resize(size.Width, size.Height)
	case mode.TextSize == TextLarge:
		b.resize(threePanes, 560)
	}
	b.draw(l.view())
	if l.act != nil {
		l.act(b)
		b.settle()
	}
	b.relayout()
	return b.cfg.Window.Canvas().Capture()
}

// colours counts the different ones, as far as a sample of every other line tells: a blank window has two or three.
func colours(m image.Image) int {
	seen := map[color.Color]bool{}
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y += 2 {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			seen[m.At(x, y)] = true
		}
	}
	return len(seen)
}

func keep(t *testing.T, m image.Image, path string) {
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}
