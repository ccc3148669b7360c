package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"linecard/app/settings"
	"linecard/app/ui"
	"linecard/sip"
	"linecard/sip/audio"
)

// uiSettings is the settings page's way to the engine. Its methods may wait; the page calls them off the UI goroutine.
type uiSettings struct{ *engine }

func (u uiSettings) Load() (ui.Form, error) {
	s := u.settings()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := u.secrets.Get(ctx, settings.SIPKey(s.Account.User, s.Account.Server))
	f := ui.Form{
		Account: ui.AccountForm{
			Server: s.Account.Server, User: s.Account.User, AuthUser: s.Account.AuthUser, DisplayName: s.Account.DisplayName,
			Transport: s.Account.Transport, Proxy: s.Account.Proxy, HasPassword: err == nil,
		},
		Audio: ui.AudioForm{Microphone: s.Devices.Microphone, Speaker: s.Devices.Speaker, Ringer: s.Devices.Ringer},
		Salesforce: ui.SalesforceForm{
			LoginHost: s.Salesforce.LoginHost, ClientID: s.Salesforce.ClientID, Callbacks: u.org.CallbackURLs(),
		},
		Appearance: look(s.Appearance),
	}
	devices, err := u.sound.Devices()
	for _, d := range devices {
		if d.Kind == audio.Microphone {
			f.Audio.Microphones = append(f.Audio.Microphones, d.Name)
			continue
		}
		f.Audio.Speakers = append(f.Audio.Speakers, d.Name)
		f.Audio.Ringers = append(f.Audio.Ringers, d.Name)
	}
	if err != nil {
		u.log.Warn("no sound devices", "err", err)
	}
	return f, nil
}

func (u uiSettings) SaveAccount(f ui.AccountForm) error {
	a := u.settings().Account
	a.Server, a.User, a.AuthUser, a.DisplayName, a.Transport, a.Proxy = f.Server, f.User, f.AuthUser, f.DisplayName, f.Transport, f.Proxy
	return u.saveAccount(a, f.Password)
}

func (u uiSettings) Reconnect() error {
	u.register(context.Background())
	return nil
}

func (u uiSettings) Link(ctx context.Context, host, client string, open func(string) error) error {
	_, err := u.link(ctx, host, client, open)
	return err
}

func (u uiSettings) Unlink(ctx context.Context) error      { return u.unlink(ctx) }
func (u uiSettings) RefreshLink(ctx context.Context) error { return u.org.Refresh(ctx) }

func (u uiSettings) SaveAudio(f ui.AudioForm) error {
	u.sound.SetDevices(f.Microphone, f.Speaker, f.Ringer)
	return u.change(func(s *settings.Settings) {
		s.Devices.Microphone, s.Devices.Speaker, s.Devices.Ringer = f.Microphone, f.Speaker, f.Ringer
	})
}

func (u uiSettings) TestTone() error {
	u.sound.Ring(audio.ToneTest)
	return nil
}

func (u uiSettings) SaveAppearance(a ui.Appearance) error {
	return u.change(func(s *settings.Settings) {
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

// numberOnly is a party of which only the number is known.
func numberOnly(number string) sip.Party { return sip.Party{User: number} }

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
