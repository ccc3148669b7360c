package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// demoBar says that nothing here is real, and plays the scenes.
type demoBar struct{ root *fyne.Container }

func newDemoBar(w *Window, scenes []Scene) *demoBar {
	bar := hbox(2)
	for _, s := range scenes {
		bar.Add(newClickable(inset(3, 3, 8, 8, newText(s.Label, caption.in(theme.ColorNameHyperlink))), 5, func() {
			w.do(func() error { s.Run(); return nil })
		}))
	}
	words := hbox(8, newGlyph("info", colorRinging, 15), newText("Demo: nothing leaves this computer", caption.in(colorRinging).strong()))
	d := &demoBar{container.NewStack(newBox(colorRingTint, 0), inset(3, 3, 14, 8, container.NewBorder(nil, nil, words, bar)))}
	d.root.Hide()
	return d
}
