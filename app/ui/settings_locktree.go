package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// lockTree disables all that can be changed in a part of a page that the administrator fixed, and takes the grips away: what is there can
// still be read. Unlocked, all of it can be changed again; whoever enables some of it only at times does that after.
func lockTree(o fyne.CanvasObject, locked bool) {
	switch o := o.(type) {
	case *fyne.Container:
		for _, child := range o.Objects {
			lockTree(child, locked)
		}
	case *container.Scroll:
		lockTree(o.Content, locked)
	case *dressed:
		lockTree(o.over.Content, locked)
	case *grip:
		show(o, !locked)
	case disableable:
		if locked {
			o.Disable()
		} else {
			o.Enable()
		}
	}
}
