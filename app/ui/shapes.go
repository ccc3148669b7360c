package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"linecard/resources"
)

// box is a filled rectangle that follows the theme: a bare canvas.Rectangle keeps the colour it was made with.
type box struct {
	widget.BaseWidget
	fill   fyne.ThemeColorName
	stroke fyne.ThemeColorName // colorNone or "" for no border
	radius float32
	least  fyne.Size
}

func newBox(fill fyne.ThemeColorName, radius float32) *box {
	b := &box{fill: fill, radius: radius}
	b.ExtendBaseWidget(b)
	return b
}

// rule is a line one pixel thick, across or down.
func rule() *box {
	b := newBox(theme.ColorNameSeparator, 0)
	b.least = fyne.NewSize(1, 1)
	return b
}

func (b *box) paint(fill fyne.ThemeColorName) {
	if b.fill != fill {
		b.fill = fill
		b.Refresh()
	}
}

func (b *box) CreateRenderer() fyne.WidgetRenderer {
	r := &boxRenderer{box: b, rect: canvas.NewRectangle(nil)}
	r.dress()
	return r
}

type boxRenderer struct {
	box  *box
	rect *canvas.Rectangle
}

func (r *boxRenderer) dress() {
	r.rect.FillColor = themeColor(r.box.fill)
	r.rect.CornerRadius = r.box.radius
	r.rect.StrokeWidth = 0
	if r.box.stroke != "" && r.box.stroke != colorNone {
		r.rect.StrokeColor, r.rect.StrokeWidth = themeColor(r.box.stroke), 1
	}
}

func (r *boxRenderer) MinSize() fyne.Size           { return r.box.least }
func (r *boxRenderer) Layout(size fyne.Size)        { r.rect.Resize(size) }
func (r *boxRenderer) Refresh()                     { r.dress(); r.rect.Refresh() }
func (r *boxRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.rect} }
func (r *boxRenderer) Destroy()                     {}

// glyph is an icon of a fixed size in a colour of the theme.
type glyph struct {
	widget.BaseWidget
	name  string
	color fyne.ThemeColorName
	size  float32
}

func newGlyph(name string, color fyne.ThemeColorName, size float32) *glyph {
	g := &glyph{name: name, color: color, size: size}
	g.ExtendBaseWidget(g)
	return g
}

func (g *glyph) set(name string, color fyne.ThemeColorName) {
	if g.name != name || g.color != color {
		g.name, g.color = name, color
		g.Refresh()
	}
}

func (g *glyph) CreateRenderer() fyne.WidgetRenderer {
	r := &glyphRenderer{glyph: g, image: &canvas.Image{FillMode: canvas.ImageFillContain}}
	r.image.Resource = tinted(g.name, g.color)
	return r
}

type glyphRenderer struct {
	glyph *glyph
	image *canvas.Image
}

func (r *glyphRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.glyph.size) }
func (r *glyphRenderer) Layout(size fyne.Size) {
	side := fyne.NewSquareSize(r.glyph.size)
	r.image.Resize(side)
	r.image.Move(fyne.NewPos((size.Width-side.Width)/2, (size.Height-side.Height)/2))
}

func (r *glyphRenderer) Refresh() {
	r.image.Resource = tinted(r.glyph.name, r.glyph.color)
	r.image.Refresh()
}
func (r *glyphRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.image} }
func (r *glyphRenderer) Destroy()                     {}

func icon(name string) fyne.Resource { return theme.NewThemedResource(resources.Icon(name)) }

func tinted(name string, c fyne.ThemeColorName) fyne.Resource {
	return theme.NewColoredResource(resources.Icon(name), c)
}

// bordered draws the line around a select that Fyne draws around an entry, so that the two are seen to be fields.
func bordered(o fyne.CanvasObject) fyne.CanvasObject {
	line := newBox(colorNone, 6)
	line.stroke = theme.ColorNameInputBorder
	return container.NewStack(o, line)
}

// pill is a short word in a rounded tint: the state of the call.
type pill struct {
	root fyne.CanvasObject
	back *box
	word *text
}

func newPill() *pill {
	p := &pill{back: newBox(colorRingTint, 11), word: newText("", eyebrow)}
	p.root = container.NewStack(p.back, inset(4, 4, 11, 11, p.word))
	return p
}

func (p *pill) set(word string, ink, tint fyne.ThemeColorName) {
	p.word.set(word)
	p.word.paint(ink)
	p.back.paint(tint)
	show(p.root, word != "")
}
