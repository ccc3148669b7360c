package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linecard/app/settings"
	"linecard/fault"
)

func TestAnAccountIsSetOverTornSettings(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, settings.FileName), []byte("[account\nserver ="), 0o600); err != nil {
		t.Fatal(err)
	}
	var told strings.Builder
	o := &options{data: dir, errs: &told}
	if err := o.offline().Change(func(s *settings.Settings) {
		a := settings.DefaultAccount()
		a.Server, a.User = "pbx.example", "2041"
		s.SetAccount(a)
	}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told.String(), "the old file is kept as settings.toml.broken-") {
		t.Errorf("the user reads %q", &told)
	}
	if _, ok := settings.Open(dir).Get().Account("2041@pbx.example"); !ok {
		t.Error("the account was not written")
	}
}

// shut is a keyring that takes nothing.
type shut struct{ settings.Memory }

func (*shut) Set(context.Context, string, string) error { return errors.New("locked") }

// While no app runs, an account and its password change together or not at all: a new password in the keyring beside an account that the file
// refused would be sent at the next start.
func TestAnAccountAndItsPasswordChangeTogether(t *testing.T) {
	dir := t.TempDir()
	s := settings.Open(dir)
	a := settings.DefaultAccount()
	a.Server, a.User = "pbx.example", "2041"
	secrets, ctx := &settings.Memory{}, t.Context()
	if err := keepAccount(ctx, s, secrets, a, "first"); err != nil {
		t.Fatal(err)
	}
	same := func(when string, err error, code fault.Code) {
		t.Helper()
		kept, _ := secrets.Get(ctx, settings.SIPKey("2041", "pbx.example"))
		on, _ := settings.Open(dir).Get().Account(a.ID())
		if !fault.Of(err).Is(code) || kept != "first" || on.Label != "" {
			t.Errorf("%s: %v, the password is %q, the account %+v", when, err, kept, on)
		}
	}
	other := a
	other.Label = "Other"
	same("a keyring that refuses", keepAccount(ctx, s, &shut{}, other, "second"), "cmd.password-not-saved")
	if err := s.SetProfile(nil, []string{"accounts"}, "IT"); err != nil {
		t.Fatal(err)
	}
	same("accounts locked", keepAccount(ctx, s, secrets, other, "second"), "settings.locked-by")
}
