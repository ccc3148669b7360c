package ui

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
)

// phoneSheet is the phone account, and whether the phone system takes it.
type phoneSheet struct {
	w         *Window
	page      *fyne.Container
	standing  *standing
	server    *field
	user      *field
	password  *field
	authUser  *field
	name      *field
	proxy     *field
	transport *choice
	save      *button
	retry     *button
	foot      *fyne.Container
	result    *paragraph // of the last save
	saved     bool
	account   settings.Account // that the page was filled with
	kept      bool             // its password is saved
}

// transports are those an account may have, as they are written on the page.
func transports() []string {
	all := settings.Transports()
	for i, t := range all {
		all[i] = strings.ToUpper(t)
	}
	return all
}

func newPhoneSheet(w *Window) *phoneSheet {
	s := &phoneSheet{w: w, standing: newStanding()}
	entry := func(hint string) *field {
		e := newField(1, hint)
		e.OnChanged = func(string) { s.check() }
		e.OnSubmitted = func(string) { s.submit() }
		return e
	}
	s.server, s.user, s.authUser = entry("pbx.example.com"), entry("2041"), entry(phrase("ui.same-as-the-extension"))
	s.name, s.proxy = entry(phrase("ui.as-colleagues-see-it")), entry(phrase("ui.none"))
	s.password = entry("")
	s.password.Password = true
	s.transport = newChoice(transports(), nil)
	s.transport.SetSelected(s.transport.Options[0])
	s.save = newButton(phrase("ui.save-and-connect"), "done", widget.HighImportance, s.submit)
	s.retry = newButton(phrase("ui.test-registration"), "refresh", widget.MediumImportance, func() { w.do(w.cfg.Settings.Reconnect) })
	s.page = vbox(20, newText(phrase("ui.page-phone"), title),
		group(phrase("ui.now"), s.standing.root, hbox(0, s.retry)),
		group(phrase("ui.group-account"),
			pair(entryRow(phrase("ui.server"), s.server), entryRow(phrase("ui.field-extension"), s.user)),
			pair(entryRow(phrase("ui.password"), s.password), entryRow(phrase("ui.your-name"), s.name))),
		group(phrase("ui.group-admin"),
			pair(entryRow(phrase("ui.sign-in-name"), s.authUser), entryRow(phrase("ui.transport"), bordered(s.transport))),
			entryRow(phrase("ui.outbound-proxy"), s.proxy)))
	s.result = newParagraph("", caption, 2)
	s.foot = container.NewBorder(nil, nil, nil, inset(0, 0, 16, 0, s.save), container.New(midHeight{}, s.result))
	s.check()
	return s
}

func (s *phoneSheet) object() fyne.CanvasObject { return s.page }
func (s *phoneSheet) footer() fyne.CanvasObject { return s.foot }

func (s *phoneSheet) fill(f Form) {
	a := f.account()
	s.account, s.kept = a, f.HasPassword
	s.saved = false
	s.tell(colorMuted, "")
	s.server.SetText(a.Server)
	s.user.SetText(a.User)
	s.authUser.SetText(a.AuthUser)
	s.name.SetText(a.DisplayName)
	s.proxy.SetText(a.Proxy)
	s.password.SetText("")
	if f.HasPassword {
		s.password.SetPlaceHolder(passwordSaved())
	} else {
		s.password.SetPlaceHolder(phrase("ui.from-your-phone-admin"))
	}
	if f.isLocked("accounts") {
		s.tell(colorMuted, phrase("ui.account-locked"))
	}
	f.lock("accounts", s.server, s.user, s.authUser, s.name, s.proxy, s.transport)
	if a.Transport != "" {
		s.transport.SetSelected(strings.ToUpper(a.Transport))
	}
}

func (s *phoneSheet) check() {
	if s.save != nil {
		s.save.enable(strings.TrimSpace(s.server.Text) != "" && strings.TrimSpace(s.user.Text) != "")
	}
}

func (s *phoneSheet) submit() {
	if s.save.Disabled() {
		return
	}
	a := s.account
	a.Server, a.User = strings.TrimSpace(s.server.Text), strings.TrimSpace(s.user.Text)
	a.AuthUser, a.DisplayName = strings.TrimSpace(s.authUser.Text), strings.TrimSpace(s.name.Text)
	a.Transport, a.Proxy = strings.ToLower(s.transport.Selected), strings.TrimSpace(s.proxy.Text)
	var password *string
	if text := s.password.Text; text != "" || !s.kept { // left empty, it is the one that is saved, or none at all
		password = &text
	}
	s.saved = false
	s.save.enable(false)
	s.tell(colorMuted, phrase("ui.saving"))
	s.w.ask(func() func() {
		err := s.w.cfg.Settings.SaveAccount(a, password)
		return func() { s.answered(a, err) }
	})
}

// answered says how the save went, beside the button. What was not saved stays in the form, the password too.
func (s *phoneSheet) answered(a settings.Account, err error) {
	s.check()
	if err != nil {
		s.tell(colorMissed, sentence(catalogue.Error(err)))
		return
	}
	s.account, s.kept = a, true
	s.password.SetText("")
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

func (s *phoneSheet) show(v app.View) {
	p := v.Phone
	if s.saved {
		s.tell(s.outcome(p))
	}
	s.retry.enable(p.Configured && p.State != app.Registering)
	switch {
	case !p.Configured:
		s.standing.set("settings_phone", colorHeld, phrase("ui.no-phone-account-yet"), phrase("ui.no-account-detail"))
	case p.State == app.Registered:
		why := phrase("ui.calls-ring", "extension", p.Extension)
		if !p.Expires.IsZero() {
			why = phrase("ui.calls-ring-renewed", "extension", p.Extension, "at", p.Expires.In(s.w.cfg.Now().Location()))
		}
		s.standing.set("check_circle", colorTalking, phrase("ui.registered-at", "server", p.Server, "extension", p.Extension), why)
	case p.State == app.Registering:
		s.standing.set("schedule", colorHeld, phrase("ui.connecting-to", "server", p.Server), "")
	case p.State == app.Unreachable:
		s.standing.set("error_outline", colorMissed, phrase("ui.cannot-reach", "server", p.Server), sentence(p.Reason))
	case p.State == app.Refused:
		s.standing.set("error_outline", colorMissed, phrase("ui.server-refused", "server", p.Server, "extension", p.Extension), sentence(p.Reason))
	case p.State == app.Unregistered && p.Reason == "":
		s.standing.set("settings_phone", colorMuted, phrase("ui.signed-off"), "")
	default:
		s.standing.set("settings_phone", colorHeld, phrase("ui.not-signed-on"), cmp.Or(sentence(p.Reason), phrase("ui.not-signed-on-until")))
	}
}
