package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"linecard/app"
)

// numbersSheet says how numbers are read and dialed on all accounts; what an account has of its own is on its page.
type numbersSheet struct {
	page  fyne.CanvasObject
	plain *plainSettings
}

func newNumbersSheet(w *Window) *numbersSheet {
	p := newPlainSettings(w,
		&plainRow{key: "numbers.country", label: "ui.numbers-country", help: "ui.numbers-country-detail"},
		&plainRow{key: "numbers.area_code", label: "ui.area-code", help: "ui.numbers-area-detail"},
		&plainRow{key: "numbers.extension", label: "ui.numbers-extension", help: "ui.numbers-extension-detail"},
		&plainRow{key: "numbers.own", label: "ui.numbers-own", help: "ui.numbers-own-detail", lines: 3},
		&plainRow{key: "numbers.dial_as", label: "ui.dial-as", words: []explained{
			{value: "typed", name: "ui.dial-typed", means: "ui.numbers-typed-means"},
			{value: "e164", name: "ui.dial-e164", means: "ui.numbers-e164-means"},
			{value: "exit", name: "ui.dial-exit", means: "ui.numbers-exit-means"},
			{value: "national", name: "ui.dial-national", means: "ui.numbers-national-means"},
		}},
		&plainRow{key: "numbers.outside_prefix", label: "ui.outside-prefix", help: "ui.numbers-prefix-detail"},
		&plainRow{key: "numbers.exit_code", label: "ui.exit-code", help: "ui.numbers-exit-detail"},
		&plainRow{key: "numbers.rewrite", label: "ui.rewrite", help: "ui.numbers-rewrite-detail", lines: 2},
		&plainRow{key: "spellings", label: "ui.spellings", help: "ui.spellings-help", lines: 2},
		&plainRow{key: "asking.calling_hours", label: "ui.asking-hours", help: "ui.asking-hours-detail"},
		&plainRow{key: "asking.calling_days", label: "ui.asking-days", help: "ui.asking-days-detail"},
		&plainRow{key: "asking.called_within", label: "ui.asking-within", help: "ui.asking-within-detail"},
		&plainRow{key: "asking.sandbox", label: "ui.asking-sandbox", help: "ui.asking-sandbox-detail"},
		&plainRow{key: "numbers.strip", label: "ui.strip", help: "ui.numbers-strip-detail"},
		&plainRow{key: "numbers.add", label: "ui.add", help: "ui.numbers-add-detail"},
	)
	s := &numbersSheet{plain: p}
	s.page = vbox(20, newText(phrase("ui.page-numbers"), title), newParagraph(phrase("ui.numbers-detail"), body, 3),
		group(phrase("ui.numbers-here"), p.object("numbers.country"), p.object("numbers.area_code"), p.object("numbers.extension"), p.object("numbers.own")),
		group(phrase("ui.numbers-dialed"), p.object("numbers.dial_as"), p.object("numbers.outside_prefix"), p.object("numbers.exit_code"), p.object("numbers.rewrite"), p.object("spellings")),
		group(phrase("ui.numbers-asked"), newParagraph(phrase("ui.numbers-asked-detail"), caption, 4),
			p.object("asking.calling_hours"), p.object("asking.calling_days"), p.object("asking.called_within"), p.object("asking.sandbox")),
		group(phrase("ui.numbers-callers"), p.object("numbers.strip"), p.object("numbers.add")))
	return s
}

// atRight is the bar below a page with its button.
func atRight(b *button) fyne.CanvasObject { return container.NewBorder(nil, nil, nil, b) }

func (s *numbersSheet) object() fyne.CanvasObject { return s.page }
func (s *numbersSheet) footer() fyne.CanvasObject { return atRight(s.plain.save) }
func (s *numbersSheet) fill(f Form)               { s.plain.fill(f) }
func (s *numbersSheet) show(app.View)             {}
func (s *numbersSheet) typed() *typedText         { return s.plain.typed() }
func (s *numbersSheet) retype(t typedText)        { s.plain.typed().takeOver(t) }
