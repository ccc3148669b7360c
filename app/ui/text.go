package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// style is how a text is written, by theme names, so that it follows a change of theme.
type style struct {
	size  fyne.ThemeSizeName
	color fyne.ThemeColorName
	bold  bool
	align fyne.TextAlign
	elide bool // take the width that is given and end in an ellipsis; otherwise ask for the width it needs
}

func (s style) centred() style                 { s.align, s.elide = fyne.TextAlignCenter, true; return s }
func (s style) trailing() style                { s.align = fyne.TextAlignTrailing; return s }
func (s style) elided() style                  { s.elide = true; return s }
func (s style) strong() style                  { s.bold = true; return s }
func (s style) in(c fyne.ThemeColorName) style { s.color = c; return s }
func (s style) measure(v string) fyne.Size     { return measured.of(v, themeSize(s.size), s.textStyle()) }
func (s style) textStyle() fyne.TextStyle      { return fyne.TextStyle{Bold: s.bold} }
func (s style) dress(t *canvas.Text, v string) { s.write(t, v, themeColor(s.color)) }
func (s style) write(t *canvas.Text, v string, c color.Color) {
	t.Text, t.TextSize, t.TextStyle, t.Alignment, t.Color = v, themeSize(s.size), s.textStyle(), s.align, c
}

// The styles.
var (
	body    = style{size: theme.SizeNameText, color: theme.ColorNameForeground}
	caption = style{size: theme.SizeNameCaptionText, color: colorMuted}
	heading = style{size: theme.SizeNameSubHeadingText, color: theme.ColorNameForeground, bold: true}
	title   = style{size: sizeTitle, color: theme.ColorNameForeground, bold: true}
	eyebrow = style{size: sizeMicro, color: colorMuted, bold: true}
)

// text is one line of plain text: the name a caller gives is never read as markup. Setting what is already there
// costs nothing, which is what makes drawing the same View again cheap.
type text struct {
	widget.BaseWidget
	style
	value string
}

func newText(value string, s style) *text {
	t := &text{style: s, value: value}
	t.ExtendBaseWidget(t)
	return t
}

func (t *text) set(value string) {
	if t.value != value {
		t.value = value
		t.Refresh()
	}
}

func (t *text) paint(c fyne.ThemeColorName) {
	if t.color != c {
		t.color = c
		t.Refresh()
	}
}

// say sets the text, and hides it when there is nothing to say, so that it takes no room.
func (t *text) say(value string) {
	t.set(value)
	show(t, value != "")
}

func (t *text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{text: t, line: canvas.NewText("", color.Transparent)}
	r.fit(t.Size().Width)
	return r
}

type textRenderer struct {
	text *text
	line *canvas.Text
}

func (r *textRenderer) MinSize() fyne.Size {
	size := r.text.measure(r.text.value)
	if r.text.elide {
		size.Width = 0
	}
	return size
}

func (r *textRenderer) Layout(size fyne.Size) {
	r.line.Resize(size)
	r.fit(size.Width)
}

func (r *textRenderer) fit(width float32) {
	shown := r.text.value
	if r.text.elide {
		shown = elide(shown, width, r.text.style)
	}
	r.text.dress(r.line, shown)
}

func (r *textRenderer) Refresh() {
	r.fit(r.text.Size().Width)
	r.line.Refresh()
}

func (r *textRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.line} }
func (r *textRenderer) Destroy()                     {}

// elide shortens s to the width, ending in an ellipsis. A width of zero means the layout has not been made yet.
func elide(s string, width float32, st style) string {
	if width <= 0 || st.measure(s).Width <= width {
		return s
	}
	runes := []rune(s)
	low, high := 0, len(runes)
	for low < high { // the most runes that fit
		mid := (low + high + 1) / 2
		if st.measure(string(runes[:mid])+"…").Width <= width {
			low = mid
		} else {
			high = mid - 1
		}
	}
	return string(runes[:low]) + "…"
}
