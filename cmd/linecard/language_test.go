package main

import (
	"strings"
	"testing"

	"linecard/app/catalogue/cataloguetest"
)

// The command line speaks the language of the settings in the data directory that it is given, from the next command on.
func TestTheCommandLineSpeaksTheLanguageOfTheSettings(t *testing.T) {
	t.Setenv("LC_ALL", "C.UTF-8")
	cataloguetest.Speak(t)
	dir := t.TempDir()
	says := func(args ...string) string {
		t.Helper()
		var out, errs strings.Builder
		run(append([]string{"--data", dir}, args...), strings.NewReader(""), &out, &errs)
		return out.String() + errs.String()
	}
	const wrong = `There is no setting "nonsense". To see them all: linecard settings`
	if got := says("settings", "set", "nonsense", "1"); got != "linecard: "+wrong+"\n" {
		t.Errorf("in English: %q", got)
	}
	if got := says("settings", "set", "language", cataloguetest.Tag); got != "" {
		t.Fatal(got)
	}
	if got := says("settings", "set", "nonsense", "1"); got != "linecard: "+cataloguetest.Marked(wrong)+"\n" {
		t.Errorf("in the other language: %q", got)
	}
	if got := says("hangup"); !cataloguetest.IsMarked(got) {
		t.Errorf("without the app: %q", got)
	}
	if got := says("account", "set", "--help"); !strings.Contains(got, cataloguetest.Marked("extension")) {
		t.Errorf("help says %s", got)
	}
}

func TestDataOf(t *testing.T) {
	t.Setenv("LINECARD_DATA", "/env")
	for args, want := range map[string]string{
		"status": "/env", "--data /a status": "/a", "status --data=/b": "/b", "--data": "/env", "dial -- --data": "/env",
	} {
		if got := dataOf(strings.Fields(args)); got != want {
			t.Errorf("%q: %q, want %q", args, got, want)
		}
	}
}
