package catalogue_test

import (
	"log/slog"
	"slices"
	"testing"
	"testing/fstest"

	"linecard/app/catalogue"
)

// A setting names the language; without one it is the first of the system's that there are messages of, and English where
// there is none. What is said in English has English numbers.
func TestTheLanguageOfASetting(t *testing.T) {
	const english, polish = "Dana has 12,345 calls.", "12\u00a0345 rozmów: Dana."
	for _, tt := range []struct{ setting, lang, languages, want string }{
		{"pl", "C.UTF-8", "", polish},
		{"pl-PL", "en_GB.UTF-8", "", polish},
		{"en", "pl_PL.UTF-8", "", english},
		{"", "pl_PL.UTF-8", "", polish},
		{"", "de_DE.UTF-8", "", english},
		{"", "de_DE.UTF-8", "de:pl:en", polish},
		{"", "C", "", english},
		{"", "", "", english},
		{"de", "pl_PL.UTF-8", "", english},
		{"no language", "pl_PL.UTF-8", "", english},
	} {
		t.Setenv("LC_ALL", tt.lang)
		t.Setenv("LC_MESSAGES", "")
		t.Setenv("LANG", tt.lang)
		t.Setenv("LANGUAGE", tt.languages)
		c := catalogue.New(fstest.MapFS(testFiles(t, "pl")), slog.New(slog.DiscardHandler))
		c.UseSetting(tt.setting)
		if got := c.Text("test.calls", "name", "Dana", "count", 12345); got != tt.want {
			t.Errorf("setting %q, system %q %q: %q", tt.setting, tt.lang, tt.languages, got)
		}
	}
}

func TestLanguagesNameThemselves(t *testing.T) {
	files := testFiles(t, "pl")
	files["general.en.toml"] = &fstest.MapFile{Data: []byte(`"general.language" = "English"`)}
	files["general.pl.toml"] = &fstest.MapFile{Data: []byte(`"general.language" = "Polski"`)}
	want := []catalogue.Language{{Tag: "en", Name: "English"}, {Tag: "pl", Name: "Polski"}}
	if got := catalogue.New(files, slog.New(slog.DiscardHandler)).Languages(); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
