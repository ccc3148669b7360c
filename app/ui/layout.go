package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// sideWidth is how wide the left and the right pane are, where there is room for more than one.
const sideWidth = 300

func inset(top, bottom, left, right float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(top, bottom, left, right), o)
}

func vbox(gap float32, o ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), o...)
}

func hbox(gap float32, o ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedHBoxLayout(gap), o...)
}

// middle keeps o at its own height in the middle of a taller row.
func middle(o fyne.CanvasObject) *fyne.Container { return container.NewCenter(o) }

// sized gives o at least the size.
func sized(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(leastLayout{fyne.NewSize(w, h)}, o)
}

type leastLayout struct{ least fyne.Size }

func (l leastLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return l.least.Max(o[0].MinSize()) }
func (l leastLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.Position{})
	o[0].Resize(size)
}

// stripBand is kept free above a call and above the settings: the height of a strip of one line, and two pixels, into which the word for where a
// call stands reaches.
func stripBand() float32 { return 48 * max(1, textScale()) }

// stripLine is the height of a strip of one line.
func stripLine() float32 { return 46 * max(1, textScale()) }

// textScale is how large the window writes, 1 being normal.
func textScale() float32 { return themeSize(theme.SizeNameText) / textSizes[theme.SizeNameText] }

// belowStrips makes room for the strips above what it holds.
type belowStrips struct{ w *Window }

func (b belowStrips) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }

func (b belowStrips) Layout(o []fyne.CanvasObject, size fyne.Size) {
	y := max(0, b.w.strips.MinSize().Height-stripLine()) // the pages leave the band free
	o[0].Move(fyne.NewPos(0, y))
	o[0].Resize(fyne.NewSize(size.Width, size.Height-y))
}

// frame puts a bar above and one below what takes the rest, without the gaps of a border layout, and the strips over the
// top of the rest.
type frame struct{}

func (frame) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, part := range o[:3] {
		least := part.MinSize()
		size = fyne.NewSize(max(size.Width, least.Width), size.Height+least.Height)
	}
	return size
}

func (frame) Layout(o []fyne.CanvasObject, size fyne.Size) {
	top, bottom := float32(0), o[2].MinSize().Height
	if o[0].Visible() {
		top = o[0].MinSize().Height
	}
	o[3].Move(fyne.NewPos(0, top))
	o[3].Resize(fyne.NewSize(size.Width, o[3].MinSize().Height))
	y := float32(0)
	for i, h := range []float32{top, size.Height - top - bottom, bottom} {
		o[i].Move(fyne.NewPos(0, y))
		o[i].Resize(fyne.NewSize(size.Width, h))
		y += h
	}
}

// columnOf keeps what it holds at a readable width in the middle of a wide page.
type columnOf struct{ most float32 }

func (c columnOf) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }
func (c columnOf) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := min(size.Width, c.most)
	o[0].Move(fyne.NewPos((size.Width-w)/2, 0))
	o[0].Resize(fyne.NewSize(w, size.Height))
}

// row lays equal columns side by side, whatever they would like, between a least and a most width each.
type row struct{ gap, most float32 }

func (r row) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, c := range o {
		size = size.Max(c.MinSize())
	}
	return fyne.NewSize(size.Width*float32(len(o))+r.gap*float32(len(o)-1), size.Height)
}

func (r row) Layout(o []fyne.CanvasObject, size fyne.Size) {
	n := float32(len(o))
	w := min(r.most, (size.Width-r.gap*(n-1))/n)
	x := (size.Width - w*n - r.gap*(n-1)) / 2
	for _, c := range o {
		c.Move(fyne.NewPos(x, 0))
		c.Resize(fyne.NewSize(w, size.Height))
		x += w + r.gap
	}
}

// sharing lays buttons side by side, equally wide while their words allow it. One alone is as wide as it needs, at the right.
type sharing struct{ gap, most float32 }

func (s sharing) MinSize(o []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(s.gap*float32(len(o)-1), 0)
	for _, c := range o {
		least := c.MinSize()
		size = fyne.NewSize(size.Width+least.Width, max(size.Height, least.Height))
	}
	return size
}

func (s sharing) Layout(o []fyne.CanvasObject, size fyne.Size) {
	if len(o) == 1 {
		least := o[0].MinSize().Width + 16
		o[0].Move(fyne.NewPos(size.Width-least, 0))
		o[0].Resize(fyne.NewSize(least, size.Height))
		return
	}
	n := float32(len(o))
	each := min(s.most, (size.Width-s.gap*(n-1))/n)
	equal := true
	for _, c := range o {
		equal = equal && c.MinSize().Width <= each
	}
	free := (size.Width - s.MinSize(o).Width) / n
	x := float32(0)
	if equal {
		x = (size.Width - each*n - s.gap*(n-1)) / 2
	}
	for _, c := range o {
		w := each
		if !equal {
			w = c.MinSize().Width + free
		}
		c.Move(fyne.NewPos(x, 0))
		c.Resize(fyne.NewSize(w, size.Height))
		x += w + s.gap
	}
}

func show(o fyne.CanvasObject, visible bool) {
	if o.Visible() == visible {
		return
	}
	if visible {
		o.Show()
	} else {
		o.Hide()
	}
}

// parts are what o is made of, as far as the window's own containers go.
func parts(o fyne.CanvasObject) []fyne.CanvasObject {
	switch o := o.(type) {
	case *fyne.Container:
		return o.Objects
	case *container.Scroll:
		return []fyne.CanvasObject{o.Content}
	case *dressed:
		return []fyne.CanvasObject{o.over.Content}
	case *clickable:
		return []fyne.CanvasObject{o.content}
	case *numberEntry:
		return actionOf(&o.Entry)
	case *field:
		return actionOf(&o.Entry)
	case *valueField:
		return actionOf(&o.Entry)
	case *widget.Entry:
		return actionOf(o)
	}
	return nil
}

func actionOf(e *widget.Entry) []fyne.CanvasObject {
	if e.ActionItem == nil {
		return nil
	}
	return []fyne.CanvasObject{e.ActionItem}
}

// relayout gives every container under o its layout again, after texts have changed. The window does this by itself
// before its next frame; the software canvas of the tests and pictures does not.
func relayout(o fyne.CanvasObject) {
	switch o := o.(type) {
	case *fyne.Container:
		if o.Layout != nil {
			o.Layout.Layout(o.Objects, o.Size())
		}
		for _, child := range o.Objects {
			relayout(child)
		}
	case *container.Scroll:
		o.Content.Resize(o.Content.MinSize().Max(fyne.NewSize(o.Size().Width, o.Size().Height)))
		relayout(o.Content)
	case *dressed:
		relayout(o.over.Content)
	case *clickable:
		relayout(o.content)
	}
}
