package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app/settings"
)

// queueForm is the part of an account's page about its queues: a list of them, and the codes of the chosen one, which are saved by themselves.
type queueForm struct {
	w       *Window
	root    fyne.CanvasObject
	chooser *chooser
	name    *field
	codes   []*field // log in, log out, pause, resume, hint, hint of the pause
	reasons *field   // a line each
	add     *button
	remove  *button
	save    *button
	text    typedText

	form    Form
	account string           // id of the account that the page is about; "" for one that will be added
	all     []settings.Queue // of the account
	chosen  settings.Queue   // without a name, one that will be added
	filling bool
}

func newQueueForm(w *Window, changed func()) *queueForm {
	q := &queueForm{w: w}
	q.chooser = newChooser(func(i int) {
		if i < len(q.all) {
			q.choose(q.all[i])
		}
	})
	typed := func() {
		if !q.filling {
			q.save.enable(strings.TrimSpace(q.name.Text) != "" && !q.form.isLocked("queues"))
			changed()
		}
	}
	entry := func(hint string) *field {
		f := newField(hint)
		f.OnChanged = func(string) { typed() }
		return f
	}
	q.name = entry(phrase("ui.queue-name-hint"))
	var rows []fyne.CanvasObject
	for _, c := range []struct{ label, hint string }{
		{phrase("ui.queue-code-login"), "*45"},
		{phrase("ui.queue-code-logout"), "*46"},
		{phrase("ui.queue-code-pause"), "*47{reason}"},
		{phrase("ui.queue-code-resume"), "*48"},
		{phrase("ui.queue-hint"), phrase("ui.none")},
		{phrase("ui.queue-pause-hint"), phrase("ui.none")},
	} {
		f := entry(c.hint)
		q.codes, rows = append(q.codes, f), append(rows, entryRow(c.label, f))
	}
	q.reasons = entry(phrase("ui.queue-reasons-hint"))
	q.reasons.MultiLine = true
	q.reasons.SetMinRowsVisible(2)
	q.save = newButton(phrase("ui.queue-save"), "", widget.MediumImportance, q.submit)
	q.add = newButton(phrase("ui.queue-add"), "", widget.MediumImportance, func() { q.choose(settings.Queue{}) })
	q.remove = newButton(phrase("ui.queue-remove"), "", widget.MediumImportance, q.drop)
	q.root = group(phrase("ui.group-queues"), newParagraph(phrase("ui.queues-detail"), caption, 4), q.chooser.root, entryRow(phrase("ui.queue-name"), q.name),
		pair(rows[0], rows[1]), pair(rows[2], rows[3]), entryRow(phrase("ui.queue-reasons"), q.reasons), pair(rows[4], rows[5]), hbox(8, q.save, q.add, q.remove))
	q.text.read = func() []string {
		all := []string{q.name.Text, q.reasons.Text}
		for _, f := range q.codes {
			all = append(all, f.Text)
		}
		return all
	}
	q.text.write = func(typed []string) {
		q.name.SetText(typed[0])
		q.reasons.SetText(typed[1])
		for i, f := range q.codes {
			f.SetText(typed[2+i])
		}
	}
	return q
}

// about is what is typed about a queue of the account.
func (q *queueForm) about(name string) string { return q.account + "\n" + strings.ToLower(name) }

// fill shows the queues of an account; "" is one that is not saved, which has none.
func (q *queueForm) fill(f Form, account string) {
	other := account != q.account
	q.form, q.account, q.all = f, account, nil
	for _, one := range f.Queues {
		if account != "" && f.QueueAt(one) == account {
			q.all = append(q.all, one)
		}
	}
	chosen := settings.Queue{}
	for i, one := range q.all {
		if other && i == 0 || !other && strings.EqualFold(one.Name, q.chosen.Name) {
			chosen = one
		}
	}
	q.choose(chosen)
	show(q.root, account != "")
}

// choose fills the fields with a queue; one without a name will be added.
func (q *queueForm) choose(one settings.Queue) {
	q.filling = true
	q.chosen = one
	q.text.fill(q.about(one.Name), func() {
		q.text.write([]string{one.Name, strings.Join(one.Reasons, "\n"), one.Login, one.Logout, one.Pause, one.Resume, one.Hint, one.PauseHint})
	})
	q.filling = false
	rows, at := []listed{}, -1
	for i, o := range q.all {
		rows = append(rows, listed{"support", colorMuted, o.Name, joined(o.Login, o.Logout)})
		if strings.EqualFold(o.Name, one.Name) {
			at = i
		}
	}
	q.chooser.show(rows, at)
	show(q.chooser.root, len(rows) > 0)
	show(q.add, len(rows) > 0 && one.Name != "")
	show(q.remove, one.Name != "")
	q.form.lock("queues", q.name, q.reasons, q.add, q.remove)
	for _, f := range q.codes {
		q.form.lock("queues", f)
	}
	q.save.enable(strings.TrimSpace(q.name.Text) != "" && !q.form.isLocked("queues"))
	q.w.relayout()
}

// typed is the queue as it is in the fields.
func (q *queueForm) typed() settings.Queue {
	one := q.chosen
	one.Name, one.Reasons = strings.TrimSpace(q.name.Text), strings.Split(q.reasons.Text, "\n")
	if one.Account == "" && q.chosen.Name == "" {
		one.Account = q.account
	}
	for i, to := range []*string{&one.Login, &one.Logout, &one.Pause, &one.Resume, &one.Hint, &one.PauseHint} {
		*to = q.codes[i].Text
	}
	return one
}

// submit saves the queue.
func (q *queueForm) submit() {
	one, replaces, about, sent := q.typed(), q.chosen.Name, q.text.about, q.text.read()
	q.change(func(s *settings.Settings) { s.SetQueue(replaces, one) }, func() {
		q.text.settle(about, sent)
		q.text.becomes(about, q.about(one.Name))
		if q.text.about == q.about(one.Name) {
			q.chosen.Name = one.Name
		}
	})
}

// drop removes the queue.
func (q *queueForm) drop() {
	name, account, about := q.chosen.Name, q.account, q.text.about
	q.change(func(s *settings.Settings) { s.RemoveQueue(name, account) }, func() {
		q.text.only(func(other string) bool { return other != about })
	})
}

// change changes the settings, and shows what they are then. Where that is refused, what is typed stays.
func (q *queueForm) change(f func(*settings.Settings), done func()) {
	q.w.say(aboutSettings, "")
	q.w.ask(func() func() {
		err := q.w.cfg.Settings.Change(f)
		return func() {
			q.w.complain(aboutSettings, err)
			if err == nil {
				done()
				if q.w.settings != nil {
					q.w.settings.refill()
				}
			}
		}
	})
}
