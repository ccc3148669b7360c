package ui

import (
	"cmp"
	"time"

	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
)

// forwardStrip says where calls go that are not taken here, for as long as they do.
type forwardStrip struct{ *strip }

func newForwardStrip(w *Window) *forwardStrip {
	stop := newButton(phrase("ui.forward-stop"), "", widget.MediumImportance, func() {
		w.changeAccounts((*settings.Account).StopForwarding, w.cfg.Settings.TellForwards, func() {})
	})
	return &forwardStrip{newStrip("phone_forwarded", colorHeld, colorHeldTint, stop)}
}

// show says it of each account.
func (f *forwardStrip) show(v app.View) {
	phones := v.Phones
	if len(phones) == 0 {
		phones = []app.PhoneView{v.Phone}
	}
	var all []string
	for _, p := range phones {
		what := forwards(p.Forward)
		if p.ByPBX || len(p.ForwardsTold) > 0 {
			what = catalogue.Sentences(toldForwards(p), elsewhereForwards(p))
		}
		if what == "" {
			continue
		}
		if len(phones) > 1 {
			what = phrase("ui.forwards-account", "account", cmp.Or(p.Label, p.Account), "what", what)
		}
		all = append(all, what)
	}
	f.say(catalogue.Sentences(all...))
}

// elsewhereForwards are those of this phone beside what the phone system was told, as while that has not been told to stop.
func elsewhereForwards(p app.PhoneView) string {
	if p.ByPBX {
		return ""
	}
	return forwards(p.Forward)
}

// toldForwards says what the phone system was told of each way, and was not.
func toldForwards(p app.PhoneView) string {
	var all []string
	for _, t := range p.ForwardsTold {
		of := func(number string, seconds int) string {
			f := app.Forward{After: time.Duration(seconds) * time.Second}
			switch t.When {
			case string(settings.ForwardAlways):
				f.Always = number
			case string(settings.ForwardBusy):
				f.Busy = number
			default:
				f.NoAnswer = number
			}
			return forwards(f)
		}
		told := ""
		if t.Told != "" {
			told = of(t.Told, t.ToldSeconds)
		}
		switch {
		case t.Telling:
			all = append(all, phrase("ui.pbx-telling"))
		case t.Reason != "" && t.Number == "":
			all = append(all, phrase("ui.pbx-not-stopped", "what", cmp.Or(told, of(t.Unsure, 0)), "why", sentence(t.Reason)))
		case t.Reason != "":
			all = append(all, phrase("ui.pbx-not-told", "what", of(t.Number, t.Seconds), "why", sentence(t.Reason)))
			if told != "" && told != of(t.Number, t.Seconds) { // that holds all the same
				all = append(all, phrase("ui.pbx-told", "what", told))
			}
		case told != "":
			all = append(all, phrase("ui.pbx-told", "what", told))
		}
		if t.Unsure != "" && t.Unsure != t.Number && !t.Telling && (told != "" || t.Number != "") {
			all = append(all, phrase("ui.pbx-unsure", "what", of(t.Unsure, 0)))
		}
	}
	return catalogue.Sentences(all...)
}

// forwards says where the calls of an account go.
func forwards(f app.Forward) string {
	if f.Always != "" {
		return phrase("ui.forwards", "number", f.Always)
	}
	var all []string
	if f.Busy != "" {
		all = append(all, phrase("ui.forwards-busy", "number", f.Busy))
	}
	switch {
	case f.NoAnswer != "" && f.After == 0: // the phone system knows how long
		all = append(all, phrase("ui.forwards-unanswered", "number", f.NoAnswer))
	case f.NoAnswer != "":
		all = append(all, phrase("ui.forwards-no-answer", "number", f.NoAnswer, "seconds", int(f.After.Seconds())))
	}
	return catalogue.Sentences(all...)
}

// changeAccounts changes each account of the settings, then does what is to follow, where that is not nil, and changes what a page shows of them; or has
// refused undo what is shown, where they cannot be changed.
func (w *Window) changeAccounts(change func(*settings.Account), follow func() error, refused func()) {
	w.say(aboutCommand, "")
	w.ask(func() func() {
		err := w.cfg.Settings.Change(func(s *settings.Settings) {
			for i := range s.Accounts {
				change(&s.Accounts[i])
			}
		})
		var late error
		if err == nil && follow != nil {
			late = follow()
		}
		return func() {
			if w.complain(aboutCommand, cmp.Or(err, late)); err != nil {
				refused()
			}
			if w.inSettings() {
				w.settings.refill()
			}
		}
	})
}
