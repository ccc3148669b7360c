package ui

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
)

// phoneSheet is a phone account, and whether the phone system takes it. Where there are several it has a list of them; the rest
// is about the chosen one.
type phoneSheet struct {
	w         *Window
	form      Form
	page      *fyne.Container
	list      *accountList
	standing  *standing
	uninvited *uninvitedList
	server    *field
	user      *field
	password  *field
	authUser  *field
	name      *field
	callerID  *field
	voicemail *field
	meets     *field // the conference room
	pickup    *field // the code that picks up what rings at a colleague's phone
	proxy     *field
	transport *choice
	plan      *dialPlan
	secure    *encryptionFields
	encrypted *encryptionField
	nat       *natFields
	calls     *accountCalls
	queues    *queueForm
	advanced  *accountAdvanced
	label     *field
	org       *choice
	orgs      []string // ids, as they are listed in org
	whose     *fyne.Container
	save      *button
	retry     *button
	foot      *fyne.Container
	result    *paragraph // of the last save
	saved     bool
	gone      string           // what the account was called that has just been removed, the only one
	account   settings.Account // that the page was filled with; without an id, one that will be added
	untouched settings.Account // that account as the fields have it where nobody types
	kept      bool             // its password is saved
	rows      []*labelled      // server, extension, password, proxy, the files of encryption
	wrong     *labelled        // that the account's standing is about
	text      typedText
	filling   bool
	discard   *button
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
		e := newField(hint)
		e.OnChanged = func(string) { s.changed() }
		e.OnSubmitted = func(string) { s.submit() }
		return e
	}
	s.server, s.user, s.authUser = entry("pbx.example.com"), entry("2041"), entry(phrase("ui.same-as-the-extension"))
	s.name, s.proxy, s.callerID = entry(phrase("ui.as-colleagues-see-it")), entry(phrase("ui.none")), entry(phrase("ui.caller-id-hint"))
	s.voicemail, s.pickup = entry(phrase("ui.voicemail-hint")), entry(settings.UsualPickup)
	s.meets = entry(phrase("ui.conference-hint"))
	s.password = entry("")
	s.password.Password = true
	s.secure = newEncryptionFields(entry)
	s.transport = newChoice(transports(), func(string) { s.changed() })
	s.transport.SetSelected(s.transport.Options[0])
	s.encrypted, s.nat = newEncryptionField(s.changed), newNATFields(entry, s.changed)
	s.label, s.org = entry(phrase("ui.as-you-call-it")), newChoice(nil, func(string) { s.changed() })
	s.whose, s.plan, s.calls, s.advanced = container.NewStack(), newDialPlan(s.changed), newAccountCalls(w, s.changed), newAccountAdvanced(s.changed)
	s.queues = newQueueForm(w, s.changed)
	s.text.beside = &s.queues.text
	s.save = newButton(phrase("ui.save-and-connect"), "done", widget.HighImportance, s.submit)
	s.retry = newButton(phrase("ui.test-registration"), "refresh", widget.MediumImportance, func() {
		id := s.account.ID()
		w.do(func() error { return w.cfg.Settings.Reconnect(id) })
	})
	s.list, s.uninvited = newAccountList(s), newUninvitedList(s)
	s.rows = []*labelled{
		newLabelled(phrase("ui.server"), s.server), newLabelled(phrase("ui.field-extension"), s.user),
		newLabelled(phrase("ui.password"), s.password), newLabelled(phrase("ui.outbound-proxy"), s.proxy), s.secure.caRow, s.secure.certRow,
	}
	s.page = vbox(20, newText(phrase("ui.page-phone"), title), s.list.root,
		group(phrase("ui.now"), s.standing.root, s.list.alone, s.list.last.root), s.uninvited.root,
		group(phrase("ui.group-account"),
			pair(s.rows[0].root, s.rows[1].root),
			pair(s.rows[2].root, entryRow(phrase("ui.your-name"), s.name)), s.whose,
			pair(entryRow(phrase("ui.voicemail"), s.voicemail), entryRow(phrase("ui.pickup-code"), s.pickup)),
			pair(entryRow(phrase("ui.conference"), s.meets), container.NewStack())),
		group(phrase("ui.group-admin"),
			pair(entryRow(phrase("ui.sign-in-name"), s.authUser), entryRow(phrase("ui.transport"), bordered(s.transport))),
			pair(s.rows[3].root, entryRow(phrase("ui.caller-id"), s.callerID)), s.secure.root, s.encrypted.root, s.nat.root),
		s.calls.root, s.plan.root, s.queues.root, s.advanced.root)
	s.result = newParagraph("", caption, 2)
	s.discard = newButton(phrase("ui.discard"), "", widget.LowImportance, func() {
		s.text.discard()
		s.changed()
	})
	s.discard.Hide()
	s.foot = container.NewBorder(nil, nil, nil, inset(0, 0, 16, 0, hbox(6, s.discard, s.save)), container.New(midHeight{}, s.result))
	s.text.read, s.text.write = s.read, s.write
	s.check()
	return s
}

