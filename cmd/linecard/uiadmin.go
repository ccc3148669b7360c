package main

import (
	"context"
	"time"

	"linecard/app/errorlog"
	"linecard/app/meter"
	"linecard/app/program"
)

// uiAdmin connects the pages for admins to the program.
type uiAdmin struct{ p *program.Program }

func (u uiAdmin) Errors() []errorlog.Row        { return u.p.Errors() }
func (u uiAdmin) ClearErrors()                  { u.p.ClearErrors() }
func (u uiAdmin) ExportErrors() ([]byte, error) { return u.p.ExportErrors() }
func (u uiAdmin) Requests() meter.Report        { return u.p.Requests() }

func (u uiAdmin) TestMail() error {
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	defer cancel()
	return u.p.TestMail(ctx)
}

func (u uiAdmin) TestWebhook() error {
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	defer cancel()
	return u.p.TestWebhook(ctx)
}

func (u uiAdmin) MailPasswordSaved() bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return u.p.MailPasswordSaved(ctx)
}

func (u uiAdmin) SetMailPassword(password string) error {
	return u.p.SetMailPassword(context.Background(), password)
}

func (u uiAdmin) SetWebhookSecret(secret string) error {
	return u.p.SetWebhookSecret(context.Background(), secret)
}
