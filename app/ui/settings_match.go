package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app/settings"
)

// severalChoice says what happens when several records have the caller's number.
type severalChoice struct {
	w       *Window
	root    fyne.CanvasObject
	radio   *widget.RadioGroup
	filling bool
}

// severalValues are the values of the setting, in the order of the choices.
var severalValues = []string{"ask", "order"}

func newSeveralChoice(w *Window) *severalChoice {
	s := &severalChoice{w: w}
	s.radio = widget.NewRadioGroup([]string{phrase("ui.several-ask"), phrase("ui.several-order")}, func(string) { s.save() })
	s.radio.Required = true
	s.root = group(phrase("ui.several-records"), s.radio)
	return s
}

func (s *severalChoice) fill(f Form) {
	s.filling = true
	s.radio.SetSelected(s.radio.Options[index(severalValues, f.Records.Several)])
	s.filling = false
	f.lock("records.several", s.radio)
}

func (s *severalChoice) save() {
	if s.filling {
		return
	}
	value := severalValues[index(s.radio.Options, s.radio.Selected)]
	s.w.do(func() error {
		return s.w.cfg.Settings.Change(func(set *settings.Settings) { set.Records.Several = value })
	})
}
