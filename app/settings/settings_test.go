package settings

import (
	"path/filepath"
	"runtime"
	"testing"
)

func TestLoginHost(t *testing.T) {
	for typed, want := range map[string]string{
		"login.salesforce.com":                 "https://login.salesforce.com",
		" https://test.salesforce.com/ ":       "https://test.salesforce.com",
		"ACME--uat.sandbox.my.salesforce.com":  "https://acme--uat.sandbox.my.salesforce.com",
		"http://localhost:8080":                "http://localhost:8080",
		"http://127.0.0.1:8080":                "http://127.0.0.1:8080",
		"http://[::1]:8080":                    "http://[::1]:8080",
		"http://login.salesforce.com":          "",
		"http://localhost.evil.example":        "",
		"ftp://login.salesforce.com":           "",
		"https://login.salesforce.com/setup":   "",
		"https://user:pw@login.salesforce.com": "",
		"https://login.salesforce.com?x=1":     "",
		"":                                     "",
		"https://":                             "",
		"a b":                                  "",
	} {
		got, err := LoginHost(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestDefaultDir(t *testing.T) {
	if runtime.GOOS == "linux" {
		t.Setenv("HOME", "/home/dana")
		for set, want := range map[string]string{"": "/home/dana/.local/share/linecard", "/data": "/data/linecard", "relative": "/home/dana/.local/share/linecard"} {
			t.Setenv("XDG_DATA_HOME", set)
			if got := DefaultDir(); got != want {
				t.Errorf("XDG_DATA_HOME=%s: %s, want %s", set, got, want)
			}
		}
	}
	if !filepath.IsAbs(DefaultDir()) {
		t.Errorf("%q is not absolute", DefaultDir())
	}
}
