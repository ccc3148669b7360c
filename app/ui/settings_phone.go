package ui

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
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

var transports = []string{"UDP", "TCP"}

func newPhoneSheet(w *Window) *phoneSheet {
	s := &phoneSheet{w: w, standing: newStanding()}
	entry := func(hint string) *field {
		e := newField(1, hint)
		e.OnChanged = func(string) { s.check() }
		e.OnSubmitted = func(string) { s.submit() }
		return e
	}
	s.server, s.user, s.authUser = entry("pbx.example.com"), entry("2041"), entry("Same as the extension")
	s.name, s.proxy = entry("As colleagues see it"), entry("None")
	s.password = entry("")
	s.password.Password = true
	s.transport = newChoice(transports, nil)
	s.transport.SetSelected(transports[0])
	s.save = newButton("Save and connect", "done", widget.HighImportance, s.submit)
	s.retry = newButton("Test registration", "refresh", widget.MediumImportance, func() { w.do(w.cfg.Settings.Reconnect) })
	s.page = vbox(20, newText("Phone", title),
		group("Now", s.standing.root, hbox(0, s.retry)),
		group("Account",
			pair(entryRow("Server", s.server), entryRow("Extension", s.user)),
			pair(entryRow("Password", s.password), entryRow("Your name", s.name))),
		group("If your phone admin says so",
			pair(entryRow("Sign-in name", s.authUser), entryRow("Transport", bordered(s.transport))),
			entryRow("Outbound proxy", s.proxy)))
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
		s.password.SetPlaceHolder(passwordSaved)
	} else {
		s.password.SetPlaceHolder("From your phone admin")
	}
	if f.isLocked("accounts") {
		s.tell(colorMuted, "Your administrator has fixed this account. Its password can be changed.")
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
	s.tell(colorMuted, "Saving…")
	s.w.ask(func() func() {
		err := s.w.cfg.Settings.SaveAccount(a, password)
		return func() { s.answered(a, err) }
	})
}

// answered says how the save went, beside the button. What was not saved stays in the form, the password too.
func (s *phoneSheet) answered(a settings.Account, err error) {
	s.check()
	if err != nil {
		s.tell(colorMissed, sentence(err.Error()))
		return
	}
	s.account, s.kept = a, true
	s.password.SetText("")
	s.password.SetPlaceHolder(passwordSaved)
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
	case "registered":
		return colorTalking, "Saved. " + p.Extension + " is registered."
	case "registering":
		return colorMuted, "Saved. Connecting…"
	case "unreachable":
		return colorMissed, "Saved, but " + p.Server + " can't be reached."
	case "refused":
		return colorMissed, "Saved, but " + p.Server + " refused " + p.Extension + "."
	}
	return colorMuted, "Saved."
}

const passwordSaved = "Saved; type to change it"

func (s *phoneSheet) show(v app.View) {
	p := v.Phone
	if s.saved {
		s.tell(s.outcome(p))
	}
	s.retry.enable(p.Configured && p.State != "registering")
	switch {
	case !p.Configured:
		s.standing.set("settings_phone", colorHeld, "No phone account yet", "Your phone admin gives you the server, the extension and the password.")
	case p.State == "registered":
		why := "Calls to " + p.Extension + " ring here."
		if !p.Expires.IsZero() {
			why += " Renewed by " + p.Expires.In(s.w.cfg.Now().Location()).Format("15:04") + "."
		}
		s.standing.set("check_circle", colorTalking, p.Extension+" is registered at "+p.Server, why)
	case p.State == "registering":
		s.standing.set("schedule", colorHeld, "Connecting to "+p.Server, "")
	case p.State == "unreachable":
		s.standing.set("error_outline", colorMissed, "Can't reach "+p.Server, sentence(p.Reason))
	case p.State == "refused":
		s.standing.set("error_outline", colorMissed, p.Server+" refused "+p.Extension, sentence(p.Reason))
	case p.State == "unregistered" && p.Reason == "":
		s.standing.set("settings_phone", colorMuted, "Signed off", "")
	default:
		s.standing.set("settings_phone", colorHeld, "Not signed on", cmp.Or(sentence(p.Reason), "No call rings here until the phone system takes the account."))
	}
}
