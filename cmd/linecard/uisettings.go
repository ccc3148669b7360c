package main

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"linecard/app/program"
	"linecard/app/settings"
	"linecard/app/ui"
	"linecard/crm/salesforce"
	orgsetup "linecard/crm/salesforce/setup"
	"linecard/fault"
)

// uiSettings connects the settings page to the program. Its methods may wait: the page calls them on other goroutines than
// the UI's.
type uiSettings struct{ p *program.Program }

func (u uiSettings) Now() ui.Form {
	f := ui.Form{Settings: *u.p.Settings().Get(), Locked: u.p.Settings().Locked, Callbacks: u.p.Callbacks(), Setup: orgsetup.Guide(u.p.Callbacks(), salesforce.Scopes())}
	f.Locks, f.LockedBy = u.p.Settings().Locks()
	return f
}

func (u uiSettings) Load() (ui.Form, error) {
	f := u.Now()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	f.Passwords = map[string]bool{}
	for _, a := range f.Accounts {
		f.Passwords[a.ID()] = u.p.PasswordSaved(ctx, a)
	}
	var err error
	if f.Microphones, f.Speakers, err = u.p.Devices(); err != nil {
		slog.Warn("no sound devices", "err", err)
	}
	return f, nil
}

// setupFolder is the folder that the window writes, below the chosen one.
const setupFolder = "linecard-salesforce"

func (u uiSettings) ExportSetup(dir string) (folder string, files int, err error) {
	done, err := orgsetup.Export(filepath.Join(dir, setupFolder), orgsetup.Options{Callbacks: u.p.Callbacks(), Scopes: salesforce.Scopes()})
	return done.Folder, len(done.Files), err
}

func (u uiSettings) Change(f func(*settings.Settings)) error { return u.p.Settings().Change(f) }

func (u uiSettings) TrustCaller(account, address string) error {
	return u.p.TrustCaller(account, address)
}

func (u uiSettings) SaveAccount(replaces string, a settings.Account, password *string) error {
	return u.p.SetAccount(context.Background(), replaces, a, password)
}

func (u uiSettings) RemoveAccount(id string) error {
	return u.p.RemoveAccount(context.Background(), id)
}

func (u uiSettings) TellForwards() error { return u.p.TellForwards(context.Background(), "") }

func (u uiSettings) Reconnect(account string) error { return u.p.Reconnect(account) }

func (u uiSettings) Link(ctx context.Context, to ui.LinkTarget, open func(string) error) (org, user string, err error) {
	s, err := u.p.Link(ctx, program.LinkRequest{Org: to.Org, Add: to.Add, Legacy: to.Legacy, Host: to.Host, Key: to.ClientID, Silent: to.Silent}, open)
	return s.OrgID, s.UserID, err
}

func (u uiSettings) Unlink(ctx context.Context, org, user string) error {
	return u.p.UnlinkUser(ctx, org, user)
}

func (u uiSettings) Waiting(org string) (int, error) { return u.p.Waiting(org) }

// RemoveOrg removes an org, by its id where it has one; the page has said what waits for it.
func (u uiSettings) RemoveOrg(ctx context.Context, org settings.Org) error {
	if org.OrgID != "" {
		return u.p.RemoveOrg(ctx, org.OrgID, true)
	}
	return u.p.Settings().Change(func(s *settings.Settings) {
		s.Orgs = slices.DeleteFunc(s.Orgs, func(o settings.Org) bool {
			return o.OrgID == "" && o.LoginHost == org.LoginHost && o.ClientID == org.ClientID
		})
	})
}

func (u uiSettings) ImportLegacy(path string) error { return importLegacy(path, u.p.ImportLegacy) }

func (u uiSettings) RefreshLink(ctx context.Context) error { return u.p.RefreshLink(ctx) }

func (u uiSettings) TestTone() error {
	u.p.TestTone()
	return nil
}

// tryDemo starts the demo in a process of its own, so that it does not mix with real accounts.
func tryDemo() error {
	exe, err := os.Executable()
	if err != nil {
		return fault.Err(err, "cmd.demo.not-found")
	}
	cmd := exec.Command(exe, "--demo") //nolint:noctx // it lives on its own
	if err := cmd.Start(); err != nil {
		return fault.Err(err, "cmd.demo.process-not-started")
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
