package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// showQueues says in the status bar how the agent stands in the queues: in the only one in words, of several in how many. Where none is set there is nothing.
func (s *statusBar) showQueues(all []app.QueueView) {
	s.queued = all
	if len(all) == 0 {
		s.queues.button.Hide()
		return
	}
	in, paused, known := 0, 0, 0
	for _, q := range all {
		switch q.State {
		case app.QueueIn:
			in, known = in+1, known+1
		case app.QueuePaused:
			paused, known = paused+1, known+1
		case app.QueueOut:
			known++
		}
	}
	ink := colorMuted
	switch {
	case paused > 0:
		ink = colorHeld
	case in > 0:
		ink = colorTalking
	}
	words := phrase("ui.bar-queues", "all", len(all), "in", in, "paused", paused)
	switch {
	case len(all) == 1:
		words = joined(short(all[0].Name), queueStands(all[0]))
	case known == 0:
		words = phrase("ui.bar-queues-unknown", "count", len(all))
	}
	s.queues.set("support", ink, words)
}

// queueStands says how the agent stands in a queue: what the phone system tells, and what it was asked for and has not told.
func queueStands(q app.QueueView) string {
	if q.Asking != "" {
		return phrase("ui.queue-asking")
	}
	said := ""
	switch q.State {
	case app.QueueOut:
		said = phrase("ui.queue-out")
	case app.QueueIn:
		said = phrase("ui.queue-in")
	case app.QueuePaused:
		said = phrase("ui.queue-paused")
	}
	asked := ""
	switch q.Asked {
	case app.QueueLogin:
		asked = phrase("ui.queue-asked-login")
	case app.QueueLogout:
		asked = phrase("ui.queue-asked-logout")
	case app.QueuePause:
		asked = phrase("ui.queue-asked-pause")
	case app.QueueResume:
		asked = phrase("ui.queue-asked-resume")
	}
	if said == "" && asked == "" {
		return phrase("ui.queue-unknown")
	}
	return joined(said, asked, q.Reason)
}

// chooseQueue shows each queue with what can be asked of it.
func (s *statusBar) chooseQueue() {
	var items []*fyne.MenuItem
	for _, q := range s.queued {
		item := fyne.NewMenuItem(joined(short(q.Name), q.OnLine, queueStands(q)), nil)
		item.ChildMenu = fyne.NewMenu("", s.queueItems(q)...)
		items = append(items, item)
	}
	if len(items) == 1 { // nothing is to be chosen first
		items = items[0].ChildMenu.Items
	}
	menu := fyne.NewMenu("", items...)
	size := widget.NewMenu(menu).MinSize()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.queues.button)
	popUp(s.w.cfg.Window.Canvas(), menu, at.SubtractXY(max(0, size.Width-s.queues.button.Size().Width), size.Height+4))
}

// queueItems are the things that can be asked of a queue.
func (s *statusBar) queueItems(q app.QueueView) (items []*fyne.MenuItem) {
	add := func(action app.QueueAction, words, reason string) {
		items = append(items, fyne.NewMenuItem(words, func() {
			s.w.do(func() error {
				_, err := s.w.cfg.Desk.AskQueue(context.Background(), app.QueueAsk{Action: action, Queue: q.Name, Account: q.Account, Reason: reason})
				return err
			})
		}))
	}
	for _, a := range q.Actions {
		switch a {
		case app.QueueLogin:
			add(a, phrase("ui.queue-login"), "")
		case app.QueueLogout:
			add(a, phrase("ui.queue-logout"), "")
		case app.QueueResume:
			add(a, phrase("ui.queue-resume"), "")
		case app.QueuePause:
			if len(q.Reasons) == 0 {
				add(a, phrase("ui.queue-pause"), "")
			}
			for _, reason := range q.Reasons {
				add(a, phrase("ui.queue-pause-for", "reason", strings.TrimSpace(reason)), reason)
			}
		}
	}
	if len(items) == 0 {
		none := fyne.NewMenuItem(phrase("ui.queue-no-codes"), nil)
		none.Disabled = true
		items = append(items, none)
	}
	return items
}
