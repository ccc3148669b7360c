package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// dressed gives what it holds a theme of its own. It is a ThemeOverride that dresses rarely: Fyne 2.7.1 dresses the widgets
// below it at every refresh, and forgets the size of every text and the picture of every icon in the program for each of them
// (internal/cache/theme.go, overrideWidget). Measuring them again was most of what a refresh cost.
type dressed struct {
	widget.BaseWidget
	over *container.ThemeOverride
	last time.Time // it was dressed
}

// dressedFor is how long a theme is sure to stay on: Fyne takes it off what it has not drawn for a minute.
const dressedFor = 30 * time.Second

func newDressed(o fyne.CanvasObject, in fyne.Theme) *dressed {
	d := &dressed{over: container.NewThemeOverride(o, in), last: time.Now()}
	d.ExtendBaseWidget(d)
	return d
}

func (d *dressed) CreateRenderer() fyne.WidgetRenderer { return &dressedRenderer{d} }

type dressedRenderer struct{ *dressed }

func (r *dressedRenderer) MinSize() fyne.Size           { return r.over.MinSize() }
func (r *dressedRenderer) Layout(size fyne.Size)        { r.over.Resize(size) }
func (r *dressedRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.over} }
func (r *dressedRenderer) Destroy()                     {}

func (r *dressedRenderer) Refresh() {
	if now := time.Now(); now.Sub(r.last) > dressedFor {
		r.last = now
		r.over.Refresh()
		return
	}
	r.over.Content.Refresh()
}
