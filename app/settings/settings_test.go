package settings

import (
	"path/filepath"
	"runtime"
	"testing"
)

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
