package main

import (
	"cmp"
	"context"
	"path/filepath"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/errorlog"
	"linecard/app/meter"
	"linecard/app/mirror"
	"linecard/app/profile"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/app/ui"
	"linecard/crm"
	"linecard/fault"
	"linecard/wholefile"
)

// uiAdmin connects the pages for admins to the program.
type uiAdmin struct{ p *program.Program }

func (u uiAdmin) Errors() []errorlog.Row                  { return u.p.Errors() }
func (u uiAdmin) ClearErrors()                            { u.p.ClearErrors() }
func (u uiAdmin) ExportErrors() ([]byte, error)           { return u.p.ExportErrors() }
func (u uiAdmin) Copies() []mirror.Status                 { return u.p.Copies() }
func (u uiAdmin) SyncCopy(org string) error               { return u.p.SyncCopy(org) }
func (u uiAdmin) PauseCopy(org string, paused bool) error { return u.p.PauseCopy(org, paused) }
func (u uiAdmin) WipeCopy(org string) error               { return u.p.WipeCopy(context.Background(), org) }
func (u uiAdmin) Requests() meter.Report                  { return u.p.Requests() }

func (u uiAdmin) TestMail(m settings.ErrorMail, password string) error {
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	defer cancel()
	return u.p.TestMailOf(ctx, m, password)
}

func (u uiAdmin) TestWebhook(url, secret string) error {
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	defer cancel()
	return u.p.TestWebhookOf(ctx, url, secret)
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

// checkTime bounds a check-up: an org that answers nothing takes less.
const checkTime = time.Minute

func (u uiAdmin) Doctor() []ui.Check {
	ctx, cancel := context.WithTimeout(context.Background(), checkTime)
	defer cancel()
	var all []ui.Check
	for _, f := range u.p.Doctor(ctx) {
		all = append(all, ui.Check{Check: f.Check, OK: f.OK, Minor: f.Minor, Detail: f.Detail, Remedy: f.Remedy, Setup: f.Setup})
	}
	return all
}

var profileSources = map[profile.Source]ui.ProfileSource{profile.Installed: ui.ProfileInstalled, profile.Imported: ui.ProfileImported, profile.FromOrg: ui.ProfileFromOrg}

func (u uiAdmin) Profile() *ui.Profile {
	p := u.p.Profile()
	if p == nil {
		return nil
	}
	return &ui.Profile{Name: p.Name, By: p.By, Made: p.Made, Locked: p.Locked, From: profileSources[u.p.ProfileSource()]}
}

func (u uiAdmin) ImportProfile(path string) error {
	doc, err := readProfile(path)
	if err != nil {
		return err
	}
	return u.p.ImportProfile(doc)
}

// requested is what the window asks for in a profile. It has said which addresses are in it.
func requested(r ui.ProfileRequest) profile.Request {
	return profile.Request{Name: r.Name, By: r.By, Locked: r.Locked, UserField: r.UserField, CallerIDField: r.CallerIDField, Addresses: true}
}

func (u uiAdmin) ExportProfile(dir string, r ui.ProfileRequest) (path string, err error) {
	doc, err := u.p.ExportProfile(requested(r))
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, profileFile)
	return path, writeProfile(path, doc)
}

func (u uiAdmin) TryProfile(path string) (ui.ProfileTrial, error) {
	doc, err := readProfile(path)
	if err != nil {
		return ui.ProfileTrial{}, err
	}
	t, err := u.p.TryProfile(doc)
	out := ui.ProfileTrial{Title: t.Profile, Locked: t.Locked, Notices: t.Notices}
	for _, c := range t.Changes {
		now, then := changeTexts(c)
		out.Changes = append(out.Changes, ui.SettingChange{Key: c.Key, Now: now, Then: then})
	}
	return out, err
}

func (u uiAdmin) RemoveProfile() error { return u.p.RemoveProfile() }

func (u uiAdmin) KeptProfile() ui.KeptProfile {
	k := u.p.KeptProfile()
	made := func(v *profile.Version) *ui.ProfileMaker {
		if v == nil {
			return nil
		}
		return &ui.ProfileMaker{Org: v.OrgName, Who: v.ByName, User: v.ByUser, Number: v.Number, At: v.Modified, Linked: u.p.HasOrg(v.Org)}
	}
	return ui.KeptProfile{
		Linked: u.p.MayLookForProfile(), Looked: k.Looked, Trouble: catalogue.Say(u.p.ProfileTrouble()), Taken: made(k.Taken), Removed: k.Removed, Offered: made(k.Offered),
		Mine: k.Mine != nil && u.p.HasOrg(k.Mine.Org), Others: len(k.Others),
		Addresses: profile.Addresses(u.p.Settings().Get()),
	}
}

