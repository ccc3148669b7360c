package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// copiedNumber offers the number on the clipboard, below the list: what appears there moves nothing else. The clipboard is read when the window or
// the number field gets the keyboard, and at no other time: not while somebody calls, since the program that owns it may take its time to answer.
// Nothing of it is kept or logged.
type copiedNumber struct {
	w      *Window
	root   *fyne.Container
	offer  *button
	number string // offered; "" for none
}

func newCopiedNumber(w *Window) *copiedNumber {
	c := &copiedNumber{w: w}
	c.offer = newButton("", "call", widget.MediumImportance, func() {
		number := c.number
		c.done()
		w.dial("", number)
	})
	w.guard(c.offer)
	no := newButton("", "close", widget.LowImportance, c.done)
	w.guard(no)
	c.root = inset(8, 8, 8, 8, container.NewBorder(nil, nil, nil, no, c.offer))
	c.root.Hide()
	return c
}

// done takes the offer back, until another number is copied.
func (c *copiedNumber) done() {
	c.w.copiedBefore = c.number
	c.say("")
}

// look reads the clipboard.
func (c *copiedNumber) look() {
	number := ""
	if c.w.cfg.OfferCopied != nil && c.w.cfg.OfferCopied() && !busy(c.w.view) {
		number = app.ReadCopied(c.w.cfg.App.Clipboard().Content())
	}
	if number != c.w.copiedBefore && number != "" {
		c.w.copiedBefore = ""
	}
	if number == c.w.copiedBefore {
		number = ""
	}
	c.say(number)
}

// show takes the offer away while somebody calls.
func (c *copiedNumber) show(v app.View) {
	if c.number != "" && busy(v) {
		c.say("")
	}
}

func (c *copiedNumber) say(number string) {
	if number == c.number {
		return
	}
	c.number = number
	c.offer.label(phrase("ui.dial-copied", "number", c.w.cfg.Format(number)))
	show(c.root, number != "")
	c.w.relayout()
}

// busy reports whether a call rings or is up.
func busy(v app.View) bool {
	for _, c := range v.Calls {
		if live(c) {
			return true
		}
	}
	return false
}

// Entered tells the window that it has got the keyboard. UI goroutine only.
func (w *Window) Entered() {
	if !w.inSettings() {
		w.left.copied.look()
	}
}
