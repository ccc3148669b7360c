package ui

import (
	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
)

// loggingSheet says which calls are logged where no rule does, what the agent is asked after a call, and how long this computer keeps calls.
type loggingSheet struct {
	page  fyne.CanvasObject
	plain *plainSettings
	test  *tester
	rules []crm.Rule // that are in force
}

func newLoggingSheet(w *Window) *loggingSheet {
	p := newPlainSettings(w,
		&plainRow{key: "logging.mode", label: "ui.logging-mode", words: []explained{
			{value: "always", name: "ui.logging-always", means: "ui.logging-always-means"},
			{value: "ask", name: "ui.logging-ask", means: "ui.logging-ask-means"},
			{value: "never", name: "ui.logging-never", means: "ui.logging-never-means", loud: true},
		}},
		&plainRow{key: "logging.inbound", label: "ui.logging-inbound"},
		&plainRow{key: "logging.outbound", label: "ui.logging-outbound"},
		&plainRow{key: "logging.missed", label: "ui.logging-missed"},
		&plainRow{key: "logging.unanswered", label: "ui.logging-unanswered"},
		&plainRow{key: "logging.colleagues", label: "ui.logging-colleagues", help: "ui.logging-which-detail"},
		&plainRow{key: "logging.missed_per_hour", label: "ui.logging-missed-per-hour", help: "ui.logging-missed-per-hour-detail"},
		&plainRow{key: "logging.settle_seconds", label: "ui.logging-settle", help: "ui.logging-settle-detail"},
		&plainRow{key: "logging.wrap_up", label: "ui.logging-wrap-up", help: "ui.logging-wrap-up-detail"},
		&plainRow{key: "logging.outcomes", label: "ui.logging-outcomes", help: "ui.logging-outcomes-detail", lines: 5},
		&plainRow{key: "journal.keep_days", label: "ui.journal-days"},
		&plainRow{key: "journal.keep_calls", label: "ui.journal-calls", help: "ui.journal-detail"},
	)
	s := &loggingSheet{plain: p}
	s.test = newTester(w, phrase("ui.logging-test"), func(t *tester) {
		table := s.rules
		t.run(func() ([]testLine, error) {
			trial, err := w.cfg.Admin.TryRules(table)
			if err != nil {
				return nil, err
			}
			return []testLine{{text: app.TrialLogged(trial)}}, nil
		})
	})
	p.after = s.test.forget
	if w.cfg.Admin == nil {
		s.test.button.Hide()
	}
	s.page = vbox(20, newText(phrase("ui.page-logging"), title),
		group(phrase("ui.logging-whether"), p.object("logging.mode")),
		group(phrase("ui.logging-which"), p.object("logging.inbound"), p.object("logging.outbound"), p.object("logging.missed"), p.object("logging.unanswered"), p.object("logging.colleagues"),
			p.object("logging.missed_per_hour"), hbox(8, s.test.button), s.test.lines),
		group(phrase("ui.logging-after"), p.object("logging.wrap_up"), p.object("logging.outcomes")),
		group(phrase("ui.logging-kept"), p.object("journal.keep_days"), p.object("journal.keep_calls"), p.object("logging.settle_seconds")))
	return s
}

func (s *loggingSheet) fill(f Form) {
	s.test.forget()
	s.rules = f.Settings.Rules
	s.plain.fill(f)
}

func (s *loggingSheet) object() fyne.CanvasObject { return s.page }
func (s *loggingSheet) footer() fyne.CanvasObject { return atRight(s.plain.save) }
func (s *loggingSheet) show(app.View)             {}
func (s *loggingSheet) typed() *typedText         { return s.plain.typed() }
func (s *loggingSheet) retype(t typedText)        { s.plain.typed().takeOver(t) }
