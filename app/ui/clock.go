package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// clock shows a running time in the window's own typeface without dancing: every digit stands in a cell as wide as the
// widest one (Fyne cannot ask Inter for its tabular figures), and a second's tick redraws only the digits that changed.
type clock struct {
	widget.BaseWidget
	value string
	color fyne.ThemeColorName
}

func newClock() *clock {
	c := &clock{color: theme.ColorNameForeground}
	c.ExtendBaseWidget(c)
	return c
}

func (c *clock) set(value string, color fyne.ThemeColorName) {
	if c.value != value || c.color != color {
		c.value, c.color = value, color
		c.Refresh()
	}
}

var clockStyle = style{size: sizeClock, align: fyne.TextAlignCenter}

func (c *clock) CreateRenderer() fyne.WidgetRenderer {
	r := &clockRenderer{clock: c}
	r.Layout(c.Size())
	return r
}

type clockRenderer struct {
	clock *clock
	cells []fyne.CanvasObject
}

func cellWidth(char rune) float32 {
	if char == ':' {
		return clockStyle.measure(":").Width + 2
	}
	return clockStyle.measure("0").Width
}

func (r *clockRenderer) width() float32 {
	var w float32
	for _, char := range r.clock.value {
		w += cellWidth(char)
	}
	return w
}

func (r *clockRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.width(), clockStyle.measure("0").Height)
}

func (r *clockRenderer) Layout(size fyne.Size) {
	chars := []rune(r.clock.value)
	for len(r.cells) < len(chars) {
		r.cells = append(r.cells, canvas.NewText("", nil))
	}
	r.cells = r.cells[:len(chars)]
	ink := themeColor(r.clock.color)
	x := (size.Width - r.width()) / 2
	for i, char := range chars {
		cell, w := r.cells[i].(*canvas.Text), cellWidth(char)
		changed := cell.Text != string(char) || cell.Color != ink
		clockStyle.write(cell, string(char), ink)
		cell.Move(fyne.NewPos(x, 0))
		cell.Resize(fyne.NewSize(w, size.Height))
		if changed {
			cell.Refresh()
		}
		x += w
	}
}

func (r *clockRenderer) Refresh()                     { r.Layout(r.clock.Size()) }
func (r *clockRenderer) Objects() []fyne.CanvasObject { return r.cells }
func (r *clockRenderer) Destroy()                     {}