func (u uiAdmin) LookForProfile() error { return u.p.LookForProfile(context.Background()) }
func (u uiAdmin) AcceptProfile() error  { return u.p.AcceptProfile(context.Background()) }

func (u uiAdmin) PublishProfile(org string, r ui.ProfileRequest) (ui.PublishedProfile, error) {
	v, err := u.p.PublishProfile(context.Background(), org, requested(r))
	return ui.PublishedProfile{Org: v.OrgName, Number: v.Number, Known: v.KnownAdministrator, Administrator: v.Administrator}, err
}

// reportFile is the file for support that the window writes.
const reportFile = "linecard-report.json"

func (u uiAdmin) SaveReport(dir string) (path string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), checkTime)
	defer cancel()
	doc, err := u.p.Report(ctx)
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, reportFile)
	if err := wholefile.Write(path, append(doc, '\n'), 0o600); err != nil {
		return "", fault.Err(err, "cmd.export-unwritable", "file", path)
	}
	return path, nil
}

// traceFile is the SIP log for support that the window writes.
const traceFile = "linecard-sip-log.txt"

func (u uiAdmin) Trace() (all []ui.Traced) {
	for _, d := range u.p.Trace() {
		t := ui.Traced{ID: d.ID, Method: d.Method, To: d.To, Began: d.Began, Status: d.Status}
		for _, l := range d.Messages {
			t.Lines = append(t.Lines, ui.TracedLine{At: l.At, Sent: l.Sent, First: l.First, Text: l.Text})
		}
		all = append(all, t)
	}
	return all
}

func (u uiAdmin) SaveTrace(dir string) (path string, err error) {
	path = filepath.Join(dir, traceFile)
	if err := wholefile.Write(path, []byte(u.p.ExportTrace()), 0o600); err != nil {
		return "", fault.Err(err, "cmd.export-unwritable", "file", path)
	}
	return path, nil
}

func (u uiAdmin) TryRules(table []crm.Rule) (app.Trial, error) {
	return u.p.TryRules(context.Background(), table)
}

// orgTime bounds what an org is asked from a page of the settings.
const orgTime = time.Minute

func (u uiAdmin) TestHook(address, rule string) error {
	ctx, cancel := context.WithTimeout(context.Background(), testTime)
	defer cancel()
	return u.p.TestHook(ctx, address, rule)
}

func (u uiAdmin) OrgColleagues() []string { return u.p.OrgColleagues().Lines() }

func (u uiAdmin) RefreshOrgColleagues() error {
	ctx, cancel := context.WithTimeout(context.Background(), orgTime)
	defer cancel()
	return u.p.RefreshColleagues(ctx, "")
}

func (u uiAdmin) Owners(org string) ui.Owners {
	r := u.p.Owners(org)
	out := ui.Owners{Org: r.Org, At: r.At, Users: r.Users}
	for _, row := range answerOwners(r).Rows {
		out.Rows = append(out.Rows, ui.OwnedExtension{Extension: row.Extension, Email: row.Email, User: row.User, Hand: row.Hand, Problem: row.Why})
	}
	return out
}

func (u uiAdmin) RefreshOwners(org string) error {
	ctx, cancel := context.WithTimeout(context.Background(), orgTime)
	defer cancel()
	return u.p.RefreshOwners(ctx, org)
}

func (u uiAdmin) AutoOwners(org string) error {
	ctx, cancel := context.WithTimeout(context.Background(), orgTime)
	defer cancel()
	_, err := u.p.AutoOwners(ctx, org)
	return err
}

func (u uiAdmin) SetOwner(org, extension, user string) error {
	ctx, cancel := context.WithTimeout(context.Background(), orgTime)
	defer cancel()
	return u.p.SetOwner(ctx, org, extension, cmp.Or(user, program.NoOwner))
}

func (u uiAdmin) SetOwnerEmail(extension, email string) error {
	return u.p.SetOwnerEmail(extension, email)
}

func (u uiAdmin) TryOwners(org string) ([]ui.OwnedCall, error) {
	calls, err := u.p.TryOwners(context.Background(), org)
	var all []ui.OwnedCall
	for _, c := range calls {
		all = append(all, ui.OwnedCall{Started: c.Started, Who: whoCalled(c), Log: c.Log, Owner: c.OwnerName, Linked: c.Linked, Problem: catalogue.Say(c.Problem)})
	}
	return all, err
}

func (u uiAdmin) SearchCopy(org, text string) ([]crm.Record, error) {
	return u.p.SearchCopy(context.Background(), org, text)
}
