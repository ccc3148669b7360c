package ui

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/settings"
)

// forwardStrip says where calls go that are not taken here, for as long as they do.
type forwardStrip struct{ *strip }

func newForwardStrip(w *Window) *forwardStrip {
	stop := newButton(phrase("ui.forward-stop"), "", widget.MediumImportance, func() {
		w.changeAccounts(func(a *settings.Account) { a.StopForwarding() }, func() {})
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
		if !p.Forward.Somewhere() {
			continue
		}
		what := forwards(p.Forward)
		if len(phones) > 1 {
			what = phrase("ui.forwards-account", "account", cmp.Or(p.Label, p.Account), "what", what)
		}
		all = append(all, what)
	}
	f.say(strings.Join(all, " "))
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
	if f.NoAnswer != "" {
		all = append(all, phrase("ui.forwards-no-answer", "number", f.NoAnswer, "seconds", int(f.After.Seconds())))
	}
	return strings.Join(all, " ")
}

// changeAccounts changes each account of the settings, and what a page shows of them; or has refused undo what is shown, where they cannot be
// changed.
func (w *Window) changeAccounts(change func(*settings.Account), refused func()) {
	w.say(aboutCommand, "")
	w.ask(func() func() {
		err := w.cfg.Settings.Change(func(s *settings.Settings) {
			for i := range s.Accounts {
				change(&s.Accounts[i])
			}
		})
		return func() {
			if w.complain(aboutCommand, err); err != nil {
				refused()
			}
			if w.inSettings() {
				w.settings.refill()
			}
		}
	})
}
