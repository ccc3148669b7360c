package main

import (
	"os"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// A packaged app takes its id from FyneApp.toml, one that was built without packaging from the code: they keep the same
// settings only if the two ids are the same.
func TestAppID(t *testing.T) {
	text, err := os.ReadFile("../../FyneApp.toml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Details struct{ ID, Version string } }
	if err := toml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	if file.Details.ID != appID || file.Details.Version != version {
		t.Errorf("FyneApp.toml has %q %q, the code %q %q", file.Details.ID, file.Details.Version, appID, version)
	}
}
