package main

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"linecard/app/program"
	"linecard/app/settings"
	"linecard/app/ui"
	"linecard/fault"
)

// uiSettings connects the settings page to the program. Its methods may wait: the page calls them on other goroutines than
// the UI's.
type uiSettings struct{ p *program.Program }

func (u uiSettings) Load() (ui.Form, error) {
	f := ui.Form{Settings: *u.p.Settings().Get(), Locked: u.p.Settings().Locked, Callbacks: u.p.Callbacks()}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	f.HasPassword = len(f.Accounts) > 0 && u.p.PasswordSaved(ctx, f.Accounts[0])
	var err error
	if f.Microphones, f.Speakers, err = u.p.Devices(); err != nil {
		slog.Warn("no sound devices", "err", err)
	}
	return f, nil
}

func (u uiSettings) Change(f func(*settings.Settings)) error { return u.p.Settings().Change(f) }

func (u uiSettings) SaveAccount(a settings.Account, password *string) error {
	replaces := ""
	if list := u.p.Settings().Get().Accounts; len(list) > 0 { // the page shows the first account
		replaces = list[0].ID()
	}
	return u.p.SetAccount(context.Background(), replaces, a, password)
}

func (u uiSettings) Reconnect() error { return u.p.Reconnect() }

func (u uiSettings) Link(ctx context.Context, host, client string, open func(string) error) error {
	_, err := u.p.Link(ctx, program.LinkRequest{Host: host, Key: client}, open)
	return err
}

// Unlink unlinks the org that the page shows.
func (u uiSettings) Unlink(ctx context.Context) error {
	return u.p.Unlink(ctx, u.p.Desk().View().Org.OrgID)
}

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
