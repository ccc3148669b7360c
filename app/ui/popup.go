package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Menus that pop up lie over the window, and are closed with Escape, with a click elsewhere, and when the call they may be about
// leaves the centre.

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
	if w.cfg.Now().Sub(w.popped) < startle { // it came by itself, and the key was for what was there before
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
