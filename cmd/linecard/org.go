package main

import (
	"context"
	"errors"
	"time"

	"linecard/app"
	"linecard/app/instance"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce"
	"linecard/sip"
)

// linkOrg links the org for the command line: the authorize URL first, then how the link stands.
func (c control) linkOrg(ctx context.Context, args map[string]string, reply func(any) error) error {
	timeout, err := time.ParseDuration(args["timeout"])
	if err != nil || timeout <= 0 {
		return instance.Misuse(errors.New("--timeout takes a duration such as 5m"))
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	open := func(url string) error {
		if err := reply(linkAnswer{AuthorizeURL: url}); err != nil || args["no-browser"] == "true" {
			return err
		}
		return c.opener(url)
	}
	status, err := c.link(ctx, args["login-host"], args["client-id"], open)
	if err != nil {
		return err
	}
	return reply(linkAnswer{LinkStatus: &status})
}

// link links the org; empty parts are those of the settings. What worked is kept.
func (e *engine) link(ctx context.Context, host, client string, open func(url string) error) (crm.LinkStatus, error) {
	s := e.settings().Salesforce
	if host == "" {
		host = s.LoginHost
	}
	host, err := settings.LoginHost(host)
	if err != nil {
		return crm.LinkStatus{}, err
	}
	if client == "" {
		client = s.ClientID
	}
	if client == "" {
		return crm.LinkStatus{}, errors.New("a consumer key is needed: your Salesforce admin finds it in the External Client App, under Settings > OAuth Settings")
	}
	status, err := e.org.Link(ctx, salesforce.LinkRequest{LoginHost: host, ClientID: client}, open)
	if err != nil {
		return status, err
	}
	if s.OrgID != "" && s.OrgID != status.OrgID { // what is remembered of callers is the other org's
		if err := e.desk.Forget(ctx); err != nil {
			return status, err
		}
	}
	return status, e.change(func(s *settings.Settings) {
		s.Salesforce.LoginHost, s.Salesforce.ClientID, s.Salesforce.OrgID = host, client, status.OrgID
	})
}

// unlink revokes the token and forgets what was remembered of the org's people.
func (e *engine) unlink(ctx context.Context) error {
	err := e.org.Unlink(ctx)
	return errors.Join(err, e.desk.Forget(ctx), e.change(func(s *settings.Settings) { s.Salesforce.OrgID = "" }))
}

// doctor checks the phone and the org, and says what to do where something is wrong.
func (e *engine) doctor(ctx context.Context) []crm.Finding {
	checks := []crm.Finding{checkPhone(e.desk.View().Phone)}
	a := e.desk.View().Audio
	checks = append(checks, crm.Finding{Check: "Sound", OK: a.Problem == "", Detail: join(", ", a.Microphone, a.Speaker), Remedy: a.Problem})
	return append(checks, e.org.Doctor(ctx)...)
}

// checkPhone is the doctor's look at the registration.
func checkPhone(p app.PhoneView) crm.Finding {
	f := crm.Finding{Check: "Phone registered", OK: p.State == sip.Registered, Detail: join(" at ", p.Extension, p.Server), Remedy: p.Reason}
	switch {
	case !p.Configured:
		f.Detail, f.Remedy = "", "No account is set. Set it in Settings > Phone, or with: linecard account set"
	case !f.OK && f.Remedy == "":
		f.Remedy = "The server has not answered yet. Check again in a few seconds."
	}
	return f
}