func (s *phoneSheet) object() fyne.CanvasObject { return s.page }
func (s *phoneSheet) footer() fyne.CanvasObject { return s.foot }

func (s *phoneSheet) fill(f Form) {
	if !sameKeys(s.form.Accounts, f.Accounts, settings.Account.ID) {
		s.list.unask()
	}
	s.form = f
	s.text.only(func(about string) bool {
		_, here := f.Settings.Account(about)
		return here || about == newAccount || len(f.Accounts) == 0 && about == settings.DefaultAccount().ID()
	})
	if s.list.adding && s.text.has(newAccount) {
		s.list.begin()
	} else {
		s.choose(s.account.ID())
	}
	if s.gone != "" {
		s.tell(colorMuted, phrase("ui.only-account-removed", "account", s.gone))
		s.gone = ""
	}
}

// newAccount stands for the account that will be added, among what was typed.
const newAccount = "+"

func (s *phoneSheet) typed() *typedText { return &s.text }

func (s *phoneSheet) retype(t typedText) {
	s.text.takeOver(t)
	s.list.adding = t.about == newAccount
}

// read is what is in the fields. The password is among them: nothing but this page has it before it is saved.
func (s *phoneSheet) read() []string {
	return append([]string{
		s.server.Text, s.user.Text, s.authUser.Text, s.name.Text, s.proxy.Text, s.label.Text, s.password.Text, s.transport.Selected,
		s.chosenOrg(), s.callerID.Text, s.encrypted.value(), s.secure.ca.Text, s.secure.cert.Text, s.secure.key.Text, s.encrypted.keys(),
	}, slices.Concat(s.calls.values(), []string{s.voicemail.Text, s.pickup.Text, s.meets.Text}, s.nat.values(), s.advanced.values(), s.plan.values())...)
}

// typedPassword is the place of the password in what is read.
const typedPassword = 6

func (s *phoneSheet) write(typed []string) {
	for i, f := range []*field{s.server, s.user, s.authUser, s.name, s.proxy, s.label, s.password} {
		f.SetText(typed[i])
	}
	s.transport.SetSelected(typed[7])
	s.chooseOrg(typed[8])
	s.callerID.SetText(typed[9])
	for i, f := range s.secure.fields() {
		f.SetText(typed[11+i])
	}
	rest := typed[11+len(s.secure.fields()):]
	s.encrypted.set(typed[10], rest[0])
	rest = rest[1:]
	n := len(s.calls.values())
	s.calls.write(rest[:n])
	s.voicemail.SetText(rest[n])
	s.pickup.SetText(rest[n+1])
	s.meets.SetText(rest[n+2])
	rest = rest[n+3:]
	n = len(s.nat.values())
	s.nat.write(rest[:n])
	rest = rest[n:]
	n = len(s.advanced.values())
	s.advanced.write(rest[:n])
	s.plan.write(rest[n:])
}

// pour fills the fields with an account.
func (s *phoneSheet) pour(a settings.Account) {
	about := a.ID()
	if s.list.adding {
		about = newAccount
	}
	s.filling = true
	s.text.fill(about, func() { s.set(a) })
	s.filling = false
	if _, saved := s.form.Settings.Account(a.ID()); saved && !s.list.adding {
		s.queues.fill(s.form, a.ID())
	} else {
		s.queues.fill(s.form, "")
	}
	s.changed()
}

