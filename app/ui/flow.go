package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// flow lays buttons in a row, from the right or in the middle, and begins another row under it where there is no room for the next one.
type flow struct {
	gap    float32
	middle bool
	rows   int // as it was laid out last
}

// flowing has buttons end at the right.
func flowing(gap float32, o ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap: gap, rows: 1}, o...)
}

// flowingMiddle has them in the middle.
func flowingMiddle(gap float32, o ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{gap: gap, rows: 1, middle: true}, o...)
}

func (f *flow) MinSize(o []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, c := range o {
		if c.Visible() {
			size = size.Max(c.MinSize())
		}
	}
	return fyne.NewSize(size.Width, size.Height*float32(f.rows)+f.gap*float32(f.rows-1))
}

func (f *flow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	var rows [][]fyne.CanvasObject
	width, height := float32(0), float32(0)
	for _, c := range o {
		if !c.Visible() {
			continue
		}
		least := c.MinSize()
		height = max(height, least.Height)
		if len(rows) == 0 || width+f.gap+least.Width > size.Width {
			rows, width = append(rows, nil), -f.gap
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], c)
		width += f.gap + least.Width
	}
	f.rows = max(1, len(rows))
	y := float32(0)
	for _, row := range rows {
		x := size.Width + f.gap
		for _, c := range row {
			x -= c.MinSize().Width + f.gap
		}
		if f.middle {
			x /= 2
		}
		for _, c := range row {
			w := c.MinSize().Width
			c.Move(fyne.NewPos(x, y))
			c.Resize(fyne.NewSize(w, height))
			x += w + f.gap
		}
		y += height + f.gap
	}
}
