package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app/catalogue"
	"linecard/app/settings"
)

// mailForm says who is told of errors by e-mail.
type mailForm struct {
	w        *Window
	root     fyne.CanvasObject
	to       *field
	server   *field
	security *choice
	user     *field
	password *widget.Entry
	from     *field
	result   *paragraph // of a test
	save     *button
	test     *button
	saved    func(sent []string) // called when what was sent was saved
}

// securities are how the connection can be encrypted, in the order of securityWords.
var securities = []string{settings.SecurityStartTLS, settings.SecurityTLS, settings.SecurityNone}

func securityWords() []string {
	return []string{phrase("ui.security-starttls"), phrase("ui.security-tls"), phrase("ui.security-none")}
}

func newMailForm(w *Window) *mailForm {
	f := &mailForm{
		w: w, to: newField(phrase("ui.mail-to-hint")), server: newField("smtp.example.com:587"), user: newField(""), from: newField(phrase("ui.mail-from-hint")),
		password: widget.NewPasswordEntry(), security: newChoice(securityWords(), nil), result: newParagraph("", caption, 4),
	}
	f.save = newButton(phrase("ui.save"), "done", widget.HighImportance, f.keep)
	f.test = newButton(phrase("ui.send-a-test"), "", widget.MediumImportance, func() {
		set, password := f.typed(), f.password.Text
		tryNotice(w, f.result, func() error { return w.cfg.Admin.TestMail(set, password) })
	})
	f.result.Hide()
	f.root = group(phrase("ui.errors-by-mail"), newParagraph(phrase("ui.errors-by-mail-detail"), caption, 4),
		entryRow(phrase("ui.mail-to"), oneLine(f.to)),
		pair(entryRow(phrase("ui.mail-server"), oneLine(f.server)), entryRow(phrase("ui.mail-security"), bordered(f.security))),
		pair(entryRow(phrase("ui.mail-user"), oneLine(f.user)), entryRow(phrase("ui.mail-password"), oneLine(f.password))),
		entryRow(phrase("ui.mail-from"), oneLine(f.from)), f.result, hbox(8, f.save, f.test))
	return f
}

func (f *mailForm) entries() []*widget.Entry {
	return []*widget.Entry{&f.to.Entry, &f.server.Entry, &f.user.Entry, &f.from.Entry, f.password}
}

func (f *mailForm) read() []string {
	return []string{f.to.Text, f.server.Text, f.user.Text, f.from.Text, f.password.Text, securities[index(securityWords(), f.security.Selected)]}
}

func (f *mailForm) write(typed []string) {
	for i, e := range f.entries() {
		e.SetText(typed[i])
	}
	f.security.SetSelected(securityWords()[index(securities, typed[5])])
}

func (f *mailForm) fill(form Form) {
	m := form.Errors.Mail
	f.to.SetText(strings.Join(m.To, ", "))
	f.server.SetText(m.Server)
	f.user.SetText(m.User)
	f.from.SetText(m.From)
	f.security.SetSelected(securityWords()[index(securities, m.Security)])
	f.password.SetText("")
	for key, fields := range map[string][]disableable{
		"to": {f.to}, "server": {f.server}, "user": {f.user}, "from": {f.from}, "security": {f.security},
	} {
		form.lock("errors.mail."+key, fields...)
	}
	f.w.ask(func() func() {
		saved := f.w.cfg.Admin.MailPasswordSaved()
		return func() {
			f.password.SetPlaceHolder("")
			if saved {
				f.password.SetPlaceHolder(phrase("ui.mail-password-saved"))
			}
		}
	})
}

// typed is the mail as it is typed.
func (f *mailForm) typed() settings.ErrorMail {
	var to []string
	for part := range strings.FieldsFuncSeq(f.to.Text, func(r rune) bool { return r == ',' || r == ';' || r == ' ' }) {
		to = append(to, part)
	}
	return settings.ErrorMail{
		To: to, Server: strings.TrimSpace(f.server.Text), User: strings.TrimSpace(f.user.Text), From: strings.TrimSpace(f.from.Text),
		Security: securities[index(securityWords(), f.security.Selected)],
	}
}

