package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"linecard/app/program"
	"linecard/app/settings"
	"linecard/app/ui"
)

// uiSettings is the settings page's way to the program. Its methods may wait; the page calls them off the UI goroutine.
type uiSettings struct{ p *program.Program }

func (u uiSettings) Load() (ui.Form, error) {
	s := u.p.Settings().Get()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	a := firstAccount(s)
	f := ui.Form{
		Account: ui.AccountForm{
			Server: a.Server, User: a.User, AuthUser: a.AuthUser, DisplayName: a.DisplayName,
			Transport: a.Transport, Proxy: a.Proxy, HasPassword: a.Configured() && u.p.PasswordSaved(ctx, a),
		},
		Audio:      ui.AudioForm{Microphone: s.Devices.Microphone, Speaker: s.Devices.Speaker, Ringer: s.Devices.Ringer},
		Salesforce: ui.SalesforceForm{LoginHost: s.Org("").LoginHost, ClientID: s.Org("").ClientID, Callbacks: u.p.Callbacks()},
		Appearance: look(s.Appearance),
	}
	microphones, speakers, err := u.p.Devices()
	if err != nil {
		slog.Warn("no sound devices", "err", err)
	}
	f.Audio.Microphones, f.Audio.Speakers, f.Audio.Ringers = microphones, speakers, speakers
	return f, nil
}

// firstAccount is the account the page shows.
func firstAccount(s *settings.Settings) settings.Account {
	if len(s.Accounts) == 0 {
		return settings.DefaultAccount()
	}
	return s.Accounts[0]
}

// SaveAccount keeps the account of the page. A password left empty is the one that is there, or none where there is none.
func (u uiSettings) SaveAccount(f ui.AccountForm) error {
	ctx := context.Background()
	old := firstAccount(u.p.Settings().Get())
	a := old
	a.Server, a.User, a.AuthUser, a.DisplayName, a.Transport, a.Proxy = f.Server, f.User, f.AuthUser, f.DisplayName, f.Transport, f.Proxy
	password := &f.Password
	if f.Password == "" && old.Configured() && u.p.PasswordSaved(ctx, old) {
		password = nil
	}
	return u.p.SetAccount(ctx, old.ID(), a, password)
}

func (u uiSettings) Reconnect() error { return u.p.Reconnect() }

func (u uiSettings) Link(ctx context.Context, host, client string, open func(string) error) error {
	_, err := u.p.Link(ctx, host, client, open)
	return err
}

func (u uiSettings) Unlink(ctx context.Context) error      { return u.p.Unlink(ctx) }
func (u uiSettings) RefreshLink(ctx context.Context) error { return u.p.RefreshLink(ctx) }

func (u uiSettings) SaveAudio(f ui.AudioForm) error {
	return u.p.Settings().Change(func(s *settings.Settings) {
		s.Devices.Microphone, s.Devices.Speaker, s.Devices.Ringer = f.Microphone, f.Speaker, f.Ringer
	})
}

func (u uiSettings) TestTone() error {
	u.p.TestTone()
	return nil
}

func (u uiSettings) SaveAppearance(a ui.Appearance) error {
	return u.p.Settings().Change(func(s *settings.Settings) {
		s.Appearance.Theme, s.Appearance.TextSize = string(a.Mode), 1
		if a.TextSize == ui.TextLarge {
			s.Appearance.TextSize = largeText
		}
	})
}

// largeText is what the settings file says for large text; whoever wrote more than half of it there gets it too.
const largeText = 1.2

// look is the appearance as the window knows it.
func look(a settings.Appearance) ui.Appearance {
	size := ui.TextNormal
	if a.TextSize > (1+largeText)/2 {
		size = ui.TextLarge
	}
	return ui.Appearance{Mode: ui.Mode(a.Theme), TextSize: size}
}

// tryDemo starts the demo in a process of its own: it cannot mix with real accounts.
func tryDemo() error {
	exe, err := os.Executable()
	if err != nil {
		return errors.New("the demo could not be found; start it with: linecard --demo")
	}
	cmd := exec.Command(exe, "--demo") //nolint:noctx // it lives on its own
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("the demo did not start: %w", err)
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
