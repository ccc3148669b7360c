package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Menus that pop up lie over the window, and are closed with Escape, with a click elsewhere of either button, and when the call they may be
// about leaves the centre.

// menuLayer holds a menu over the window and takes the clicks elsewhere. Fyne's own holder of a PopUpMenu hears those of the first button only.
type menuLayer struct {
	widget.BaseWidget
	Menu *widget.PopUpMenu // exported for menuIn
	over fyne.Canvas
}

// popUp shows a menu, as far as there is room with its upper left corner at a place.
func popUp(over fyne.Canvas, m *fyne.Menu, at fyne.Position) {
	l := &menuLayer{Menu: widget.NewPopUpMenu(m, over), over: over}
	l.ExtendBaseWidget(l)
	l.Menu.OnDismiss = l.close
	l.Resize(over.Size())
	over.Overlays().Add(l)
	l.Menu.Move(at)
	over.Focus(l.Menu)
}

func (l *menuLayer) close() {
	l.Hide()
	l.over.Overlays().Remove(l)
}

// Tapped implements fyne.Tappable.
func (l *menuLayer) Tapped(*fyne.PointEvent) { l.close() }

// TappedSecondary implements fyne.SecondaryTappable.
func (l *menuLayer) TappedSecondary(*fyne.PointEvent) { l.close() }

// MouseIn implements desktop.Hoverable: what lies below does not light up.
func (l *menuLayer) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements desktop.Hoverable.
func (l *menuLayer) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (l *menuLayer) MouseOut() {}

// CreateRenderer implements fyne.Widget.
func (l *menuLayer) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout(l.Menu))
}

// closeMenu closes the uppermost one, and says whether there was one.
func (w *Window) closeMenu() bool {
	top := w.cfg.Window.Canvas().Overlays().Top()
	if top == nil {
		return false
	}
	top.Hide()
	w.cfg.Window.Canvas().Overlays().Remove(top)
	return true
}

// menuKey hands a key to the menu that lies uppermost, and says whether there is one. Fyne 2.7.1 gives a menu the focus before the
// click that opened it has taken the focus away, so its keys arrive here.
func (w *Window) menuKey(k *fyne.KeyEvent) bool {
	top := w.cfg.Window.Canvas().Overlays().Top()
	if top == nil {
		return false
	}
	if k.Name == fyne.KeyEscape {
		return w.closeMenu()
	}
	if w.cfg.Now().Sub(w.popped) < reactionTime { // it came by itself, and the key was for what was there before
		return true
	}
	if menu := menuIn(top); menu != nil {
		menu.TypedKey(k)
	}
	return true
}

// menuIn is the menu in an overlay, nil if it is something else. Fyne's container of overlays is internal; its content is exported.
func menuIn(overlay fyne.CanvasObject) *widget.PopUpMenu {
	if m, ok := overlay.(*widget.PopUpMenu); ok {
		return m
	}
	v := reflect.Indirect(reflect.ValueOf(overlay))
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		if f := v.Field(i); f.CanInterface() {
			if m, ok := f.Interface().(*widget.PopUpMenu); ok {
				return m
			}
		}
	}
	return nil
}
