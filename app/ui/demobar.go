package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// demoBar says that nothing here is real, and plays the scenes.
type demoBar struct {
	root    *fyne.Container
	mending []mending
}

// mending is a scene that breaks something, with its two buttons.
type mending struct {
	on         func() bool
	hurt, mend fyne.CanvasObject
}

func newDemoBar(w *Window, scenes []Scene) *demoBar {
	d := &demoBar{}
	bar := hbox(2)
	for _, s := range scenes {
		button := func(label string, look style) fyne.CanvasObject {
			return newClickable(inset(3, 3, 8, 8, newText(label, look)), 5, func() { d.play(w, s) })
		}
		hurt := button(s.Label, caption.in(theme.ColorNameHyperlink))
		bar.Add(hurt)
		if s.On != nil {
			mend := button(s.Mend, caption.in(colorHeld).strong())
			bar.Add(mend)
			d.mending = append(d.mending, mending{s.On, hurt, mend})
		}
	}
	words := newText(phrase("ui.demo-sign"), caption.in(colorRinging).strong().elided())
	sign := inset(0, 0, 0, 8, newGlyph("info", colorRinging, 15))
	row := demoRow{sign: sign, words: words, scenes: bar}
	row.list = newClickable(inset(3, 3, 8, 8, newText(phrase("ui.demo-scenes"), caption.in(theme.ColorNameHyperlink))), 5, func() { d.choose(w, row.list, scenes) })
	d.root = container.NewStack(newBox(colorRingTint, 0), inset(3, 3, 14, 8, container.New(row, words, sign, bar, row.list)))
	d.root.Hide()
	d.mark()
	return d
}

func (d *demoBar) play(w *Window, s Scene) {
	w.ask(func() func() {
		s.Run()
		return func() { d.mark(); w.relayout() }
	})
}

// choose lists the scenes under o, where the bar has no room for them.
func (d *demoBar) choose(w *Window, o fyne.CanvasObject, scenes []Scene) {
	menu := fyne.NewMenu("")
	for _, s := range scenes {
		label := s.Label
		if s.On != nil && s.On() {
			label = s.Mend
		}
		menu.Items = append(menu.Items, fyne.NewMenuItem(label, func() { d.play(w, s) }))
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	popUp(w.cfg.Window.Canvas(), menu, at.AddXY(0, o.Size().Height))
}

// mark shows what is broken on purpose now: the command line plays scenes too.
func (d *demoBar) mark() {
	for _, m := range d.mending {
		broken := m.on()
		show(m.mend, broken)
		show(m.hurt, !broken)
	}
}
