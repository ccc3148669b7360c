package audio

import (
	"os"
	"path/filepath"
	"testing"
)

// TestWherePulseMayRun: it is asked only where something points to it, and whenever something does.
func TestWherePulseMayRun(t *testing.T) {
	dir := t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("run/pulse/native", "")
	write("remote/.config/pulse/client.conf", "; sound\n default-server = tcp:192.0.2.1\n")
	write("plain/.config/pulse/client.conf", "# default-server = x\nautospawn = no\nauto-connect-localhost = no\n")
	write("rooted/.config/pulse/0123-runtime/native", "")
	write("root/etc/pulse/client.conf.d/01-enable-autospawn.conf", "autospawn=no\n")
	in := func(path string) string { return filepath.Join(dir, path) }
	for name, c := range map[string]struct {
		env  map[string]string
		want bool
	}{
		"nothing":              {nil, false},
		"a desktop without it": {map[string]string{"DISPLAY": ":0", "HOME": in("plain"), "XDG_RUNTIME_DIR": dir}, false},
		"the session's":        {map[string]string{"DISPLAY": ":0", "XDG_RUNTIME_DIR": in("run")}, true},
		"its own folder":       {map[string]string{"PULSE_RUNTIME_PATH": in("run/pulse")}, true},
		"a socket that is":     {map[string]string{"PULSE_SERVER": "unix:" + in("run/pulse/native")}, true},
		"a socket that is not": {map[string]string{"PULSE_SERVER": "unix:" + in("gone"), "XDG_RUNTIME_DIR": in("run")}, false},
		"a list":               {map[string]string{"PULSE_SERVER": "unix:" + in("gone") + " 192.0.2.1"}, true},
		"another computer":     {map[string]string{"PULSE_SERVER": "192.0.2.1"}, true},
		"another display":      {map[string]string{"DISPLAY": "localhost:10.0"}, true},
		"a configured server":  {map[string]string{"HOME": in("remote")}, true},
		"without a runtime":    {map[string]string{"HOME": in("rooted")}, true},
	} {
		if got := pulseMayRun(func(key string) string { return c.env[key] }, 1000, in("root")); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	write("root/run/user/1000/pulse/native", "") // a program in a sandbox has another runtime folder
	if !pulseMayRun(func(string) string { return "" }, 1000, in("root")) {
		t.Error("the session's own socket is overlooked")
	}
}