// keep saves the form, and the password where one was typed. What was typed stays when it is refused.
func (f *mailForm) keep() {
	set, password, sent := f.typed(), f.password.Text, f.read()
	f.w.say(aboutCommand, "")
	f.w.ask(func() func() {
		err := f.w.cfg.Settings.Change(func(s *settings.Settings) { s.Errors.Mail = set })
		if err == nil && password != "" {
			err = f.w.cfg.Admin.SetMailPassword(password)
		}
		return func() {
			f.w.complain(aboutCommand, err)
			if err != nil {
				return
			}
			if password != "" {
				if f.password.Text == password {
					f.password.SetText("")
				}
				f.password.SetPlaceHolder(phrase("ui.mail-password-saved"))
			}
			sent[4] = "" // the password
			f.saved(sent)
		}
	})
}

// webhookForm says which webhook is told of errors.
type webhookForm struct {
	w      *Window
	root   fyne.CanvasObject
	url    *field
	secret *widget.Entry
	result *paragraph
	test   *button
	saved  func(sent []string) // called when what was sent was saved
}

func (f *webhookForm) entries() []*widget.Entry { return []*widget.Entry{&f.url.Entry, f.secret} }
func (f *webhookForm) read() []string           { return []string{f.url.Text, f.secret.Text} }

func (f *webhookForm) write(typed []string) {
	f.url.SetText(typed[0])
	f.secret.SetText(typed[1])
}

func newWebhookForm(w *Window) *webhookForm {
	f := &webhookForm{w: w, url: newField("https://hooks.example.com/linecard"), secret: widget.NewPasswordEntry(), result: newParagraph("", caption, 4)}
	f.secret.SetPlaceHolder(phrase("ui.webhook-secret-hint"))
	save := newButton(phrase("ui.save"), "done", widget.HighImportance, f.keep)
	f.test = newButton(phrase("ui.send-a-test"), "", widget.MediumImportance, func() {
		url, secret := strings.TrimSpace(f.url.Text), f.secret.Text
		tryNotice(w, f.result, func() error { return w.cfg.Admin.TestWebhook(url, secret) })
	})
	f.result.Hide()
	f.root = group(phrase("ui.errors-by-webhook"), newParagraph(phrase("ui.errors-by-webhook-detail"), caption, 4),
		entryRow(phrase("ui.webhook-url"), oneLine(f.url)), entryRow(phrase("ui.webhook-secret"), oneLine(f.secret)), f.result, hbox(8, save, f.test))
	return f
}

func (f *webhookForm) fill(form Form) {
	f.url.SetText(form.Errors.Webhook.URL)
	f.secret.SetText("")
	form.lock("errors.webhook.url", f.url)
}

func (f *webhookForm) keep() {
	url, secret, sent := strings.TrimSpace(f.url.Text), f.secret.Text, f.read()
	f.w.say(aboutCommand, "")
	f.w.ask(func() func() {
		err := f.w.cfg.Settings.Change(func(s *settings.Settings) { s.Errors.Webhook.URL = url })
		if err == nil && secret != "" {
			err = f.w.cfg.Admin.SetWebhookSecret(secret)
		}
		return func() {
			f.w.complain(aboutCommand, err)
			if err != nil {
				return
			}
			if f.secret.Text == secret {
				f.secret.SetText("")
			}
			sent[1] = "" // the secret
			f.saved(sent)
		}
	})
}

// tryNotice sends a test and says beside the button how it went.
func tryNotice(w *Window, result *paragraph, send func() error) {
	tell := func(words string) {
		result.say(words)
		show(result, words != "")
		w.relayout()
	}
	tell(phrase("ui.test-is-sent"))
	w.ask(func() func() {
		err := send()
		return func() {
			words := phrase("ui.test-was-sent")
			if err != nil {
				words = sentence(catalogue.Error(err))
			}
			tell(words)
		}
	})
}
