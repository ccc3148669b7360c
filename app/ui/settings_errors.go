package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/errorlog"
)

// errorsSheet lists what went wrong, and says who is told of it.
type errorsSheet struct {
	w      *Window
	page   *fyne.Container
	rows   *fyne.Container
	said   string // what the rows show
	copied *button
	clear  *button
	mail   *mailForm
	hook   *webhookForm
	pause  *plainSettings
	text   typedText // in both forms, those of mail first

	filling bool // the fields are being filled: a change is not the agent's
}

// errorsShown is how many errors the page shows; the command line has all.
const errorsShown = 25

func newErrorsSheet(w *Window) *errorsSheet {
	s := &errorsSheet{w: w, rows: vbox(12), mail: newMailForm(w), hook: newWebhookForm(w)}
	s.copied = newButton(phrase("ui.copy-for-support"), "", widget.MediumImportance, s.copyAll)
	s.clear = newButton(phrase("ui.clear-errors"), "", widget.LowImportance, func() {
		w.ask(func() func() {
			w.cfg.Admin.ClearErrors()
			return s.reload
		})
	})
	s.pause = newPlainSettings(w, &plainRow{key: "errors.pause_minutes", label: "ui.errors-pause-minutes", help: "ui.errors-pause-detail"})
	s.page = vbox(20, newText(phrase("ui.page-errors"), title), group(phrase("ui.what-went-wrong"), s.rows, hbox(8, s.copied, s.clear)), s.mail.root, s.hook.root,
		group(phrase("ui.errors-pause"), append(s.pause.objects(), hbox(8, s.pause.save))...))
	s.text.beside = s.pause.typed()
	s.text.read = func() []string { return append(s.mail.read(), s.hook.read()...) }
	s.text.write = func(typed []string) {
		n := len(s.mail.read())
		s.mail.write(typed[:n])
		s.hook.write(typed[n:])
	}
	changed := func(string) {
		s.mail.test.enable(s.mail.typed().On())
		s.hook.test.enable(strings.TrimSpace(s.hook.url.Text) != "")
		if w.settings != nil && !s.filling {
			w.settings.mark()
		}
	}
	for _, e := range append(s.mail.entries(), s.hook.entries()...) {
		e.OnChanged = changed
	}
	s.mail.security.OnChanged = changed
	s.mail.saved = func(sent []string) { s.settle(0, sent) }
	s.hook.saved = func(sent []string) { s.settle(len(s.mail.read()), sent) }
	changed("")
	s.draw(nil)
	return s
}

// settle takes what was sent of one form for saved; what is typed in the other stays typed.
func (s *errorsSheet) settle(from int, sent []string) {
	copy(s.text.saved[from:], sent)
	s.w.settings.mark()
}

func (s *errorsSheet) typed() *typedText  { return &s.text }
func (s *errorsSheet) retype(t typedText) { s.text.takeOver(t) }

func (s *errorsSheet) object() fyne.CanvasObject { return s.page }

func (s *errorsSheet) fill(f Form) {
	s.copied.label(phrase("ui.copy-for-support"))
	s.filling = true
	s.text.fill("", func() {
		s.mail.fill(f)
		s.hook.fill(f)
	})
	s.filling = false
	s.pause.fill(f)
	s.reload()
}

// show looks for errors that have come: the View changes with each.
func (s *errorsSheet) show(app.View) { s.reload() }

// reload reads the list, and draws it where it has changed.
func (s *errorsSheet) reload() {
	s.w.ask(func() func() {
		all := s.w.cfg.Admin.Errors()
		return func() { s.draw(all) }
	})
}

func (s *errorsSheet) draw(all []errorlog.Row) {
	said := fmt.Sprint(len(all), all[:min(len(all), errorsShown)])
	if said == s.said {
		return
	}
	s.said = said
	s.rows.RemoveAll()
	for i, r := range all {
		if i == errorsShown {
			s.rows.Add(newParagraph(phrase("ui.more-errors", "count", len(all)-errorsShown), caption, 2))
			break
		}
		if i > 0 {
			s.rows.Add(rule())
		}
		s.rows.Add(s.row(r))
	}
	if len(all) == 0 {
		s.rows.Add(newText(phrase("ui.no-errors"), body))
	}
	s.copied.enable(len(all) > 0)
	s.clear.enable(len(all) > 0)
	s.rows.Refresh()
	s.w.relayout()
}

// row is one error: what it is about and how often, when; what happened; what to do.
func (s *errorsSheet) row(r errorlog.Row) fyne.CanvasObject {
	now := s.w.cfg.Now()
	often := phrase("ui.error-times", "count", r.Count, "first", moment(r.First, now), "last", moment(r.Last, now))
	if r.Count == 1 {
		often = moment(r.Last, now)
	}
	about := newText(joined(r.Area.Title(), titleOf(s.w.view, r.Org), r.Account), body.strong().elided())
	return vbox(3, container.NewBorder(nil, nil, nil, newText(often, caption), about), newParagraph(r.What, body, 8), newParagraph(r.Remedy, caption, 4))
}

// copyAll puts the list on the clipboard as it may leave this computer.
func (s *errorsSheet) copyAll() {
	s.w.ask(func() func() {
		doc, err := s.w.cfg.Admin.ExportErrors()
		return func() {
			s.w.complain(aboutCommand, err)
			if err == nil {
				s.w.cfg.App.Clipboard().SetContent(string(doc))
				s.copied.label(phrase("ui.copied"))
			}
		}
	})
}
