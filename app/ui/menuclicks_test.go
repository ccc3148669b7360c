package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"linecard/app"
)

// The driver gives a click to the innermost thing that takes clicks of either button. What has a menu of its own has to take the others, too, or they are
// lost on it, whatever is around it.
func TestWhatHasAMenuTakesOtherClicks(t *testing.T) {
	for name, v := range map[string]app.View{"idle": idle(), "talking": with(idle(), talking()), "wrap-up": with(idle(), wrapUp())} {
		b := newBench(t, nil)
		b.draw(v)
		b.relayout()
		menus := 0
		eachObject(b.cfg.Window.Canvas().Content(), func(o fyne.CanvasObject) {
			if _, ok := o.(fyne.SecondaryTappable); !ok {
				return
			}
			menus++
			_, taps := o.(fyne.Tappable)
			if _, presses := o.(desktop.Mouseable); !taps && !presses {
				t.Errorf("%s: clicks on a %T with a menu are lost", name, o)
			}
		})
		if menus == 0 {
			t.Errorf("%s: nothing has a menu", name)
		}
	}
}

// A click on a row shows its number, and a second one calls it, as they come from the driver.
func TestAClickOnARowOfTheHistory(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.relayout()
	var row *historyRow
	eachObject(b.left.root, func(o fyne.CanvasObject) {
		if r, ok := o.(*historyRow); ok && row == nil && r.Visible() && r.at == 0 {
			row = r
		}
	})
	if row == nil {
		t.Fatal("no row is drawn")
	}
	row.Tapped(&fyne.PointEvent{})
	b.settle()
	if got := b.left.dial.field.Text; got != "+14155550132" {
		t.Errorf("the field has %q", got)
	}
	b.now = b.now.Add(200 * time.Millisecond)
	row.Tapped(&fyne.PointEvent{})
	b.settle()
	if got := b.desk.said(); !slices.Contains(got, "dial +14155550132") {
		t.Errorf("two clicks told %q", got)
	}
}

// eachObject visits what is drawn of o.
func eachObject(o fyne.CanvasObject, visit func(fyne.CanvasObject)) {
	if o == nil || !o.Visible() {
		return
	}
	visit(o)
	switch o := o.(type) {
	case *fyne.Container:
		for _, part := range o.Objects {
			eachObject(part, visit)
		}
	case fyne.Widget:
		for _, part := range test.WidgetRenderer(o).Objects() {
			eachObject(part, visit)
		}
	}
}
