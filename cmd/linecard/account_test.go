package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"linecard/app/settings"
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
