package ui

import "fyne.io/fyne/v2"

// What stands in one row of a wide window, and in the narrowest one has no room for that.

// stripRow has an icon, a sentence and buttons: in a row, or in a narrow window with the buttons under the sentence.
type stripRow struct {
	icon, words, buttons fyne.CanvasObject
	under                bool // the buttons are, as it was laid out last
}

// stripInRow is how wide a strip is that has its buttons beside the sentence.
const stripInRow = 600

func (r *stripRow) MinSize([]fyne.CanvasObject) fyne.Size {
	icon, words, buttons := r.icon.MinSize(), r.words.MinSize(), r.buttons.MinSize()
	if r.under {
		return fyne.NewSize(max(icon.Width+words.Width, buttons.Width), max(icon.Height, words.Height)+4+buttons.Height)
	}
	return fyne.NewSize(icon.Width+words.Width+buttons.Width, max(icon.Height, words.Height, buttons.Height))
}

func (r *stripRow) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	icon, buttons := r.icon.MinSize(), r.buttons.MinSize()
	r.under = size.Width < stripInRow && buttons.Width > 0
	height, right := size.Height, buttons.Width
	if r.under {
		height, right = size.Height-4-buttons.Height, 0
	}
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	}
	put(r.icon, 0, 0, icon.Width, height)
	put(r.words, icon.Width, 0, size.Width-icon.Width-right, height)
	if r.under {
		put(r.buttons, size.Width-buttons.Width, height+4, buttons.Width, buttons.Height)
		return
	}
	put(r.buttons, size.Width-right, 0, right, height)
}

// statusRow has what stands at the left end of the status bar and at the right. Where there is no room for all the words, icons alone stand for
// the less urgent ones.
type statusRow struct{ s *statusBar }

func (r statusRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func (r statusRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	s := r.s
	spoken := []*statusItem{s.device, s.queues, s.org, s.messages, s.outbox, s.phone, s.presence}
	for _, i := range spoken {
		show(i.word, true)
	}
	for _, i := range spoken {
		if o[0].MinSize().Width+o[1].MinSize().Width <= size.Width {
			break
		}
		show(i.word, false)
	}
	right := o[1].MinSize().Width
	o[0].Move(fyne.Position{})
	o[0].Resize(fyne.NewSize(size.Width-right, size.Height))
	o[1].Move(fyne.NewPos(size.Width-right, 0))
	o[1].Resize(fyne.NewSize(right, size.Height))
}

// demoRow has the sign of the demo, a sentence that may be cut, and the scenes; in a narrow window a list of them.
type demoRow struct{ sign, words, scenes, list fyne.CanvasObject }

func (r demoRow) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, max(r.sign.MinSize().Height, r.words.MinSize().Height, r.scenes.MinSize().Height))
}

func (r demoRow) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	sign := r.sign.MinSize().Width
	wide := sign+r.scenes.MinSize().Width <= size.Width
	show(r.scenes, wide)
	show(r.list, !wide)
	right := r.scenes
	if !wide {
		right = r.list
	}
	end := right.MinSize().Width
	x := float32(0)
	for _, part := range []struct {
		o     fyne.CanvasObject
		width float32
	}{{r.sign, sign}, {r.words, size.Width - sign - end}, {right, end}} {
		part.o.Move(fyne.NewPos(x, 0))
		part.o.Resize(fyne.NewSize(part.width, size.Height))
		x += part.width
	}
}
