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
	a := settings.Default().Account
	a.Server, a.User = "pbx.example", "2041"
	var told strings.Builder
	if err := writeAccount(dir, a, &told); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(told.String(), "the old file is kept as settings.toml.broken-") {
		t.Errorf("the user reads %q", &told)
	}
	if s, err := settings.Load(dir); err != nil || s.Account != a {
		t.Errorf("set %+v, %v", s.Account, err)
	}
}
