package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// joinRow has the button that brings two calls together with the agent in a conference room, or one more call to it. It is there while that can be done.
type joinRow struct {
	root *fyne.Container
	join *button
	call app.CallView
}

// newJoinRow makes one that does join with a call.
func newJoinRow(join func(app.CallView)) *joinRow {
	r := &joinRow{}
	r.join = newButton(phrase("ui.conference-join"), "person_add", widget.MediumImportance, func() { join(r.call) })
	r.root = container.NewBorder(nil, nil, nil, r.join)
	return r
}

func (r *joinRow) show(c app.CallView) {
	r.call = c
	r.join.label(joinWords(c))
	show(r.root, joinable(c))
}

// joinable says whether the call can go to a conference room.
func joinable(c app.CallView) bool { return len(c.Conference.Offer) > 0 }

// joinWords are on what brings the call to a conference: with one more to be called, or to the room that the agent is in already.
func joinWords(c app.CallView) string {
	if len(c.Conference.Offer) == 1 {
		return phrase("ui.conference-add")
	}
	return phrase("ui.conference-join")
}

// inRoom says whether the agent talks to a conference.
func inRoom(c app.CallView) bool {
	return c.Conference.Focus || c.Conference.In || c.Conference.Room == c.ID && c.ID != ""
}

// join brings a call to a conference. It is refused while the agent types, whose keys would go to another call.
func (w *Window) join(c app.CallView) {
	ids := c.Conference.Offer
	if len(ids) == 0 || w.taken() {
		return
	}
	w.do(func() error {
		_, err := w.cfg.Desk.Conference(ids...)
		return err
	})
}
