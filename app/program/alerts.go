package program

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"linecard/app/alert"
	"linecard/app/errorlog"
	"linecard/app/settings"
	"linecard/fault"
	"linecard/wholefile"
)

func (p *Program) mailer(place alert.Place) alert.Mail {
	return alert.Mail{
		Settings: func() settings.ErrorMail { return p.set.Get().Errors.Mail }, Place: place,
		Password: func(ctx context.Context, m settings.ErrorMail) (string, error) {
			return p.alertSecret(ctx, settings.MailKey(m))
		},
	}
}

func (p *Program) webhook(place alert.Place) alert.Webhook {
	return alert.Webhook{
		URL: func() string { return p.set.Get().Errors.Webhook.URL }, Place: place,
		Secret: func(ctx context.Context) (string, error) { return p.webhookSecret(ctx) },
	}
}

// alertSecret reads a secret for a notice; "" when there is none. It does not ask the agent for the keyring's password: nobody waits for the
// notice, and it is tried again.
func (p *Program) alertSecret(ctx context.Context, key string) (string, error) {
	if !askable(ctx, p.secrets) {
		return "", fault.Err(nil, settings.KeyringSilent)
	}
	secret, err := p.secrets.Get(ctx, key)
	if errors.Is(err, settings.ErrNotFound) {
		return "", nil
	}
	return secret, err
}

// webhookSecret is the secret that signs what addresses are told; "" where none is set. Where it is known that none is, a locked keyring keeps nobody
// from being told, not even of the keyring itself.
func (p *Program) webhookSecret(ctx context.Context) (string, error) {
	secret, err := p.alertSecret(ctx, settings.WebhookKey)
	_, noted := os.Stat(p.signedFile())
	if err != nil && errors.Is(noted, fs.ErrNotExist) {
		return "", nil
	}
	if err == nil && secret != "" && noted != nil { // it was set by somebody else, or before this was noted
		p.noteSigned(true)
	}
	return secret, err
}

// signedFile is there while a secret is set. It is no setting: a profile may lock those, and must not bring it to other desks.
func (p *Program) signedFile() string { return filepath.Join(p.cfg.Dir, "webhook-signed") }

func (p *Program) noteSigned(signed bool) {
	var err error
	if signed {
		err = wholefile.Write(p.signedFile(), nil, 0o600)
	} else {
		err = os.Remove(p.signedFile())
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.log.Warn("whether a secret is set is not noted", "err", err)
	}
}

// Errors lists what went wrong, the latest first.
func (p *Program) Errors() []errorlog.Row { return p.troubles.log.Rows() }

// ClearErrors forgets what went wrong. What is broken now stays to be told of when it is well again.
func (p *Program) ClearErrors() { p.troubles.log.Clear() }

// ExportErrors is the list as it may leave this computer: without secrets, names and numbers of people.
func (p *Program) ExportErrors() ([]byte, error) {
	return json.MarshalIndent(struct {
		Errors []errorlog.Exported `json:"errors"`
	}{p.troubles.log.Export()}, "", "  ")
}

// TestMail sends a mail that only shows that notices about errors arrive.
func (p *Program) TestMail(ctx context.Context) error {
	m := p.mailer(alert.Here(p.nameOfOrg))
	if !m.On() {
		return fault.Err(nil, "trouble.mail-off")
	}
	return m.Send(ctx, alert.Test())
}

// TestMailOf does it with settings that need not be saved; with password "" it is the one that is saved for that server and user.
func (p *Program) TestMailOf(ctx context.Context, set settings.ErrorMail, password string) error {
	if !set.On() {
		return fault.Err(nil, "trouble.mail-off")
	}
	m := p.mailer(alert.Here(p.nameOfOrg))
	m.Settings = func() settings.ErrorMail { return set }
	if password != "" {
		m.Password = func(context.Context, settings.ErrorMail) (string, error) { return password, nil }
	}
	return m.Send(ctx, alert.Test())
}

// TestWebhookOf tests an address that need not be saved; with secret "" it is the one that is saved.
func (p *Program) TestWebhookOf(ctx context.Context, url, secret string) error {
	h := p.webhook(alert.Here(p.nameOfOrg))
	h.URL = func() string { return url }
	if secret != "" {
		h.Secret = func(context.Context) (string, error) { return secret, nil }
	}
	if !h.On() {
		return fault.Err(nil, "trouble.webhook-off")
	}
	return h.Send(ctx, alert.Test())
}

// TestWebhook does the same by webhook.
func (p *Program) TestWebhook(ctx context.Context) error {
	h := p.webhook(alert.Here(p.nameOfOrg))
	if !h.On() {
		return fault.Err(nil, "trouble.webhook-off")
	}
	return h.Send(ctx, alert.Test())
}

// SetMailPassword keeps the password of the mail server that the settings name, in the keyring; "" drops it.
func (p *Program) SetMailPassword(ctx context.Context, password string) error {
	m := p.set.Get().Errors.Mail
	if m.Server == "" || m.User == "" {
		return fault.Err(nil, "trouble.mail-no-user")
	}
	return p.setAlertSecret(ctx, settings.MailKey(m), password)
}

// MailPasswordSaved reports whether there is one.
func (p *Program) MailPasswordSaved(ctx context.Context) bool {
	secret, err := p.alertSecret(ctx, settings.MailKey(p.set.Get().Errors.Mail))
	return err == nil && secret != ""
}

// SetWebhookSecret keeps the secret that signs what the webhook gets, in the keyring; "" drops it.
func (p *Program) SetWebhookSecret(ctx context.Context, secret string) error {
	if secret != "" { // before the secret: what is told meanwhile must not go out without it
		p.noteSigned(true)
	}
	err := p.setAlertSecret(ctx, settings.WebhookKey, secret)
	if err == nil && secret == "" {
		p.noteSigned(false)
	}
	return err
}

func (p *Program) setAlertSecret(ctx context.Context, key, secret string) error {
	ctx, cancel := context.WithTimeout(ctx, keyringTime)
	defer cancel()
	var err error
	if secret == "" {
		err = p.secrets.Delete(ctx, key)
	} else {
		err = p.secrets.Set(ctx, key, secret)
	}
	if err != nil {
		return fault.Err(err, "program.password-not-kept", "why", faultIn(err))
	}
	p.troubles.each((*alert.Watch).Look)
	return nil
}
