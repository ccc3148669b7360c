package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// copiedNumber offers the number on the clipboard, below the list: what appears there moves nothing else. The clipboard is read when the agent
// presses the button in the number field, and at no other time: the program that owns it may take its time to answer, and the window stands still
// meanwhile. Nothing of it is kept or logged.
type copiedNumber struct {
	w       *Window
	root    *fyne.Container
	offer   *button
	account string // it is dialed from, as chosen when it was read
	number  string // offered; "" for none
	during  bool   // a call was there when it was last looked
}

func newCopiedNumber(w *Window) *copiedNumber {
	c := &copiedNumber{w: w, root: vbox(0)}
	c.root.Hide()
	return c
}

// read reads the clipboard, and offers the number that is on it. It dials nothing.
func (c *copiedNumber) read(account string) {
	number := c.w.cfg.Desk.Copied(account, c.w.cfg.App.Clipboard().Content())
	c.say(account, number)
	if number == "" {
		c.w.say(aboutCommand, phrase("ui.none-copied"))
	}
}

// show takes the offer away when a call begins.
func (c *copiedNumber) show(v app.View) {
	during := busy(v)
	if during && !c.during {
		c.done()
	}
	c.during = during
}

func (c *copiedNumber) done() { c.say("", "") }

// say offers another number. It has a button of its own: a click on its way to the one before is not meant for it.
func (c *copiedNumber) say(account, number string) {
	if number == c.number && account == c.account {
		return
	}
	c.account, c.number, c.offer = account, number, nil
	c.root.RemoveAll()
	if number != "" {
		c.offer = newButton(phrase("ui.dial-copied", "number", c.w.cfg.Format(number)), "call", widget.MediumImportance, func() {
			c.done()
			c.w.dial(account, number)
		})
		no := newButton("", "close", widget.LowImportance, c.done)
		offer := inset(8, 8, 8, 8, container.NewBorder(nil, nil, nil, no, c.offer))
		c.w.guard(offer)
		c.root.Add(offer)
	}
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
