package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

const (
	notesFrame   = 3 // room for the frame, which Fyne's painter would cut: it clips whatever scrolls
	notesPadding = notesFrame + 8
	notesBar     = 3 // width of the bar that shows how far down the text is
)

func (n *notes) CreateRenderer() fyne.WidgetRenderer {
	r := &notesRenderer{n: n, field: canvas.NewRectangle(nil), caret: canvas.NewRectangle(nil), bar: canvas.NewRectangle(nil), hint: canvas.NewText("", nil)}
	r.field.StrokeWidth = 1
	r.draw()
	return r
}

type notesRenderer struct {
	n       *notes
	field   *canvas.Rectangle
	caret   *canvas.Rectangle
	bar     *canvas.Rectangle
	hint    *canvas.Text
	rows    []*canvas.Text
	lit     []*canvas.Rectangle // behind what is selected, a row each
	objects []fyne.CanvasObject
}

func (r *notesRenderer) MinSize() fyne.Size {
	return fyne.NewSize(120, float32(r.n.least)*r.n.rowHeight()+2*notesPadding)
}

func (r *notesRenderer) Layout(size fyne.Size) {
	if width := size.Width - 2*notesPadding - notesBar; width != r.n.width {
		r.n.width = width
		r.n.wrap()
	}
	r.n.showCaret()
	r.draw()
}

func (r *notesRenderer) Refresh() {
	if themeSize(body.size) != r.n.size {
		r.n.wrap()
	}
	r.draw()
	for _, o := range r.objects {
		o.Refresh()
	}
}

func (r *notesRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *notesRenderer) Destroy()                     {}

// draw puts everything in its place: the rows that are in sight, what is selected in them, the caret.
func (r *notesRenderer) draw() {
	n, size := r.n, r.n.Size()
	r.field.FillColor, r.field.StrokeColor = themeColor(theme.ColorNameInputBackground), themeColor(theme.ColorNameInputBorder)
	if n.focused {
		r.field.StrokeColor = themeColor(theme.ColorNamePrimary)
	}
	r.field.CornerRadius = themeSize(theme.SizeNameInputRadius)
	r.field.Move(fyne.NewPos(notesFrame, notesFrame))
	r.field.Resize(size.SubtractWidthHeight(2*notesFrame, 2*notesFrame))
	r.objects = append(r.objects[:0], r.field)

	height, in := n.rowHeight(), min(n.inSight(), len(n.rows)-n.top)
	for len(r.rows) < in {
		r.rows = append(r.rows, canvas.NewText("", nil))
		r.lit = append(r.lit, canvas.NewRectangle(nil))
	}
	from, to := n.selection()
	for i := range in {
		r.drawRow(n.top+i, from, to, r.lit[i], r.rows[i], fyne.NewPos(notesPadding, notesPadding+float32(i)*height), height)
	}
	if n.Text == "" {
		caption.in(theme.ColorNamePlaceHolder).write(r.hint, n.hint, themeColor(theme.ColorNamePlaceHolder))
		r.hint.TextSize = themeSize(body.size)
		r.hint.Move(fyne.NewPos(notesPadding, notesPadding))
		r.hint.Resize(fyne.NewSize(size.Width-2*notesPadding, height))
		r.objects = append(r.objects, r.hint)
	}
	if row := n.rowOf(n.caret) - n.top; n.focused && row >= 0 && row < in {
		r.caret.FillColor = themeColor(theme.ColorNamePrimary)
		r.caret.Move(fyne.NewPos(min(notesPadding+n.left(n.caret), size.Width-notesPadding), notesPadding+float32(row)*height+1))
		r.caret.Resize(fyne.NewSize(2, height-3))
		r.objects = append(r.objects, r.caret)
	}
	if len(n.rows) > n.inSight() {
		track := size.Height - 2*notesPadding
		long := max(16, track*float32(n.inSight())/float32(len(n.rows)))
		r.bar.FillColor, r.bar.CornerRadius = themeColor(theme.ColorNameScrollBar), notesBar/2
		r.bar.Move(fyne.NewPos(size.Width-notesFrame-notesBar-2, notesPadding+(track-long)*float32(n.top)/float32(len(n.rows)-n.inSight())))
		r.bar.Resize(fyne.NewSize(notesBar, long))
		r.objects = append(r.objects, r.bar)
	}
}

// drawRow draws one row, and lights what of it lies between two bytes.
func (r *notesRenderer) drawRow(row, from, to int, lit *canvas.Rectangle, line *canvas.Text, at fyne.Position, height float32) {
	begin, end := r.n.span(row)
	if from < to && from <= end && to > begin {
		x, right := r.n.leftIn(row, max(from, begin)), r.n.leftIn(row, min(to, end))
		if to > end { // the end of the line too
			right += 4
		}
		lit.FillColor = themeColor(theme.ColorNameSelection)
		lit.Move(at.AddXY(x, 0))
		lit.Resize(fyne.NewSize(right-x, height-1))
		r.objects = append(r.objects, lit)
	}
	body.dress(line, r.n.Text[begin:end])
	line.Move(at)
	line.Resize(fyne.NewSize(r.n.width, height))
	r.objects = append(r.objects, line)
}

// leftIn is how far from the left of a row a byte is, which may be the first one behind the row.
func (n *notes) leftIn(row, at int) float32 {
	return fyne.MeasureText(n.Text[n.rows[row]:at], themeSize(body.size), body.textStyle()).Width
}