// set puts an account into the fields, as it is saved.
func (s *phoneSheet) set(a settings.Account) {
	s.account, s.kept = a, s.form.Passwords[a.ID()]
	s.saved = false
	s.tell(colorMuted, "")
	s.server.SetText(a.Server)
	s.user.SetText(a.User)
	s.authUser.SetText(a.AuthUser)
	s.name.SetText(a.DisplayName)
	s.callerID.SetText(a.CallerID)
	s.voicemail.SetText(a.Voicemail)
	s.pickup.SetText(a.PickupCode)
	s.meets.SetText(a.Conference)
	s.plan.set(a.Numbers, s.form.Settings.Numbers)
	s.proxy.SetText(a.Proxy)
	s.secure.set(a)
	s.label.SetText(a.Label)
	s.password.SetText("")
	if s.kept {
		s.password.SetPlaceHolder(passwordSaved())
	} else {
		s.password.SetPlaceHolder(phrase("ui.from-your-phone-admin"))
	}
	if a.Transport != "" {
		s.transport.SetSelected(strings.ToUpper(a.Transport))
	}
	s.encrypted.set(a.Encryption, a.EncryptionBy)
	s.nat.set(a)
	s.calls.set(a)
	s.advanced.set(a)
	s.offerOrgs()
	if s.form.isLocked("accounts") {
		s.tell(colorMuted, phrase("ui.account-locked"))
	}
	s.form.lock("accounts", s.secure.ca, s.secure.cert, s.secure.key, s.server, s.user, s.authUser, s.name, s.callerID, s.voicemail, s.pickup, s.meets, s.proxy, s.transport, s.encrypted.choice, s.encrypted.by, s.label, s.org, s.list.first, s.list.add, s.list.remove, s.list.only)
	s.form.lock("accounts", slices.Concat(append(s.calls.lockable(), s.nat.lockable()...), s.plan.lockable(), s.advanced.lockable())...)
	if s.untouched = a; s.save != nil {
		if as, err := s.typedAccount(); err == nil {
			as.Server, as.User = a.Server, a.User
			s.untouched = as
		}
	}
}

// changed looks at what was typed.
func (s *phoneSheet) changed() {
	if s.filling || s.save == nil {
		return
	}
	s.check()
	s.secure.show(s.server.Text, s.transport.Selected)
	if s.w.settings != nil {
		s.w.settings.mark()
	}
	show(s.discard, s.text.any())
	s.markWrong(s.phone(s.w.view, s.account.ID()))
	relayout(s.foot)
}

func (s *phoneSheet) check() {
	if s.save != nil {
		s.save.enable(strings.TrimSpace(s.server.Text) != "" && strings.TrimSpace(s.user.Text) != "")
	}
}

func (s *phoneSheet) show(v app.View) {
	s.list.show(v)
	p := s.phone(v, s.account.ID())
	s.uninvited.show(p)
	s.markWrong(p)
	if s.saved {
		s.tell(s.outcome(p))
	}
	s.retry.enable(p.Configured && p.State != app.Registering)
	switch {
	case s.list.adding:
		s.standing.set("settings_phone", colorMuted, phrase("ui.new-account"), phrase("ui.new-account-detail"))
	case !p.Configured:
		s.standing.set("settings_phone", colorHeld, phrase("ui.no-phone-account-yet"), phrase("ui.no-account-detail"))
	case p.State == app.Registered && p.Reason != "": // calls may not ring
		s.standing.set("error_outline", colorHeld, phrase("ui.registered-at", "server", p.Server, "extension", p.Extension), sentence(p.Reason))
	case p.State == app.Registered:
		why := phrase("ui.calls-ring", "extension", p.Extension)
		if !p.Expires.IsZero() {
			why = phrase("ui.calls-ring-renewed", "extension", p.Extension, "at", p.Expires.In(s.w.cfg.Now().Location()))
		}
		icon := "check_circle"
		if p.Encrypted {
			icon, why = "lock", catalogue.Sentences(why, phrase("ui.encrypted-until", "subject", p.Certificate.Subject, "at", p.Certificate.Until))
		}
		s.standing.set(icon, colorTalking, phrase("ui.registered-at", "server", p.Server, "extension", p.Extension), why)
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
