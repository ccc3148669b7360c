package ui

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
)

func (s *phoneSheet) submit() {
	if s.save.Disabled() {
		return
	}
	a, err := s.typedAccount()
	if err != nil {
		s.tell(colorMissed, sentence(catalogue.Error(err)))
		return
	}
	if _, taken := s.form.Settings.Account(a.ID()); taken && a.ID() != s.account.ID() {
		s.tell(colorMissed, phrase("ui.account-exists", "account", a.ID()))
		return
	}
	var password *string
	if text := s.password.Text; text != "" || !s.kept { // left empty, it is the one that is saved, or none at all
		password = &text
	}
	s.saved = false
	s.save.enable(false)
	s.tell(colorMuted, phrase("ui.saving"))
	was, about, sent := s.untouched, s.text.about, s.read()
	s.w.ask(func() func() {
		err := s.w.cfg.Settings.SaveAccount(was, a, password)
		form, _ := s.w.cfg.Settings.Load()
		return func() { s.answered(a, form, about, sent, err) }
	})
}

// typedAccount is the account as it is typed: where the administrator fixed it, as it is, for its password alone may be typed then. The error says what
// cannot be.
func (s *phoneSheet) typedAccount() (settings.Account, error) {
	a := s.account
	if s.form.isLocked("accounts") {
		return a, nil
	}
	a.Server, a.User = strings.TrimSpace(s.server.Text), strings.TrimSpace(s.user.Text)
	a.AuthUser, a.DisplayName = strings.TrimSpace(s.authUser.Text), strings.TrimSpace(s.name.Text)
	a.CallerID, a.Voicemail = settings.TidyCallerID(s.callerID.Text), settings.TidyCallerID(s.voicemail.Text)
	a.PickupCode, a.Conference = strings.TrimSpace(s.pickup.Text), strings.TrimSpace(s.meets.Text)
	s.plan.into(&a.Numbers)
	a.Transport, a.Proxy = strings.ToLower(s.transport.Selected), strings.TrimSpace(s.proxy.Text)
	s.secure.read(&a)
	a.Encryption, a.EncryptionBy = s.encrypted.value(), s.encrypted.keys()
	s.nat.into(&a)
	a.Label, a.Org = strings.TrimSpace(s.label.Text), s.chosenOrg()
	err := cmp.Or(s.calls.into(&a), s.advanced.into(&a))
	return a, err
}

// answered says how the save went, beside the button. What was not saved stays in the form, the password too, and what was typed
// while it was saved. The page may be about another account by now.
func (s *phoneSheet) answered(a settings.Account, form Form, about string, sent []string, err error) {
	s.check()
	if s.text.about != about {
		s.w.complain(aboutSettings, err)
		if err == nil {
			s.form = form
			s.text.settle(about, sent)
			s.text.becomes(about, a.ID())
			s.list.show(s.w.view)
			s.changed()
		}
		return
	}
	if err != nil {
		s.tell(colorMissed, sentence(catalogue.Error(err)))
		return
	}
	s.form, s.account, s.kept = form, a, true
	s.list.adding = false
	if s.password.Text == sent[typedPassword] {
		s.password.SetText("")
	}
	sent[typedPassword] = ""
	s.text.settle(about, sent)
	s.text.becomes(about, a.ID())
	if now, here := form.Settings.Account(a.ID()); here {
		a = now // with what was changed elsewhere meanwhile
	}
	s.pour(a)
	s.kept = true
	s.password.SetPlaceHolder(passwordSaved())
	s.saved = true
	s.show(s.w.view)
	s.w.relayout()
}

func (s *phoneSheet) tell(ink fyne.ThemeColorName, words string) {
	s.result.color = ink
	s.result.say(words)
	s.w.relayout()
}

// outcome is what became of the account that was saved.
func (s *phoneSheet) outcome(p app.PhoneView) (ink fyne.ThemeColorName, words string) {
	switch p.State {
	case app.Registered:
		return colorTalking, phrase("ui.saved-registered", "extension", p.Extension)
	case app.Registering:
		return colorMuted, phrase("ui.saved-connecting")
	case app.Unreachable:
		return colorMissed, phrase("ui.saved-unreachable", "server", p.Server)
	case app.Refused:
		return colorMissed, phrase("ui.saved-refused", "server", p.Server, "extension", p.Extension)
	}
	return colorMuted, phrase("ui.saved")
}

func passwordSaved() string { return phrase("ui.password-saved") }
