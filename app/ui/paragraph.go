package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// paragraph is plain text over as many lines as its width asks for, up to a limit. Its height depends on its width, which
// it only knows after it was laid out once: relayout runs twice for that.
type paragraph struct {
	widget.BaseWidget
	style
	value string
	most  int     // lines
	width float32 // wrap here, whatever the layout gives; 0 means as laid out

	painted fyne.ThemeColorName // the colour it was last said in
}

func newParagraph(value string, s style, most int) *paragraph {
	p := &paragraph{style: s, value: value, most: most, painted: s.color}
	p.ExtendBaseWidget(p)
	return p
}

// narrow wraps the paragraph at a fixed width, for layouts that ask for its size before they give it one.
func (p *paragraph) narrow(width float32) *paragraph {
	p.width = width
	return p
}

func (p *paragraph) say(value string) {
	if p.value != value || p.painted != p.color {
		p.value, p.painted = value, p.color
		p.Refresh()
	}
	show(p, value != "")
}

func (p *paragraph) lines() []string {
	width := p.width
	if width == 0 {
		width = p.Size().Width
	}
	return wrap(p.value, width, p.style, p.most)
}

func (p *paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := &paragraphRenderer{p: p}
	r.fill()
	return r
}

type paragraphRenderer struct {
	p    *paragraph
	rows []fyne.CanvasObject
}

func (r *paragraphRenderer) lineHeight() float32 { return r.p.measure("Ág").Height + 2 }

func (r *paragraphRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.p.width, float32(max(1, len(r.p.lines())))*r.lineHeight())
}

func (r *paragraphRenderer) Layout(size fyne.Size) {
	r.fill()
	h := r.lineHeight()
	for i, row := range r.rows {
		row.Move(fyne.NewPos(0, float32(i)*h))
		row.Resize(fyne.NewSize(size.Width, h))
	}
}

func (r *paragraphRenderer) fill() {
	lines := r.p.lines()
	for len(r.rows) < len(lines) {
		r.rows = append(r.rows, canvas.NewText("", nil))
	}
	r.rows = r.rows[:len(lines)]
	for i, line := range lines {
		r.p.dress(r.rows[i].(*canvas.Text), line)
	}
}

func (r *paragraphRenderer) Refresh() {
	r.Layout(r.p.Size())
	for _, row := range r.rows {
		row.Refresh()
	}
}

func (r *paragraphRenderer) Objects() []fyne.CanvasObject { return r.rows }
func (r *paragraphRenderer) Destroy()                     {}

// wrap breaks s at spaces into lines of at most width, and the last of the most lines ends in an ellipsis when something
// is left over. Width zero means: not laid out yet, one line.
func wrap(s string, width float32, st style, most int) []string {
	if width <= 0 {
		return []string{s}
	}
	var lines []string
	line := ""
	words := strings.Fields(s)
	for i, word := range words {
		longer := word
		if line != "" {
			longer = line + " " + word
		}
		if line == "" || st.measure(longer).Width <= width {
			line = longer
			continue
		}
		if len(lines) == most-1 {
			line = strings.Join(append([]string{line}, words[i:]...), " ")
			break
		}
		lines = append(lines, elide(line, width, st))
		line = word
	}
	return append(lines, elide(line, width, st))
}
