package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// mostTries is how many other spellings of a number are offered.
const mostTries = 3

// spellingOffer is the other ways to dial a number that the phone server does not know, each with a button.
type spellingOffer struct {
	w     *Window
	root  *fyne.Container
	row   *fyne.Container
	call  string
	shown []crm.DialSpelling
}

func newSpellingOffer(w *Window) *spellingOffer {
	o := &spellingOffer{w: w, row: flowingMiddle(8)}
	o.root = inset(14, 0, 0, 0, vbox(6, newParagraph(phrase("ui.spelling-other"), caption.centred(), 2), o.row))
	o.root.Hide()
	return o
}

func (o *spellingOffer) show(c app.CallView) {
	all := o.w.cfg.Desk.Spellings(c.ID)
	all = all[:min(len(all), mostTries)]
	show(o.root, len(all) > 0)
	if c.ID == o.call && slices.Equal(all, o.shown) {
		return
	}
	o.call, o.shown = c.ID, all
	o.row.RemoveAll()
	for _, s := range all {
		o.row.Add(newButton(phrase("ui.spelling-try", "number", s.Sent), "call", widget.MediumImportance, func() {
			if o.w.taken() || o.w.startled(o.w.shift.gone) { // the button of the call that ended was here
				return
			}
			o.w.handOn(handOn{call: o.call, spelled: s.Sent}, s.Sent)
		}))
	}
	relayout(o.root)
}

// keepOffer asks whether all numbers are to be dialed as that of a call was, which rang.
type keepOffer struct {
	root  *fyne.Container
	words *paragraph
	call  app.CallView
}

func newKeepOffer(w *Window) *keepOffer {
	o := &keepOffer{words: newParagraph("", caption, 2)}
	keep := newButton(phrase("ui.spelling-keep"), "done", widget.MediumImportance, func() {
		id := o.call.ID
		w.do(func() error { return w.cfg.Desk.KeepSpelling(id) })
	})
	o.root = container.NewBorder(nil, nil, nil, inset(0, 0, 8, 0, middle(keep)), o.words)
	o.root.Hide()
	return o
}

func (o *keepOffer) show(c app.CallView) {
	o.call = c
	show(o.root, c.Spelled != "")
	if c.Spelled != "" {
		o.words.say(phrase("ui.spelling-rang", "number", c.Spelled))
	}
}
