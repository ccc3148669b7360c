package ui

import (
	"time"

	"fyne.io/fyne/v2"
)

// Sizes are how large the window is and was last, in Fyne's units, kept from one start to the next.
type Sizes struct {
	Wide    fyne.Size `json:"wide"`    // with two or three panes
	Phone   fyne.Size `json:"phone"`   // with one
	IsPhone bool      `json:"isPhone"` // it has one now
}

// The sizes of a window that was never given another, and the most that is believed of a kept one.
var (
	wideSize  = fyne.NewSize(1120, 700)
	phoneSize = fyne.NewSize(340, 600)
)

const mostSide = 16384

// settingsWide and settingsHigh are how large a window is at least that is made wider for the settings.
const (
	settingsWide = 820
	settingsHigh = 560
)

// sane replaces what no window can be.
func (s Sizes) sane() Sizes {
	keep := func(size, other fyne.Size, least, most float32) fyne.Size {
		if !(size.Width >= least && size.Width < most && size.Height >= leastHeight && size.Height <= mostSide) { // not a number is neither
			return other
		}
		return size
	}
	s.Wide, s.Phone = keep(s.Wide, wideSize, twoPanes, mostSide), keep(s.Phone, phoneSize, leastWidth, twoPanes)
	return s
}

// now is the size that the window has.
func (s Sizes) now() fyne.Size {
	if s.IsPhone {
		return s.Phone
	}
	return s.Wide
}

// tookSize takes notice of the window's size. What it was given for the settings alone is not the agent's.
func (w *Window) tookSize(size fyne.Size) {
	if w.inSettings() || w.narrow || size.Width < leastWidth || size.Height < leastHeight || size == w.sizes.now() {
		return
	}
	if w.sizes.IsPhone = panesIn(size.Width) == 1; w.sizes.IsPhone {
		w.sizes.Phone = size
	} else {
		w.sizes.Wide = size
	}
	if w.cfg.Resized != nil {
		w.cfg.Resized(w.sizes)
	}
}

// togglePhone makes the window as small as a phone, and as large as it was.
func (w *Window) togglePhone() {
	w.closeSettings()
	s := w.sizes
	s.IsPhone = !s.IsPhone
	w.cfg.Window.Resize(s.now())
}

// roomForSettings makes a narrow window wider while the settings are open.
func (w *Window) roomForSettings() {
	if size := w.cfg.Window.Canvas().Size(); size.Width < settingsWide {
		w.narrow = true
		w.cfg.Window.Resize(fyne.NewSize(settingsWide, max(size.Height, settingsHigh)))
	}
}

// limitsFollow is how long the window's manager may still hold it to the least width that the settings needed: Fyne tells of another with its
// next frames.
const limitsFollow = 200 * time.Millisecond

// narrowAgain gives the window the size that it had before the settings.
func (w *Window) narrowAgain() {
	if !w.narrow {
		return
	}
	size := w.sizes.now()
	w.cfg.Window.Resize(size)
	if w.cfg.Window.Canvas().Size() == size {
		w.narrow = false
	}
	w.after(limitsFollow, func() {
		if !w.inSettings() {
			w.cfg.Window.Resize(size)
			w.narrow = false
		}
	})
}
