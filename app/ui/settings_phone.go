package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
)

// phoneSheet is the phone account, and whether the phone system takes it.
type phoneSheet struct {
	w         *Window
	page      *fyne.Container
	standing  *standing
	server    *widget.Entry
	user      *widget.Entry
	password  *widget.Entry
	authUser  *widget.Entry
	name      *widget.Entry
	proxy     *widget.Entry
	transport *widget.Select
	save      *button
	retry     *button
}

var transports = []string{"UDP", "TCP"}

func newPhoneSheet(w *Window) *phoneSheet {
	s := &phoneSheet{w: w, standing: newStanding()}
	entry := func(hint string) *widget.Entry {
		e := widget.NewEntry()
		e.SetPlaceHolder(hint)
		e.OnChanged = func(string) { s.check() }
		e.OnSubmitted = func(string) { s.submit() }
		return e
	}
	s.server, s.user, s.authUser = entry("pbx.example.com"), entry("2041"), entry("Same as the extension")
	s.name, s.proxy = entry("As colleagues see it"), entry("None")
	s.password = entry("")
	s.password.Password = true
	s.transport = widget.NewSelect(transports, nil)
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
			entryRow("Outbound proxy", s.proxy)),
		hbox(0, s.save))
	s.check()
	return s
}

func (s *phoneSheet) object() fyne.CanvasObject { return s.page }

func (s *phoneSheet) fill(f Form) {
	a := f.Account
	s.server.SetText(a.Server)
	s.user.SetText(a.User)
	s.authUser.SetText(a.AuthUser)
	s.name.SetText(a.DisplayName)
	s.proxy.SetText(a.Proxy)
	s.password.SetText("")
	if a.HasPassword {
		s.password.SetPlaceHolder("Saved; type to change it")
	} else {
		s.password.SetPlaceHolder("From your phone admin")
	}
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
	a := AccountForm{
		Server: strings.TrimSpace(s.server.Text), User: strings.TrimSpace(s.user.Text),
		AuthUser: strings.TrimSpace(s.authUser.Text), DisplayName: strings.TrimSpace(s.name.Text),
		Transport: strings.ToLower(s.transport.Selected), Proxy: strings.TrimSpace(s.proxy.Text), Password: s.password.Text,
	}
	s.password.SetText("")
	s.w.do(func() error { return s.w.cfg.Settings.SaveAccount(a) })
}

func (s *phoneSheet) show(v app.View) {
	p := v.Phone
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
	default:
		s.standing.set("settings_phone", colorMuted, "Signed off", sentence(p.Reason))
	}
}
